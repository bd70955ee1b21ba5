"""Whether chance may have made a difference between a group and the customers outside it."""

import numpy as np
import polars as pl
from scipy import stats

from segmentation.response.intervals import (
    Array,
    Difference,
    adjust_benjamini_hochberg,
    compare_means,
    compare_proportions,
)

LEVEL = 0.05  # share of false discoveries among the findings of an attribute
FEW_EXPECTED = 5.0  # customers in a cell, below which the normal distribution does not hold
SCORE, EXACT, WELCH = "score", "exact", "welch"


def compare_shares(rows: pl.DataFrame) -> pl.DataFrame:
    """Compare the share of a value in a group with that outside it.

    The p-value is of the pooled score test, and so of the adjusted standardised residual in the table of groups by
    values; of Fisher's exact test, the smaller tail twice, where a cell is expected to have fewer than 5 customers.

    Args:
        rows: `holders` (of the value) of `customers` in the group, `holders_outside` of `outside`; both 1 or more.

    Returns: `rows` with `difference`, `difference_ci_low`, `difference_ci_high` (Newcombe), `p_value` and `method`.
    References: A. Agresti (2013), Categorical Data Analysis, sections 3.3.1 and 3.5.
    """
    x1, n1, x2, n2 = _arrays(rows, "holders", "customers", "holders_outside", "outside")
    holders, everybody = x1 + x2, n1 + n2
    expected = np.minimum(n1, n2) * np.minimum(holders, everybody - holders) / everybody
    tails = (
        stats.hypergeom.cdf(x1, everybody, holders, n1),
        stats.hypergeom.sf(x1 - 1, everybody, holders, n1),
    )
    by_score, is_few = compare_proportions(x1, n1, x2, n2), expected < FEW_EXPECTED
    p_value = np.where(is_few, np.minimum(2 * np.minimum(*tails), 1), by_score.p_value)
    found = Difference(by_score.estimate, by_score.low, by_score.high, p_value)
    return _with_difference(rows, found, pl.Series(np.where(is_few, EXACT, SCORE), dtype=pl.String))


def compare_group_means(rows: pl.DataFrame) -> pl.DataFrame:
    """Compare the mean of a group with that outside it.

    Args:
        rows: `in_group`, `variance` of `customers` in the group, `mean_outside`, `variance_outside` of `outside`;
            variances with divisor n - 1, both 2 customers or more.

    Returns: as `compare_shares`; NULL but for the difference where the numbers do not vary.
    """
    found = compare_means(
        *_arrays(rows, "in_group", "variance", "customers", "mean_outside", "variance_outside", "outside")
    )
    return _with_difference(rows, found, pl.lit(WELCH))


def judge(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `p_adjusted`, over all rows of an attribute (Benjamini and Hochberg), and `standing`, over or under.

    Args:
        rows: `attribute`, `difference`, `p_value`, which may be NULL.
    """
    parts = [
        part.with_columns(p_adjusted=_numbers(adjust_benjamini_hochberg(*_arrays(part, "p_value"))))
        for part in rows.partition_by("attribute", maintain_order=True)
    ]
    adjusted = pl.concat(parts) if parts else rows.with_columns(p_adjusted=pl.lit(None, dtype=pl.Float64))
    return adjusted.with_columns(
        standing=pl.when(pl.col("p_adjusted") < LEVEL).then(
            pl.when(pl.col("difference") > 0).then(pl.lit("over")).otherwise(pl.lit("under"))
        )
    )


def _arrays(rows: pl.DataFrame, *columns: str) -> list[Array]:
    return [rows[column].cast(pl.Float64).to_numpy() for column in columns]


def _numbers(values: Array) -> pl.Series:
    return pl.Series(values, dtype=pl.Float64, nan_to_null=True)


def _with_difference(rows: pl.DataFrame, found: Difference, method: pl.Series | pl.Expr) -> pl.DataFrame:
    return rows.with_columns(
        difference=_numbers(found.estimate),
        difference_ci_low=_numbers(found.low),
        difference_ci_high=_numbers(found.high),
        p_value=_numbers(found.p_value),
        method=method,
    )
