"""What a table promises: its grain, columns, key and rules. Everything else about tables is derived from this."""

from dataclasses import dataclass, field
from typing import Literal

MONEY = "DECIMAL(18,2)"

# What the copy for analysts shows of a column: its values, a keyed hash of each, or nothing.
Privacy = Literal["open", "pseudonym", "withheld"]


@dataclass(frozen=True)
class Column:
    """One column: its DuckDB type, meaning, and what a source must give for it.

    Attributes:
        required: a source without this column is refused, and a row without a value is rejected.
        default: SQL literal that stands in where the source has no value.
        references: `table.column` in which every value must occur.
        open_ended: a date of any distance in the future is meant (9999-12-31 for "for good").
        privacy: withheld is what tells who a person is, and text that anything may have been written into; pseudonym is
            an id by which the business knows a person or what that person did.
    """

    name: str
    type: str
    description: str
    required: bool = False
    default: str | None = None
    references: str | None = None
    open_ended: bool = False
    privacy: Privacy = "open"


@dataclass(frozen=True)
class Rule:
    """A row for which the SQL condition `broken_when` is true is rejected, with `reason`."""

    reason: str
    broken_when: str


@dataclass(frozen=True)
class Table:
    """One table of the warehouse.

    Attributes:
        grain: what one row is.
        key: columns that identify a row; empty means that the whole row does.
        required: a source must have this table.
        keeps_attributes: further columns of the source are kept, as text.
        dated_by: column with the day on which a row can first be known.
        withheld: the copy for analysts does not have the table.
        agrees_in: column in which all rows of one key in a load must agree, or none of them is loaded.
        disagreement: the reason, where they do not.
    """

    schema: str
    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = field(default=())
    required: bool = False
    keeps_attributes: bool = False
    dated_by: str | None = None
    withheld: bool = False
    agrees_in: str | None = None
    disagreement: str = ""

    @property
    def full_name(self) -> str:
        """`schema.name`."""
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the declared columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def identity(self) -> tuple[str, ...]:
        """The key, or every column where the whole row identifies itself."""
        return self.key or self.column_names

    def takes(self, name: str) -> bool:
        """Whether a source may bring a column `name`."""
        return name in self.column_names or (self.keeps_attributes and not name.startswith("_"))
