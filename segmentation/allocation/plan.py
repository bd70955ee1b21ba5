"""A plan's list and everything that says why it is as long as it is."""

from collections.abc import Mapping

import polars as pl

from segmentation.allocation.mailing import cut_mailing
from segmentation.allocation.offers import allot_offers
from segmentation.allocation.result import Allocation
from segmentation.settings import PlanSettings
from segmentation.targeting.plan import NO_HOLD_OUT, NO_REPLIES, Mailing, summarise_plan


def allocate(
    ranked: pl.DataFrame,
    uplift: pl.DataFrame,
    mailing: Mailing,
    settings: PlanSettings,
    margin_rate: float | None,
    *,
    barred: Mapping[str, pl.Series] | None = None,
) -> Allocation:
    """How many and which offer to whom: one mailing in the order of its policy, or offers by expected profit.

    Args:
        ranked: all eligible, best first: `customer_id`, `arm`, `cell`, `segment`, scores, `expected_response`,
            `expected_uplift` (revenue per head) and `expected_profit` (less the cost of the mailing's piece).
        uplift: rows of response.uplift of finished campaigns of the channel.

        barred: by channel of an offer, customers who may not be contacted by it.

    Raises:
        PlanError: the budget pays for no piece, minimums clash, or nothing is known that offers could compete by.
    """
    if ranked.is_empty():  # no offer has anybody to compete for, and no minimum can be kept
        settings = settings.model_copy(update={"offers": (), "segments": {}})
    if settings.offers:
        return allot_offers(ranked, uplift, mailing, settings, margin_rate, barred or {})
    return cut_mailing(ranked, uplift, mailing, settings, margin_rate)


def describe_plan(
    allocation: Allocation,
    selection: pl.DataFrame,
    uplift: pl.DataFrame,
    mailing: Mailing,
    margin_rate: float | None,
) -> pl.DataFrame:
    """The figures of a plan; where offers compete, cost and profit are those of their pieces.

    Args:
        selection: that of the allocation.
        uplift: rows of response.uplift of finished campaigns of the channel.
    """
    plan, told = summarise_plan(selection, uplift, mailing, margin_rate), allocation.plan
    if allocation.gap is None:
        return plan.with_columns(note=pl.concat_str("note", pl.lit(_tell_sum(told.profit, plan))))
    notes = [f"{offer}: {basis}" for offer, basis in allocation.offers.select("offer", "basis").iter_rows()]
    notes += [note for note in plan["note"][0].split("; ") if note in (NO_REPLIES, NO_HOLD_OUT)]
    return plan.with_columns(
        cost=pl.lit(told.cost),
        expected_incremental_profit=pl.lit(told.profit, dtype=pl.Float64),
        expected_incremental_profit_ci_low=pl.lit(told.low, dtype=pl.Float64),
        expected_incremental_profit_ci_high=pl.lit(told.high, dtype=pl.Float64),
        optimality_gap=pl.lit(allocation.gap),
        note=pl.lit("; ".join(notes)),
    )


def _tell_sum(profit: float | None, plan: pl.DataFrame) -> str:
    """Expectations of customers were made to choose among them, so their sum is told beside the expected profit."""
    if profit is None or plan["expected_incremental_profit"].null_count():
        return ""
    return f"; what is expected of each customer adds up to {profit:,.2f}"
