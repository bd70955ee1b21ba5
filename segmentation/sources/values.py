"""How numbers and dates are written in a table: detected on its rows, unless the settings say."""

from segmentation.contract.model import MONEY, Column
from segmentation.contract.sql import quote
from segmentation.contract.values import DateOrder, Decimal, ValueFormat
from segmentation.sources.folder import SourceTable
from segmentation.warehouse.connection import Connection, execute

LOOKED_AT = 10_000  # rows a format is detected on
NUMBERS, DATES = ("DOUBLE", MONEY), ("DATE", "TIMESTAMP")
SHORT_DATE = r"^(\d{1,2})[./-](\d{1,2})[./-]\d{4}"


def detect_values(connection: Connection, source: SourceTable, present: tuple[str, ...]) -> ValueFormat:
    """Decimal sign and order of dates in `staging.raw_<table>`.

    A comma is the decimal sign if some number ends in a comma and one or two digits and none in a point and so many.
    Short dates are day first, unless some have more than 12 in the second place and none in the first.

    Args:
        present: columns of the source.
    """
    columns = [column for column in source.table.columns if column.name in present]
    return ValueFormat(
        source.settings.decimal or _detect_decimal(connection, source, columns),
        source.settings.dates or _detect_dates(connection, source, columns),
    )


def _detect_decimal(connection: Connection, source: SourceTable, columns: list[Column]) -> Decimal:
    commas, points = _count(
        connection,
        source,
        [column.name for column in columns if column.type in NUMBERS],
        r"count(*) filter (where regexp_matches(value, ',\d{1,2}$'))",
        r"count(*) filter (where regexp_matches(value, '\.\d{1,2}$'))",
    )
    return "," if commas and not points else "."


def _detect_dates(connection: Connection, source: SourceTable, columns: list[Column]) -> DateOrder:
    short, day_second, day_first = _count(
        connection,
        source,
        [column.name for column in columns if column.type in DATES],
        f"count(*) filter (where regexp_matches(value, '{SHORT_DATE}'))",
        f"count(*) filter (where try_cast(regexp_extract(value, '{SHORT_DATE}', 2) as int) > 12)",
        f"count(*) filter (where try_cast(regexp_extract(value, '{SHORT_DATE}', 1) as int) > 12)",
    )
    if not short:
        return "iso"
    return "month first" if day_second and not day_first else "day first"


def _count(connection: Connection, source: SourceTable, columns: list[str], *counts: str) -> tuple[int, ...]:
    if not columns:
        return (0,) * len(counts)
    values = ", ".join(f"trim({quote(name)})" for name in columns)
    return execute(
        connection,
        f"select {', '.join(counts)} from (select unnest([{values}]) as value "
        f"from (from staging.raw_{source.table.name} limit {LOOKED_AT}))",
    )[0]
