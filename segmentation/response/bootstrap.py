"""Bootstrap interval of a difference of two means: arms and cells keep their size, equal values are drawn together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from segmentation.response.intervals import NORMAL, Array

RESAMPLES = 2000
MOST_VALUES = 500  # different values of a stratum that are drawn; beyond that neighbours are put together
FEWEST = 20  # buyers that an arm must be expected to have: with fewer, intervals are too narrow


@dataclass(frozen=True)
class Units:
    """What was drawn in one arm: customers, or households.

    Attributes:
        total: money of each.
        size: customers of each.
        stratum: number of the cell of each.
        count: how many alike each stands for.
    """

    total: Array
    size: Array
    stratum: npt.NDArray[np.int64]
    count: Array

    def mean(self) -> float:
        """Money per customer."""
        return float((self.count * self.total).sum() / (self.count * self.size).sum())

    def buyers(self) -> float:
        """How many have any money."""
        return float(self.count[self.total != 0].sum())

    def residuals(self) -> Array:
        """What each adds to the distance of the arm's mean from its expectation, strata having their own."""
        from_mean = self.total - self.mean() * self.size
        _, number = np.unique(self.stratum, return_inverse=True)
        own = np.bincount(number, self.count * from_mean) / np.bincount(number, self.count)
        residuals: Array = (from_mean - own[number]) / (self.count * self.size).sum()
        return residuals


def bootstrap_difference(
    treated: Units, control: Units, random: np.random.Generator, *, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """95 % interval of the difference of the means per customer, bias-corrected and accelerated (BCa).

    Where nothing is skewed it is the percentile interval. NaN where an arm is expected to have fewer than
    FEWEST units with any money, by their share in both arms, or nothing varies.

    References: B. Efron (1987), JASA 82, 171-185; A. C. Davison, D. V. Hinkley (1997), Bootstrap Methods and their
    Application, sections 3.2 and 5.3.2, for several samples.
    """
    residuals = np.concatenate([treated.residuals(), -control.residuals()])
    count = np.concatenate([treated.count, control.count])
    spread = (count * residuals**2).sum()
    buyers = treated.buyers() + control.buyers()
    smaller = min(treated.count.sum(), control.count.sum()) / count.sum()
    if buyers * smaller < FEWEST or spread == 0:
        return np.nan, np.nan
    found = resample_means(treated, random, resamples) - resample_means(control, random, resamples)
    estimate = treated.mean() - control.mean()
    tied = np.isclose(found, estimate, rtol=0, atol=1e-9 * np.sqrt(spread))
    below = ((found < estimate) & ~tied).mean() + tied.mean() / 2
    bias = stats.norm.ppf(np.clip(below, 0.5 / resamples, 1 - 0.5 / resamples))
    acceleration = (count * residuals**3).sum() / (6 * spread**1.5)
    moved = bias + np.array([-NORMAL, NORMAL])
    low, high = np.quantile(found, stats.norm.cdf(bias + moved / (1 - acceleration * moved)))
    return float(low), float(high)


def resample_means(units: Units, random: np.random.Generator, resamples: int) -> Array:
    """Means per customer of as many resamples, each with as many units of each stratum as there are."""
    totals, sizes = np.zeros(resamples), np.zeros(resamples)
    for stratum in np.unique(units.stratum):
        own = units.stratum == stratum
        total, size, count = group_alike(units.total[own], units.size[own], units.count[own])
        drawn = random.multinomial(count.sum(), count / count.sum(), size=resamples)
        totals += drawn @ total
        sizes += drawn @ size
    means: Array = totals / sizes
    return means


def group_alike(total: Array, size: Array, count: Array) -> tuple[Array, Array, npt.NDArray[np.int64]]:
    """Different pairs of money and size with how many have them, the most frequent first.

    Beyond MOST_VALUES pairs neighbours in money are put together at their mean, so that each group has an equal part
    of the sum of squares; what is large stands alone.
    """
    order = np.lexsort((total, size))
    total, size, count = total[order], size[order], count[order]
    begins = np.flatnonzero(np.r_[True, (np.diff(total) != 0) | (np.diff(size) != 0)])
    total, size, count = total[begins], size[begins], np.add.reduceat(count, begins)
    if len(begins) > MOST_VALUES:
        squares = count * total**2
        part = np.floor(MOST_VALUES * (np.cumsum(squares) - squares / 2) / squares.sum())
        begins = np.flatnonzero(np.r_[True, (np.diff(part) != 0) | (np.diff(size) != 0)])
        money, size, count = np.add.reduceat(count * total, begins), size[begins], np.add.reduceat(count, begins)
        total = money / count
    frequent = np.argsort(-count, kind="stable")
    return total[frequent], size[frequent], count[frequent].astype(np.int64)
