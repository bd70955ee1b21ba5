"""Customers by level and arm: means, and how exact the means are, where customers or whole households were drawn."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from segmentation.response.intervals import NORMAL, Array, Difference, compare_means, compare_proportions

Codes = npt.NDArray[np.int64]
CONTROL, TREATED = 0, 1


@dataclass(frozen=True)
class Grouping:
    """Where each row of a comparison belongs; a row is a customer, or several who are alike.

    Attributes:
        levels: sorted.
        group: of each row, twice the number of the level, and one more if treated.
        customers: of each row.
        unit: of each row, the number of what was drawn: its customers, or the part of a household in the group.
        unit_group, unit_stratum: of each unit, its group and the number of its cell.
        unit_count: how many units alike it stands for.
        by_household: units are parts of households, and every row is one customer.
    """

    levels: list[str]
    group: Codes
    customers: Array
    unit: Codes
    unit_group: Codes
    unit_stratum: Codes
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
    """Each a table of levels x arms; NaN where there is nobody.

    Attributes:
        n, units: customers, and customers or households drawn.
        mean: over customers.
        variance: of the mean; NaN with fewer than two units.
        largest_design_effect: by how much the variance of a mean would be more than that of customers drawn one by one,
            were all members of a household alike.
    """

    n: Array
    units: Array
    mean: Array
    variance: Array
    largest_design_effect: Array

    def only(self, levels: npt.NDArray[np.bool_]) -> "Means":
        """The same of some levels."""
        tables = (self.n, self.units, self.mean, self.variance, self.largest_design_effect)
        return Means(*(table[levels] for table in tables))


def group_customers(customers: pl.DataFrame, *, by_household: bool) -> Grouping:
    """The groups of customers with an `arm` and a `level`.

    Args:
        customers: `arm`, `level`, `cell` (may be empty); `customers` where rows are several who are alike. With
            `by_household` one row per customer, also `customer_id` and `household_id`; a customer without household
            is one.
    """
    levels = customers["level"].unique().sort()
    numbers = pl.DataFrame({"level": levels, "number": np.arange(len(levels))})
    number = customers.select("level").join(numbers, on="level", how="left", maintain_order="left")["number"].to_numpy()
    group = 2 * number + (customers["arm"] == "treatment").to_numpy()
    stratum = customers["cell"].fill_null("").rank("dense").to_numpy().astype(np.int64)
    unit, ones = np.arange(len(group)), np.ones(len(group))
    if not by_household:
        count = customers["customers"].cast(pl.Float64).to_numpy() if "customers" in customers.columns else ones
        return Grouping(levels.to_list(), group, count, unit, group, stratum, count, by_household=False)
    households = pl.coalesce(pl.concat_str(pl.lit("h"), "household_id"), pl.concat_str(pl.lit("c"), "customer_id"))
    household = customers.select(households.rank("dense")).to_series().to_numpy().astype(np.int64)
    keys = group * (household.max(initial=0) + 1) + household
    _, first, unit = np.unique(keys, return_index=True, return_inverse=True)
    return Grouping(
        levels.to_list(), group, ones, unit, group[first], stratum[first], np.ones(len(first)), by_household=True
    )


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


def summarise(grouping: Grouping, outcome: Array) -> Means:
    """Mean by level and arm; its variance counts units as independent, not customers.

    The variance is the sum over units of their summed residuals squared, times units / (units - 1), over customers
    squared. With customers as units that is the usual one.

    References: A. C. Cameron, D. L. Miller (2015), Journal of Human Resources 50, 317-372, for a mean.
    """
    ones = np.ones(len(outcome))
    n, units = grouping.by_level(ones), grouping.units_by_level(np.ones(len(grouping.unit_group)))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = grouping.by_level(outcome) / n
        squares = grouping.units_by_level(grouping.unit_sums(outcome - grouping.spread(mean)) ** 2)
        variance = units / (units - 1) * squares / n**2
        largest = grouping.units_by_level(grouping.unit_sums(ones) ** 2) / n
    return Means(n, units, mean, np.where(units > 1, variance, np.nan), largest)


def compare_arms(means: Means, kind: str, *, z: float = NORMAL, lost: int = 0) -> Difference:
    """Treatment less control by level, every arm having two units: Newcombe for a `proportion`, Welch for a `mean`.

    Degrees of freedom are those of units. Counts of households are divided by their design effect.

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
        return compare_means(mean1, variance1, n1, mean2, variance2, n2, z=z)
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
