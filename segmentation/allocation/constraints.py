"""Rows of targeting.constraints: what limits the plan, and what one more of it would bring."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from segmentation.allocation.allocate import Allotment
from segmentation.allocation.problem import ROUNDING, Problem

SCHEMA = {
    "constraint": pl.String,
    "limit": pl.Float64,
    "used": pl.Float64,
    "shadow_price": pl.Float64,
    "binding": pl.Boolean,
    "note": pl.String,
}


@dataclass(frozen=True)
class Constraint:
    """A limit of the plan.

    Attributes:
        shadow_price: expected profit of one more unit of the limit; NULL where not known.
    """

    constraint: str
    limit: float
    used: float
    shadow_price: float | None
    binding: bool
    note: str | None = None


def tabulate_constraints(constraints: Sequence[Constraint]) -> pl.DataFrame:
    """One row per limit, in the order given."""
    rows = [(one.constraint, one.limit, one.used, one.shadow_price, one.binding, one.note) for one in constraints]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def list_constraints(problem: Problem, found: Allotment, *, fixed_cost: float) -> list[Constraint]:
    """Limits of an allotment of offers, with the prices of the linear program.

    Args:
        fixed_cost: of the mailing, which was taken off the budget.
    """
    used = problem.used(found.choice)
    constraints = []
    for name, limit, taken, price, is_minimum in zip(
        problem.names, problem.limit, used, found.prices, problem.is_minimum, strict=True
    ):
        sign, more = (-1 if is_minimum else 1), fixed_cost if name == problem.names[0] else 0.0
        binding = price > ROUNDING or abs(limit - taken) <= ROUNDING * max(1.0, abs(limit))
        constraints.append(
            Constraint(name, sign * limit + more, sign * taken + more, sign * price + 0.0, bool(binding))
        )
    return constraints
