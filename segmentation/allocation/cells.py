"""Customers of a segment who are worth nearly the same with every offer are one cell, so that a solver has few."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from segmentation.allocation.problem import Codes, Floats, Longs

MOST_CELLS = 1500
LOOKED_AT = 50_000  # customers that tell at once that there are too many different values


@dataclass(frozen=True)
class Cells:
    """Cells of customers.

    Attributes:
        of_customer: position of the cell, by customer.
        segment: by cell.
        customers: by cell.
        profit: cells x offers: mean of its customers.
        exact: all customers of a cell have the same profit with every offer.
    """

    of_customer: Codes
    segment: Codes
    customers: Floats
    profit: Floats
    exact: bool


def make_cells(profit: Floats, segment: Codes, *, most: int = MOST_CELLS) -> Cells:
    """One cell for each different row of `profit` in a segment, or if these are more than `most`, cells of neighbours.

    Neighbours are found by halving the widest cells at the median of the offer in which they are widest (a k-d tree).

    References: J. L. Bentley (1975), Communications of the ACM 18, 509-517.
    """
    exact = _count_different(profit[:LOOKED_AT], segment[:LOOKED_AT]) <= most and (
        _count_different(profit, segment) <= most
    )
    if exact:
        return _describe(profit, segment, _different(profit, segment), exact=True)
    groups = segment.astype(np.int64) * 2**20 + _patterns(profit)
    return _describe(profit, segment, _halve(profit, groups, most=most), exact=False)


def _frame(profit: Floats, segment: Codes) -> pl.DataFrame:
    return pl.DataFrame({"segment": segment} | {f"profit_{j}": profit[:, j] for j in range(profit.shape[1])})


def _count_different(profit: Floats, segment: Codes) -> int:
    return _frame(profit, segment).n_unique()


def _different(profit: Floats, segment: Codes) -> Codes:
    rows = _frame(profit, segment)
    cells = rows.unique().sort(rows.columns).with_row_index("cell")
    joined = rows.join(cells, on=rows.columns, how="left", maintain_order="left")
    return joined["cell"].cast(pl.Int32).to_numpy()


def _means(profit: Floats, codes: Codes, customers: Floats) -> Floats:
    """Means by cell; -inf where the offer is not for somebody of the cell."""
    sums = [np.bincount(codes, weights=column, minlength=len(customers)) for column in profit.T]
    return np.stack(sums, axis=1) / customers[:, None]


def _describe(profit: Floats, segment: Codes, codes: Codes, *, exact: bool) -> Cells:
    number = int(codes.max(initial=-1)) + 1
    customers = np.bincount(codes, minlength=number).astype(np.float64)
    of_cell = np.zeros(number, dtype=np.int32)
    of_cell[codes] = segment
    return Cells(codes, of_cell, customers, _means(profit, codes, customers), exact)


def _patterns(profit: Floats) -> Longs:
    """A number for who may have which offers."""
    return np.isfinite(profit) @ (2 ** np.arange(profit.shape[1]))


def _halve(profit: Floats, groups: Longs, *, most: int) -> Codes:
    """Groups are halved until the next halving could exceed `most` cells."""
    finite = np.where(np.isfinite(profit), profit, 0.0)
    codes = _compress(groups)
    while (number := int(codes.max()) + 1) * 2 <= most:
        wide = np.argmax(_spreads(finite, codes, number), axis=1)
        halves = pl.DataFrame({"cell": codes, "value": finite[np.arange(len(codes)), wide[codes]]})
        above = halves.select(pl.col("value") > pl.col("value").median().over("cell")).to_series().to_numpy()
        finer = _compress(codes.astype(np.int64) * 2 + above)
        if int(finer.max()) + 1 == number:
            break
        codes = finer
    return codes


def _spreads(values: Floats, codes: Codes, number: int) -> Floats:
    """Variance by cell and offer; added up in the order of customers."""
    customers = np.bincount(codes, minlength=number)
    centred = values - values.mean(axis=0)
    spreads = []
    for column in centred.T:
        mean = np.bincount(codes, weights=column, minlength=number) / customers
        spreads.append(np.bincount(codes, weights=column * column, minlength=number) / customers - mean**2)
    return np.stack(spreads, axis=1)


def _compress(codes: Longs) -> Codes:
    return pl.Series(codes).rank("dense").cast(pl.Int32).to_numpy() - 1
