"""Random-effects pooling of estimates and their trend over time: each campaign has its own true uplift.

References: R. C. Paule, J. Mandel (1982), Journal of Research of the National Bureau of Standards 87, 377-385 (variance
between); J. Hartung, G. Knapp (2001), Statistics in Medicine 20, 3875-3889, and G. Knapp, J. Hartung (2003), ibid. 22,
2693-2710 (intervals, without and with a covariate); C. Roever, G. Knapp, T. Friede (2015), BMC Medical Research
Methodology 15, 99 (the factor of the interval is kept from falling below 1).
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from segmentation.response.intervals import CONFIDENCE, Array

FEWEST_POOLED = 2
FEWEST_TREND = 3


@dataclass(frozen=True)
class Estimate:
    """A coefficient and its interval at 95 %."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Pooled:
    """A mean over campaigns.

    Attributes:
        tau2: variance of the true values between campaigns.
        i2: share of the spread that chance does not explain, 0-1.
    """

    mean: Estimate
    tau2: float
    i2: float


def pool(estimates: Array, variances: Array) -> Pooled | None:
    """The mean of estimates that differ by more than chance; None with fewer than FEWEST_POOLED.

    Args:
        variances: squared standard errors of the estimates, above 0.
    """
    if len(estimates) < FEWEST_POOLED:
        return None
    ones = np.ones((len(estimates), 1))
    tau2 = _variance_between(ones, estimates, variances)
    spread = _spread(ones, estimates, variances)
    i2 = max(0.0, 1 - (len(estimates) - 1) / spread) if spread > 0 else 0.0
    return Pooled(_coefficients(ones, estimates, variances + tau2)[0], tau2, i2)


def regress(estimates: Array, variances: Array, years: Array) -> Estimate | None:
    """Change of the estimates in a year; None with fewer than FEWEST_TREND at different moments.

    Args:
        variances: squared standard errors of the estimates, above 0.
        years: when each estimate is of.
    """
    if len(np.unique(years)) < FEWEST_TREND:
        return None
    design = np.column_stack([np.ones(len(years)), years - years.mean()])
    tau2 = _variance_between(design, estimates, variances)
    return _coefficients(design, estimates, variances + tau2)[1]


def _variance_between(design: Array, estimates: Array, variances: Array) -> float:
    """The variance between campaigns at which the weighted spread is what chance alone gives."""
    freedom = len(estimates) - int(design.shape[1])

    def excess(tau2: float) -> float:
        return _spread(design, estimates, variances + tau2) - freedom

    if freedom < 1 or excess(0.0) <= 0:
        return 0.0
    above = float(variances.max() + estimates.var())
    while excess(above) > 0:
        above *= 2
    return float(optimize.brentq(excess, 0.0, above, xtol=above * 1e-12))


def _fit(design: Array, estimates: Array, variances: Array) -> tuple[Array, Array]:
    """Coefficients by weighted least squares, and the inverse of their information."""
    inverse = np.linalg.inv((design.T / variances) @ design).astype(np.float64)
    return inverse @ ((design.T / variances) @ estimates), inverse


def _spread(design: Array, estimates: Array, variances: Array) -> float:
    coefficients, _ = _fit(design, estimates, variances)
    return float(((estimates - design @ coefficients) ** 2 / variances).sum())


def _coefficients(design: Array, estimates: Array, variances: Array) -> list[Estimate]:
    coefficients, inverse = _fit(design, estimates, variances)
    freedom = len(estimates) - design.shape[1]
    factor = max(1.0, _spread(design, estimates, variances) / freedom)
    half = stats.t.ppf((1 + CONFIDENCE) / 2, freedom) * np.sqrt(np.diag(inverse) * factor)
    return [
        Estimate(float(value), float(value - part), float(value + part))
        for value, part in zip(coefficients, half, strict=True)
    ]
