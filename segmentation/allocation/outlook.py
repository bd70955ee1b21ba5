"""Expected profit of pieces with the interval that earlier uplift leaves, as a curve and for other rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from segmentation.allocation.problem import Codes, Floats, Longs, Marks
from segmentation.response.intervals import NORMAL

POINTS = 60
UNKNOWN = "the uplift of some of these customers is not known"
NO_INTERVAL = "some of these segments have no interval of their uplift"

THIS_PLAN, EVERYBODY, LAST_YEAR = "this plan", "everybody eligible", "last year's rule"
RANDOM, BEST_RESPONSE, NOBODY = "random", "best response", "nobody"


@dataclass(frozen=True)
class Outlook:
    """What pieces cost and may bring.

    Attributes:
        profit: NULL where it is not known of every piece.
        low: lower end of the 95 % interval.
        high: upper end.
    """

    pieces: int
    cost: float
    profit: float | None
    low: float | None
    high: float | None
    note: str | None


@dataclass(frozen=True)
class Prospects:
    """Customers in some order, for one offer or with the best offer for each.

    Attributes:
        segment: position of the segment, by customer.
        profit: expected margin less the cost of the piece; NaN where not known.
        cost: of the piece.
        error: standard error of the expected margin, by customer; NaN where not known. Errors of a segment are taken as
            one, since its customers share an estimate; those of segments as independent.
        stands_in: what all customers brought stands in for the segment's own uplift, or for its interval.
    """

    segment: Codes
    profit: Floats
    cost: Floats
    error: Floats
    stands_in: Marks

    def take(self, rows: Longs) -> "Prospects":
        """Some of the customers, in the order of `rows`."""
        return Prospects(self.segment[rows], self.profit[rows], self.cost[rows], self.error[rows], self.stands_in[rows])


def look_ahead(
    segment: Codes, profit: Floats, cost: Floats, error: Floats, *, error_of_all: float, stands_in: Marks
) -> Prospects:
    """Customers with what may be expected of them; those of segments without an error of their own share one.

    Args:
        error: of the segment of each customer; NaN where it has none.
        error_of_all: of the margin that all customers brought.
        stands_in: the profit is that of all customers.
    """
    lacks = stands_in | np.isnan(error)
    together = segment.max(initial=-1) + 1
    return Prospects(np.where(lacks, together, segment), profit, cost, np.where(lacks, error_of_all, error), lacks)


def foresee(prospects: Prospects, *, fixed_cost: float) -> Outlook:
    """What a piece to each of the customers may bring."""
    number = len(prospects.profit)
    by_segment = np.bincount(prospects.segment, weights=prospects.error) if number else np.zeros(1)
    return _outlook(
        number,
        float(prospects.cost.sum()) + fixed_cost,
        float(prospects.profit.sum()) - fixed_cost,
        float(np.sqrt((by_segment**2).sum())),
        _note_stand_ins(int(prospects.stands_in.sum())),
    )


def _note_stand_ins(number: int) -> str | None:
    return f"{number:,} are of segments not measured alone; what all customers brought stands in" if number else None


def foresee_random(prospects: Prospects, pieces: int, *, fixed_cost: float) -> Outlook:
    """What `pieces` to customers drawn by chance may bring, on average over all draws."""
    everybody = foresee(prospects, fixed_cost=0.0)
    share = pieces / max(1, everybody.pieces)
    if everybody.profit is None:
        return Outlook(pieces, everybody.cost * share + fixed_cost, None, None, None, everybody.note)
    error = None if everybody.high is None else (everybody.high - everybody.profit) / NORMAL * share
    note = _note_stand_ins(round(int(prospects.stands_in.sum()) * share))
    return _outlook(pieces, everybody.cost * share + fixed_cost, everybody.profit * share - fixed_cost, error, note)


def draw_curve(prospects: Prospects, *, fixed_cost: float, points: int = POINTS) -> list[Outlook]:
    """What the first customers may bring, by their number: none, all, and evenly between."""
    ends = np.unique(np.linspace(0, len(prospects.profit), points + 1).round().astype(np.int64))
    return [foresee(prospects.take(np.arange(end)), fixed_cost=fixed_cost if end else 0.0) for end in ends]


def foresee_counts(
    counts: Floats, profit: float, costs: Floats, errors: Floats, errors_of_all: Floats, *, fixed_cost: float
) -> Outlook:
    """What pieces by segment and offer may bring.

    Args:
        counts: segments x offers.
        profit: expected, less fixed cost.
        costs: by offer.
        errors: segments x offers: standard error of the expected margin of a piece; NaN where not known.
        errors_of_all: by offer, what segments without an error of their own share.
    """
    lacks = np.isnan(errors).any(axis=1)
    own = (counts[~lacks] * errors[~lacks]).sum(axis=1)
    together = (counts[lacks].sum(axis=0) * errors_of_all).sum() if counts[lacks].any() else 0.0
    return _outlook(
        round(float(counts.sum())),
        float(counts.sum(axis=0) @ costs) + fixed_cost,
        profit,
        float(np.sqrt((own**2).sum() + together**2)),
        _note_stand_ins(round(float(counts[lacks].sum()))),
    )


def _outlook(pieces: int, cost: float, profit: float, error: float | None, note: str | None = None) -> Outlook:
    if np.isnan(profit):
        return Outlook(pieces, cost, None, None, None, UNKNOWN)
    if error is None or np.isnan(error):
        return Outlook(pieces, cost, profit, None, None, NO_INTERVAL)
    return Outlook(pieces, cost, profit, profit - NORMAL * error, profit + NORMAL * error, note)


SCHEMA = {
    "pieces": pl.Int64,
    "cost": pl.Float64,
    "expected_profit": pl.Float64,
    "expected_profit_ci_low": pl.Float64,
    "expected_profit_ci_high": pl.Float64,
    "note": pl.String,
}


def tabulate(outlooks: Sequence[Outlook]) -> pl.DataFrame:
    """One row per outlook, in the order given."""
    rows = [(one.pieces, one.cost, one.profit, one.low, one.high, one.note) for one in outlooks]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def tabulate_curve(curve: Sequence[Outlook], chosen: Outlook) -> pl.DataFrame:
    """Rows of targeting.profit_curve: one per cost, the plan's own in place of the curve's.

    `is_break_even` marks the last number of pieces before the curve falls.
    """
    rows = tabulate([*(one for one in curve if round(one.cost - chosen.cost, 2)), chosen])
    peak = rows["expected_profit"].max() if rows["expected_profit"].null_count() < rows.height else None
    return rows.with_columns(
        is_plan=pl.int_range(pl.len()) == rows.height - 1,
        is_break_even=(pl.col("expected_profit") == peak).fill_null(False) if peak is not None else pl.lit(False),
    ).sort("cost")


def tabulate_alternatives(alternatives: Mapping[str, Outlook], notes: Mapping[str, str]) -> pl.DataFrame:
    """Rows of targeting.alternatives, in the order given.

    Args:
        notes: what is said of a rule besides why a figure is missing.
    """
    rows = tabulate(list(alternatives.values())).with_columns(
        rule=pl.Series(list(alternatives), dtype=pl.String),
        said=pl.Series([notes.get(rule) for rule in alternatives], dtype=pl.String),
    )
    return rows.with_columns(
        position=pl.int_range(1, pl.len() + 1, dtype=pl.Int32),
        note=pl.concat_str("said", "note", separator="; ", ignore_nulls=True).replace("", None),
    ).drop("said")
