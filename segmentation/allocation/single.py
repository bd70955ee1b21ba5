"""One mailing in the order of its policy: how far down the list it goes, within the limits."""

from dataclasses import dataclass

import polars as pl

from segmentation.allocation.clashes import refuse_impossible
from segmentation.allocation.constraints import Constraint
from segmentation.allocation.problem import BUDGET, Limits

NO_PRICE = "the profit of the next piece is not known"


@dataclass(frozen=True)
class Cut:
    """The list of one mailing.

    Attributes:
        selected: customers to be mailed and held out, in their order, with all columns given.
        constraints: limits with their prices.
        below_break_even: eligible customers left out since their piece would not pay; None where it is not looked at.
    """

    selected: pl.DataFrame
    constraints: list[Constraint]
    below_break_even: int | None


def cut_list(
    ranked: pl.DataFrame,
    limits: Limits,
    *,
    pieces: int,
    channel: str,
    unit_cost: float,
    fixed_cost: float,
    only_if_it_pays: bool,
) -> Cut:
    """The first `pieces` of a list, with the fewest of each segment first and no more than its most.

    The hold-out costs no piece: customers held out are selected if a piece in their place would be sent.

    Args:
        ranked: `arm`, `segment` and `expected_profit` (NULL where not known) of all eligible, best first.
        limits: `budget` is what `pieces` follow from.
        only_if_it_pays: customers whose expected profit is known and below 0 are left out, but for a minimum.

    Raises:
        PlanError: minimums need more customers or pieces than there are.
    """
    capacity = limits.channels.get(channel, pieces)
    what = "the budget pays for" if pieces <= capacity else f"plan.channels.{channel} sends"
    most = min(pieces, capacity)
    mailed = pl.col("arm") == "treatment"
    available = dict(ranked.filter(mailed).group_by("segment").len().iter_rows())
    refuse_impossible(limits.minimum, available, most, what)
    rows = _mark(ranked, limits, most - sum(limits.minimum.values()), only_if_it_pays=only_if_it_pays)
    selected = rows.filter("selected")
    constraints = _list_constraints(
        rows, limits, most=most, channel=channel, pieces=pieces, unit_cost=unit_cost, fixed_cost=fixed_cost
    )
    left_out = rows.filter(~pl.col("selected") & ~pl.col("pays")).height if only_if_it_pays else None
    return Cut(selected.select(ranked.columns), constraints, left_out)


def _mark(ranked: pl.DataFrame, limits: Limits, free: int, *, only_if_it_pays: bool) -> pl.DataFrame:
    """Add `selected`, `pays`, and what the prices need: `line`, `within_maximum` and `is_needed` (for a minimum).

    A place counts the pieces before a customer, so that a customer held out has that of the next piece.
    """
    mailed = (pl.col("arm") == "treatment").cast(pl.Int64)
    minimum = pl.col("segment").replace_strict(dict(limits.minimum), default=0, return_dtype=pl.Int64)
    maximum = pl.col("segment").replace_strict(dict(limits.maximum), default=2**62, return_dtype=pl.Int64)
    pays = pl.col("expected_profit").fill_null(0) >= 0 if only_if_it_pays else pl.lit(True)
    rows = (
        ranked.with_row_index("line")
        .with_columns(pays=pays, place=(mailed.cum_sum() - mailed).over("segment"), least=minimum, greatest=maximum)
        .with_columns(is_needed=pl.col("place") < pl.col("least"), within_maximum=pl.col("place") < pl.col("greatest"))
    )
    competes = ~pl.col("is_needed") & pl.col("within_maximum") & pl.col("pays")
    before = (competes.cast(pl.Int64) * mailed).cum_sum() - competes.cast(pl.Int64) * mailed
    return rows.with_columns(selected=pl.col("is_needed") | (competes & (before < free)))


def _list_constraints(
    rows: pl.DataFrame,
    limits: Limits,
    *,
    most: int,
    channel: str,
    pieces: int,
    unit_cost: float,
    fixed_cost: float,
) -> list[Constraint]:
    """What one more piece brings is the expected profit of the next customer in the order."""
    pieces_of = rows.filter(pl.col("arm") == "treatment")
    mailed, rest = pieces_of.filter("selected"), pieces_of.filter(~pl.col("selected"))
    waiting = rest.filter("within_maximum", "pays")
    is_full = mailed.height == most and waiting.height > 0
    following = _first_profit(waiting) if is_full else 0.0
    by_budget = is_full and pieces == most
    cost = mailed.height * unit_cost + fixed_cost
    found = [_price(BUDGET, limits.budget, cost, by_budget, following, 1 / unit_cost)]
    if channel in limits.channels:
        by_channel = is_full and not by_budget
        found.append(
            _price(f"plan.channels.{channel}", limits.channels[channel], mailed.height, by_channel, following, 1.0)
        )
    for kind, given in (("minimum", limits.minimum), ("maximum", limits.maximum)):
        for segment, limit in given.items():
            of_segment = pl.col("segment") == segment
            sent = mailed.filter(of_segment)
            marginal = rest.filter(of_segment, "pays") if kind == "maximum" else _forced(sent, waiting, is_full=is_full)
            used = sent.height
            binding = used == limit and marginal.height > 0
            change = _first_profit(marginal) if binding else 0.0
            if binding and is_full:
                change = None if change is None or following is None else change - following
            found.append(_price(f"plan.segments.{segment}.{kind}", limit, used, binding, change, 1.0))
    return found


def _forced(sent: pl.DataFrame, waiting: pl.DataFrame, *, is_full: bool) -> pl.DataFrame:
    """The last piece of a segment, if without a minimum it would not pay or another would take its place."""
    first = waiting["line"].min() if is_full else None
    return sent.tail(1).filter(~pl.col("pays") | (pl.col("line") > pl.lit(first)).fill_null(False))


def _first_profit(rows: pl.DataFrame) -> float | None:
    profit: float | None = rows["expected_profit"][0]
    return profit


def _price(name: str, limit: float, used: float, binding: bool, profit: float | None, scale: float) -> Constraint:
    if not binding:
        return Constraint(name, limit, used, 0.0, binding=False)
    if profit is None:
        return Constraint(name, limit, used, None, binding=True, note=NO_PRICE)
    return Constraint(name, limit, used, profit * scale, binding=True)
