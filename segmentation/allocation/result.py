"""What a plan allots, and what is the same with and without offers."""

import datetime as dt
from dataclasses import dataclass
from typing import get_args

import numpy as np
import polars as pl

from segmentation.allocation.alternatives import note_rules, order_by_rules, weigh_rules
from segmentation.allocation.days import spread_over_days
from segmentation.allocation.outlook import Outlook, Prospects, tabulate_alternatives
from segmentation.allocation.problem import Codes, Limits, Marks
from segmentation.errors import PlanError
from segmentation.settings import PlanSettings
from segmentation.settings.kinds import ChannelName
from segmentation.targeting.plan import Mailing

OFFER_SCHEMA = {
    "offer": pl.String,
    "cell": pl.String,
    "channel": pl.String,
    "unit_cost": pl.Float64,
    "pieces": pl.Int64,
    "cost": pl.Float64,
    "expected_profit": pl.Float64,
    "basis": pl.String,
}


@dataclass(frozen=True)
class Allocation:
    """What a plan allots.

    Attributes:
        selection: customers to be mailed and held out, best first: the columns given, and `rank`, `cell`, `offer` (NULL
            without offers), `channel` and `in_home_on`.
        plan: what the pieces cost and may bring, by customer.
        offers: rows of targeting.offers; none without offers.
        constraints: rows of targeting.constraints.
        curve: rows of targeting.profit_curve.
        alternatives: rows of targeting.alternatives.
        gap: share by which the best plan may be better; None where customers are mailed in the order of a policy.
        below_break_even: eligible customers left out since no piece to them would pay; None where not looked at.
    """

    selection: pl.DataFrame
    plan: Outlook
    offers: pl.DataFrame
    constraints: pl.DataFrame
    curve: pl.DataFrame
    alternatives: pl.DataFrame
    gap: float | None
    below_break_even: int | None


def limits_of(settings: PlanSettings, mailing: Mailing) -> Limits:
    """The limits of the settings; the budget is what is left after the fixed cost of the mailing.

    Raises:
        PlanError: a channel is limited that there is not.
    """
    known = (*get_args(ChannelName), *({mailing.channel} - {*get_args(ChannelName)}))
    if unknown := [name for name in settings.channels if name not in known]:
        raise PlanError(f"plan.channels names {', '.join(unknown)}; there are: {', '.join(known)}")
    return Limits(
        settings.budget - mailing.fixed_cost,
        {name: limit.pieces_per_day * limit.days for name, limit in settings.channels.items()},
        {name: limit.minimum for name, limit in settings.segments.items() if limit.minimum},
        {name: limit.maximum for name, limit in settings.segments.items() if limit.maximum is not None},
    )


def finish(selection: pl.DataFrame, starts_on: dt.date, settings: PlanSettings) -> pl.DataFrame:
    """Number the selected, who come best first, and give each piece its day."""
    ranked = selection.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    return spread_over_days(ranked, starts_on, settings.channels)


def weigh(
    ranked: pl.DataFrame, plan: Outlook, everybody: Prospects, *, fixed_cost: float, offer: str | None = None
) -> pl.DataFrame:
    """Rows of targeting.alternatives.

    Args:
        ranked: all eligible.
        everybody: what mailing each of them may bring.
        offer: that all other rules send.
    """
    customers = ranked.filter(pl.Series(is_mailed(ranked)))
    mailed = everybody.take(np.flatnonzero(is_mailed(ranked)))
    weighed = weigh_rules(plan, everybody, mailed, order_by_rules(customers), fixed_cost=fixed_cost)
    notes = note_rules(customers)
    if offer is not None:
        notes = {rule: f"{note}, all with the offer {offer}" for rule, note in notes.items()}
    return tabulate_alternatives(weighed, notes)


def is_mailed(ranked: pl.DataFrame) -> Marks:
    """Who is not held out."""
    return (ranked["arm"] == "treatment").to_numpy()


def encode(segment: pl.Series) -> tuple[tuple[str, ...], Codes]:
    """Names of the segments, sorted, and the position of each customer's."""
    names = segment.fill_null("").unique().sort().to_list()
    codes = segment.fill_null("").replace_strict({name: number for number, name in enumerate(names)})
    return tuple(names), codes.cast(pl.Int32).to_numpy()
