"""How many customers a test needs, and what a hold-out can show: before mailing.

Two-sided normal tests of the difference between the mailed and the held out.

References: J. L. Fleiss, B. Levin, M. C. Paik (2003), Statistical Methods for Rates and Proportions, chapter 4, without
continuity correction.
"""

import math
from dataclasses import dataclass

from scipy import stats

CONFIDENCE = 0.95
POWER = 0.8
ROUNDING = 1e-9  # a size this little above a whole number is that number


@dataclass(frozen=True)
class Spread:
    """Standard deviation of one customer's outcome: in the test of no effect, and in each arm with the effect."""

    null: float
    mailed: float
    held_out: float


@dataclass(frozen=True)
class Rate:
    """A response rate: `base` is that of the held out, 0-1."""

    base: float

    def spread(self, uplift: float, control_share: float) -> Spread:
        """Of both arms pooled for the test, each arm's own with the effect."""
        wanted = self.base + uplift
        pooled = (1 - control_share) * wanted + control_share * self.base
        null, mailed, held_out = (math.sqrt(rate * (1 - rate)) for rate in (pooled, wanted, self.base))
        return Spread(null, mailed, held_out)


@dataclass(frozen=True)
class Money:
    """Money per head, whose standard deviation between customers is alike in both arms.

    Most customers spend nothing, so it is large.
    """

    standard_deviation: float

    def spread(self, uplift: float, control_share: float) -> Spread:
        """The same everywhere."""
        return Spread(self.standard_deviation, self.standard_deviation, self.standard_deviation)


Outcome = Rate | Money


@dataclass(frozen=True)
class Sizes:
    """Customers of each arm."""

    mailed: int
    held_out: int


def size_arms(
    outcome: Outcome,
    uplift: float,
    *,
    control_share: float = 0.5,
    power: float = POWER,
    confidence: float = CONFIDENCE,
) -> Sizes:
    """Customers of each arm with whom `uplift` is seen with `power`.

    Args:
        uplift: mean of the mailed less that of the held out, not 0; a rate stays between 0 and 1 with it.
        control_share: share of all that is held out, between 0 and 1.
    """
    spread = outcome.spread(uplift, control_share)
    shares = (1 - control_share, control_share)
    null = spread.null * math.sqrt(sum(1 / share for share in shares))
    alternative = math.sqrt(spread.mailed**2 / shares[0] + spread.held_out**2 / shares[1])
    together = ((_quantile((1 + confidence) / 2) * null + _quantile(power) * alternative) / uplift) ** 2
    mailed, held_out = (math.ceil(share * together - ROUNDING) for share in shares)
    return Sizes(mailed, held_out)


def power_of(outcome: Outcome, uplift: float, *, mailed: int, held_out: int, confidence: float = CONFIDENCE) -> float:
    """Probability that a test with these arms sees `uplift`, 0-1.

    Args:
        uplift: see `size_arms`.
        mailed, held_out: customers of each arm, at least 1.
    """
    spread = outcome.spread(uplift, held_out / (mailed + held_out))
    null = spread.null * math.sqrt(1 / mailed + 1 / held_out)
    alternative = math.sqrt(spread.mailed**2 / mailed + spread.held_out**2 / held_out)
    bound = _quantile((1 + confidence) / 2) * null
    return float(stats.norm.sf((bound - uplift) / alternative) + stats.norm.cdf((-bound - uplift) / alternative))


def minimum_detectable_uplift(
    outcome: Outcome, *, mailed: int, held_out: int, power: float = POWER, confidence: float = CONFIDENCE
) -> float:
    """Smallest uplift that a test with these arms sees with `power`.

    The variance of a rate is that of its base in both arms, so that it does not depend on the uplift sought.

    Args:
        mailed, held_out: customers of each arm, at least 1.
    """
    deviation = outcome.spread(0.0, held_out / (mailed + held_out)).held_out
    quantiles = _quantile((1 + confidence) / 2) + _quantile(power)
    return quantiles * deviation * math.sqrt(1 / mailed + 1 / held_out)


def _quantile(probability: float) -> float:
    return float(stats.norm.ppf(probability))
