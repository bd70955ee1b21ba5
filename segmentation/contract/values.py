"""How text becomes a value: SQL expressions for each type and way of writing."""

from dataclasses import dataclass
from typing import Literal

from segmentation.contract.model import MONEY, Column
from segmentation.contract.sql import literal

Decimal = Literal[".", ","]
DateOrder = Literal["iso", "day first", "month first"]

# What DuckDB reads beyond these, such as -infinity, NaN or 44 BC, Python and Polars cannot hold.
BOUNDS = {
    "DATE": "date '0001-01-01' and date '9999-12-31'",
    "TIMESTAMP": "timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'",
    "DOUBLE": "-1e300 and 1e300",
}
SHORT_DATES = {"day first": "%d{0}%m{0}%Y", "month first": "%m{0}%d{0}%Y"}
TIMES = ("", " %H:%M", " %H:%M:%S")
# A point, a blank or a no-break space may part the thousands, and must stand before three digits.
COMMA_NUMBER = r"^[-+]?\d+(,\d+)?$|^[-+]?\d{1,3}([. \x{a0}\x{202f}]\d{3})+(,\d+)?$"
NOT_OF_THE_NUMBER = r"[. \x{a0}\x{202f}]"


@dataclass(frozen=True)
class ValueFormat:
    """How numbers and dates of a table are written; dates written year first are always understood."""

    decimal: Decimal = "."
    dates: DateOrder = "iso"

    def __str__(self) -> str:
        """In words, for the log; empty where nothing is out of the ordinary."""
        said = ["decimal comma"] if self.decimal == "," else []
        return ", ".join([*said, *([f"dates {self.dates}"] if self.dates != "iso" else [])])


def cast_text(text: str, column: Column, written: ValueFormat) -> str:
    """SQL that reads the expression `text` as the column's type; NULL where it cannot be, or is out of bounds."""
    if column.type == "VARCHAR":
        return text
    if column.type in {"DOUBLE", MONEY} and written.decimal == ",":
        value = f"try_cast({_comma_number(text)} as {column.type})"
    elif column.type in {"DATE", "TIMESTAMP"} and written.dates != "iso":
        value = f"coalesce(try_cast({text} as {column.type}), {_short_date(text, written.dates)}::{column.type})"
    else:
        value = f"try_cast({text} as {column.type})"
    bounds = BOUNDS.get(column.type)
    return f"case when {value} between {bounds} then {value} end" if bounds else value


def _comma_number(text: str) -> str:
    plain = f"replace(regexp_replace({text}, {literal(NOT_OF_THE_NUMBER)}, '', 'g'), ',', '.')"
    return f"case when regexp_matches({text}, {literal(COMMA_NUMBER)}) then {plain} end"


def _short_date(text: str, order: DateOrder) -> str:
    formats = [literal(SHORT_DATES[order].format(sign) + time) for sign in "./-" for time in TIMES]
    return f"try_strptime({text}, [{', '.join(formats)}])"
