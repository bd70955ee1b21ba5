"""Bootstrap interval of a difference of two means: arms keep their size, equal values are drawn together."""

from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from segmentation.response.intervals import CONFIDENCE, Array

RESAMPLES = 2000
MOST_VALUES = 200  # different values that are drawn; beyond that neighbours are put together
TAILS = ((1 + CONFIDENCE) / 2, (1 - CONFIDENCE) / 2)


@dataclass(frozen=True)
class Units:
    """What was drawn in one arm, or in both: customers, or households.

    Attributes:
        total: money of each.
        size: customers of each.
        count: how many alike each stands for.
    """

    total: Array
    size: Array
    count: Array

    def only(self, which: npt.NDArray[np.bool_]) -> "Units":
        """Some of them."""
        return Units(self.total[which], self.size[which], self.count[which])


@dataclass(frozen=True)
class Sums:
    """Sums over the units of an arm, or of each of its resamples: of 1, money, customers, and their products."""

    units: float
    total: Array
    size: Array
    total_squared: Array
    total_size: Array
    size_squared: Array

    @property
    def mean(self) -> Array:
        """Money per customer."""
        return self.total / self.size

    @property
    def variance(self) -> Array:
        """Of the mean, units being independent; see arms.summarise."""
        mean = self.mean
        squares = self.total_squared - 2 * mean * self.total_size + mean**2 * self.size_squared
        return self.units / (self.units - 1) * np.maximum(squares, 0) / self.size**2


def bootstrap_difference(
    treated: Units, control: Units, random: np.random.Generator, *, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """95 % interval of the difference of the means per customer, studentised (bootstrap-t).

    Each resample of an arm has as many units as the arm, and the arm's chance that a unit has money. The sums come from
    the units of both arms that have any: a small arm that has by chance no large sum would not know that there are any.
    Only their shape counts, as errors are the arms' own. NaN where nothing varies.

    References: B. Efron, R. J. Tibshirani (1993), An Introduction to the Bootstrap, section 12.5.
    """
    buyers = Units(*(np.concatenate(both) for both in zip(astuple(treated), astuple(control), strict=True)))
    buyers = buyers.only(buyers.total != 0)
    (mean1, error1, ratio1, spread1), (mean2, error2, ratio2, spread2) = (
        _resample(arm, buyers, random, resamples) for arm in (treated, control)
    )
    error = np.sqrt(error1 + error2)
    if not error > 0:
        return np.nan, np.nan
    low, high = np.quantile((ratio1 - ratio2) / np.sqrt(spread1 + spread2), TAILS)
    estimate = mean1 - mean2
    return float(estimate - low * error), float(estimate - high * error)


def _resample(
    arm: Units, buyers: Units, random: np.random.Generator, resamples: int
) -> tuple[float, float, Array, Array]:
    """Mean and its variance in the arm; distance of resampled means from their expectation, and their variances."""
    idle = arm.only(arm.total == 0)
    share = 1 - idle.count.sum() / arm.count.sum()
    values = [group_alike(*astuple(units)) for units in (idle, buyers)]
    total, size = (np.concatenate([value[part] for value in values]) for part in (0, 1))
    chance = np.concatenate(
        [count * part / max(count.sum(), 1) for (*_, count), part in zip(values, (1 - share, share), strict=True)]
    )
    drawn = random.multinomial(int(arm.count.sum()), chance / chance.sum(), size=resamples)
    found = _add_up(drawn, total, size)
    own = _add_up(arm.count[np.newaxis], arm.total, arm.size)
    expected = (chance @ total) / (chance @ size)
    return float(own.mean[0]), float(own.variance[0]), found.mean - expected, found.variance


def _add_up(times: npt.NDArray[np.number], total: Array, size: Array) -> Sums:
    """Sums of units drawn so many `times` (resamples x units)."""
    parts = np.column_stack([total, size, total**2, total * size, size**2])
    return Sums(float(times[0].sum()), *(times @ parts).T)


def group_alike(total: Array, size: Array, count: Array) -> tuple[Array, Array, npt.NDArray[np.int64]]:
    """Different pairs of money and size with how many have them, the most frequent first.

    Beyond MOST_VALUES pairs neighbours in money are put together at their mean, so that each group has an equal part
    of the sum of squares; what is large stands alone.
    """
    order = np.lexsort((total, size))
    total, size, count = total[order], size[order], count[order]
    begins = np.flatnonzero(np.r_[True, (np.diff(total) != 0) | (np.diff(size) != 0)])[: len(total)]
    total, size, count = total[begins], size[begins], np.add.reduceat(count, begins)
    if len(begins) > MOST_VALUES:
        squares = count * total**2
        part = np.floor(MOST_VALUES * (np.cumsum(squares) - squares / 2) / squares.sum())
        begins = np.flatnonzero(np.r_[True, (np.diff(part) != 0) | (np.diff(size) != 0)])
        money, size, count = np.add.reduceat(count * total, begins), size[begins], np.add.reduceat(count, begins)
        total = money / count
    frequent = np.argsort(-count, kind="stable")
    return total[frequent], size[frequent], count[frequent].astype(np.int64)
