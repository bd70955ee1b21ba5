"""What the copy for analysts has: the published tables without what tells who a person is."""

from dataclasses import replace

from segmentation.contract.inputs import INPUT_TABLES
from segmentation.contract.model import Column, Privacy, Table
from segmentation.contract.published import PUBLISHED_TABLES

INPUT_COLUMNS = {f"{table.name}.{column.name}": column for table in INPUT_TABLES for column in table.columns}


def privacy_of(column: Column) -> Privacy:
    """What the copy shows of `column`; one that refers to another shows as much as that one."""
    return privacy_of(INPUT_COLUMNS[column.references]) if column.references else column.privacy


def _for_analysts(table: Table) -> Table:
    return replace(table, columns=tuple(column for column in table.columns if privacy_of(column) != "withheld"))


# Attributes that a source adds to its tables are not declared, so the copy has none of them.
ANALYSTS_TABLES = tuple(_for_analysts(table) for table in PUBLISHED_TABLES if not table.withheld)
