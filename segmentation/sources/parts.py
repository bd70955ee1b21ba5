"""What a table is read from: parts, such as a file or a query, that each say their columns and give their rows."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from segmentation.contract.model import Table
from segmentation.settings import SourceSettings, TableSettings
from segmentation.warehouse.connection import Connection


class Part(ABC):
    """One file or query that rows are read from."""

    @property
    @abstractmethod
    def name(self) -> str:
        """As users know it, for messages and quality.loads."""

    @abstractmethod
    def columns(self, connection: Connection) -> dict[str, str]:
        """Names of the columns with their DuckDB types.

        Raises:
            SourceError: the part cannot be read.
        """

    @abstractmethod
    @contextmanager
    def opened(self, connection: Connection, since: str | None) -> Iterator[str]:
        """SQL of a relation with every row, for as long as the context lasts.

        Args:
            since: the watermark that earlier nights have come to; older rows may be left out.
        """

    def keep_unreadable(self, connection: Connection, table: str) -> None:  # noqa: B027
        """Append the lines that the last reading could not make out to `table`; most parts have none."""

    def contents(self) -> Iterable[bytes] | None:
        """The bytes the rows are made of, for a fingerprint; None where they are not to be had."""
        return None


@dataclass(frozen=True)
class SourceTable:
    """The parts a table is read from, in the order of reading; none where the source lacks an optional table.

    Attributes:
        zone: zone of the business, to which moments with an offset are brought.
    """

    table: Table
    parts: tuple[Part, ...]
    settings: SourceSettings = field(default_factory=SourceSettings)
    zone: str = "UTC"

    @property
    def own_settings(self) -> TableSettings:
        """What the settings say of this table."""
        return self.settings.of_table(self.table.name)

    @property
    def mapping(self) -> Mapping[str, str]:
        """Expressions of the settings by column of the contract."""
        return self.own_settings.columns

    @property
    def name(self) -> str:
        """The names of all parts."""
        return ", ".join(part.name for part in self.parts)


def columns_of_all(connection: Connection, parts: Iterable[Part]) -> dict[str, str]:
    """The columns of all parts with the type they agree on, text where they do not.

    Columns with a leading underscore are left out: tools that copy tables write them, anew with every copy.
    """
    types: dict[str, set[str]] = {}
    for part in parts:
        for name, kind in part.columns(connection).items():
            if not name.startswith("_"):
                types.setdefault(name, set()).add(staged_type(kind))
    return {name: kinds.pop() if len(kinds) == 1 else "VARCHAR" for name, kinds in types.items()}


def staged_type(kind: str) -> str:
    """In which type a column of the DuckDB type `kind` is staged: moments lose their zone, odd types become text."""
    if kind.startswith("TIMESTAMP"):
        return "TIMESTAMP"
    plain = kind.rstrip("0123456789(,)")
    return kind if plain in STAGED_AS_THEY_ARE else "VARCHAR"


STAGED_AS_THEY_ARE = {
    *("VARCHAR", "BOOLEAN", "DATE", "DOUBLE", "FLOAT", "DECIMAL"),
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT"),
}
