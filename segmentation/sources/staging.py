"""Copy the rows of a source, as they came, into `staging.raw_<table>`: nothing is converted yet."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from segmentation.contract.sql import literal, quote
from segmentation.errors import SourceError
from segmentation.settings import SourceSettings
from segmentation.sources.csv_text import detect_csv, write_as_utf8
from segmentation.sources.folder import SourceTable
from segmentation.warehouse.connection import Connection, EngineError, execute

log = logging.getLogger(__name__)

# Columns beside those of the source: where a row came from.
FILE_COLUMN = "_file"
ROW_COLUMN = "_row"
UTF8 = ("utf-8", "utf-8-sig")


def check_columns(connection: Connection, source: SourceTable) -> None:
    """Refuse a file that lacks a required column, before anything is written.

    Raises:
        SourceError: a file cannot be read, or lacks a column; the message names both.
    """
    for file in source.files:
        columns = read_columns(connection, file, source.settings)
        missing = [c.name for c in source.table.columns if c.required and c.name not in columns]
        if missing:
            raise SourceError(f"{file}: column {', '.join(missing)} is missing; the file has: {', '.join(columns)}")
        _refuse_names_alike(file, (*source.table.column_names, *columns))


def _refuse_names_alike(file: Path, names: tuple[str, ...]) -> None:
    """DuckDB takes names that differ in capitals only for one."""
    seen: dict[str, str] = {}
    for name in names:
        if seen.setdefault(name.lower(), name) != name:
            raise SourceError(f"{file}: column {name} differs from {seen[name.lower()]} in capitals only; rename it")


def read_columns(connection: Connection, file: Path, settings: SourceSettings) -> tuple[str, ...]:
    """Column names of a CSV or Parquet file."""
    if file.suffix == ".csv":
        return detect_csv(file, encoding=settings.encoding, delimiter=settings.delimiter).columns
    try:
        rows = execute(connection, f"select column_name from (describe from {_read_parquet(file)})")
    except EngineError as error:
        raise SourceError(f"{file}: is not a readable Parquet file; write it again") from error
    return tuple(name for (name,) in rows)


def stage_table(connection: Connection, source: SourceTable) -> int:
    """Copy every row of every file; unreadable CSV lines go to `staging.unreadable_<table>`.

    Returns:
        Number of rows read, unreadable lines included.

    Raises:
        SourceError: a file cannot be read to its end, or a required table has no row.
    """
    raw, unreadable = f"staging.raw_{source.table.name}", f"staging.unreadable_{source.table.name}"
    columns = f"({FILE_COLUMN} varchar, {ROW_COLUMN} bigint, reason varchar, raw varchar)"
    execute(connection, f"create or replace table {unreadable} {columns}")
    execute(connection, f"create or replace table {raw} ({FILE_COLUMN} varchar, {ROW_COLUMN} bigint)")
    for file in source.files:
        try:
            _copy_rows(connection, raw, file, source.settings)
            if file.suffix == ".csv":
                _keep_unreadable(connection, unreadable, file)
        except EngineError as error:
            raise SourceError(f"{file}: cannot be read: {str(error).splitlines()[0]}") from error
    count = _count(connection, unreadable) + _count(connection, raw)
    if source.table.required and count == 0:
        raise SourceError(f"{source.files[0]}: has no rows; {source.table.name} must not be empty")
    return count


def _copy_rows(connection: Connection, raw: str, file: Path, settings: SourceSettings) -> None:
    """Every column as text, so that parts whose types differ go together without loss.

    Columns with a leading underscore are left out: tools that copy tables write them, anew with every copy.
    """
    names = [name for name in read_columns(connection, file, settings) if not name.startswith("_")]
    for name in names:
        execute(connection, f"alter table {raw} add column if not exists {quote(name)} varchar")
    texts = "".join(f", {quote(name)}::varchar as {quote(name)}" for name in names)
    origin = f"{literal(str(file))} as {FILE_COLUMN}, row_number() over () as {ROW_COLUMN}"
    with _open_rows(file, settings) as rows:
        execute(connection, f"insert into {raw} by name select {origin}{texts} from {rows}")


@contextmanager
def _open_rows(file: Path, settings: SourceSettings) -> Iterator[str]:
    """SQL that reads the file; one that is not UTF-8 is copied into a folder of its own for that long."""
    if file.suffix == ".parquet":
        yield _read_parquet(file)
        return
    text = detect_csv(file, encoding=settings.encoding, delimiter=settings.delimiter)
    if text.encoding in UTF8:
        yield _read_csv(file, text.delimiter, text.columns)
        return
    log.info("%s: read as %s", file, text.encoding)
    with TemporaryDirectory() as folder:
        copy = Path(folder) / file.name
        write_as_utf8(file, text.encoding, copy)
        yield _read_csv(copy, text.delimiter, text.columns)


def _read_parquet(file: Path) -> str:
    return f"read_parquet({_exactly(file)}, hive_partitioning = false)"


def _read_csv(file: Path, delimiter: str, names: tuple[str, ...]) -> str:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({_exactly(file)}, auto_detect = false, header = true, delim = {literal(delimiter)}, "
        f"quote = '\"', escape = '\"', columns = {{{columns}}}, store_rejects = true, "
        "rejects_limit = 0, hive_partitioning = false)"
    )


def _exactly(file: Path) -> str:
    """The path as SQL, not as a pattern that other files may match."""
    return literal(escape(str(file)))


def _keep_unreadable(connection: Connection, table: str, file: Path) -> None:
    unclosed = execute(
        connection,
        # After the \r of the line before, the text begins with its \n.
        "select min(line) from reject_errors where error_type = 'UNQUOTED VALUE' "
        "and regexp_matches(ltrim(csv_line, chr(10)), '[\\r\\n]')",
    )[0][0]
    if unclosed is not None:
        raise SourceError(f"{file}: a quotation mark opened in line {unclosed} is never closed; mend that line")
    # The header is line 1, so that data row n is line n + 1.
    execute(
        connection,
        f"insert into {table} select {literal(str(file))}, line - 1, 'unreadable line: ' || min(error_message), "
        "ltrim(any_value(csv_line), chr(10)) from reject_errors group by line order by line",
    )
    execute(connection, "drop table reject_errors")
    execute(connection, "drop table reject_scans")


def _count(connection: Connection, table: str) -> int:
    return int(execute(connection, f"select count(*) from {table}")[0][0])
