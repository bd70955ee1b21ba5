"""Copy the rows of a source, as they came, into `staging.raw_<table>`: nothing is converted yet."""

from glob import escape
from pathlib import Path

from segmentation.contract.sql import literal, quote
from segmentation.errors import SourceError
from segmentation.sources.folder import SourceTable, read_csv_header
from segmentation.warehouse.connection import Connection, EngineError, execute

# Columns beside those of the source: where a row came from.
FILE_COLUMN = "_file"
ROW_COLUMN = "_row"


def check_columns(connection: Connection, source: SourceTable) -> None:
    """Refuse a file that lacks a required column, before anything is written.

    Raises:
        SourceError: a file cannot be read, or lacks a column; the message names both.
    """
    for file in source.files:
        columns = read_columns(connection, file)
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


def read_columns(connection: Connection, file: Path) -> tuple[str, ...]:
    """Column names of a CSV or Parquet file."""
    if file.suffix == ".csv":
        return read_csv_header(file).columns
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
    execute(
        connection,
        f"create or replace table {unreadable} "
        f"({FILE_COLUMN} varchar, {ROW_COLUMN} bigint, reason varchar, raw varchar)",
    )
    execute(connection, f"drop table if exists {raw}")
    for number, file in enumerate(source.files):
        origin = f"{literal(str(file))} as {FILE_COLUMN}, row_number() over () as {ROW_COLUMN}"
        try:
            rows = f"select {_as_text(connection, file)}, {origin} from {_reader(file)}"
            if number == 0:
                execute(connection, f"create table {raw} as {rows}")
            else:
                _add_columns(connection, raw, _kept_columns(connection, file))
                execute(connection, f"insert into {raw} by name {rows}")
            if file.suffix == ".csv":
                _keep_unreadable(connection, unreadable, file)
        except EngineError as error:
            raise SourceError(f"{file}: cannot be read: {str(error).splitlines()[0]}") from error
    count = _count(connection, unreadable) + (_count(connection, raw) if source.files else 0)
    if source.table.required and count == 0:
        raise SourceError(f"{source.files[0]}: has no rows; {source.table.name} must not be empty")
    return count


def _kept_columns(connection: Connection, file: Path) -> tuple[str, ...]:
    """Columns with a leading underscore are left out: tools that copy tables write them, anew with every copy."""
    return tuple(name for name in read_columns(connection, file) if not name.startswith("_"))


def _as_text(connection: Connection, file: Path) -> str:
    """Every column as text, so that parts whose types differ go together without loss."""
    return ", ".join(f"{quote(name)}::varchar as {quote(name)}" for name in _kept_columns(connection, file))


def _read_parquet(file: Path) -> str:
    return f"read_parquet({_exactly(file)}, hive_partitioning = false)"


def _exactly(file: Path) -> str:
    """The path as SQL, not as a pattern that other files may match."""
    return literal(escape(str(file)))


def _reader(file: Path) -> str:
    if file.suffix == ".parquet":
        return _read_parquet(file)
    header = read_csv_header(file)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header.columns)
    return (
        f"read_csv({_exactly(file)}, auto_detect = false, header = true, delim = {literal(header.delimiter)}, "
        f"quote = '\"', escape = '\"', columns = {{{columns}}}, store_rejects = true, "
        "rejects_limit = 0, hive_partitioning = false)"
    )


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


def _add_columns(connection: Connection, raw: str, columns: tuple[str, ...]) -> None:
    for name in columns:
        execute(connection, f"alter table {raw} add column if not exists {quote(name)} varchar")


def _count(connection: Connection, table: str) -> int:
    return int(execute(connection, f"select count(*) from {table}")[0][0])
