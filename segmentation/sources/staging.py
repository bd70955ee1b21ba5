"""Copy the rows of a source, as they came, into `staging.raw_<table>`: nothing is checked yet."""

from segmentation.contract.sql import literal, quote
from segmentation.contract.values import as_text
from segmentation.errors import SourceError
from segmentation.sources.mapping import given_columns
from segmentation.sources.parts import Part, SourceTable, columns_of_all
from segmentation.warehouse.connection import Connection, EngineError, execute

# Columns beside those of the source: where a row came from.
FILE_COLUMN = "_file"
ROW_COLUMN = "_row"


def check_columns(connection: Connection, source: SourceTable) -> None:
    """Refuse a source that lacks a required column, or settings that do not fit it, before anything is written.

    Raises:
        SourceError: a part cannot be read, or lacks a column; the message names both.
        SettingsError: an expression for a column does not fit.
    """
    types = columns_of_all(connection, source.parts)
    for part in source.parts:
        columns = tuple(part.columns(connection))
        missing = [c.name for c in source.table.columns if c.required and c.name not in {*columns, *source.mapping}]
        if missing:
            raise SourceError(
                f"{part.name}: column {', '.join(missing)} is missing; there are: {', '.join(columns)}. "
                f"If it has another name, set source.tables.{source.table.name}.columns.{missing[0]}"
            )
        _refuse_names_alike(part, (*source.table.column_names, *types))
    _create_raw(connection, source, types)
    if source.parts:
        given_columns(connection, source)


def _refuse_names_alike(part: Part, names: tuple[str, ...]) -> None:
    """DuckDB takes names that differ in capitals only for one."""
    seen: dict[str, str] = {}
    for name in names:
        if seen.setdefault(name.lower(), name) != name:
            raise SourceError(
                f"{part.name}: column {name} differs from {seen[name.lower()]} in capitals only; rename it"
            )


def stage_table(connection: Connection, source: SourceTable, since: str | None = None) -> int:
    """Copy every row of every part; unreadable CSV lines go to `staging.unreadable_<table>`.

    Args:
        since: the watermark earlier nights have come to, if the table has one.

    Returns:
        Number of rows read, unreadable lines included.

    Raises:
        SourceError: a part cannot be read to its end, or a required table has no row.
    """
    raw, unreadable = f"staging.raw_{source.table.name}", f"staging.unreadable_{source.table.name}"
    types = columns_of_all(connection, source.parts)
    _create_raw(connection, source, types)
    for part in source.parts:
        try:
            _copy_rows(connection, raw, part, types, source.zone, since)
            part.keep_unreadable(connection, unreadable)
        except EngineError as error:
            raise SourceError(f"{part.name}: cannot be read: {str(error).splitlines()[0]}") from error
    count = _count(connection, unreadable) + _count(connection, raw)
    if source.table.required and count == 0 and since is None:
        raise SourceError(f"{source.name}: has no rows; {source.table.name} must not be empty")
    return count


def _create_raw(connection: Connection, source: SourceTable, types: dict[str, str]) -> None:
    origin = f"{FILE_COLUMN} varchar, {ROW_COLUMN} bigint"
    columns = "".join(f", {quote(name)} {kind}" for name, kind in types.items())
    execute(connection, f"create or replace table staging.raw_{source.table.name} ({origin}{columns})")
    execute(
        connection,
        f"create or replace table staging.unreadable_{source.table.name} ({origin}, reason varchar, raw varchar)",
    )


def _copy_rows(
    connection: Connection, raw: str, part: Part, types: dict[str, str], zone: str, since: str | None
) -> None:
    values = "".join(
        f", {_staged(quote(name), kind, types[name], zone)} as {quote(name)}"
        for name, kind in part.columns(connection).items()
        if name in types
    )
    with part.opened(connection, since) as rows:
        execute(
            connection,
            f"insert into {raw} by name "
            f"select $name as {FILE_COLUMN}, row_number() over () as {ROW_COLUMN}{values} from {rows}",
            name=part.name,
        )


def _staged(value: str, kind: str, staged: str, zone: str) -> str:
    """Moments with a zone in that of the business; numbers that another part has as text by the rule for ids."""
    if kind == "TIMESTAMP WITH TIME ZONE":
        value = f"timezone({literal(zone)}, {value})"
    return as_text(value, kind) if staged == "VARCHAR" and kind != "VARCHAR" else value


def _count(connection: Connection, table: str) -> int:
    return int(execute(connection, f"select count(*) from {table}")[0][0])
