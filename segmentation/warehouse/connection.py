"""The one door to DuckDB."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import polars as pl
import pyarrow

from segmentation.contract.sql import literal
from segmentation.errors import MailworthError, QueryError, WarehouseError
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.disk import engine_refusal
from segmentation.warehouse.plain_text import MACROS

Connection = duckdb.DuckDBPyConnection
EngineError = duckdb.Error
UnknownNameError = (duckdb.CatalogException, duckdb.BinderException)  # of a table or column

MEMORY = Path(":memory:")

# Offline and predictable: nothing is downloaded, nothing is printed, and no Python variable is taken for a table.
ENGINE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}
# For queries of users. Without external access alone, `copy ... to` could still overwrite the open file or give it a
# log; without a file system nothing can be opened any more, and nothing be laid down either.
SEALED = (
    "set temp_directory = ''",
    "set enable_external_access = false",
    "set disabled_filesystems = 'LocalFileSystem'",
    "set lock_configuration = true",
)
NO_OTHER_FILES = (
    "a query asks the warehouse and nothing else: it can neither read nor write files; print rows with --format csv"
)


@contextmanager
def open_database(
    path: Path, settings: WarehouseSettings | None = None, *, read_only: bool = False
) -> Iterator[Connection]:
    """A connection to the file `path`, checkpointed if all went well, and closed.

    What exceeds the memory is laid down in `tmp` beside a file that is written, else in a folder of its own.

    Raises:
        WarehouseError: the file is not there to read, not readable or writable, or not a DuckDB database; or
            memory_limit is too little.
        DiskError: a disk is full or read-only.
    """
    limits = settings or WarehouseSettings()
    if read_only:
        if not path.is_file():
            raise WarehouseError(f"{path}: no warehouse here; run `mailworth night` first, or give --warehouse")
        if not os.access(path, os.R_OK, effective_ids=True):
            raise WarehouseError(f"{path}: only its owner may read it; ask the copy that warehouse.analysts names")
    with _spill_folder(path, read_only=read_only) as spill:
        connection = _connect(path, limits, spill, read_only=read_only)
        try:
            connection.execute("set enable_progress_bar = false")
            for macro in MACROS:
                connection.execute(macro)
            yield connection
            if not read_only:
                connection.execute("checkpoint")  # closing would keep silent about a disk that is full
        except Exception as error:
            if told := _explain(error, path, limits, spill):
                raise told from error
            raise
        finally:
            connection.close()


def _spill_folder(path: Path, *, read_only: bool) -> AbstractContextManager[str]:
    if read_only or path == MEMORY:
        return TemporaryDirectory(prefix="mailworth-")
    return nullcontext(str(path.with_name("tmp")))


def _connect(path: Path, limits: WarehouseSettings, spill: str, *, read_only: bool) -> Connection:
    config: dict[str, Any] = {
        **ENGINE,
        "memory_limit": limits.memory_limit,
        "threads": limits.threads,
        "temp_directory": spill,
    }
    try:
        return duckdb.connect(str(path), read_only=read_only, config=config)
    except (duckdb.IOException, duckdb.SerializationException) as error:
        if refused := engine_refusal(str(error), Path(spill).parent):
            raise refused from error
        reason = str(error).splitlines()[0]
        raise WarehouseError(f"{path}: cannot be opened as a DuckDB database: {reason}") from error


def _explain(error: Exception, path: Path, limits: WarehouseSettings, spill: str) -> MailworthError | None:
    """What is wrong with disk or memory behind `error`; None where nothing is."""
    for cause in (error, error.__cause__):
        if isinstance(cause, duckdb.Error):
            if refused := engine_refusal(str(cause), Path(spill).parent):
                return refused
            if isinstance(cause, duckdb.OutOfMemoryException):
                return WarehouseError(
                    f"{path}: warehouse.memory_limit = {limits.memory_limit} is too little for it; raise it"
                )
    return None


@contextmanager
def open_memory() -> Iterator[Connection]:
    """A connection to an empty database in memory."""
    with open_database(MEMORY) as connection:
        yield connection


@cache
def read_sql(name: str) -> str:
    """Text of segmentation/sql/`name`.sql."""
    return (files("segmentation") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def fetch(connection: Connection, relation: str, /, **parameters: object) -> pl.DataFrame:
    """The rows of segmentation/sql/`relation`.sql with its `$parameters` bound."""
    return ask(connection, read_sql(relation), **parameters)


def ask(connection: Connection, query: str, /, **parameters: object) -> pl.DataFrame:
    """The rows of a query."""
    rows: pl.DataFrame = connection.sql(query, params=parameters).pl()
    return rows


@contextmanager
def batches(
    connection: Connection, query: str, /, *, rows: int, **parameters: object
) -> Iterator[Iterator[pl.DataFrame]]:
    """The rows of a query in frames of at most `rows`, so that never all of them are in memory.

    Meanwhile the connection cannot be asked anything else.
    """
    reader = connection.sql(query, params=parameters).to_arrow_reader(rows)
    try:
        yield (pl.DataFrame(batch) for batch in reader)
    finally:
        reader.close()


def execute(connection: Connection, query: str, /, **parameters: object) -> list[tuple[Any, ...]]:
    """Execute `query` and fetch every row of its result."""
    rows: list[tuple[Any, ...]] = connection.execute(query, parameters).fetchall()
    return rows


def temporary_folder(connection: Connection) -> Path:
    """Where the connection's own temporary files go; they are thrown away with what is being built."""
    folder = Path(execute(connection, "select current_setting('temp_directory')")[0][0])
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


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
def kept(connection: Connection, relation: str, query: str | None = None, /, **parameters: object) -> Iterator[None]:
    """Keep the rows of segmentation/sql/`relation`.sql, or of a query, in DuckDB for a while, as table `relation`."""
    execute(connection, f"create temp table {relation} as {query or read_sql(relation)}", **parameters)
    try:
        yield
    finally:
        execute(connection, f"drop table {relation} cascade")


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


def query_warehouse(path: Path, query: str, settings: WarehouseSettings | None = None) -> pl.DataFrame:
    """The result of a user's query on the published file, opened read-only; no other file can be read or written.

    Raises:
        WarehouseError: the file is missing or no database, or memory_limit is too little for the query.
        QueryError: DuckDB refuses the query.
    """
    with open_database(path, settings, read_only=True) as connection:
        for statement in SEALED:
            connection.execute(statement)
        try:
            result = connection.sql(query)
            if result is None:
                raise QueryError("this statement returns no rows; ask with SELECT")
            rows: pl.DataFrame = result.pl()
        except duckdb.PermissionException as error:
            raise QueryError(NO_OTHER_FILES) from error
        except (duckdb.Error, pl.exceptions.PolarsError) as error:
            raise QueryError(str(error)) from error
    return rows
