"""Offers that compete: who gets which, and what that brings."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from segmentation.allocation.clashes import refuse_impossible, refuse_unpaid
from segmentation.allocation.competition import Competition, let_compete
from segmentation.allocation.constraints import list_constraints, tabulate_constraints
from segmentation.allocation.expectations import Valued, stand_in, value_offers
from segmentation.allocation.outlook import Prospects, look_ahead, tabulate_curve
from segmentation.allocation.problem import Codes, Floats, Limits, Offer
from segmentation.allocation.result import OFFER_SCHEMA, Allocation, encode, finish, is_mailed, limits_of, weigh
from segmentation.settings import PlannedOffer, PlanSettings
from segmentation.targeting.plan import Mailing


def allot_offers(
    ranked: pl.DataFrame,
    uplift: pl.DataFrame,
    mailing: Mailing,
    settings: PlanSettings,
    margin_rate: float | None,
    barred: Mapping[str, pl.Series],
) -> Allocation:
    """See `plan.allocate`."""
    offers = [Offer(one.name, one.channel, one.unit_cost, one.fixed_cost, one.capacity) for one in settings.offers]
    limits = limits_of(settings, mailing)
    refuse_unpaid(offers, settings.budget, mailing.fixed_cost)
    segments, codes = encode(ranked["segment"])
    valued = value_offers(_expected_revenue(ranked), settings.offers, uplift, segments, margin_rate)
    _bar(valued.profit, ranked["customer_id"], offers, barred)
    _refuse_minimums(ranked, valued, offers, limits)
    empty = tuple(name for name in settings.segments if name not in segments)
    competition = let_compete(
        _add_empty_segments(valued, len(empty)),
        codes,
        (*segments, *empty),
        is_mailed(ranked),
        offers,
        limits,
        fixed_cost=mailing.fixed_cost,
    )
    return Allocation(
        _select(ranked, valued, competition.choice, offers, mailing.starts_on, settings),
        competition.plan,
        _tabulate_offers(competition, offers, settings.offer_cells, valued.basis),
        tabulate_constraints(list_constraints(competition.problem, competition.found, fixed_cost=mailing.fixed_cost)),
        tabulate_curve(competition.curve, competition.plan),
        _weigh(ranked, uplift, competition, settings.offers, margin_rate, fixed_cost=mailing.fixed_cost),
        competition.found.gap,
        _count_below_break_even(valued, competition.choice),
    )


def _expected_revenue(ranked: pl.DataFrame) -> Floats:
    """By customer; NaN where nothing is expected."""
    return ranked["expected_uplift"].cast(pl.Float64).fill_null(np.nan).to_numpy()


def _bar(profit: Floats, customer_id: pl.Series, offers: list[Offer], barred: Mapping[str, pl.Series]) -> None:
    """Nobody gets an offer by a channel they may not be contacted by."""
    for number, offer in enumerate(offers):
        if offer.channel in barred:
            profit[customer_id.is_in(barred[offer.channel].implode()).to_numpy(), number] = -np.inf


def _refuse_minimums(ranked: pl.DataFrame, valued: Valued, offers: list[Offer], limits: Limits) -> None:
    """Minimums are of customers who are mailed and have an offer, and the cheapest pieces must pay for them."""
    offered = pl.Series(np.isfinite(valued.profit).any(axis=1) & is_mailed(ranked))
    refuse_impossible(
        limits.minimum,
        dict(ranked.filter(offered).group_by("segment").len().iter_rows()),
        int(limits.budget / min(offer.unit_cost for offer in offers) + 1e-9),
        "the budget pays for",
    )


def _add_empty_segments(valued: Valued, count: int) -> Valued:
    """Segments that limits name but nobody is in have no errors."""
    nothing = np.full((count, valued.errors.shape[1]), np.nan)
    return replace(valued, errors=np.vstack([valued.errors, nothing]))


def _weigh(
    ranked: pl.DataFrame,
    uplift: pl.DataFrame,
    competition: Competition,
    offers: tuple[PlannedOffer, ...],
    margin_rate: float | None,
    *,
    fixed_cost: float,
) -> pl.DataFrame:
    """Rows of targeting.alternatives; all other rules send the offer that most get."""
    alone = offers[int(competition.problem.count(competition.found.choice).sum(axis=0).argmax())]
    everybody = _foresee_alone(ranked, uplift, alone, margin_rate)
    return weigh(ranked, competition.plan, everybody, fixed_cost=fixed_cost + alone.fixed_cost, offer=alone.name)


def _foresee_alone(
    ranked: pl.DataFrame, uplift: pl.DataFrame, offer: PlannedOffer, margin_rate: float | None
) -> Prospects:
    """Everybody with one offer."""
    expected, (segments, codes) = _expected_revenue(ranked), encode(ranked["segment"])
    revenue, error = stand_in(uplift)
    stands_in = np.isnan(expected) & np.isfinite(revenue)
    valued = value_offers(np.where(stands_in, revenue, expected), [offer], uplift, segments, margin_rate)
    margin = offer.margin_rate if offer.margin_rate is not None else margin_rate or np.nan
    return look_ahead(
        codes,
        np.where(np.isfinite(valued.profit[:, 0]), valued.profit[:, 0], np.nan),
        np.full(len(codes), offer.unit_cost),
        valued.errors[codes, 0],
        error_of_all=error * offer.uplift_multiplier * margin,
        stands_in=stands_in,
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
        cell=pl.Series([settings.offer_cells[number] for number in offer], dtype=pl.String),
        offer=pl.Series([offers[number].name for number in offer], dtype=pl.String),
        channel=pl.Series([offers[number].channel for number in offer], dtype=pl.String),
        expected_uplift=pl.Series(valued.uplift[rows, offer]),
        expected_profit=pl.Series(valued.profit[rows, offer]),
    )
    return finish(selection.sort("expected_profit", "rank", descending=[True, False]), starts_on, settings)


def _tabulate_offers(
    competition: Competition, offers: list[Offer], cells: tuple[str, ...], basis: tuple[str, ...]
) -> pl.DataFrame:
    choice, profit = competition.found.choice, competition.problem.profit
    rows = []
    for number, offer in enumerate(offers):
        chosen = np.flatnonzero(choice == number)
        fixed = offer.fixed_cost if len(chosen) else 0.0
        rows.append(
            (
                *(offer.name, cells[number], offer.channel, offer.unit_cost, len(chosen)),
                *(len(chosen) * offer.unit_cost + fixed, float(profit[chosen, number].sum()) - fixed, basis[number]),
            )
        )
    return pl.DataFrame(rows, schema=OFFER_SCHEMA, orient="row")
