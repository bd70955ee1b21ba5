"""From cells and prices to customers: whole pieces that keep to every limit, and how far they are from the best."""

from collections.abc import Iterator

import numpy as np

from segmentation.allocation.cells import Cells
from segmentation.allocation.problem import BUDGET, ROUNDING, Codes, Floats, Longs, Marks, Problem

CHUNK = 500_000
ROUNDS = 12


def bound_profit(problem: Problem, prices: Floats, used: Marks) -> float:
    """No allotment with the offers that are `used` has a higher expected profit, whatever the prices.

    The value of the Lagrangian at these prices: every customer gets the best that is left after the price of its
    piece, and the limits are sold at their prices.

    Args:
        prices: by limit, at least 0.

    References: M. L. Fisher (1981), Management Science 27, 1-18.
    """
    limit = problem.limit.copy()
    limit[problem.names.index(BUDGET)] -= fixed_of(problem, used)
    return float(prices @ limit) - fixed_of(problem, used) + choose_best(problem, prices, used)[1]


def fixed_of(problem: Problem, used: Marks) -> float:
    """Fixed costs of the offers that may be used."""
    return float(problem.fixed_costs[used].sum())


def choose_best(problem: Problem, prices: Floats, used: Marks) -> tuple[Codes, float]:
    """The offer with the most left after its price, by customer, whatever the limits, and what is left in all."""
    wanted, left = _best(problem, prices, _open_to(problem, used))
    wanted[left <= 0] = -1
    return wanted, float(np.maximum(left, 0).sum())


def choose_by_prices(problem: Problem, prices: Floats, used: Marks) -> Codes:
    """The offer with the most left after its price, by customer, cut where a limit is reached.

    Minimums come first, with customers who are not worth the price of a piece where it takes them: prices that are only
    nearly right leave a minimum short by a few, and then the others would have taken its budget.
    """
    wanted, left = _best(problem, prices, _open_to(problem, used))
    choice = np.full(len(wanted), -1, dtype=np.int32)
    order = np.argsort(-left, kind="stable")
    fills = np.empty(len(left), dtype=bool)
    fills[order] = _number_within(problem.segment[order]) < _lacking(problem, choice)[problem.segment[order]]
    wanted[(left <= 0) & ~fills] = -1
    return fill(problem, prices, used, _accept(problem, choice, wanted, left, used))


def choose_by_cells(problem: Problem, prices: Floats, used: Marks, cells: Cells, pieces: Floats) -> Codes:
    """As many of each cell as a solution has, rounded down; the dearest offer goes to who is worth most in the cell."""
    return fill(problem, prices, used, _slice(problem, cells, np.floor(pieces + ROUNDING)))


def order_in_cells(problem: Problem, cells: Cells) -> Longs:
    """Customers by cell, who is worth most first, then as they came."""
    worth = np.where(np.isfinite(problem.profit), problem.profit, 0).sum(axis=1)
    return np.lexsort((-worth, cells.of_customer))


def _slice(problem: Problem, cells: Cells, pieces: Floats) -> Codes:
    order = order_in_cells(problem, cells)
    cell = cells.of_customer[order]
    place = np.arange(len(order)) - np.searchsorted(cell, cell)
    dearest = np.argsort([-offer.unit_cost for offer in problem.offers], kind="stable")
    ends = np.cumsum(pieces[:, dearest], axis=1)
    slot = (place[:, None] >= ends[cell]).sum(axis=1)
    choice = np.full(len(order), -1, dtype=np.int32)
    choice[order] = np.append(dearest, -1)[slot]
    return choice


def fill(problem: Problem, prices: Floats, used: Marks, choice: Codes) -> Codes:
    """Give what the limits leave to those with the most left after prices who would bring a profit.

    Segments below their minimum come first, even at a loss.
    """
    for _ in range(ROUNDS):
        is_free = choice < 0
        room = _room(problem, choice, used)
        wanted, left = _best(problem, prices, _open_to(problem, used) & _fits(problem, room))
        lacking = _lacking(problem, choice)[problem.segment] > 0
        gain = np.where(wanted >= 0, problem.profit[np.arange(len(wanted)), wanted], -np.inf)
        wanted[~is_free | ((gain <= 0) & ~lacking) | ~np.isfinite(left)] = -1
        filled = _accept(problem, choice, wanted, left, used)
        if np.array_equal(filled, choice):
            break
        choice = filled
    return choice


def _accept(problem: Problem, choice: Codes, wanted: Codes, left: Floats, used: Marks) -> Codes:
    """`choice` with the best of the wanted, those that fill a minimum first, up to the first that breaks a limit."""
    rows = np.flatnonzero(wanted >= 0)
    rows = rows[np.argsort(-left[rows], kind="stable")]
    segment = problem.segment[rows]
    fills = _number_within(segment) < _lacking(problem, choice)[segment]
    rows = rows[np.argsort(~fills, kind="stable")]
    room = _room(problem, choice, used)
    for weights, rest in zip(problem.weights, room, strict=True):
        if not (weights > 0).any():
            continue
        taken = weights[problem.segment[rows], wanted[rows]]
        rows = rows[(taken == 0) | (np.cumsum(taken) <= rest + ROUNDING * max(1.0, abs(rest)))]
    accepted = choice.copy()
    accepted[rows] = wanted[rows]
    return accepted


def _number_within(groups: Codes) -> Longs:
    """0 for the first of each group, 1 for its second ..., in the order given."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    number = np.empty(len(groups), dtype=np.int64)
    number[order] = np.arange(len(groups)) - np.searchsorted(ordered, ordered)
    return number


def _room(problem: Problem, choice: Codes, used: Marks) -> Floats:
    """What is left of each limit; the fixed costs of all offers that may be used are paid."""
    room: Floats = problem.limit - np.einsum("ksj,sj->k", problem.weights, problem.count(choice))
    room[problem.names.index(BUDGET)] -= fixed_of(problem, used)
    return room


def _lacking(problem: Problem, choice: Codes) -> Floats:
    """Pieces by which each segment is below its minimum."""
    lacking = np.zeros(len(problem.segments))
    pieces = problem.count(choice).sum(axis=1)
    for weights, limit, is_minimum in zip(problem.weights, problem.limit, problem.is_minimum, strict=True):
        if is_minimum:
            position = int(np.flatnonzero(weights.any(axis=1))[0])
            lacking[position] = max(0.0, -limit - pieces[position])
    return lacking


def _open_to(problem: Problem, used: Marks) -> Marks:
    return np.broadcast_to(used, (len(problem.segments), len(problem.offers)))


def _fits(problem: Problem, room: Floats) -> Marks:
    """Segments x offers: one more piece breaks no limit."""
    tolerance = ROUNDING * np.maximum(1, np.abs(room))
    fits: Marks = np.asarray(
        ((problem.weights <= 0) | (problem.weights <= (room + tolerance)[:, None, None])).all(axis=0)
    )
    return fits


def _left_over(problem: Problem, prices: Floats, is_open: Marks) -> Iterator[tuple[slice, Floats]]:
    """Profit less the price of the piece, some customers at a time."""
    price = np.where(is_open, np.einsum("k,ksj->sj", prices, problem.weights), np.inf)
    for start in range(0, len(problem.segment), CHUNK):
        part = slice(start, start + CHUNK)
        yield part, problem.profit[part] - price[problem.segment[part]]


def _best(problem: Problem, prices: Floats, is_open: Marks) -> tuple[Codes, Floats]:
    wanted = np.full(len(problem.segment), -1, dtype=np.int32)
    best = np.full(len(problem.segment), -np.inf)
    for part, left in _left_over(problem, prices, is_open):
        wanted[part] = left.argmax(axis=1)
        best[part] = left.max(axis=1)
    wanted[~np.isfinite(best)] = -1
    return wanted, best
