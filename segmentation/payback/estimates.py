"""Money by month with its simulated uncertainty."""

from dataclasses import dataclass

import polars as pl

from segmentation.payback.simulation import Array, discount, interval


@dataclass(frozen=True)
class Estimate:
    """Money by month.

    Attributes:
        value: the estimate, by month.
        draws: draws x months.
    """

    value: Array
    draws: Array

    def less(self, known: Array) -> "Estimate":
        """Less what is known for certain, by month."""
        return Estimate(self.value - known, self.draws - known)

    def minus(self, other: "Estimate") -> "Estimate":
        """Less another estimate, draw by draw."""
        return Estimate(self.value - other.value, self.draws - other.draws)

    def summed(self) -> "Estimate":
        """Each month with all before it."""
        return Estimate(self.value.cumsum(), self.draws.cumsum(axis=1))

    def total(self, rate: float = 0.0) -> "Estimate":
        """All months in one, discounted at a `rate` a year."""
        return Estimate(discount(self.value[None, :], rate), discount(self.draws, rate)[:, None])


def columns_of(estimate: Estimate | None, name: str, rows: int) -> list[pl.Series]:
    """`name` and the ends of its interval, one element per month; `rows` NULLs where there is none."""
    names = (name, f"{name}_ci_low", f"{name}_ci_high")
    values = (None, None, None) if estimate is None else (estimate.value, *interval(estimate.draws))
    return [
        pl.Series(column, [None] * rows if value is None else value, dtype=pl.Float64)
        for column, value in zip(names, values, strict=True)
    ]
