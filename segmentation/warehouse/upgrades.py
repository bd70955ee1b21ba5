"""The format of a warehouse, and what brings one that an earlier release has made to the format of this one."""

import logging
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from segmentation import __version__
from segmentation.contract.ops import FORMAT, RUNS
from segmentation.errors import NewerWarehouseError
from segmentation.warehouse.connection import Connection, execute
from segmentation.warehouse.schema import create_tables, replace_rows

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Format:
    """What tables and columns of a warehouse are and mean.

    Attributes:
        release: first version of Mailworth that makes it.
        statements: SQL that makes it of the format before, one after the other, before tables and columns that are new
            are created empty: what that does not do, such as another name, type or meaning.
    """

    number: int
    release: str
    statements: tuple[str, ...] = ()


FORMATS = (
    Format(1, "0.1.0"),  # its warehouses do not say so
    Format(2, "0.2.0"),
)


def bring_up_to_date(connection: Connection, warehouse: Path, formats: tuple[Format, ...] = FORMATS) -> Format | None:
    """Bring the open file, which is to be the next version of `warehouse`, to the last of `formats`.

    Rows stay, but for what the statements of a format do; a new file gets its tables.

    Args:
        formats: in order; the open file has one of them, or a later one.

    Returns: the earlier format that the file had; None where it was of the last one already, or new.

    Raises:
        NewerWarehouseError: the file is of a later format.
    """
    stored = stored_format(connection)
    current = formats[-1]
    if stored is not None:
        refuse_later(stored, warehouse, current)
        for format_ in formats:
            if format_.number > stored.number:
                _apply(connection, format_)
    create_tables(connection)
    replace_rows(connection, FORMAT, pl.DataFrame({"format": [current.number], "release": [current.release]}))
    return stored if stored is not None and stored.number < current.number else None


def _apply(connection: Connection, format_: Format) -> None:
    log.info("warehouse brought to the format of Mailworth %s", format_.release)
    for statement in format_.statements:
        execute(connection, statement)


def stored_format(connection: Connection) -> Format | None:
    """The format of the open file; None where no Mailworth has written it."""
    tables = _tables_of_ops(connection)
    if FORMAT.name in tables and (rows := execute(connection, f"from {FORMAT.full_name}")):
        [(number, release)] = rows
        return Format(number, release)
    return FORMATS[0] if RUNS.name in tables else None


def last_run(connection: Connection) -> str | None:
    """The run that has written the open file; None where there is none."""
    found = execute(connection, "select run_id from ops.runs order by finished_at desc, run_id desc limit 1")
    return found[0][0] if found else None


def _tables_of_ops(connection: Connection) -> set[str]:
    query = "select table_name from duckdb_tables() where database_name = current_database() and schema_name = 'ops'"
    return {name for (name,) in execute(connection, query)}


def is_earlier(stored: Format | None) -> bool:
    """Whether the next night will bring a file of this format up to date."""
    return stored is not None and stored.number < FORMATS[-1].number


def refuse_later(stored: Format, warehouse: Path, current: Format = FORMATS[-1]) -> None:
    """Refuse a file of a format that this release does not know.

    Raises:
        NewerWarehouseError: it is of a later one.
    """
    if stored.number > current.number:
        raise NewerWarehouseError(
            f"{warehouse}: made by Mailworth {stored.release} or later, and this is {__version__}; update Mailworth, "
            f"or go back with `mailworth restore RUN` to a version of before, in {warehouse}.versions"
        )
