"""Rows on their way between Spark, Arrow and Polars."""

from collections.abc import Iterable
from typing import Any

import polars as pl
import pyarrow
from pyspark.sql import DataFrame
from sqlglot import exp

from segmentation.spark.dialect import spark_type


class SparkRows:
    """The result of a statement that Spark has computed; read it once."""

    def __init__(self, frame: DataFrame) -> None:
        self._frame = frame

    def pl(self) -> pl.DataFrame:
        """All rows as a frame."""
        rows = pl.from_arrow(self._frame.toArrow())
        assert isinstance(rows, pl.DataFrame)
        return rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows as tuples."""
        return self.pl().rows()

    def to_arrow_reader(self, rows: int) -> pyarrow.RecordBatchReader:
        """All rows in batches of at most `rows`."""
        return self._frame.toArrow().to_reader(rows)


class Counted:
    """The result of a statement that adds rows."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        """One row: how many."""
        return [(self._rows,)]


def declare(types: Iterable[tuple[str, str]]) -> str:
    """Columns with their DuckDB types, as Spark is told of them."""
    return ", ".join(f"{exp.to_identifier(name, quoted=True).sql('spark')} {spark_type(kind)}" for name, kind in types)


def as_spark_has_it(rows: pyarrow.Table) -> pyarrow.Table:
    """Text of one kind; a column of nothing but NULL is text, since Spark compares no other with it."""
    is_text = (pyarrow.types.is_null, pyarrow.types.is_large_string, pyarrow.types.is_string_view)
    fields = [
        field.with_type(pyarrow.string()) if any(kind(field.type) for kind in is_text) else field
        for field in rows.schema
    ]
    return rows.cast(pyarrow.schema(fields))
