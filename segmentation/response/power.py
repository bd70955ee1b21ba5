"""How many customers a test needs, and what a hold-out can show: before mailing.

Two-sided normal tests of the difference between the mailed and the held out. Rates are 0 to 1; money is per head.

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
class Sizes:
    """Customers of each arm."""

    mailed: int
    held_out: int


@dataclass(frozen=True)
class _Spread:
    """Standard deviation of one customer's outcome: without an effect, and of each arm with it."""

    null: float
    mailed: float
    held_out: float


def size_for_rates(
    base_rate: float,
    uplift: float,
    *,
    control_share: float = 0.5,
    power: float = POWER,
    confidence: float = CONFIDENCE,
) -> Sizes:
    """Customers of each arm with whom an uplift of a rate is seen with `power`.

    The variance is that of both arms pooled for the test, each arm's own for the power.

    Args:
        base_rate: rate of the held out; it and base_rate + uplift lie between 0 and 1.
        uplift: rate of the mailed less base_rate; not 0.
        control_share: share of all that is held out.
    """
    spread = _spread_of_rates(base_rate, uplift, control_share)
    return _size(spread, uplift, control_share=control_share, power=power, confidence=confidence)


def size_for_means(
    standard_deviation: float,
    uplift: float,
    *,
    control_share: float = 0.5,
    power: float = POWER,
    confidence: float = CONFIDENCE,
) -> Sizes:
    """Customers of each arm with whom an uplift of money per head is seen with `power`.

    Args:
        standard_deviation: of a customer's money, alike in both arms; most customers have none, so it is large.
        uplift: mean of the mailed less that of the held out; not 0.
        control_share: share of all that is held out.
    """
    spread = _Spread(standard_deviation, standard_deviation, standard_deviation)
    return _size(spread, uplift, control_share=control_share, power=power, confidence=confidence)


def power_for_rates(
    base_rate: float, uplift: float, mailed: int, held_out: int, *, confidence: float = CONFIDENCE
) -> float:
    """Probability that a test with these arms sees an uplift of a rate, 0-1; see `size_for_rates`."""
    spread = _spread_of_rates(base_rate, uplift, held_out / (mailed + held_out))
    return _power(spread, uplift, mailed, held_out, confidence=confidence)


def power_for_means(
    standard_deviation: float, uplift: float, mailed: int, held_out: int, *, confidence: float = CONFIDENCE
) -> float:
    """Probability that a test with these arms sees an uplift of money per head, 0-1; see `size_for_means`."""
    spread = _Spread(standard_deviation, standard_deviation, standard_deviation)
    return _power(spread, uplift, mailed, held_out, confidence=confidence)


def minimum_detectable_uplift(
    base_rate: float, mailed: int, held_out: int, *, power: float = POWER, confidence: float = CONFIDENCE
) -> float:
    """Smallest uplift of a rate that a test with these arms sees with `power`.

    The variance is that of `base_rate` in both arms, so that it does not depend on the uplift sought.

    Args:
        base_rate: rate of the held out, 0-1.
        mailed, held_out: customers of each arm, at least 1.
    """
    deviation = math.sqrt(base_rate * (1 - base_rate))
    return minimum_detectable_mean(deviation, mailed, held_out, power=power, confidence=confidence)


def minimum_detectable_mean(
    standard_deviation: float, mailed: int, held_out: int, *, power: float = POWER, confidence: float = CONFIDENCE
) -> float:
    """Smallest uplift of money per head that a test with these arms sees with `power`."""
    quantiles = _quantile((1 + confidence) / 2) + _quantile(power)
    return quantiles * standard_deviation * math.sqrt(1 / mailed + 1 / held_out)


def _spread_of_rates(base_rate: float, uplift: float, control_share: float) -> _Spread:
    wanted = base_rate + uplift
    pooled = (1 - control_share) * wanted + control_share * base_rate
    null, mailed, held_out = (math.sqrt(rate * (1 - rate)) for rate in (pooled, wanted, base_rate))
    return _Spread(null, mailed, held_out)


def _size(spread: _Spread, uplift: float, *, control_share: float, power: float, confidence: float) -> Sizes:
    shares = (1 - control_share, control_share)
    null = spread.null * math.sqrt(sum(1 / share for share in shares))
    alternative = math.sqrt(spread.mailed**2 / shares[0] + spread.held_out**2 / shares[1])
    together = ((_quantile((1 + confidence) / 2) * null + _quantile(power) * alternative) / uplift) ** 2
    mailed, held_out = (math.ceil(share * together - ROUNDING) for share in shares)
    return Sizes(mailed, held_out)


def _power(spread: _Spread, uplift: float, mailed: int, held_out: int, *, confidence: float) -> float:
    null = spread.null * math.sqrt(1 / mailed + 1 / held_out)
    alternative = math.sqrt(spread.mailed**2 / mailed + spread.held_out**2 / held_out)
    bound = _quantile((1 + confidence) / 2) * null
    return float(stats.norm.sf((bound - uplift) / alternative) + stats.norm.cdf((-bound - uplift) / alternative))


def _quantile(probability: float) -> float:
    return float(stats.norm.ppf(probability))
