"""How far a table of a database has been read, so that the next night reads on from there."""

from segmentation.contract.sql import quote
from segmentation.contract.validation import ERASED, REASON
from segmentation.sources.parts import SourceTable
from segmentation.warehouse.connection import Connection, execute, fetch


def reached_watermark(connection: Connection, source: SourceTable) -> str | None:
    """Where the last load of the table left off; None if it is to be read whole.

    A table whose query has changed is read whole.
    """
    if source.own_settings.watermark is None:
        return None
    rows = fetch(connection, "reached_watermark", table_name=source.table.name, source=source.name)
    return rows["watermark"].item() if len(rows) else None


def next_watermark(connection: Connection, source: SourceTable) -> str | None:
    """The largest value read, or the smallest of a rejected row, which is to be read again; as before if none."""
    column = source.own_settings.watermark
    if column is None:
        return None
    table = source.table.name
    smallest_rejected, largest = execute(
        connection,
        f"""
        select
            min(raw.{quote(column)}) filter (where checked.{REASON} <> $erased)::varchar,
            max(raw.{quote(column)})::varchar
        from staging.raw_{table} as raw
        join staging.checked_{table} as checked on raw._file = checked._file and raw._row = checked._row
        """,
        erased=ERASED,
    )[0]
    return smallest_rejected or largest or reached_watermark(connection, source)
