"""Linear and integer programs over cells, solved by HiGHS."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, sparse

from segmentation.allocation.cells import Cells
from segmentation.allocation.problem import BUDGET, Floats, Longs, Marks, Problem

NODES = 2000  # of the search for whole numbers; a limit of time would let a slow machine plan otherwise
GAP = 1e-6
MOST_WHOLE = 3000  # pairs of cell and offer up to which whole numbers are sought by branch and bound


@dataclass(frozen=True)
class Solved:
    """A solution over cells.

    Attributes:
        pieces: cells x offers.
        prices: by limit: profit that one more unit of it would bring, at least 0.
        profit: less fixed costs; of the relaxed program it is the most there can be.
        bound: no solution of the program has more.
    """

    pieces: Floats
    prices: Floats
    profit: float
    bound: float


def solve_relaxed(problem: Problem, cells: Cells, used: Marks) -> Solved | None:
    """The most profit if pieces could be parted, with the offers that are `used`; None if limits clash."""
    program = _state(problem, cells, used)
    limit = program.limit.copy()
    limit[problem.names.index(BUDGET)] -= problem.fixed_costs[used].sum()
    if not len(program.profit):
        return (
            _solved(problem, cells, program, program.profit, np.zeros(len(limit)), used) if (limit >= 0).all() else None
        )
    found = _minimise(-program.profit, [[program.limits], [program.members]], np.concatenate([limit, cells.customers]))
    if found.status != 0:
        return None
    prices = np.maximum(0, -found.ineqlin.marginals[: len(limit)])
    return _solved(problem, cells, program, found.x, prices, used)


def is_small(cells: Cells) -> bool:
    """Whether whole numbers of pieces are sought: customers of each cell are alike, and there are few cells."""
    return cells.exact and bool(np.isfinite(cells.profit).sum() <= MOST_WHOLE)


def choose_offers(problem: Problem, cells: Cells) -> Marks:
    """The offers worth their fixed cost: those in use in the best program with a switch for each such offer.

    All of them where limits clash, so that the clash can be told.
    """
    every = np.ones(len(problem.offers), dtype=bool)
    if not problem.fixed_costs.any():
        return every
    program = _state(problem, cells, every)
    costs, columns = problem.fixed_costs, len(program.profit)
    budget = np.zeros((len(program.limit), len(costs)))
    budget[problem.names.index(BUDGET)] = costs
    most = cells.customers.sum()
    by_offer = sparse.csr_array((np.ones(columns), (program.offer, np.arange(columns))), shape=(len(costs), columns))
    switches = sparse.diags_array(np.full(len(costs), -most))
    found = optimize.milp(
        np.concatenate([-program.profit, costs]),
        constraints=[
            optimize.LinearConstraint(
                _join([[program.limits, sparse.csr_array(budget)], [program.members, None], [by_offer, switches]]),
                ub=np.concatenate([program.limit, cells.customers, np.zeros(len(costs))]),
            ),
        ],
        integrality=np.concatenate([np.full(columns, int(is_small(cells))), np.ones(len(costs), dtype=int)]),
        bounds=optimize.Bounds(0, np.concatenate([np.full(columns, np.inf), np.ones(len(costs))])),
        options={"node_limit": NODES, "mip_rel_gap": GAP},
    )
    return every if found.x is None else (found.x[columns:] > 0.5) | (costs == 0)


def solve_whole(problem: Problem, cells: Cells, used: Marks) -> Solved | None:
    """The most profit with whole pieces, as far as NODES go; None if none was found. Prices are 0."""
    program = _state(problem, cells, used)
    limit = program.limit.copy()
    limit[problem.names.index(BUDGET)] -= problem.fixed_costs[used].sum()
    if not len(program.profit):
        return None
    found = optimize.milp(
        -program.profit,
        constraints=[
            optimize.LinearConstraint(program.limits, ub=limit + 1e-9 * np.maximum(1, np.abs(limit))),
            optimize.LinearConstraint(program.members, ub=cells.customers),
        ],
        integrality=np.ones(len(program.profit), dtype=int),
        options={"node_limit": NODES, "mip_rel_gap": GAP},
    )
    if found.x is None:
        return None
    solved = _solved(problem, cells, program, np.round(found.x), np.zeros(len(limit)), used)
    bound = -found.mip_dual_bound - problem.fixed_costs[used].sum()
    return Solved(solved.pieces, solved.prices, solved.profit, bound)


def find_shortfalls(problem: Problem, cells: Cells) -> Floats:
    """By limit: pieces by which minimums must be given up so that the rest can be kept; fewest in all.

    References: J. W. Chinneck (2008), Feasibility and Infeasibility in Optimization, section 6.1 (elastic programs).
    """
    program = _state(problem, cells, np.ones(len(problem.offers), dtype=bool))
    count, columns = len(program.limit), len(program.profit)
    elastic = -sparse.eye_array(count, format="csr")
    found = _minimise(
        np.concatenate([np.zeros(columns), np.ones(count)]),
        [[program.limits, elastic], [program.members, None]],
        np.concatenate([program.limit, cells.customers]),
        most=np.concatenate([np.full(columns, np.inf), np.where(problem.is_minimum, np.inf, 0)]),
    )
    shortfalls: Floats = found.x[columns:]
    return shortfalls


def _minimise(costs: Floats, rows: Sequence[Sequence[Any]], limit: Floats, most: Floats | None = None) -> Any:
    bounds = np.column_stack([np.zeros(len(costs)), np.full(len(costs), np.inf) if most is None else most])
    return optimize.linprog(costs, A_ub=_join(rows), b_ub=limit, bounds=bounds, method="highs")  # type: ignore[call-overload]


def _join(blocks: Sequence[Sequence[Any]]) -> Any:
    return sparse.block_array(blocks, format="csr")


@dataclass(frozen=True)
class _Program:
    """Columns are pairs of a cell and an offer that is for it."""

    cell: Longs
    offer: Longs
    profit: Floats
    limits: sparse.csr_array
    members: sparse.csr_array
    limit: Floats


def _state(problem: Problem, cells: Cells, used: Marks) -> _Program:
    cell, offer = np.nonzero(np.isfinite(cells.profit) & used)
    columns = np.arange(len(cell))
    return _Program(
        cell,
        offer,
        cells.profit[cell, offer],
        sparse.csr_array(problem.weights[:, cells.segment[cell], offer]),
        sparse.csr_array((np.ones(len(cell)), (cell, columns)), shape=(len(cells.customers), len(cell))),
        problem.limit,
    )


def _solved(
    problem: Problem,
    cells: Cells,
    program: _Program,
    solution: Floats,
    prices: Floats,
    used: Marks,
) -> Solved:
    pieces = np.zeros(cells.profit.shape)
    pieces[program.cell, program.offer] = solution
    profit = float(program.profit @ solution) - float(problem.fixed_costs[used].sum())
    return Solved(pieces, prices, profit, profit)
