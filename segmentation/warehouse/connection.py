"""The one door to DuckDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow

from segmentation.contract.sql import literal
from segmentation.errors import QueryError, WarehouseError
from segmentation.settings import WarehouseSettings

Connection = duckdb.DuckDBPyConnection
EngineError = duckdb.Error

# Offline and predictable: nothing is downloaded, nothing is printed, and no Python variable is taken for a table.
ENGINE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}


@contextmanager
def open_database(
    path: Path, settings: WarehouseSettings | None = None, *, read_only: bool = False
) -> Iterator[Connection]:
    """A connection to the file `path`, closed and checkpointed at the end.

    Raises:
        WarehouseError: the file is not there to read, not writable, or not a DuckDB database.
    """
    limits = settings or WarehouseSettings()
    if read_only and not path.is_file():
        raise WarehouseError(f"{path}: no warehouse here; run `mailworth night` first, or give --warehouse")
    config: dict[str, Any] = {**ENGINE, "memory_limit": limits.memory_limit, "threads": limits.threads}
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=config)
    except (duckdb.IOException, duckdb.SerializationException) as error:
        reason = str(error).splitlines()[0]
        raise WarehouseError(f"{path}: cannot be opened as a DuckDB database: {reason}") from error
    try:
        connection.execute("set enable_progress_bar = false")
        yield connection
    finally:
        connection.close()


@contextmanager
def open_memory() -> Iterator[Connection]:
    """A connection to an empty database in memory."""
    with open_database(Path(":memory:")) as connection:
        yield connection


@cache
def read_sql(name: str) -> str:
    """Text of segmentation/sql/`name`.sql."""
    return (files("segmentation") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def fetch(connection: Connection, relation: str, /, **parameters: object) -> pl.DataFrame:
    """The rows of segmentation/sql/`relation`.sql with its `$parameters` bound."""
    rows: pl.DataFrame = connection.sql(read_sql(relation), params=parameters).pl()
    return rows


def execute(connection: Connection, query: str, /, **parameters: object) -> list[tuple[Any, ...]]:
    """Execute `query` and fetch every row of its result."""
    rows: list[tuple[Any, ...]] = connection.execute(query, parameters).fetchall()
    return rows


def attach(connection: Connection, path: Path, name: str, *, read_only: bool = False) -> None:
    """Make the database file `path`, created if missing unless it is only read, visible as `name`."""
    execute(connection, f"attach {literal(str(path))} as {name}{' (read_only)' if read_only else ''}")


def detach(connection: Connection, name: str) -> None:
    """Let go of an attached database."""
    execute(connection, f"detach {name}")


@contextmanager
def frames(connection: Connection, **named: pl.DataFrame) -> Iterator[None]:
    """Make frames visible to SQL under the given names for a while."""
    for name, frame in named.items():
        connection.register(name, frame.to_arrow())
    try:
        yield
    finally:
        for name in named:
            connection.unregister(name)


@contextmanager
def streamed(connection: Connection, name: str, rows: pyarrow.RecordBatchReader) -> Iterator[None]:
    """Make rows that come in batches visible to SQL under the given name, to be read once."""
    connection.register(name, rows)
    try:
        yield
    finally:
        connection.unregister(name)


def arrow_types(connection: Connection, schema: pyarrow.Schema) -> dict[str, str]:
    """The DuckDB types of the columns of an Arrow schema, by name."""
    connection.register("arrow_columns", schema.empty_table())
    try:
        return dict(execute(connection, "select column_name, column_type from (describe arrow_columns)"))
    finally:
        connection.unregister("arrow_columns")


def query_warehouse(path: Path, query: str) -> pl.DataFrame:
    """The result of a user's query on the published file, opened read-only.

    Raises:
        WarehouseError: the file is missing or no database.
        QueryError: DuckDB refuses the query.
    """
    with open_database(path, read_only=True) as connection:
        try:
            result = connection.sql(query)
            if result is None:
                raise QueryError("this statement returns no rows; ask with SELECT")
            rows: pl.DataFrame = result.pl()
        except (duckdb.Error, pl.exceptions.PolarsError) as error:
            raise QueryError(str(error)) from error
    return rows
