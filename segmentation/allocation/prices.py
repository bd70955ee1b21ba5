"""Prices of limits that every single customer is asked about, where customers are too different for exact cells."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, sparse

from segmentation.allocation.assignment import choose_best, fixed_of
from segmentation.allocation.problem import BUDGET, Codes, Floats, Marks, Problem

ITERATIONS = 40
CLOSE = 1e-7  # customers at the margin are many: their loss falls with the error of the prices, not with its square
BLOCKS = 150
SMOOTHED = 0.5
DEAR = 100.0


@dataclass(frozen=True)
class _Answer:
    """What the customers want at some prices: profit by block, and limits x blocks of what it takes."""

    profit: Floats
    taken: Floats


def refine_prices(problem: Problem, used: Marks, blocks: Codes, start: Floats, known: Codes) -> tuple[Floats, float]:
    """Prices at which the bound of the profit is least, and that bound, by Dantzig and Wolfe's column generation.

    Every customer answers prices with what is best for it. A master program mixes the answers so far, block by block of
    customers, to the most profit within the limits; its prices, drawn to the best so far, are asked next. It ends when
    the mix and the bound are within CLOSE of each other, or after ITERATIONS.

    Args:
        blocks: block by customer.
        start: prices to begin with.
        known: an allotment to begin with. What the mix exceeds the limits by costs DEAR times the best piece, so that
            the master program always has a solution.

    References: G. B. Dantzig, P. Wolfe (1960), Operations Research 8, 101-111; P. Wentges (1997), International
        Transactions in Operational Research 4, 151-162 (smoothing).
    """
    fixed = fixed_of(problem, used)
    limit = problem.limit.copy()
    limit[problem.names.index(BUDGET)] -= fixed
    number = int(blocks.max()) + 1
    answers = [
        _sum_up(problem, np.full(len(blocks), -1, dtype=np.int32), blocks, number),
        _sum_up(problem, known, blocks, number),
    ]
    best, best_bound, prices = start, np.inf, start
    penalty = DEAR * float(np.abs(problem.profit[np.isfinite(problem.profit)]).max(initial=1.0))
    for _ in range(ITERATIONS):
        choice, left = choose_best(problem, prices, used)
        bound = float(prices @ limit) + left - fixed
        if bound < best_bound:
            best, best_bound = prices, bound
        answers.append(_sum_up(problem, choice, blocks, number))
        mixed, wanted = _mix(answers, limit, penalty)
        if best_bound - (mixed - fixed) <= CLOSE * abs(best_bound):
            break
        prices = SMOOTHED * best + (1 - SMOOTHED) * wanted
    return best, best_bound


def _sum_up(problem: Problem, choice: Codes, blocks: Codes, number: int) -> _Answer:
    rows = np.flatnonzero(choice >= 0)
    segment, offer, block = problem.segment[rows], choice[rows], blocks[rows]
    taken = [np.bincount(block, weights=weights[segment, offer], minlength=number) for weights in problem.weights]
    profit = np.bincount(block, weights=problem.profit[rows, offer], minlength=number).astype(np.float64)
    return _Answer(profit, np.stack(taken).astype(np.float64))


def _mix(answers: list[_Answer], limit: Floats, penalty: float) -> tuple[float, Floats]:
    """The most profit of a mix of answers within the limits, and the prices of the limits."""
    number, limits = answers[0].profit.size, limit.size
    taken = np.concatenate([answer.taken for answer in answers], axis=1)
    found: Any = optimize.linprog(
        np.concatenate([*(-answer.profit for answer in answers), np.full(limits, penalty)]),
        A_ub=np.concatenate([taken, -np.eye(limits)], axis=1),
        b_ub=limit,
        A_eq=sparse.hstack(
            [*[sparse.eye_array(number)] * len(answers), sparse.csr_array((number, limits))], format="csr"
        ),
        b_eq=np.ones(number),
        method="highs",
    )
    return -float(found.fun), np.maximum(0, -found.ineqlin.marginals)
