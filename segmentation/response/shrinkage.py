"""Levels of a dimension drawn to what is common to them: little where a level is well known, much where it is not."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from segmentation.response.arms import Means
from segmentation.response.intervals import NORMAL, Array

FEWEST_LEVELS = 4
PRIOR_UNITS = 20  # as so many customers the variance of an arm counts beside that of the level


@dataclass(frozen=True)
class Shrunk:
    """By level: the estimate, its 95 % interval, and its part that comes from the common mean (0-1)."""

    estimate: Array
    low: Array
    high: Array
    shrinkage: Array


def find_spread(estimates: Array, variances: Array) -> float:
    """Variance of the true values between levels.

    References: R. C. Paule, J. Mandel (1982), Journal of Research of the National Bureau of Standards 87, 377-385.
    """

    def excess(spread: float) -> float:
        weights = 1 / (variances + spread)
        mean = np.average(estimates, weights=weights)
        return float((weights * (estimates - mean) ** 2).sum() - (len(estimates) - 1))

    if excess(0) <= 0:
        return 0.0
    most = float(((estimates - estimates.mean()) ** 2).sum())  # there the excess is below 1 - (k - 1)
    return float(optimize.brentq(excess, 0, most))


def shrink(estimates: Array, variances: Array, common: Array) -> Shrunk:
    """Normal empirical Bayes: true values of levels are about a mean, estimates are about the true values.

    Levels are drawn less, and intervals are wider, than if mean and spread were known. NaN with fewer than
    FEWEST_LEVELS.

    Args:
        estimates: by level.
        variances: of the estimates, without what all levels have in common; above 0.
        common: variance of what they have in common, such as one control for all.

    References: C. N. Morris (1983), JASA 78, 47-55, section 5, with one mean for all (r = 1).
    """
    levels = len(estimates)
    if levels < FEWEST_LEVELS:
        nothing = np.full(levels, np.nan)
        return Shrunk(nothing, nothing, nothing, nothing)
    spread = find_spread(estimates, variances)
    weights = 1 / (variances + spread)
    mean = np.average(estimates, weights=weights)
    shrinkage = (levels - 3) / (levels - 1) * variances * weights
    away = estimates - mean
    of_spread = 2 / (levels - 3) * shrinkage**2 * (np.average(variances, weights=weights) + spread) * weights
    variance = variances * (1 - (1 - weights / weights.sum()) * shrinkage) + of_spread * away**2
    estimate, error = estimates - shrinkage * away, np.sqrt(variance + common)
    return Shrunk(estimate, estimate - NORMAL * error, estimate + NORMAL * error, shrinkage)


def moderate(means: Means) -> Array:
    """Variances of the means (levels x arms), drawn to that of the arm over all levels.

    A small level in which nobody has bought varies not at all, yet little is known of it.

    References: G. K. Smyth (2004), Statistical Applications in Genetics and Molecular Biology 3, article 3, with
    PRIOR_UNITS as degrees of freedom before the data.
    """
    freedom = means.units - 1
    own = means.variance * means.units
    of_arm = (freedom * own).sum(axis=0) / freedom.sum(axis=0) if len(own) else own
    moderated: Array = (freedom * own + PRIOR_UNITS * of_arm) / (freedom + PRIOR_UNITS) / means.units
    return moderated
