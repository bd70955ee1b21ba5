"""How numbers and dates are written in a table: detected on its rows, unless the settings say."""

from collections.abc import Mapping

from segmentation.contract.model import MONEY
from segmentation.contract.values import DateOrder, Decimal, Given, ValueFormat
from segmentation.sources.parts import SourceTable
from segmentation.warehouse.connection import Connection, execute

LOOKED_AT = 10_000  # rows a format is detected on
NUMBERS, DATES = ("DOUBLE", MONEY), ("DATE", "TIMESTAMP")
SHORT_DATE = r"^(\d{1,2})[./-](\d{1,2})[./-]\d{4}"


def detect_values(connection: Connection, source: SourceTable, given: Mapping[str, Given]) -> ValueFormat:
    """Decimal sign and order of dates in `staging.raw_<table>`.

    A comma is the decimal sign if some number ends in a comma and one or two digits and none in a point and so many.
    Short dates are day first, unless some have more than 12 in the second place and none in the first.

    Args:
        given: what the source has, by column of the contract; only text is looked at.
    """

    def texts(types: tuple[str, ...]) -> list[str]:
        columns = [column.name for column in source.table.columns if column.type in types and column.name in given]
        return [given[name].sql for name in columns if given[name].type == "VARCHAR"]

    return ValueFormat(
        source.settings.decimal or _detect_decimal(connection, source, texts(NUMBERS)),
        source.settings.dates or _detect_dates(connection, source, texts(DATES)),
        source.zone,
    )


def _detect_decimal(connection: Connection, source: SourceTable, texts: list[str]) -> Decimal:
    commas, points = _count(
        connection,
        source,
        texts,
        r"count(*) filter (where regexp_matches(value, ',\d{1,2}$'))",
        r"count(*) filter (where regexp_matches(value, '\.\d{1,2}$'))",
    )
    return "," if commas and not points else "."


def _detect_dates(connection: Connection, source: SourceTable, texts: list[str]) -> DateOrder:
    short, day_second, day_first = _count(
        connection,
        source,
        texts,
        f"count(*) filter (where regexp_matches(value, '{SHORT_DATE}'))",
        f"count(*) filter (where try_cast(regexp_extract(value, '{SHORT_DATE}', 2) as int) > 12)",
        f"count(*) filter (where try_cast(regexp_extract(value, '{SHORT_DATE}', 1) as int) > 12)",
    )
    if not short:
        return "iso"
    return "month first" if day_second and not day_first else "day first"


def _count(connection: Connection, source: SourceTable, texts: list[str], *counts: str) -> tuple[int, ...]:
    if not texts:
        return (0,) * len(counts)
    values = ", ".join(f"trim({text})" for text in texts)
    return execute(
        connection,
        f"select {', '.join(counts)} from (select unnest([{values}]) as value "
        f"from (from staging.raw_{source.table.name} limit {LOOKED_AT}))",
    )[0]
