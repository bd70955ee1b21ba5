"""From a score to the incremental revenue it means: right on average, and no steeper than was seen."""

from dataclasses import dataclass

import numpy as np

from segmentation.prediction.qini import Array, Mask


@dataclass(frozen=True)
class MoneyLine:
    """Incremental revenue per head as a straight line of the score's rank (0-1).

    Attributes:
        mean: revenue uplift per head of all, as randomised.
        slope: more per head from the lowest to the highest rank; never below 0.
    """

    mean: float
    slope: float

    def of(self, rank: Array) -> Array:
        """Expected incremental revenue per head."""
        return self.mean + self.slope * (rank - 0.5)


def fit_money(rank: Array, revenue: Array, treated: Mask, weight: Array) -> MoneyLine:
    """Least squares of the revenue uplift on ranks that were given by fits without the customer.

    Revenue varies so much that the slope alone is mostly chance: it is drawn to 0 by 1 - 1/F, with F its squared t
    value, and is 0 where F is below 1 or the slope is negative (positive-part shrinkage).

    References: B. Efron, C. Morris (1973), JASA 68, 117-130.
    """
    means = [float(np.average(revenue[arm], weights=weight[arm])) for arm in (treated, ~treated)]
    slopes, errors = zip(*(_slope(rank[arm], revenue[arm], weight[arm]) for arm in (treated, ~treated)), strict=True)
    slope, variance = slopes[0] - slopes[1], errors[0] + errors[1]
    kept = max(0.0, 1 - variance / slope**2) if slope > 0 else 0.0
    return MoneyLine(means[0] - means[1], slope * kept)


def _slope(rank: Array, revenue: Array, weight: Array) -> tuple[float, float]:
    """Slope and its variance, whatever the spread of the revenue (White)."""
    centred = rank - np.average(rank, weights=weight)
    spread = float((weight * centred**2).sum())
    if spread == 0:
        return 0.0, 0.0
    slope = float((weight * centred * revenue).sum()) / spread
    residual = revenue - np.average(revenue, weights=weight) - slope * centred
    return slope, float(((weight * centred * residual) ** 2).sum()) / spread**2
