"""Bring back what a warehouse knew on an earlier day, as the source of a night that is run again."""

import datetime as dt
import logging
from pathlib import Path

from segmentation.contract.columns import AS_OF_DATE
from segmentation.contract.history import CRM_TABLES, HISTORY_TABLES, KNOWN_FROM, KNOWN_UNTIL
from segmentation.contract.model import Table
from segmentation.contract.published import PUBLISHED_TABLES
from segmentation.contract.sql import quote
from segmentation.errors import WarehouseError
from segmentation.sources.loading import Load, record_load
from segmentation.warehouse.connection import Connection, attach, detach, execute
from segmentation.warehouse.schema import add_attribute, clear, stored_columns

log = logging.getLogger(__name__)


def recall(connection: Connection, warehouse: Path, run_id: str, as_of: dt.date) -> None:
    """Let the warehouse being built hold what `warehouse` knew on `as_of`, and of other tables the earlier dates.

    Rows that refer to a row not known yet are left out. The counts go to quality.loads.

    Raises:
        WarehouseError: nothing was known of customers or orders on that day.
    """
    attach(connection, warehouse, "present", read_only=True)
    for table in PUBLISHED_TABLES:
        clear(connection, table)
    replaced = {table.name for table in HISTORY_TABLES}
    for table in HISTORY_TABLES:
        _recall_rows(connection, table, f"from present.{table.full_name} where {KNOWN_UNTIL.name} <= $as_of", as_of)
    for table in CRM_TABLES:
        rows = _recall_rows(connection, table, _known_rows(table, with_history=table.name in replaced), as_of)
        if rows == 0 and table.required:
            raise WarehouseError(f"{warehouse}: nothing was known of {table.name} on {as_of}; choose a later date")
        source = f"{warehouse} as known on {as_of}"
        record_load(connection, run_id, Load(table.name, source, rows, rows, 0, 0))
        log.info("%s: %s rows known on %s", table.name, f"{rows:,}", as_of)
    for table in PUBLISHED_TABLES:
        if AS_OF_DATE in table.columns:
            _recall_earlier_dates(connection, table, as_of)
    detach(connection, "present")


def _recall_rows(connection: Connection, table: Table, known: str, as_of: dt.date) -> int:
    for attribute in _attributes(connection, table):
        add_attribute(connection, table, attribute)
    return int(execute(connection, f"insert into {table.full_name} by name {known}", as_of=as_of)[0][0])


def _known_rows(table: Table, *, with_history: bool) -> str:
    """SELECT of the versions known on `$as_of`, without those that refer to a row not known yet."""
    begun = f"coalesce({KNOWN_FROM.name} <= $as_of, true)"
    replaced_later = (
        f" union all by name select * exclude ({KNOWN_UNTIL.name}) from present.history.{table.name} "
        f"where {begun} and {KNOWN_UNTIL.name} > $as_of"
    )
    parents = "".join(
        f" and {quote(column.name)} in (select {quote(column.references.split('.')[1])} "
        f"from crm.{column.references.split('.')[0]})"
        for column in table.columns
        if column.references
    )
    versions = f"select * from present.{table.full_name} where {begun}{replaced_later if with_history else ''}"
    return f"select * from ({versions}) where true{parents}"


def _attributes(connection: Connection, table: Table) -> list[str]:
    return [n for n in stored_columns(connection, f"present.{table.full_name}") if n not in table.column_names]


def _recall_earlier_dates(connection: Connection, table: Table, as_of: dt.date) -> None:
    """What nights before `as_of` left in a table that keeps them."""
    execute(
        connection,
        f"insert into {table.full_name} by name from present.{table.full_name} where {AS_OF_DATE.name} < $as_of",
        as_of=as_of,
    )
