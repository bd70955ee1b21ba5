"""What the mailings are compared with: no mailing at all, or the earlier practice.

The programme is credited only with what would not have been there without it. Against no mailing that is the margin of
its mailings less their cost. Where customers would have been mailed anyway, their margin is no gain: what counts is the
difference to the earlier practice, in margin and in cost.
"""

from dataclasses import dataclass

import polars as pl

from segmentation.payback.timeline import YEAR, Timeline, months_between
from segmentation.settings import EarlierPractice

EFFECT_SCHEMA = {
    "campaign_id": pl.String,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "number": pl.Int32,
    "of_programme": pl.Float64,
    "of_earlier": pl.Float64,
}
NO_HOLD_OUT, HOLD_OUT = "they have no hold-out", "they have a hold-out and are not estimates"
NO_COST = "their cost is not known"
NO_MARGIN, NO_INTERVAL = "their incremental margin is not known", "their incremental margin has no interval"
NOT_PLANNED = "no plan made before they started says who could have been mailed"
NO_YEAR_BEFORE = "no mailing ended in the 12 months before the programme, so there is no earlier practice to repeat"


@dataclass(frozen=True)
class Balance:
    """What a basis counts.

    Attributes:
        mailings: those counted: the columns of sql/programme_campaigns.sql and `number`, the month their window ends.
        left_out: those of the programme not counted, with `number` and `reason`.
        effects: EFFECT_SCHEMA.
        saved: `number`, `pieces_not_sent` and `saved_mailing_cost` by month; None without an earlier practice.
        unmeasured: why nothing can be said of the mailings, or None.
        uncompared: why nothing can be said of the earlier practice, or None.
    """

    mailings: pl.DataFrame
    left_out: pl.DataFrame
    effects: pl.DataFrame
    saved: pl.DataFrame | None
    unmeasured: str | None
    uncompared: str | None


def judge_mailings(campaigns: pl.DataFrame, basis: str, practice: EarlierPractice | None) -> pl.DataFrame:
    """Add `reason`: why a mailing cannot be counted on `basis`, NULL where it can."""
    planned = pl.col("eligible").is_not_null() | pl.lit(practice != "mail all")
    return campaigns.with_columns(
        reason=pl.when(pl.col("basis") != basis)
        .then(pl.lit(NO_HOLD_OUT if basis == "randomised" else HOLD_OUT))
        .when(pl.col("estimate").is_null())
        .then(pl.col("margin_note").fill_null(NO_MARGIN))
        .when(pl.col("low").is_null() | pl.col("high").is_null())
        .then(pl.col("margin_note").fill_null(NO_INTERVAL))
        .when(pl.col("cost").is_null())
        .then(pl.lit(NO_COST))
        .when(~planned)
        .then(pl.lit(NOT_PLANNED))
    )


def draw_balance(
    campaigns: pl.DataFrame,
    timeline: Timeline,
    basis: str,
    practice: EarlierPractice | None,
    *,
    unsent_margin_share: float,
) -> Balance:
    """What the mailings of the programme brought and saved, on one basis, in the months in which their windows end.

    Args:
        campaigns: sql/programme_campaigns.sql; those still running are left out.
        unsent_margin_share: margin of a piece not sent, as a share of that of a piece sent; for `mail all`.
    """
    judged = judge_mailings(campaigns.filter(~pl.col("provisional")), basis, practice).with_columns(
        number=timeline.number(pl.col("ends_on"))
    )
    of_programme = judged.filter(pl.col("starts_on") >= timeline.starts_on)
    left_out = of_programme.filter(pl.col("reason").is_not_null())
    counted = of_programme.filter(pl.col("reason").is_null())
    unmeasured = (
        None if counted.height or left_out.is_empty() else f"no mailing can be counted: {say_reasons(left_out)}"
    )
    if practice is None:
        effects, saved, uncompared = _as_effects(counted, earlier=pl.lit(0.0)), None, None
    elif practice == "mail all":
        effects, saved, uncompared = *_mail_all(counted, unsent_margin_share), None
    else:
        before = _year_before(judged, timeline)
        effects, saved = _as_last_year(before, counted, timeline)
        uncompared = _why_no_year_before(before)
    return Balance(counted, left_out, effects, saved, unmeasured, uncompared)


def say_reasons(left_out: pl.DataFrame) -> str:
    """How many mailings are left out for which reason, in words."""
    counts = left_out.group_by("reason").len().sort("len", "reason", descending=[True, False])
    return ", ".join(f"{count:,} since {reason}" for reason, count in counts.iter_rows())


def _as_effects(mailings: pl.DataFrame, *, earlier: pl.Expr) -> pl.DataFrame:
    rows = mailings.with_columns(of_programme=pl.lit(1.0), of_earlier=earlier.cast(pl.Float64))
    return rows.select(pl.col(name).cast(dtype) for name, dtype in EFFECT_SCHEMA.items())


def _mail_all(counted: pl.DataFrame, share: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All eligible would have been mailed: the mailed as they were, the others for `share` of the margin."""
    unsent = (pl.col("eligible") - pl.col("mailed")).clip(0)
    saved = counted.group_by("number", maintain_order=True).agg(
        pieces_not_sent=unsent.sum(), saved_mailing_cost=(unsent * pl.col("piece_cost")).sum()
    )
    return _as_effects(counted, earlier=1 + share * unsent / pl.col("mailed")), saved


def _year_before(judged: pl.DataFrame, timeline: Timeline) -> pl.DataFrame:
    """Mailings whose window ended in the 12 months before the month in which the programme started."""
    start = months_between(timeline.first, timeline.starts_on)
    return judged.filter(
        pl.col("starts_on") < timeline.starts_on, pl.col("number") < start, pl.col("number") >= start - YEAR
    )


def _why_no_year_before(before: pl.DataFrame) -> str | None:
    if before.is_empty():
        return NO_YEAR_BEFORE
    untold = before.filter(pl.col("reason").is_not_null())
    if untold.is_empty():
        return None
    return f"not all mailings of the year before the programme can be counted: {say_reasons(untold)}"


def _as_last_year(before: pl.DataFrame, counted: pl.DataFrame, timeline: Timeline) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The mailings of the year before would have come again every year, on the same days, and brought the same."""
    known = before.filter(pl.col("reason").is_null())
    years = pl.DataFrame({"years": pl.arange(1, timeline.months // YEAR + 3, dtype=pl.Int32, eager=True)})
    again = known.join(years, how="cross").with_columns(
        pl.col("ends_on").dt.offset_by(pl.format("{}y", "years")), number=pl.col("number") + YEAR * pl.col("years")
    )
    again = again.filter(pl.col("ends_on") <= timeline.as_of, pl.col("number") >= 0)
    effects = pl.concat(
        [
            _as_effects(counted, earlier=pl.lit(0.0)),
            _as_effects(again, earlier=pl.lit(1.0)).with_columns(of_programme=pl.lit(0.0)),
        ]
    )
    both = pl.concat(
        [again.select("number", "mailed", "cost"), counted.select("number", -pl.col("mailed"), -pl.col("cost"))]
    )
    saved = (
        both.sort("number", "mailed", "cost")
        .group_by("number", maintain_order=True)
        .agg(pieces_not_sent=pl.col("mailed").sum(), saved_mailing_cost=pl.col("cost").sum())
    )
    return effects, saved
