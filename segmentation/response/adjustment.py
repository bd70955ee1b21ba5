"""Smaller errors from what customers spent before the mailing, which no mailing can have changed."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from segmentation.response.arms import Grouping, Means, find_skewness, summarise
from segmentation.response.intervals import Array

FEWEST = 20  # customers or households that an arm must have
LARGEST_LEVERAGE = 0.5


def adjust_cuped(grouping: Grouping, before: Array, outcome: Array) -> Array:
    """Outcomes less theta times what was spent before, about its mean; theta is that of both arms of a level.

    References: A. Deng, Y. Xu, R. Kohavi, T. Walker (2013), WSDM, 123-132, section 3.2.
    """
    n = grouping.by_level(np.ones(len(outcome))).sum(axis=1)
    level = grouping.group // 2
    own_before = before - (grouping.by_level(before).sum(axis=1) / n)[level]
    own_outcome = outcome - (grouping.by_level(outcome).sum(axis=1) / n)[level]
    covariance = grouping.by_level(own_before * own_outcome).sum(axis=1)
    variance = grouping.by_level(own_before**2).sum(axis=1)
    theta = np.divide(covariance, variance, out=np.zeros_like(covariance), where=variance > 0)
    adjusted: Array = outcome - theta[level] * own_before
    return adjusted


def regress_arms(grouping: Grouping, before: Array, outcome: Array) -> tuple[Means, npt.NDArray[np.bool_]]:
    """What each arm would have done, had it spent before what both arms of its level spent.

    This is least squares on treatment, centred spend and their product: a line for each arm. Errors are HC2, or CR1 by
    household. Two coefficients cost an arm two units.

    Returns:
        means, and for which levels: both arms have FEWEST units, the spend before varies in them, and no customer alone
        decides the slope (leverage above LARGEST_LEVERAGE).

    References: W. Lin (2013), Annals of Applied Statistics 7, 295-318; J. G. MacKinnon, H. White (1985), Journal of
    Econometrics 29, 305-325, for HC2.
    """
    raw, spent = summarise(grouping, outcome), summarise(grouping, before)
    away = before - grouping.spread(spent.mean)
    squares = grouping.by_level(away**2)
    usable = (squares > 0) & (raw.units >= FEWEST)
    divisor = np.where(usable, squares, 1)
    slope = grouping.by_level(away * outcome) / divisor
    shift = (grouping.by_level(before).sum(axis=1) / raw.n.sum(axis=1))[:, None] - spent.mean
    residual = outcome - grouping.spread(raw.mean) - grouping.spread(slope) * away
    leverage = 1 / grouping.spread(raw.n) + away**2 / grouping.spread(divisor)
    weight = 1 / grouping.spread(raw.n) + grouping.spread(shift / divisor) * away
    decisive = grouping.by_level((leverage > LARGEST_LEVERAGE).astype(np.float64))
    variance = _robust(grouping, raw, weight * residual, leverage)
    skewness = find_skewness(grouping, grouping.unit_sums(residual), raw.n, raw.active)
    means = replace(raw, mean=raw.mean + slope * shift, variance=variance, skewness=skewness)
    return means, (usable & (decisive == 0)).all(axis=1)


def _robust(grouping: Grouping, raw: Means, part: Array, leverage: Array) -> Array:
    """Sandwich variance of the intercepts; `part` is what each customer adds to them by chance."""
    if not grouping.by_household:
        return grouping.by_level(part**2 / np.maximum(1 - leverage, 1 - LARGEST_LEVERAGE))
    corrected = raw.units / np.maximum(raw.units - 1, 1) * (raw.n - 1) / np.maximum(raw.n - 2, 1)
    return corrected * grouping.units_by_level(grouping.unit_sums(part) ** 2)
