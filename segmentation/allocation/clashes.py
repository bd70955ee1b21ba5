"""Which limits clash, in words, before anything is planned."""

from collections.abc import Collection, Mapping, Sequence
from typing import NoReturn

import numpy as np

from segmentation.allocation.cells import Cells
from segmentation.allocation.problem import Offer, Problem
from segmentation.allocation.solver import find_shortfalls
from segmentation.errors import PlanError

SHORT = 1e-6  # pieces


def refuse_impossible(minimum: Mapping[str, int], available: Mapping[str, int], most: int, what: str) -> None:
    """Refuse minimums of segments that have too few customers, or that together are more pieces than there can be.

    Args:
        minimum: fewest pieces by segment.
        available: customers who can be mailed, by segment.
        most: pieces that can be paid or sent in all.
        what: limits `most`: "the budget pays for".

    Raises:
        PlanError: with setting and numbers.
    """
    short = [
        f"plan.segments.{name}.minimum = {pieces:,}, but {available.get(name, 0):,} can be mailed"
        for name, pieces in minimum.items()
        if pieces > available.get(name, 0)
    ]
    if short:
        raise PlanError("; ".join(short) + "; lower the minimum")
    if (needed := sum(minimum.values())) > most:
        raise PlanError(
            f"minimums need {needed:,} pieces, {what} {most:,}: {_list(minimum)}; lower minimums of plan.segments"
        )


def refuse_clash(problem: Problem, cells: Cells) -> NoReturn:
    """Refuse minimums that cannot be kept together, naming those that would have to give way.

    Raises:
        PlanError: always.
    """
    shortfalls = find_shortfalls(problem, cells)
    minimum = {
        name: round(-limit)
        for name, limit, is_minimum in zip(problem.names, problem.limit, problem.is_minimum, strict=True)
        if is_minimum
    }
    short = [
        f"{name} = {round(-limit):,}, but only {np.floor(-limit - lacking + SHORT):,.0f} fit beside the others"
        for name, limit, lacking in zip(problem.names, problem.limit, shortfalls, strict=True)
        if lacking > SHORT
    ] or ["no whole number of pieces keeps to all limits"]
    others = [
        f"{name} = {limit:,.10g}"
        for name, limit in zip(problem.names, problem.limit, strict=True)
        if name not in minimum
    ]
    raise PlanError(
        f"{'; '.join(short)}: minimums need {sum(minimum.values()):,} pieces, within {', '.join(others)}; "
        "lower a minimum or raise a limit"
    )


def refuse_unpaid(offers: Sequence[Offer], budget: float, fixed_cost: float) -> None:
    """Refuse a budget that does not pay for one piece of any offer.

    Raises:
        PlanError: with the cheapest.
    """
    cheapest = min(offers, key=lambda offer: offer.unit_cost + offer.fixed_cost)
    if budget - fixed_cost < cheapest.unit_cost + cheapest.fixed_cost:
        raise PlanError(
            f"plan.budget = {budget:g} does not pay for one piece of any offer: the cheapest, {cheapest.name}, costs "
            f"{cheapest.unit_cost:g} after fixed cost {cheapest.fixed_cost + fixed_cost:g}"
        )


def refuse_unknown(named: Collection[str], known: Collection[str], setting: str) -> None:
    """Refuse segments that there are not.

    Raises:
        PlanError: with those there are.
    """
    if unknown := sorted(set(named) - set(known)):
        raise PlanError(f"{setting} names {', '.join(unknown)}; there are: {', '.join(sorted(known))}")


def _list(minimum: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {pieces:,}" for name, pieces in minimum.items() if pieces)
