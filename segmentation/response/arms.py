"""Customers by level and arm: means, and how exact the means are, where customers or whole households were drawn."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import polars as pl

from segmentation.response.intervals import NORMAL, Array, Difference, compare_means, compare_proportions

Codes = npt.NDArray[np.int64]
CONTROL, TREATED = 0, 1
FEWEST_ACTIVE = 20  # that the smaller arm must be expected to have; with fewer no interval of money keeps its promise


@dataclass(frozen=True)
class Grouping:
    """Where each row of a comparison belongs; a row is a customer, or several who are alike.

    Attributes:
        levels: sorted.
        group: of each row, twice the number of the level, and one more if treated.
        customers: of each row.
        unit: of each row, the number of what was drawn: its customers, or the part of a household in the group.
        unit_group: of each unit, its group.
        unit_count: how many units alike it stands for.
        by_household: units are parts of households, and every row is one customer.
    """

    levels: list[str]
    group: Codes
    customers: Array
    unit: Codes
    unit_group: Codes
    unit_count: Array
    by_household: bool

    def by_level(self, values: Array) -> Array:
        """Sums over customers of a value per customer: levels x arms, control first."""
        return self._table(self.group, values * self.customers)

    def units_by_level(self, values: Array) -> Array:
        """Sums over units of a value per unit: levels x arms."""
        return self._table(self.unit_group, values * self.unit_count)

    def unit_sums(self, values: Array) -> Array:
        """Of each unit the sum of a value per customer."""
        if not self.by_household:
            return values
        return np.bincount(self.unit, values, minlength=len(self.unit_group)).astype(np.float64)

    def spread(self, table: Array) -> Array:
        """To each row the value of its group in a table of levels x arms."""
        spread: Array = table.ravel()[self.group]
        return spread

    def _table(self, group: Codes, values: Array) -> Array:
        return (
            np.bincount(group, values, minlength=2 * len(self.levels)).reshape(len(self.levels), 2).astype(np.float64)
        )


@dataclass(frozen=True)
class Means:
    """Each but skewness a table of levels x arms; NaN where there is nobody.

    Attributes:
        n, units: customers, and customers or households drawn.
        mean: over customers.
        variance: of the mean; NaN with fewer than two units.
        largest_design_effect: by how much the variance of a mean would be more than that of customers drawn one by one,
            were all members of a household alike.
        active: units of whom the outcome is not 0.
        skewness: by level, of the mean of the treated less that of the control; see `find_skewness`.
    """

    n: Array
    units: Array
    mean: Array
    variance: Array
    largest_design_effect: Array
    active: Array
    skewness: Array

    @property
    def expected_active(self) -> Array:
        """By level, active units to be expected in the smaller arm, by their share in both."""
        expected: Array = self.active.sum(axis=1) * self.units.min(axis=1) / self.units.sum(axis=1)
        return expected

    def only(self, levels: npt.NDArray[np.bool_]) -> "Means":
        """The same of some levels."""
        return Means(*(getattr(self, field.name)[levels] for field in fields(self)))


def group_customers(customers: pl.DataFrame, *, by_household: bool) -> Grouping:
    """The groups of customers with an `arm` and a `level`.

    Args:
        customers: `arm`, `level`; `customers` where rows are several who are alike. With `by_household` one row per
            customer, also `customer_id` and `household_id`; a customer without household is one.
    """
    levels = customers["level"].unique().sort()
    numbers = pl.DataFrame({"level": levels, "number": np.arange(len(levels))})
    number = customers.select("level").join(numbers, on="level", how="left", maintain_order="left")["number"].to_numpy()
    group = 2 * number + (customers["arm"] == "treatment").to_numpy()
    unit, ones = np.arange(len(group)), np.ones(len(group))
    if not by_household:
        count = customers["customers"].cast(pl.Float64).to_numpy() if "customers" in customers.columns else ones
        return Grouping(levels.to_list(), group, count, unit, group, count, by_household=False)
    households = pl.coalesce(pl.concat_str(pl.lit("h"), "household_id"), pl.concat_str(pl.lit("c"), "customer_id"))
    household = customers.select(households.rank("dense")).to_series().to_numpy().astype(np.int64)
    keys = group * (household.max(initial=0) + 1) + household
    _, first, unit = np.unique(keys, return_index=True, return_inverse=True)
    return Grouping(levels.to_list(), group, ones, unit, group[first], np.ones(len(first)), by_household=True)


def are_drawn_by_household(selected: pl.DataFrame) -> bool:
    """Whether there are households of several customers, and every household is in one arm.

    Args:
        selected: one row per selected customer: `household_id` (may be empty), `arm`.
    """
    several = (
        selected.filter(pl.col("household_id").is_not_null())
        .group_by("household_id")
        .agg(pl.len().alias("members"), pl.col("arm").n_unique().alias("arms"))
        .filter(pl.col("members") > 1)
    )
    return several.height > 0 and bool((several["arms"] == 1).all())


def summarise(grouping: Grouping, outcome: Array, *, adjusted: Array | None = None) -> Means:
    """Mean by level and arm; its variance counts units as independent, not customers.

    The variance is the sum over units of their summed residuals squared, times units / (units - 1), over customers
    squared. With customers as units that is the usual one.

    Args:
        adjusted: the outcome after an adjustment, to take means of; who is active goes by the outcome itself.

    References: A. C. Cameron, D. L. Miller (2015), Journal of Human Resources 50, 317-372, for a mean.
    """
    ones, values = np.ones(len(outcome)), outcome if adjusted is None else adjusted
    n, units = grouping.by_level(ones), grouping.units_by_level(np.ones(len(grouping.unit_group)))
    active = grouping.units_by_level((grouping.unit_sums(outcome) != 0).astype(np.float64))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = grouping.by_level(values) / n
        residuals = grouping.unit_sums(values - grouping.spread(mean))
        variance = units / (units - 1) * grouping.units_by_level(residuals**2) / n**2
        largest = grouping.units_by_level(grouping.unit_sums(ones) ** 2) / n
    skewness = find_skewness(grouping, residuals, n, active)
    return Means(n, units, mean, np.where(units > 1, variance, np.nan), largest, active, skewness)


def find_skewness(grouping: Grouping, residuals: Array, n: Array, active: Array) -> Array:
    """Skewness, by level, of the mean of the treated less that of the control; 0 where nothing varies.

    What an arm adds to it depends on how many of its units are active. How skewed these are is taken from both arms
    together: a small arm that has by chance no large sum would not know that there are any.

    Args:
        residuals: by unit, of what is averaged.
        n: customers, levels x arms.
        active: units of whom the outcome is not 0, levels x arms.
    """
    squared = residuals**2
    squares, cubes = (grouping.units_by_level(power).sum(axis=1) for power in (squared, squared * residuals))
    both = active.sum(axis=1)
    varies = (squares > 0) & (both > 0) & (n > 0).all(axis=1)
    parts = np.where(varies[:, None], active, 1) / np.maximum(n, 1) ** 2
    weights = parts / np.maximum(n, 1)
    scale = np.divide(cubes, squares**1.5, out=np.zeros_like(cubes), where=varies) * np.sqrt(both)
    skewness: Array = scale * (weights[:, TREATED] - weights[:, CONTROL]) / parts.sum(axis=1) ** 1.5
    return skewness


def compare_arms(means: Means, kind: str, *, z: float = NORMAL, lost: int = 0) -> Difference:
    """Treatment less control by level, every arm having two units: Newcombe for a `proportion`, Welch for a `mean`.

    Welch's interval is corrected for skewness. Degrees of freedom are those of units. Counts of households are divided
    by their design effect.

    Args:
        z: normal quantile of the interval.
        lost: degrees of freedom that a model has cost the mean of each arm, besides one.

    References: J. N. K. Rao, A. J. Scott (1992), Biometrics 48, 577-585, for the design effect.
    """
    if kind == "mean":
        units = means.units - lost
        arms = (
            (means.mean[:, arm], means.variance[:, arm] * units[:, arm], units[:, arm]) for arm in (TREATED, CONTROL)
        )
        (mean1, variance1, n1), (mean2, variance2, n2) = arms
        return compare_means(mean1, variance1, n1, mean2, variance2, n2, z=z, skewness=means.skewness)
    n = means.n / _design_effect(means)
    successes = means.mean * n
    return compare_proportions(successes[:, TREATED], n[:, TREATED], successes[:, CONTROL], n[:, CONTROL], z=z)


def _design_effect(means: Means) -> Array:
    """1 for customers; the largest there could be where all of an arm are alike, so that nothing can be estimated."""
    if (means.n == means.units).all():
        return np.ones_like(means.n)
    alone = means.mean * (1 - means.mean) / (means.n - 1)
    varies = alone > 0
    estimated = means.variance / np.where(varies, alone, 1)
    return np.where(varies & (estimated > 0), estimated, means.largest_design_effect)
