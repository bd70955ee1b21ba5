"""Ways to foresee the sales of 12 weeks of the customers of a segment.

A segment is what its customers were at an origin, a date; their sales before and after it are their own. Champions have
bought much of late, or they would not be champions, and go on with less: the weeks before do not simply go on. How such
customers went on after earlier origins tells it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

AHEAD = 12  # weeks foreseen
STEP = 4  # weeks from one origin to the next
DONE = AHEAD // STEP  # an origin so many before another has its 12 weeks behind it then
YEAR = 52
BEFORE = YEAR + AHEAD  # weeks before an origin that are looked at

MEAN, SEASON, PATH, PER_CUSTOMER = (
    "mean of 12 weeks",
    "same weeks last year",
    "path of the segment",
    "path per customer",
)


@dataclass(frozen=True)
class Sales:
    """Sales of the customers of each segment about each origin; origin 0 is tonight, each next is 4 weeks earlier.

    Attributes:
        segments: the last is of customers who had not bought yet at the origin.
        customers: origins x segments; 0 for the last.
        weeks: origins x segments x weeks, BEFORE weeks before the origin and AHEAD after it.
    """

    segments: tuple[str, ...]
    customers: Array
    weeks: Array

    @property
    def after(self) -> Array:
        """The 12 weeks after each origin."""
        return self.weeks[:, :, BEFORE:]

    @property
    def before(self) -> Array:
        """The 12 weeks before each origin."""
        return self.weeks[:, :, BEFORE - AHEAD : BEFORE]

    @property
    def year_before(self) -> Array:
        """The weeks a year before the 12 after each origin."""
        return self.weeks[:, :, BEFORE - YEAR : BEFORE - YEAR + AHEAD]

    @property
    def level(self) -> Array:
        """Mean of the 12 weeks before (origins x segments)."""
        level: Array = self.before.mean(axis=2)
        return level


Way = Callable[[Sales, int, list[int]], Array]


def repeat_mean(sales: Sales, origin: int, learnt: list[int]) -> Array:
    """Each week as the mean of the 12 before; newcomers as those of the 12 weeks before."""
    return _with_newcomers(np.repeat(sales.level[origin][:, None], AHEAD, axis=1), sales.after[origin + DONE, -1])


def repeat_year(sales: Sales, origin: int, learnt: list[int]) -> Array:
    """As the same customers bought a year before (seasonal naive); newcomers as those of the 12 weeks before."""
    return _with_newcomers(sales.year_before[origin].copy(), sales.after[origin + DONE, -1])


def follow_path(sales: Sales, origin: int, learnt: list[int]) -> Array:
    """The level of the 12 weeks before, times how such customers went on from theirs.

    A ratio of sums over the origins learnt from, as in the chain ladder; per customer where their level was 0.
    """
    levels = sales.level[learnt].sum(axis=0)
    ratio = _divide(sales.after[learnt].sum(axis=0), levels[:, None])
    path = sales.level[origin][:, None] * ratio
    alone = follow_customers(sales, origin, learnt)
    return _with_newcomers(np.where(levels[:, None] > 0, path, alone), _newcomers(sales, origin, learnt))


def follow_customers(sales: Sales, origin: int, learnt: list[int]) -> Array:
    """The customers, times what such customers went on to bring; the level, where there were none such."""
    customers = sales.customers[learnt].sum(axis=0)
    each = _divide(sales.after[learnt].sum(axis=0), customers[:, None])
    known = np.where(customers[:, None] > 0, sales.customers[origin][:, None] * each, sales.level[origin][:, None])
    return _with_newcomers(known, _newcomers(sales, origin, learnt))


def _newcomers(sales: Sales, origin: int, learnt: list[int]) -> Array:
    """What customers bring who had not bought at the origin, in proportion to the level of all."""
    level = sales.level[:, :-1].sum(axis=1)
    path: Array = level[origin] * _divide(sales.after[learnt, -1].sum(axis=0), np.array(level[learnt].sum()))
    return path


def _with_newcomers(weeks: Array, newcomers: Array) -> Array:
    weeks[-1] = newcomers
    return weeks


def _divide(one: Array, by: Array) -> Array:
    safe = np.broadcast_to(np.where(by > 0, by, 1.0), one.shape)
    return np.where(np.broadcast_to(by, one.shape) > 0, one / safe, 0.0)


# In order of simplicity; of two alike in error the first is chosen.
WAYS: dict[str, Way] = {MEAN: repeat_mean, SEASON: repeat_year, PATH: follow_path, PER_CUSTOMER: follow_customers}


def origins_learnt(origin: int, origins: int) -> list[int]:
    """Origins whose 12 weeks were over at `origin`: nothing later is looked at."""
    return list(range(origin + DONE, origins))


def foresee(method: str, sales: Sales, origin: int) -> Array:
    """Sales of the 12 weeks after an origin (segments x weeks); at least one earlier origin is needed."""
    return WAYS[method](sales, origin, origins_learnt(origin, len(sales.customers)))
