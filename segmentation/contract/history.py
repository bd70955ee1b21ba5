"""Since when rows are known: `crm.*` as it is stored, and `history.*` with the versions that later nights replaced."""

from dataclasses import replace

from segmentation.contract.inputs import INPUT_TABLES
from segmentation.contract.model import Column, Table

KNOWN_FROM = Column(
    "known_from",
    "DATE",
    "As-of date of the night that brought the row, or the row's own day if that is later; in the first load of a table "
    "the row's own day, and empty where it has none",
)
KNOWN_UNTIL = Column("known_until", "DATE", "As-of date of the night that replaced the row: known until the day before")


def _stored(table: Table) -> Table:
    return replace(table, columns=(*table.columns, KNOWN_FROM))


def _history(table: Table) -> Table:
    return replace(
        table,
        schema="history",
        grain=f"row of {table.full_name} that a later night replaced",
        columns=(*table.columns, KNOWN_FROM, KNOWN_UNTIL),
        key=(),
        rules=(),
    )


CRM_TABLES = tuple(_stored(table) for table in INPUT_TABLES)
# Rows of a table without a key are only ever added.
HISTORY_TABLES = tuple(_history(table) for table in INPUT_TABLES if table.key)
