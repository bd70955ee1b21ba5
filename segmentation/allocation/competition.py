"""Offers that compete for customers: the allotment, its curve, and the hold-out of each offer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from segmentation.allocation.allocate import Allotment, allot
from segmentation.allocation.assignment import choose_best
from segmentation.allocation.expectations import Valued
from segmentation.allocation.outlook import Outlook, foresee_counts
from segmentation.allocation.problem import BUDGET, Codes, Floats, Limits, Longs, Marks, Offer, Problem, state_problem
from segmentation.allocation.solver import Solved, solve_relaxed

POINTS = 24
PLENTY = 1e15  # money that no mailing costs


@dataclass(frozen=True)
class Competition:
    """Who gets which offer.

    Attributes:
        choice: offer by customer, those held out included; -1 for none.
        problem: of the customers to be mailed.
        found: of the customers to be mailed.
        plan: what it costs and may bring.
        curve: the same for other budgets.
    """

    choice: Codes
    problem: Problem
    found: Allotment
    plan: Outlook
    curve: list[Outlook]


def let_compete(
    valued: Valued,
    segment: Codes,
    segments: Sequence[str],
    mailed: Marks,
    offers: Sequence[Offer],
    limits: Limits,
    *,
    fixed_cost: float,
) -> Competition:
    """Allot offers to those who are not held out, and to those held out what the next customer like them gets.

    Args:
        valued: by customer, in the order that breaks ties.
        mailed: by customer; the others are held out.
        limits: the budget is without `fixed_cost`.

    Raises:
        PlanError: minimums clash.
    """
    problem = state_problem(valued.profit[mailed], segment[mailed], segments, offers, limits)
    found = allot(problem)
    costs = np.array([offer.unit_cost for offer in offers])
    counts = problem.count(found.choice)
    in_use = problem.fixed_costs[counts.sum(axis=0) > 0].sum()
    paid = fixed_cost if counts.any() else 0.0
    plan = foresee_counts(
        counts, found.profit - paid, costs, valued.errors, valued.errors_of_all, fixed_cost=paid + float(in_use)
    )
    return Competition(
        _allot_held_out(valued.profit, segment, mailed, problem, found),
        problem,
        found,
        plan,
        _draw_curve(problem, found, costs, valued, fixed_cost=fixed_cost),
    )


def _allot_held_out(profit: Floats, segment: Codes, mailed: Marks, problem: Problem, found: Allotment) -> Codes:
    """The allotment of the mailed, and for each of the others that of the next mailed customer like it.

    Alike are customers of a segment for whom the same is best at the prices found, in the order of their worth.
    """
    everybody = replace(problem, profit=profit, segment=segment)
    decision, _ = choose_best(everybody, found.prices, found.used)
    choice: Longs = np.full(len(segment), -1, dtype=np.int64)
    choice[mailed] = found.choice
    rows = pl.DataFrame(
        {
            "number": np.arange(len(segment)),
            "group": segment.astype(np.int64) * (profit.shape[1] + 1) + decision + 1,
            "worth": np.where(np.isfinite(profit), profit, 0).sum(axis=1),
            "choice": choice,
            "mailed": mailed,
        }
    ).with_columns(pl.when("mailed").then("choice").alias("choice"))
    ordered = rows.sort("group", "worth", "number", descending=[False, True, False])
    filled = ordered.with_columns(
        pl.col("choice").backward_fill().over("group").fill_null(pl.col("choice").forward_fill().over("group"))
    )
    return filled.sort("number")["choice"].fill_null(-1).cast(pl.Int32).to_numpy()


def _draw_curve(
    problem: Problem, found: Allotment, costs: Floats, valued: Valued, *, fixed_cost: float
) -> list[Outlook]:
    """The best for other budgets, by the linear program; minimums are left out, as small budgets cannot keep them."""
    limit = np.where(problem.is_minimum, 0.0, problem.limit)
    in_use = float(problem.fixed_costs[found.used].sum())

    def solve(budget: float) -> Solved | None:
        free = np.where(np.array(problem.names) == BUDGET, budget, limit)
        return solve_relaxed(replace(problem, limit=free), found.cells, found.used)

    curve = [Outlook(0, 0.0, 0.0, 0.0, 0.0, None)]
    most = solve(PLENTY)
    if most is None:
        return curve
    spent = float(most.pieces.sum(axis=0) @ costs)
    for share in np.arange(1, POINTS + 1) / POINTS:
        solved = solve(in_use + spent * share)
        if solved is not None:
            counts = np.zeros((len(problem.segments), len(costs)))
            np.add.at(counts, found.cells.segment, solved.pieces)
            curve.append(
                foresee_counts(
                    counts,
                    solved.profit - fixed_cost,
                    costs,
                    valued.errors,
                    valued.errors_of_all,
                    fixed_cost=in_use + fixed_cost,
                )
            )
    return curve
