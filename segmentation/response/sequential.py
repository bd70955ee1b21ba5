"""Looking every night before the window closes: bounds that keep the error over all looks."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import optimize, stats

from segmentation.response.intervals import CONFIDENCE, Array

SIDE = (1 - CONFIDENCE) / 2  # error of each side
FIRST = float(stats.norm.isf(SIDE / 2))
MOST_LOOKS = 365
LIKELY_NEVER = 1e-300  # spending below this is too little to compute with


@dataclass(frozen=True)
class Look:
    """A look at a campaign whose window is open.

    Attributes:
        information: share of the window's days that have passed, 0-1.
        bound: what the estimate over its error must exceed.
    """

    information: float
    bound: float


def look_after(days: int, of: int) -> Look:
    """The look after `days` of a window of `of` days, having looked at the end of every day before.

    Of more than MOST_LOOKS days so many looks are taken, and the last before this one gives the bound.
    """
    looks = min(of, MOST_LOOKS)
    return Look(days / of, find_bounds(looks)[max(days * looks // of, 1) - 1])


def spend_error(information: Array) -> Array:
    """Error that each side has spent by a share of the information, of the O'Brien-Fleming type.

    References: K. K. G. Lan, D. L. DeMets (1983), Biometrika 70, 659-663.
    """
    spent: Array = 2 * stats.norm.sf(FIRST / np.sqrt(information))
    return spent


@cache
def find_bounds(looks: int) -> tuple[float, ...]:
    """The bounds of as many looks, equally spaced, by recursive numerical integration.

    The estimate times the root of the information moves like Brownian motion; its density within the bounds is carried
    from look to look on Gauss-Legendre nodes, close together beside the step.

    References: P. Armitage, C. K. McPherson, B. C. Rowe (1969), JRSS A 132, 235-244; C. Jennison, B. W. Turnbull
    (2000), Group Sequential Methods, chapters 7 and 19.
    """
    times = np.arange(1, looks + 1) / looks
    spent = np.diff(spend_error(times), prepend=0.0)
    step = np.sqrt(1 / looks)
    unit, weights = np.polynomial.legendre.leggauss(max(200, int(np.ceil(10 / step))))
    bounds: list[float] = []
    nodes, mass = np.zeros(1), np.ones(1)
    for time, error in zip(times, spent, strict=True):
        edge = _find_edge(nodes, mass, step, error)
        bounds.append(float(edge / np.sqrt(time)))
        following = edge * unit
        density = stats.norm.pdf((following[:, None] - nodes) / step) / step @ mass
        nodes, mass = following, edge * weights * density
    return tuple(bounds)


def _find_edge(nodes: Array, mass: Array, step: float, error: float) -> float:
    """Where so much of what is within the last bounds lies above after a step."""
    if error < LIKELY_NEVER:
        return FIRST

    def excess(edge: float) -> float:
        beyond = float(stats.norm.sf((edge - nodes) / step) @ mass)
        return float(np.log(max(beyond, LIKELY_NEVER / 10)) - np.log(error))

    return float(optimize.brentq(excess, 0.5 * FIRST, 2 * FIRST, xtol=1e-12))
