"""A plan's list and everything that says why it is as long as it is."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from segmentation.allocation.alternatives import note_rules, order_by_rules, weigh_rules
from segmentation.allocation.clashes import refuse_impossible, refuse_unpaid
from segmentation.allocation.competition import Competition, let_compete
from segmentation.allocation.constraints import list_constraints, tabulate_constraints
from segmentation.allocation.days import spread_over_days
from segmentation.allocation.expectations import Valued, find_errors, stand_in, value_offers
from segmentation.allocation.outlook import (
    Outlook,
    Prospects,
    draw_curve,
    foresee,
    tabulate_alternatives,
    tabulate_curve,
)
from segmentation.allocation.problem import Codes, Floats, Limits, Marks, Offer
from segmentation.allocation.single import cut_list
from segmentation.settings import OfferSettings, PlanSettings
from segmentation.targeting.plan import CELL, Mailing, count_pieces

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
    """The limits of the settings; the budget is what is left after the fixed cost of the mailing."""
    return Limits(
        settings.budget - mailing.fixed_cost,
        {name: limit.pieces_per_day * limit.days for name, limit in settings.channels.items()},
        {name: limit.minimum for name, limit in settings.segments.items() if limit.minimum},
        {name: limit.maximum for name, limit in settings.segments.items() if limit.maximum is not None},
    )


def allocate(
    ranked: pl.DataFrame, uplift: pl.DataFrame, mailing: Mailing, settings: PlanSettings, margin_rate: float | None
) -> Allocation:
    """How many and which offer to whom: one mailing in the order of its policy, or offers by expected profit.

    Args:
        ranked: all eligible, best first: `customer_id`, `arm`, `segment`, scores, `expected_response`,
            `expected_uplift` (revenue per head) and `expected_profit` (less the cost of the mailing's piece).
        uplift: rows of response.uplift of finished campaigns of the channel.

    Raises:
        PlanError: the budget pays for no piece, minimums clash, or nothing is known that offers could compete by.
    """
    if settings.offers:
        return _allot_offers(ranked, uplift, mailing, settings, margin_rate)
    return _cut_mailing(ranked, uplift, mailing, settings, margin_rate)


def _cut_mailing(
    ranked: pl.DataFrame, uplift: pl.DataFrame, mailing: Mailing, settings: PlanSettings, margin_rate: float | None
) -> Allocation:
    pieces = count_pieces(mailing, settings.budget)
    cut = cut_list(
        ranked,
        limits_of(settings, mailing),
        pieces=pieces,
        channel=mailing.channel,
        unit_cost=mailing.unit_cost,
        fixed_cost=mailing.fixed_cost,
        only_if_it_pays=settings.stop == "break-even",
    )
    segments, codes = _encode(ranked["segment"])
    everybody = _foresee_mailing(ranked["expected_profit"], uplift, segments, codes, mailing.unit_cost, margin_rate)
    mailed = everybody.take(np.flatnonzero(_is_mailed(ranked)))
    chosen = ranked["customer_id"].is_in(cut.selected["customer_id"].implode()).to_numpy() & _is_mailed(ranked)
    plan = foresee(everybody.take(np.flatnonzero(chosen)), fixed_cost=mailing.fixed_cost if chosen.any() else 0.0)
    selection = cut.selected.with_columns(
        cell=pl.lit(CELL), offer=pl.lit(None, dtype=pl.String), channel=pl.lit(mailing.channel)
    )
    return Allocation(
        _finish(selection, mailing.starts_on, settings),
        plan,
        pl.DataFrame(schema=OFFER_SCHEMA),
        tabulate_constraints(cut.constraints),
        tabulate_curve(draw_curve(mailed, fixed_cost=mailing.fixed_cost), plan),
        _weigh(ranked, plan, everybody, fixed_cost=mailing.fixed_cost),
        None,
        cut.below_break_even,
    )


def _foresee_mailing(
    profit: pl.Series,
    uplift: pl.DataFrame,
    segments: tuple[str, ...],
    codes: Codes,
    unit_cost: float,
    margin_rate: float | None,
) -> Prospects:
    margin = np.nan if margin_rate is None else margin_rate
    known, errors = profit.cast(pl.Float64).fill_null(np.nan).to_numpy(), find_errors(uplift, segments)
    revenue, error = stand_in(uplift)
    stands_in = np.isnan(known) & np.isfinite(revenue * margin)
    return Prospects(
        codes,
        np.where(stands_in, revenue * margin - unit_cost, known),
        np.full(len(codes), unit_cost),
        np.where(stands_in, error, errors[codes]) * margin,
        stands_in,
    )


def _foresee_alone(
    expected: Floats,
    uplift: pl.DataFrame,
    segments: tuple[str, ...],
    codes: Codes,
    offer: OfferSettings,
    margin_rate: float | None,
) -> Prospects:
    """Everybody with one offer."""
    revenue, error = stand_in(uplift)
    stands_in = np.isnan(expected) & np.isfinite(revenue)
    valued = value_offers(np.where(stands_in, revenue, expected), [offer], uplift, segments, margin_rate)
    margin = offer.margin_rate if offer.margin_rate is not None else margin_rate or np.nan
    return Prospects(
        codes,
        np.where(np.isfinite(valued.profit[:, 0]), valued.profit[:, 0], np.nan),
        np.full(len(codes), offer.unit_cost),
        np.where(stands_in, error * offer.uplift_multiplier * margin, valued.errors[codes, 0]),
        stands_in,
    )


def _allot_offers(
    ranked: pl.DataFrame, uplift: pl.DataFrame, mailing: Mailing, settings: PlanSettings, margin_rate: float | None
) -> Allocation:
    offers = [Offer(one.name, one.channel, one.unit_cost, one.fixed_cost, one.capacity) for one in settings.offers]
    limits = limits_of(settings, mailing)
    refuse_unpaid(offers, settings.budget, mailing.fixed_cost)
    segments, codes = _encode(ranked["segment"])
    expected = ranked["expected_uplift"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    valued = value_offers(expected, settings.offers, uplift, segments, margin_rate)
    everyone = (*segments, *(name for name in settings.segments if name not in segments))
    errors = np.vstack([valued.errors, np.full((len(everyone) - len(segments), len(offers)), np.nan)])
    offered = pl.Series(np.isfinite(valued.profit).any(axis=1) & _is_mailed(ranked))
    refuse_impossible(
        limits.minimum,
        dict(ranked.filter(offered).group_by("segment").len().iter_rows()),
        int(limits.budget / min(offer.unit_cost for offer in offers) + 1e-9),
        "the budget pays for",
    )
    competition = let_compete(
        Valued(valued.uplift, valued.profit, errors, valued.basis),
        codes,
        everyone,
        _is_mailed(ranked),
        offers,
        limits,
        fixed_cost=mailing.fixed_cost,
    )
    alone = int(competition.problem.count(competition.found.choice).sum(axis=0).argmax())
    everybody = _foresee_alone(expected, uplift, segments, codes, settings.offers[alone], margin_rate)
    return Allocation(
        _select(ranked, valued, competition.choice, offers, mailing.starts_on, settings),
        competition.plan,
        _tabulate_offers(competition, offers, valued.basis),
        tabulate_constraints(list_constraints(competition.problem, competition.found, fixed_cost=mailing.fixed_cost)),
        tabulate_curve(competition.curve, competition.plan),
        _weigh(
            ranked,
            competition.plan,
            everybody,
            fixed_cost=mailing.fixed_cost + offers[alone].fixed_cost,
            offer=offers[alone].name,
        ),
        competition.found.gap,
        _count_below_break_even(valued, competition.choice),
    )


def _count_below_break_even(valued: Valued, choice: Codes) -> int:
    best = valued.profit.max(axis=1)
    return int((np.isfinite(best) & (best < 0) & (choice < 0)).sum())


def _select(
    ranked: pl.DataFrame,
    valued: Valued,
    choice: Codes,
    offers: list[Offer],
    starts_on: dt.date,
    settings: PlanSettings,
) -> pl.DataFrame:
    rows = np.flatnonzero(choice >= 0)
    offer = choice[rows]
    selection = ranked[rows].with_columns(
        cell=pl.Series([_cell(number) for number in offer], dtype=pl.String),
        offer=pl.Series([offers[number].name for number in offer], dtype=pl.String),
        channel=pl.Series([offers[number].channel for number in offer], dtype=pl.String),
        expected_uplift=pl.Series(valued.uplift[rows, offer]),
        expected_profit=pl.Series(valued.profit[rows, offer]),
    )
    return _finish(selection.sort("expected_profit", "rank", descending=[True, False]), starts_on, settings)


def _cell(number: int) -> str:
    """A, B, C ...: the cell of each offer, in the order of the settings."""
    return chr(ord(CELL) + int(number))


def _finish(selection: pl.DataFrame, starts_on: dt.date, settings: PlanSettings) -> pl.DataFrame:
    ranked = selection.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    return spread_over_days(ranked, starts_on, settings.channels)


def _tabulate_offers(competition: Competition, offers: list[Offer], basis: tuple[str, ...]) -> pl.DataFrame:
    choice, profit = competition.found.choice, competition.problem.profit
    rows = []
    for number, offer in enumerate(offers):
        chosen = np.flatnonzero(choice == number)
        fixed = offer.fixed_cost if len(chosen) else 0.0
        rows.append(
            (
                *(offer.name, _cell(number), offer.channel, offer.unit_cost, len(chosen)),
                *(len(chosen) * offer.unit_cost + fixed, float(profit[chosen, number].sum()) - fixed, basis[number]),
            )
        )
    return pl.DataFrame(rows, schema=OFFER_SCHEMA, orient="row")


def _weigh(
    ranked: pl.DataFrame, plan: Outlook, everybody: Prospects, *, fixed_cost: float, offer: str | None = None
) -> pl.DataFrame:
    is_mailed = _is_mailed(ranked)
    customers = ranked.filter(pl.Series(is_mailed))
    mailed = everybody.take(np.flatnonzero(is_mailed))
    weighed = weigh_rules(plan, everybody, mailed, order_by_rules(customers), fixed_cost=fixed_cost)
    notes = note_rules(customers)
    if offer is not None:
        notes = {rule: f"{note}, all with the offer {offer}" for rule, note in notes.items()}
    return tabulate_alternatives(weighed, notes)


def _is_mailed(ranked: pl.DataFrame) -> Marks:
    return (ranked["arm"] == "treatment").to_numpy()


def _encode(segment: pl.Series) -> tuple[tuple[str, ...], Codes]:
    """Names of the segments, sorted, and the position of each customer's."""
    names = segment.fill_null("").unique().sort().to_list()
    codes = segment.fill_null("").replace_strict({name: number for number, name in enumerate(names)})
    return tuple(names), codes.cast(pl.Int32).to_numpy()
