"""One mailing: how far down the list of a policy it goes, and what that brings."""

import numpy as np
import polars as pl

from segmentation.allocation.constraints import tabulate_constraints
from segmentation.allocation.expectations import find_errors, stand_in
from segmentation.allocation.outlook import Prospects, draw_curve, foresee, look_ahead, tabulate_curve
from segmentation.allocation.problem import Codes
from segmentation.allocation.result import OFFER_SCHEMA, Allocation, encode, finish, is_mailed, limits_of, weigh
from segmentation.allocation.single import cut_list
from segmentation.settings import PlanSettings
from segmentation.targeting.plan import Mailing, count_pieces


def cut_mailing(
    ranked: pl.DataFrame, uplift: pl.DataFrame, mailing: Mailing, settings: PlanSettings, margin_rate: float | None
) -> Allocation:
    """See `plan.allocate`."""
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
    segments, codes = encode(ranked["segment"])
    everybody = _foresee_mailing(ranked["expected_profit"], uplift, segments, codes, mailing.unit_cost, margin_rate)
    mailed = everybody.take(np.flatnonzero(is_mailed(ranked)))
    chosen = ranked["customer_id"].is_in(cut.selected["customer_id"].implode()).to_numpy() & is_mailed(ranked)
    plan = foresee(everybody.take(np.flatnonzero(chosen)), fixed_cost=mailing.fixed_cost if chosen.any() else 0.0)
    selection = cut.selected.with_columns(offer=pl.lit(None, dtype=pl.String), channel=pl.lit(mailing.channel))
    return Allocation(
        finish(selection, mailing.starts_on, settings),
        plan,
        pl.DataFrame(schema=OFFER_SCHEMA),
        tabulate_constraints(cut.constraints),
        tabulate_curve(draw_curve(mailed, fixed_cost=mailing.fixed_cost), plan),
        weigh(ranked, plan, everybody, fixed_cost=mailing.fixed_cost),
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
    return look_ahead(
        codes,
        np.where(stands_in, revenue * margin - unit_cost, known),
        np.full(len(codes), unit_cost),
        errors[codes] * margin,
        error_of_all=error * margin,
        stands_in=stands_in,
    )
