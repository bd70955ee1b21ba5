"""A planned mailing: what it is given and what comes out."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from segmentation.errors import PlanError
from segmentation.response.power import Rate, minimum_detectable_uplift
from segmentation.settings import PlanSettings
from segmentation.targeting.expectation import pool_uplift

NO_REPLIES = "no earlier mailing of this channel recorded replies, so the response cannot be foreseen"
NO_UPLIFT = "no earlier mailing of this channel has a measured uplift, so the profit cannot be foreseen"
NO_HOLD_OUT = "nobody is held out, so nothing can be proven"
NO_MARGIN = "campaigns.margin_rate is not set, so the profit cannot be foreseen"


@dataclass(frozen=True)
class Mailing:
    """The campaign to plan."""

    campaign_id: str
    channel: str
    starts_on: dt.date
    unit_cost: float
    fixed_cost: float
    control_share: float


def name_campaign(known: str | None, new: str | None) -> str | None:
    """The campaign somebody names, known or new; None for the next to start.

    Raises:
        PlanError: two are named.
    """
    if known and new:
        raise PlanError(f"choose the campaign {known} or name a new one, {new}, but not both")
    return known or new


def choose_mailing(
    campaigns: pl.DataFrame, as_of: dt.date, settings: PlanSettings, settled: Collection[str] = ()
) -> Mailing:
    """The campaign that the settings name, or else the next to start that has no plan yet, or else a new one.

    Args:
        campaigns: crm.campaigns.
        settled: campaigns with a plan that is approved or exported; planned again only if the settings name them.

    Raises:
        PlanError: the campaign named has started by `as_of`, or would hold everybody out; or the in-home date of a new
            one is not after `as_of`.
    """
    known = (
        campaigns.filter(pl.col("campaign_id") == settings.campaign_id)
        if settings.campaign_id
        else campaigns.filter(pl.col("starts_on") > as_of, ~pl.col("campaign_id").is_in(list(settled)))
        .sort("starts_on", "campaign_id")
        .head(1)
    )
    if known.is_empty():
        return _new_mailing(as_of, settings)
    row = known.row(0, named=True)
    if row["starts_on"] <= as_of:
        raise PlanError(
            f"campaign {row['campaign_id']} started on {row['starts_on']}; name one that starts after {as_of}"
        )
    control_share = _first_known(row["control_share"], settings.control_share)
    if control_share >= 1:
        raise PlanError(
            f"campaign {row['campaign_id']}: control_share = {control_share:g} holds everybody out and mails nobody; "
            "give a share below 1 in the table campaigns, such as 0.1"
        )
    return Mailing(
        row["campaign_id"],
        row["channel"] or settings.channel,
        row["starts_on"],
        _first_known(row["unit_cost"], settings.unit_cost),
        float(_first_known(row["fixed_cost"], settings.fixed_cost)),
        control_share,
    )


def _new_mailing(as_of: dt.date, settings: PlanSettings) -> Mailing:
    starts_on = settings.starts_on or as_of + dt.timedelta(days=settings.days_ahead)
    if starts_on <= as_of:
        raise PlanError(
            f"plan.starts_on = {starts_on} is no day after {as_of}, the last that is known; choose a later one"
        )
    name = settings.campaign_id or f"mailing-{starts_on}"
    return Mailing(name, settings.channel, starts_on, settings.unit_cost, settings.fixed_cost, settings.control_share)


def _first_known(given: float | None, otherwise: float) -> float:
    return otherwise if given is None else given


def count_pieces(mailing: Mailing, budget: float) -> int:
    """Pieces the budget pays for after the fixed cost.

    Raises:
        PlanError: not even one.
    """
    pieces = int((budget - mailing.fixed_cost) / mailing.unit_cost + 1e-9) if mailing.unit_cost > 0 else 0
    if pieces < 1:
        raise PlanError(
            f"plan.budget = {budget:g} does not pay for one piece at {mailing.unit_cost:g} "
            f"after fixed cost {mailing.fixed_cost:g}"
        )
    return pieces


def add_profit(
    customers: pl.DataFrame, uplift: pl.DataFrame, mailing: Mailing, margin_rate: float | None
) -> pl.DataFrame:
    """Add `expected_uplift` (revenue per head, by segment) and `expected_profit`; NULL where they are not known."""
    by_segment = pool_uplift(uplift, metric="revenue", dimension="segment")
    margin = pl.lit(margin_rate, dtype=pl.Float64)
    return customers.join(
        by_segment.select(pl.col("level").alias("segment"), pl.col("uplift").alias("expected_uplift")),
        on="segment",
        how="left",
        maintain_order="left",
    ).with_columns((pl.col("expected_uplift") * margin - mailing.unit_cost).alias("expected_profit"))


def summarise_plan(
    selection: pl.DataFrame, uplift: pl.DataFrame, mailing: Mailing, margin_rate: float | None
) -> pl.DataFrame:
    """The figures of targeting.plans that follow from the selection; one row.

    The expected profit takes the revenue uplift of earlier mailings as a whole, whose interval is known, not the sum
    over customers.

    Args:
        selection: customers with `arm` and `expected_response`.
        uplift: rows of response.uplift of finished campaigns of the channel.
    """
    treated = selection.filter(pl.col("arm") == "treatment")
    mailed, held_out = treated.height, selection.height - treated.height
    cost = mailed * mailing.unit_cost + mailing.fixed_cost
    response = treated["expected_response"].mean()
    pooled = pool_uplift(uplift, metric="revenue", dimension="all")
    profit = {
        f"expected_incremental_profit{end}": pooled[column][0] * margin_rate * mailed - cost
        if margin_rate is not None and pooled.height
        else None
        for end, column in (("", "uplift"), ("_ci_low", "ci_low"), ("_ci_high", "ci_high"))
    }
    notes = [NO_REPLIES] if response is None else []
    notes += [NO_MARGIN] if margin_rate is None else []
    notes += [_uplift_note(pooled)]
    notes += [NO_HOLD_OUT] if mailing.control_share == 0 else []
    return pl.DataFrame(
        {
            "mailed": [mailed],
            "held_out": [held_out],
            "cost": [cost],
            "expected_response": [response],
            **{name: [value] for name, value in profit.items()},
            "minimum_detectable_uplift": [_detectable(response, mailed, held_out)],
            "note": ["; ".join(notes)],
        },
        schema_overrides={name: pl.Float64 for name in (*profit, "expected_response", "minimum_detectable_uplift")},
    )


def _detectable(response: object, mailed: int, held_out: int) -> float | None:
    if not isinstance(response, float) or min(mailed, held_out) < 1:
        return None
    return minimum_detectable_uplift(Rate(response), mailed=mailed, held_out=held_out)


def _uplift_note(pooled: pl.DataFrame) -> str:
    if pooled.is_empty():
        return NO_UPLIFT
    return f"profit from the {pooled['method'][0]} revenue uplift of {pooled['campaigns'][0]} earlier mailings"
