"""Intervals and tests for two arms, over arrays: one element per comparison."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

Array = npt.NDArray[np.float64]

CONFIDENCE = 0.95
NO_SKEWNESS = 1e-8  # below this the correction is lost in rounding
NORMAL = float(stats.norm.ppf((1 + CONFIDENCE) / 2))


@dataclass(frozen=True)
class Difference:
    """Treatment less control: estimate, interval at 95 %, two-sided p-value."""

    estimate: Array
    low: Array
    high: Array
    p_value: Array


def wilson_interval(successes: Array, n: Array, *, z: float = NORMAL) -> tuple[Array, Array]:
    """Score interval of a proportion, as wide as `z` standard errors.

    References: E. B. Wilson (1927), JASA 22, 209-212; without continuity correction.
    """
    share, z2 = successes / n, z**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * np.sqrt(share * (1 - share) / n + z2 / (4 * n**2))
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def compare_proportions(successes1: Array, n1: Array, successes2: Array, n2: Array, *, z: float = NORMAL) -> Difference:
    """Difference of two independent proportions, first less second.

    The p-value is of the pooled score test; it is 1 where both arms are all alike.

    Args:
        successes1, n1, successes2, n2: need not be whole: clustered counts are divided by their design effect.
        z: normal quantile of the interval.

    References: R. G. Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
    """
    share1, share2 = successes1 / n1, successes2 / n2
    low1, high1 = wilson_interval(successes1, n1, z=z)
    low2, high2 = wilson_interval(successes2, n2, z=z)
    estimate = share1 - share2
    pooled = (successes1 + successes2) / (n1 + n2)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    p_value = 2 * stats.norm.sf(np.abs(estimate) / np.where(error > 0, error, 1))
    return Difference(
        estimate,
        estimate - np.hypot(share1 - low1, high2 - share2),
        estimate + np.hypot(high1 - share1, share2 - low2),
        p_value,
    )


def compare_means(
    mean1: Array,
    variance1: Array,
    n1: Array,
    mean2: Array,
    variance2: Array,
    n2: Array,
    *,
    z: float = NORMAL,
    skewness: Array | float = 0.0,
) -> Difference:
    """Difference of two independent means, first less second; NaN interval where neither arm varies.

    Args:
        variance1, variance2: with divisor n - 1.
        z: normal quantile of the interval; the interval takes the quantile of t for the same probability.
        skewness: of the difference; interval and p-value are corrected for it.

    References: B. L. Welch (1947), Biometrika 34, 28-35; X. H. Zhou, P. Dinh (2005), Biostatistics 6, 187-200, for the
    correction.
    """
    part1, part2 = variance1 / n1, variance2 / n2
    squared = part1 + part2
    varies = squared > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        freedom = squared**2 / (part1**2 / (n1 - 1) + part2**2 / (n2 - 1))
    error = np.where(varies, np.sqrt(squared), np.nan)
    freedom = np.where(varies, freedom, np.nan)
    estimate = mean1 - mean2
    quantile = np.asarray(stats.t.isf(stats.norm.sf(z), freedom))
    p_value = np.asarray(2 * stats.t.sf(np.abs(remove_skewness(estimate / error, skewness)), freedom))
    low = estimate - error * restore_skewness(quantile, skewness)
    high = estimate - error * restore_skewness(-quantile, skewness)
    return Difference(estimate, low, high, p_value)


def remove_skewness(ratio: Array, skewness: Array | float) -> Array:
    """An estimate's distance from the truth over its estimated error, transformed to be distributed about as t.

    Args:
        skewness: of the estimate: its third central moment over the cube of its error.

    References: P. Hall (1992), JRSS B 54, 221-228.
    """
    unskewed: Array = ratio + skewness * ratio**2 / 3 + skewness**2 * ratio**3 / 27 + skewness / 6
    return unskewed


def restore_skewness(unskewed: Array, skewness: Array | float) -> Array:
    """The inverse of `remove_skewness`."""
    skewed = np.abs(skewness) > NO_SKEWNESS
    divisor = np.where(skewed, skewness, 1.0)
    restored: Array = np.where(skewed, 3 / divisor * (np.cbrt(1 + divisor * (unskewed - divisor / 6)) - 1), unskewed)
    return restored


def adjust_holm(p_values: Array) -> Array:
    """Step-down adjusted p-values; NaN stays NaN and does not count.

    References: S. Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    adjusted = np.full_like(p_values, np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1)
    return adjusted


def adjust_benjamini_hochberg(p_values: Array) -> Array:
    """Step-up adjusted p-values; NaN stays NaN and does not count.

    References: Y. Benjamini and Y. Hochberg (1995), JRSS B 57, 289-300.
    """
    adjusted = np.full_like(p_values, np.nan)
    known = ~np.isnan(p_values)
    if known.any():
        adjusted[known] = stats.false_discovery_control(p_values[known])
    return adjusted
