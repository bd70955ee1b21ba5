"""From rows of customers to the columns that models take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from segmentation.prediction.qini import Array

MOST_VALUES = 8  # of an attribute that have a column
MOST_COLUMNS = 30  # of attributes


@dataclass(frozen=True)
class Encoding:
    """The columns of models.

    Attributes:
        numbers: columns of the customers, drawn in by ln(1 + x).
        values: attributes with the values that have a column of 0 and 1.
    """

    numbers: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        flags = (f"{name} = {value}" for name, values in self.values.items() for value in values)
        return (*self.numbers, *flags)

    def apply(self, customers: pl.DataFrame) -> Array:
        """Customers x columns; what is not known is 0 of a number, and none of the values."""
        numbers = [pl.col(name).cast(pl.Float64).fill_null(0).clip(0).log1p() for name in self.numbers]
        flags = [
            (pl.col(name) == value).fill_null(False).cast(pl.Float64).alias(f"{name} = {value}")
            for name, values in self.values.items()
            for value in values
        ]
        matrix: Array = customers.select(*numbers, *flags).to_numpy().astype(np.float64)
        return matrix


def choose_encoding(customers: pl.DataFrame, numbers: Sequence[str], attributes: Sequence[str]) -> Encoding:
    """A column for each number that varies, and for the most frequent values of each attribute.

    Of an attribute with two values one has a column; values that fewer than one in a hundred have get none.

    Args:
        customers: the training data, attributes as text.
    """
    varying = tuple(name for name in numbers if customers[name].n_unique() > 1)
    values: dict[str, tuple[str, ...]] = {}
    for name in attributes:
        counts = customers[name].drop_nulls().value_counts().sort(["count", name], descending=[True, False])
        frequent = counts.filter(pl.col("count") >= 0.01 * customers.height)[name].to_list()
        whole = counts["count"].sum() == customers.height and len(frequent) == counts.height
        kept = tuple(sorted(frequent[1:] if whole else frequent)[:MOST_VALUES])
        if kept and sum(map(len, values.values())) + len(kept) <= MOST_COLUMNS:
            values[name] = kept
    return Encoding(varying, values)
