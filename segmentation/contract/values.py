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


WITH_OFFSET = r"^\S+[ T]\S*([Zz]|[+-]\d\d(:?\d\d)?)$"


@dataclass(frozen=True)
class ValueFormat:
    """How numbers and dates of a table are written; dates written year first are always understood.

    Attributes:
        zone: moments with an offset from UTC are brought to the local time of this zone.
    """

    decimal: Decimal = "."
    dates: DateOrder = "iso"
    zone: str = "UTC"

    def __str__(self) -> str:
        """In words, for the log; empty where nothing is out of the ordinary."""
        said = ["decimal comma"] if self.decimal == "," else []
        return ", ".join([*said, *([f"dates {self.dates}"] if self.dates != "iso" else [])])


@dataclass(frozen=True)
class Given:
    """What a source gives for a column.

    Attributes:
        sql: expression over the rows as they came.
        type: its DuckDB type.
        fails: condition under which it cannot be computed, if it is more than a column.
    """

    sql: str
    type: str = "VARCHAR"
    fails: str | None = None


def is_missing(value: str, kind: str) -> str:
    """SQL that is true where the expression `value` of type `kind` holds nothing."""
    return f"{as_text(value, kind)} is null" if kind == "VARCHAR" else f"{value} is null"


def as_text(value: str, kind: str) -> str:
    """SQL of the text of `value`; blanks around it and empty text are nothing. 17.0 is read as the id 17."""
    if kind in {"DOUBLE", "FLOAT"} or kind.startswith("DECIMAL"):
        whole = f"case when {value} = trunc({value}) then try_cast({value} as hugeint)::varchar end"
        return f"coalesce({whole}, {value}::varchar)"
    return f"nullif(trim({value}::varchar), '')"


def cast_value(value: str, kind: str, column: Column, written: ValueFormat) -> str:
    """SQL that reads `value` of the type `kind` as the column's type; NULL where it cannot be, or is out of bounds."""
    if column.type == "VARCHAR":
        return as_text(value, kind)
    if kind == "VARCHAR":
        read = _read_text(as_text(value, kind), column, written)
    elif kind in {"DOUBLE", "FLOAT"} and column.type == MONEY:
        read = f"try_cast({value}::varchar as {MONEY})"  # 1.005 is rounded as it is written, not as it is stored
    else:
        read = f"try_cast({value} as {column.type})"
    bounds = BOUNDS.get(column.type)
    return f"case when {read} between {bounds} then {read} end" if bounds else read


def _read_text(text: str, column: Column, written: ValueFormat) -> str:
    if column.type in {"DOUBLE", MONEY} and written.decimal == ",":
        return f"try_cast({_comma_number(text)} as {column.type})"
    if column.type == "TIMESTAMP":
        has_offset = f"regexp_matches({text}, {literal(WITH_OFFSET)})"
        return f"case when {has_offset} then {_local(text, written.zone)} else {_moment(text, column, written)} end"
    return _moment(text, column, written)


def _moment(text: str, column: Column, written: ValueFormat) -> str:
    value = f"try_cast({text} as {column.type})"
    if column.type in {"DATE", "TIMESTAMP"} and written.dates != "iso":
        return f"coalesce({value}, {_short_date(text, written.dates)}::{column.type})"
    return value


def _local(text: str, zone: str) -> str:
    return f"timezone({literal(zone)}, try_cast({text} as timestamptz))"


def _comma_number(text: str) -> str:
    plain = f"replace(regexp_replace({text}, {literal(NOT_OF_THE_NUMBER)}, '', 'g'), ',', '.')"
    return f"case when regexp_matches({text}, {literal(COMMA_NUMBER)}) then {plain} end"


def _short_date(text: str, order: DateOrder) -> str:
    formats = [literal(SHORT_DATES[order].format(sign) + time) for sign in "./-" for time in TIMES]
    return f"try_strptime({text}, [{', '.join(formats)}])"
