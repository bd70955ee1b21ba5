"""A connection that stages use as they use DuckDB's, while what reads large tables is computed by Spark.

What only small tables go into (models, thresholds, results, plans) is computed in DuckDB, where the warehouse is built.
A statement that reads a large table, or what Spark made of one, is translated and goes to Spark; what it needs of small
tables is sent there, and what it adds to a table of the warehouse is written as Parquet and taken in by DuckDB.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import polars as pl
import pyarrow
from pyspark.sql import DataFrame, SparkSession, functions
from sqlglot import exp

from segmentation.contract.sql import literal, quote
from segmentation.spark.dialect import translate, view_name
from segmentation.spark.parsing import parse
from segmentation.spark.rows import Counted, SparkRows, as_spark_has_it, declare
from segmentation.spark.statements import (
    CHANGES,
    LARGE,
    MAY_READ,
    changed,
    is_as_it_came,
    name_of,
    selected,
    tables_read,
)
from segmentation.warehouse.connection import Connection, open_memory
from segmentation.warehouse.mapping import Rows, Types

DATE = "date"


class SparkConnection:
    """The methods of a DuckDB connection that the warehouse uses.

    Args:
        small: the warehouse being built, in DuckDB.
        folder: where large tables lie as Parquet while the run lasts; all of Spark's machines must reach it.
    """

    def __init__(self, small: Connection, spark: SparkSession, folder: Path) -> None:
        self._small = small
        self._spark = spark
        self._folder = folder
        self._made: dict[str, Sequence[str]] = {}  # what Spark has, with its columns
        self._exported: set[str] = set()

    def register(self, name: str, rows: pyarrow.Table) -> None:
        """Make rows visible to SQL under a name."""
        self._small.register(name, rows)

    def unregister(self, name: str) -> None:
        """Forget the rows of a name."""
        self._small.unregister(name)

    def sql(self, query: str, *, params: Mapping[str, object] | None = None) -> Any:
        """The rows of a SELECT."""
        statement = parse(query)
        if not self._reads_large(statement):
            return self._small.sql(query, params=params)
        return SparkRows(self._frame(statement, params or {}))

    def execute(self, query: str, parameters: Mapping[str, object] | None = None) -> Any:
        """Execute a statement of any kind; its result is to be fetched."""
        if not MAY_READ.match(query):
            if CHANGES.match(query):
                self._exported.clear()
            return self._small.execute(query, parameters)
        statement, bound = parse(query), parameters or {}
        if isinstance(statement, exp.Drop) and view_name(statement.args["tables"][0]) in self._made:
            self._drop(view_name(statement.args["tables"][0]))
            return Counted(0)
        made, target = selected(statement), changed(statement)
        if isinstance(statement, exp.Create) and made is not None and self._reads_large(made):
            self._make(statement, made, bound)
            return Counted(0)
        if made is not None and target is not None and view_name(target) in self._made:
            return Counted(self._append(view_name(target), made, bound))
        if isinstance(statement, exp.Insert) and made is not None and self._reads_large(made):
            return Counted(self._insert(statement, made, bound))
        if isinstance(statement, exp.Query) and self._reads_large(statement):
            return SparkRows(self._frame(statement, bound))
        self._lend(statement)
        self._forget_export(statement)
        return self._small.execute(query, parameters)

    def frame(self, relation: str) -> DataFrame:
        """A table or relation as Spark sees it."""
        return self._frame(parse(f"from {relation}"), {})

    def keep(self, name: str, frame: DataFrame) -> None:
        """Let a frame be the relation `name`, computed once."""
        place = self._folder / "kept" / name
        frame.write.mode("overwrite").parquet(str(place))
        self._see(name, self._spark.read.parquet(str(place)))

    def read_by_row(self, name: str, relation: str, query: str) -> None:
        """Keep the rows of `query`, which looks at each row of `relation` by itself, as the relation `name`.

        DuckDB reads them on Spark's machines, so that text becomes the same values.
        """
        kinds = self._small.execute(f"select column_name, column_type from (describe from {relation})").fetchall()
        types = self._small.execute(f"select column_name, column_type from (describe {query})").fetchall()
        self._export(relation, relation.replace(".", "__"))
        schema, table = relation.split(".")
        values = ", ".join(f"{quote(column)}::{kind} as {quote(column)}" for column, kind in kinds)

        def read(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
            with open_memory() as connection:
                connection.execute(f"create schema {schema}").fetchall()
                for batch in batches:
                    connection.register("batch", pyarrow.Table.from_batches([batch]))
                    connection.execute(
                        f"create or replace view {schema}.{table} as select {values} from batch"
                    ).fetchall()
                    yield from as_spark_has_it(connection.sql(query).to_arrow_table()).to_batches()

        self.keep(name, self._spark.table(relation.replace(".", "__")).mapInArrow(read, declare(types)))

    def map_rows(self, name: str, relation: str, function: Rows, types: Types) -> None:
        """Keep what `function` makes of the rows of `relation`, on Spark's machines, as the relation `name`."""
        self.keep(name, self._mapped(relation, function, types))

    def collect_rows(self, relation: str, function: Rows, types: Types) -> list[pl.DataFrame]:
        """What `function` makes of the parts of `relation`; few rows."""
        return [SparkRows(self._mapped(relation, function, types)).pl()]

    def _mapped(self, relation: str, function: Rows, types: Types) -> DataFrame:
        def apply(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
            for batch in batches:
                made = function(pl.DataFrame(batch)).select(list(types))
                yield from as_spark_has_it(made.to_arrow()).to_batches()

        return self.frame(relation).mapInArrow(apply, declare(types.items()))

    def _make(self, statement: exp.Create, made: exp.Expr, bound: Mapping[str, object]) -> None:
        name = view_name(statement.this)
        frame = self._frame(made, bound)
        if statement.args["kind"] == "VIEW":
            self._see(name, frame)
        else:
            self.keep(name, frame)

    def _see(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)
        self._made[name] = frame.columns

    def _drop(self, name: str) -> None:
        self._spark.catalog.dropTempView(name)
        self._small.execute(f"drop view if exists temp.{quote(name)}").fetchall()
        del self._made[name]
        shutil.rmtree(self._folder / "kept" / name, ignore_errors=True)

    def _append(self, name: str, made: exp.Expr, bound: Mapping[str, object]) -> int:
        """Further rows of a relation that Spark has made; how many."""
        place = str(self._folder / "kept" / name)
        whole = self._spark.table(name)
        columns = (functions.col(column).cast(kind) for column, kind in whole.dtypes)
        more = self._frame(made, bound).select(*columns).localCheckpoint()
        more.write.mode("append").parquet(place)
        self._see(name, self._spark.read.parquet(place))
        return int(more.count())

    def _insert(self, statement: exp.Insert, made: exp.Expr, bound: Mapping[str, object]) -> int:
        """Rows that Spark makes, taken in by DuckDB; how many."""
        place = self._folder / "incoming"
        self._frame(made, bound).write.mode("overwrite").parquet(str(place))
        self._forget_export(statement)
        into = statement.this.sql("duckdb")
        names = [column.name for column in statement.this.expressions] if isinstance(statement.this, exp.Schema) else []
        chosen = ", ".join(map(quote, names)) or "*"
        by_name = " by name" if statement.args.get("by_name") else ""
        written = f"select {chosen} from read_parquet({literal(str(place / '*.parquet'))})"
        rows = self._small.execute(f"insert into {into}{by_name} {written}").fetchall()
        shutil.rmtree(place)
        return int(rows[0][0])

    def _forget_export(self, statement: exp.Expr) -> None:
        """What Spark has of a table that a statement changes is out of date."""
        table = changed(statement)
        if table is not None:
            self._exported.discard(name_of(table))

    def _reads_large(self, statement: exp.Expr) -> bool:
        """Whether Spark is to compute a SELECT; what it has no words for is about few rows, and DuckDB's."""
        described = statement.find(exp.Describe)
        if described is not None:
            return view_name(described.this) in self._made
        if any(ctes.args.get("recursive") for ctes in statement.find_all(exp.With)):
            self._lend(statement)
            return False
        tables = list(tables_read(statement))
        if any(is_as_it_came(table) for table in tables):
            return False
        return any(name_of(table) in LARGE or view_name(table) in self._made for table in tables)

    def _lend(self, statement: exp.Expr) -> None:
        """Let DuckDB read what Spark has made."""
        for table in tables_read(statement):
            if view_name(table) in self._made:
                files = literal(str(self._folder / "kept" / view_name(table) / "*.parquet"))
                kind = "view" if table.db else "temp view"
                name = f"{table.db}.{quote(table.name)}" if table.db else quote(table.name)
                self._small.execute(f"create or replace {kind} {name} as from read_parquet({files})").fetchall()

    def _frame(self, statement: exp.Expr, bound: Mapping[str, object]) -> DataFrame:
        described = statement.find(exp.Describe)
        if described is not None:
            names = pyarrow.table({"column_name": list(self._made[view_name(described.this)])})
            return self._spark.createDataFrame(names)
        dates: set[str] = set()
        for table in tables_read(statement):
            frame = self._bring(table)
            dates |= {name for name, kind in frame.dtypes if kind == DATE}
        text = translate(statement, dates=dates, columns=self._columns, bound=bound)
        return self._spark.sql(text, args=dict(bound))

    def _columns(self, name: str) -> Sequence[str]:
        names: Sequence[str] = self._spark.table(name.replace(".", "__")).columns
        return names

    def _bring(self, table: exp.Table) -> DataFrame:
        """Let Spark see a table: what it made itself, a large one as Parquet, or the few rows of another."""
        name = name_of(table)
        if view_name(table) in self._made:
            return self._spark.table(view_name(table))
        if name in LARGE:
            self._export(name, view_name(table))
        else:
            rows = self._small.sql(f"from {name}").to_arrow_table()
            self._spark.createDataFrame(as_spark_has_it(rows)).createOrReplaceTempView(view_name(table))
        return self._spark.table(view_name(table))

    def _export(self, name: str, view: str) -> None:
        if name in self._exported:
            return
        place = self._folder / "tables" / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        self._small.execute(
            f"copy (from {name}) to {literal(str(place))} (format parquet, per_thread_output true, overwrite true)"
        ).fetchall()
        self._spark.read.parquet(str(place)).createOrReplaceTempView(view)
        self._exported.add(name)


def as_connection(spark: SparkConnection) -> Connection:
    """For the functions of segmentation.warehouse.connection, which ask no more of a connection than there is."""
    return cast(Connection, spark)
