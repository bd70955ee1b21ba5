"""Functions of rows, applied a part at a time where the rows are, so that never all of them are in memory."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

import polars as pl

from segmentation.warehouse.connection import Connection, execute, frames

BATCH = 1_000_000  # rows of a part

Rows = Callable[[pl.DataFrame], pl.DataFrame]
Types = Mapping[str, str]


@runtime_checkable
class MapsRows(Protocol):
    """An engine that applies functions on its own machines."""

    def map_rows(self, name: str, relation: str, function: Rows, types: Types) -> None:
        """Keep what `function` makes of the rows of `relation` as the relation `name`."""

    def collect_rows(self, relation: str, function: Rows, types: Types) -> list[pl.DataFrame]:
        """What `function` makes of each part of `relation`; few rows."""

    def read_by_row(self, name: str, relation: str, query: str) -> None:
        """Keep the rows of `query`, which looks at each row of `relation` by itself, as the relation `name`."""


@contextmanager
def read_by_row(connection: Connection, name: str, relation: str, query: str) -> Iterator[None]:
    """Let SQL see the rows of `query` as `name` for a while.

    Args:
        relation: the table that the query reads; it looks at each of its rows by itself.
    """
    if isinstance(connection, MapsRows):
        connection.read_by_row(name, relation, query)
    else:
        execute(connection, f"create temp view {name} as {query}")
    try:
        yield
    finally:
        execute(connection, f"drop {'table' if isinstance(connection, MapsRows) else 'view'} {name} cascade")


@contextmanager
def mapped(connection: Connection, name: str, relation: str, function: Rows, types: Types) -> Iterator[None]:
    """Keep what `function` makes of the rows of the table `relation`, as table `name` for a while.

    Args:
        function: from a part of the rows, sorted by customer_id, to rows of its own; it knows nothing of other parts.
        types: of the columns of these rows, in DuckDB's words.
    """
    if isinstance(connection, MapsRows):
        connection.map_rows(name, relation, function, types)
    else:
        columns = ", ".join(f"{column} {kind}" for column, kind in types.items())
        execute(connection, f"create temp table {name} ({columns})")
        for part in parts(connection, relation):
            with frames(connection, mapped_rows=function(part)):
                execute(connection, f"insert into {name} by name from mapped_rows")
    try:
        yield
    finally:
        execute(connection, f"drop table {name} cascade")


def collected(connection: Connection, relation: str, function: Rows, types: Types) -> list[pl.DataFrame]:
    """What `function` makes of each part of the table `relation`, as `mapped`; few rows of each."""
    if isinstance(connection, MapsRows):
        return connection.collect_rows(relation, function, types)
    return [function(part) for part in parts(connection, relation)]


def parts(connection: Connection, relation: str) -> Iterator[pl.DataFrame]:
    """The rows of a table in parts, each sorted by customer_id."""
    (rows,) = execute(connection, f"select count(*) from {relation}")[0]
    for number in range(-(-rows // BATCH)):
        part = (
            f"from {relation} where rowid >= {number * BATCH} and rowid < {(number + 1) * BATCH} order by customer_id"
        )
        yield connection.sql(part).pl()
