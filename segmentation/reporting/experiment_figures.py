"""What the page says of campaigns with a hold-out: arms as planned or not, looks, adjusted and drawn figures."""

import datetime as dt
from typing import Any

import polars as pl

from segmentation.reporting.catalogue import to_say
from segmentation.reporting.numbers import Shown
from segmentation.reporting.words import Words
from segmentation.response.metrics import RESPONSE_METRICS

TINY = 0.0001
LABELS = {
    "response": to_say("Response rate"),
    "conversion": to_say("Conversion rate"),
    "revenue": to_say("Revenue per head"),
    "margin": to_say("Margin per head"),
}
KINDS = {metric.name: metric.kind for metric in RESPONSE_METRICS}
ADJUSTED = "randomised_adjusted"


def describe_failed_arms(failures: pl.DataFrame, words: Words) -> list[dict[str, str]]:
    """Campaigns whose arms are not of the planned size, and by how much.

    Args:
        failures: rows of sql/report_sample_ratio.sql.
    """
    return [
        {
            "name": row["name"],
            "part": "" if row["cell"] == "all" else words("cell %(cell)s", cell=row["cell"]),
            "text": _compare_arms(row, words),
        }
        for row in failures.iter_rows(named=True)
    ]


def _compare_arms(row: dict[str, Any], words: Words) -> str:
    selected, p_value = row["treated"] + row["control"], row["p_value"]
    below = words("p below %(limit)s", limit=words.decimal(TINY, 4))
    return words(
        "%(planned)s were to be held out, %(actual)s are (%(held_out)s of %(selected)s); %(p_value)s",
        planned=words.percent(row["expected_share"]),
        actual=words.percent(row["control"] / selected),
        held_out=words.count(row["control"]),
        selected=words.count(selected),
        p_value=below if p_value < TINY else f"p = {words.decimal(p_value, 4)}",
    )


def describe_looks(uplift: pl.DataFrame, metrics: tuple[str, ...], words: Words) -> list[str]:
    """What can be said of each campaign with a hold-out whose window is open, in sentences.

    Args:
        uplift: rows of sql/report_uplift.sql.
        metrics: in the order to tell.
    """
    looks = uplift.filter(
        pl.col("dimension") == "all",
        pl.col("method") == "randomised",
        pl.col("sequential_ci_low").is_not_null(),
        pl.col("metric").is_in(metrics),
    ).sort(
        pl.col("starts_on"),
        "campaign_id",
        pl.col("metric").replace_strict({name: number for number, name in enumerate(metrics)}, default=None),
    )
    return [_write_look(part, words) for part in looks.partition_by("campaign_id", maintain_order=True)]


def _write_look(rows: pl.DataFrame, words: Words) -> str:
    first = rows.row(0, named=True)
    of = _days(first["starts_on"], first["ends_on"])
    over = words(
        "%(campaign)s: %(days)s of %(of)s days are over.",
        campaign=first["name"],
        days=words.count(first["information"] * of),
        of=words.count(of),
    )
    return " ".join([over, *(_write_bounds(row, words) for row in rows.iter_rows(named=True))])


def _days(starts_on: dt.date, ends_on: dt.date) -> int:
    return (ends_on - starts_on).days + 1


def _write_bounds(row: dict[str, Any], words: Words) -> str:
    low, high = row["sequential_ci_low"], row["sequential_ci_high"]
    shown = show_uplift(row["metric"], row["uplift"], low, high, words)
    said = {"metric": words(LABELS[row["metric"]]), "uplift": shown.text, "bounds": shown.interval}
    if low > 0:
        return words("%(metric)s: %(uplift)s so far, bounds %(bounds)s: a gain is proven.", **said)
    if high < 0:
        return words("%(metric)s: %(uplift)s so far, bounds %(bounds)s: a loss is proven.", **said)
    return words("%(metric)s: %(uplift)s so far, bounds %(bounds)s: neither gain nor loss is proven.", **said)


def describe_levels(levels: pl.DataFrame, words: Words) -> list[dict[str, Any]]:
    """By level what was measured, adjusted and drawn to the mean; only of levels drawn together.

    Args:
        levels: rows of sql/report_uplift.sql of one campaign, dimension and metric, in the order to show.
    """
    adjusted = {row["level"]: row for row in levels.filter(pl.col("method") == ADJUSTED).iter_rows(named=True)}
    drawn = levels.filter(pl.col("method") == "randomised", pl.col("shrunk_uplift").is_not_null())
    return [
        {
            "level": words.stored(row["level"]),
            "treated": words.show(row["treated"], words.count),
            "control": words.show(row["control"], words.count),
            "measured": show_uplift(row["metric"], row["uplift"], row["ci_low"], row["ci_high"], words),
            "adjusted": _show_adjusted(adjusted.get(row["level"]), words),
            "drawn": show_uplift(
                row["metric"], row["shrunk_uplift"], row["shrunk_ci_low"], row["shrunk_ci_high"], words
            ),
            "shrinkage": words.show(row["shrinkage"], words.percent),
        }
        for row in drawn.iter_rows(named=True)
    ]


def _show_adjusted(row: dict[str, Any] | None, words: Words) -> Shown:
    if row is None:
        return words.show(None, words.count, reason=words("only money is adjusted"))
    return show_uplift(row["metric"], row["uplift"], row["ci_low"], row["ci_high"], words, reason=row["note"])


def show_uplift(
    metric: str,
    value: float | None,
    low: float | None,
    high: float | None,
    words: Words,
    *,
    reason: str | None = None,
) -> Shown:
    """An uplift with its interval: money, or percentage points."""
    write = words.points if KINDS[metric] == "proportion" else words.rounded_money(value, low, high)
    return words.show(value, write, low=low, high=high, reason=reason)
