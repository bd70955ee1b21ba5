"""The allotment: programs over cells, then customers, then how far from the best it may be."""

from dataclasses import dataclass

import numpy as np

from segmentation.allocation.assignment import bound_profit, choose_by_cells, choose_by_prices
from segmentation.allocation.cells import MOST_CELLS, Cells, make_cells
from segmentation.allocation.clashes import refuse_clash
from segmentation.allocation.prices import BLOCKS, refine_prices
from segmentation.allocation.problem import Codes, Floats, Marks, Problem
from segmentation.allocation.solver import Solved, choose_offers, is_small, solve_relaxed, solve_whole


@dataclass(frozen=True)
class Allotment:
    """Who gets which offer.

    Attributes:
        choice: offer by customer, -1 for none.
        profit: expected, less fixed costs.
        bound: no allotment has more.
        prices: profit that one more unit of each limit would bring.
        used: offers that may be used.
        cells: those the programs were solved over.
    """

    choice: Codes
    profit: float
    bound: float
    prices: Floats
    used: Marks
    cells: Cells

    @property
    def gap(self) -> float:
        """Share of the bound that the allotment may lack, at least 0."""
        lacking = self.bound - self.profit
        return max(0.0, lacking / abs(self.bound)) if abs(self.bound) > 1e-9 else max(0.0, lacking)


def allot(problem: Problem, *, most_cells: int = MOST_CELLS) -> Allotment:
    """The most expected profit within the limits, with one offer at most for each customer.

    No piece is sent at a loss but for a minimum.

    A linear program over cells of customers gives the price of every limit and with it a bound; where customers are too
    different for exact cells, the prices are refined by asking every customer. Customers are then
    given what is best for them at these prices, or their cell's share of the program, whichever brings more; where all
    customers of each cell are alike and cells are few, whole numbers of pieces are sought as well.

    Which offers are worth their fixed cost is decided over cells; the bound is that of the offers decided for.

    Raises:
        PlanError: minimums clash with each other or with another limit.
    """
    cells = make_cells(problem.profit, problem.segment, most=most_cells)
    used = choose_offers(problem, cells)
    relaxed = solve_relaxed(problem, cells, used)
    if relaxed is None:
        refuse_clash(problem, cells)
    prices, bound = _refine(problem, relaxed, used, cells)
    choices = [
        choose_by_prices(problem, prices, used),
        choose_by_cells(problem, prices, used, cells, relaxed.pieces),
    ]
    kept = [choice for choice in choices if problem.keeps_to(problem.used(choice))]
    if (is_small(cells) and _best_profit(problem, kept) < bound) or not kept:
        whole = solve_whole(problem, cells, used)
        kept += _whole_choices(problem, relaxed, used, cells, whole)
        if whole is not None and cells.exact:
            bound = min(bound, whole.bound)
    if not kept:
        refuse_clash(problem, cells)
    choice = max(kept, key=problem.profit_of)
    profit = problem.profit_of(choice)
    return Allotment(choice, profit, max(bound, profit), prices, used, cells)


def _refine(problem: Problem, relaxed: Solved, used: Marks, cells: Cells) -> tuple[Floats, float]:
    """Prices and bound; the cells' own where these are exact."""
    bound = bound_profit(problem, relaxed.prices, used)
    if cells.exact:
        return relaxed.prices, min(bound, relaxed.bound)
    known = choose_by_cells(problem, relaxed.prices, used, cells, relaxed.pieces)
    joined = np.asarray(cells.of_customer // (1 + len(cells.customers) // BLOCKS), dtype=np.int32)
    return refine_prices(problem, used, joined, relaxed.prices, known)


def _best_profit(problem: Problem, choices: list[Codes]) -> float:
    return max((problem.profit_of(choice) for choice in choices), default=-np.inf)


def _whole_choices(
    problem: Problem,
    relaxed: Solved,
    used: Marks,
    cells: Cells,
    whole: Solved | None,
) -> list[Codes]:
    if whole is None:
        return []
    choice = choose_by_cells(problem, relaxed.prices, used, cells, whole.pieces)
    return [choice] if problem.keeps_to(problem.used(choice)) else []
