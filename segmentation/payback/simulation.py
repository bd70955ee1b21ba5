"""Sums of measured margins with their uncertainty, by drawing each from its interval."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from segmentation.response.intervals import NORMAL

Array = npt.NDArray[np.float64]

DRAWS = 10_000
ENDS = (2.5, 97.5)  # percentiles


@dataclass(frozen=True)
class Simulated:
    """Margins by draw and month.

    Attributes:
        programme: what the mailings of the programme brought.
        earlier: what the earlier practice would have brought.
    """

    programme: Array
    earlier: Array


def simulate_margins(effects: pl.DataFrame, *, months: int, together: bool, seed: int) -> Simulated:
    """Draw the margin of each mailing from its interval and add up by month.

    A draw is the estimate plus a normal deviate, scaled so that the ends of the interval are its 2.5 and 97.5
    percentiles: below the estimate by the lower half of the interval, above it by the upper half. The median is the
    estimate. The deviates are the middles of DRAWS equally likely parts, so that the interval of one mailing comes out
    as it was measured. Each mailing has them in a random order of its own; where `together`, all have the same order.

    Args:
        effects: one row per mailing and month it counts in: `campaign_id`, `estimate`, `low`, `high`, `number` (of the
            month), `of_programme` and `of_earlier` (how many times its margin counts in each).
        together: all err in one direction, and those of the earlier practice alone in the other, so that intervals add
            up end to end.
    References: K. F. Wallis (2014), Statistical Science 29, 106-112, on the two-piece normal; here each side has half
        of the probability.
    """
    random = np.random.default_rng(seed)
    scores = np.asarray(stats.norm.ppf((np.arange(DRAWS) + 0.5) / DRAWS))
    programme, earlier = np.zeros((DRAWS, months)), np.zeros((DRAWS, months))
    for rows in effects.sort("campaign_id", "number").partition_by("campaign_id", maintain_order=True):
        sign = 1 if (rows["of_programme"] > 0).any() else -1
        deviate = sign * scores if together else random.permutation(scores)
        estimate, low, high = (float(rows[name][0]) for name in ("estimate", "low", "high"))
        drawn = estimate + np.where(deviate > 0, high - estimate, estimate - low) / NORMAL * deviate
        for number, times, times_earlier in rows.select("number", "of_programme", "of_earlier").iter_rows():
            programme[:, number] += times * drawn
            earlier[:, number] += times_earlier * drawn
    return Simulated(programme, earlier)


def interval(draws: Array) -> tuple[Array, Array]:
    """2.5 and 97.5 percentiles of each column, each draw being the middle of its part."""
    low, high = np.percentile(draws, ENDS, axis=0, method="hazen")
    return low, high


def discount(monthly: Array, rate: float) -> Array:
    """Present value, in the first month, of money by month (the last axis), at a `rate` a year."""
    factors = (1 + rate) ** (-np.arange(monthly.shape[-1]) / 12)
    return np.asarray((monthly * factors).sum(axis=-1))


def month_paid_back(cumulative: Array) -> npt.NDArray[np.int64]:
    """For each row the first month from which the sum stays at or above 0; the number of months where none."""
    below = cumulative < 0
    last_below = cumulative.shape[1] - 1 - below[:, ::-1].argmax(axis=1)
    return np.where(below.any(axis=1), last_below + 1, 0)
