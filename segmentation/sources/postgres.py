"""PostgreSQL tables and queries as parts of a table, streamed in Arrow batches."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow
from adbc_driver_manager import Error as DriverError
from adbc_driver_postgresql import dbapi
from pydantic import SecretStr

from segmentation.contract.sql import quote
from segmentation.errors import SourceError
from segmentation.settings import TableSettings
from segmentation.sources.parts import Part
from segmentation.warehouse.connection import Connection, arrow_types, streamed

# Types a watermark can have, and what is taken off it so that rows written late are read too. An hour more where the
# text of a moment stands for two of them, the night the clocks go back.
OVERLAPS = {
    **dict.fromkeys(("date", "timestamp"), " - make_interval(days => $2::int)"),
    "timestamptz": " - make_interval(days => $2::int, hours => 1)",
    **dict.fromkeys(("int2", "int4", "int8", "numeric"), ""),
}
NUMERIC = "DECIMAL(38,6)"  # the driver gives numeric as text
WITHIN_PASSWORD = re.compile(r"(//[^/@]*:)[^/@]+(@)|(password\s*=\s*)\S+")


@dataclass(frozen=True)
class Query(Part):
    """The rows of a SELECT on a database.

    Attributes:
        zone: zone of the business, in which the database reads and writes moments.
        table: input table, for messages.
    """

    database: SecretStr
    zone: str
    table: str
    select: str
    settings: TableSettings

    @property
    def name(self) -> str:
        """`postgresql: ` and the SELECT."""
        return f"postgresql: {self.select}"

    def columns(self, connection: Connection) -> dict[str, str]:
        """Names and types of the result; no row is read."""
        schema = self._schema()
        if self.settings.watermark is not None:
            self._watermark_type(schema, self.settings.watermark)
        return arrow_types(connection, schema) | dict.fromkeys(_numeric(schema), NUMERIC)

    @contextmanager
    def opened(self, connection: Connection, since: str | None) -> Iterator[str]:
        """The result, batch by batch; or the rows from `since` less the overlap, and those without a watermark."""
        newer, bound = ("true", ()) if since is None else self._newer(since)
        query = f"select * from ({self.select}) as rows where {newer}"
        with self._asked(query, bound) as reader, streamed(connection, "postgres_rows", reader):
            exact = ", ".join(
                f"try_cast({quote(name)} as {NUMERIC}) as {quote(name)}" for name in _numeric(reader.schema)
            )
            yield f"(select * replace ({exact}) from postgres_rows)" if exact else "postgres_rows"

    def _newer(self, since: str) -> tuple[str, tuple[str, ...]]:
        assert self.settings.watermark is not None
        column = quote(self.settings.watermark)
        kind = self._watermark_type(self._schema(), self.settings.watermark)
        bound = (since, str(self.settings.overlap_days)) if OVERLAPS[kind] else (since,)
        return f"rows.{column} >= $1::text::{kind}{OVERLAPS[kind]} or rows.{column} is null", bound

    def _watermark_type(self, schema: pyarrow.Schema, column: str) -> str:
        setting = f"source.tables.{self.table}.watermark = {column!r}"
        if column not in schema.names:
            raise SourceError(f"{setting}: no such column; there are: {', '.join(schema.names)}")
        kind = _kind(schema.field(column))
        if kind not in OVERLAPS:
            raise SourceError(f"{setting}: is a {kind}; a watermark is one of: {', '.join(OVERLAPS)}")
        return kind

    def _schema(self) -> pyarrow.Schema:
        with self._asked(f"select * from ({self.select}) as rows limit 0") as reader:
            return reader.schema

    @contextmanager
    def _asked(self, query: str, bound: tuple[str, ...] = ()) -> Iterator[pyarrow.RecordBatchReader]:
        with asked(self.database, self.zone, f"source.tables.{self.table}", query, bound) as reader:
            yield reader


def find_query(database: SecretStr, zone: str, name: str, settings: TableSettings) -> tuple[Query, ...]:
    """The query of table `name`: that of the settings, or the table of that name if the database has one.

    Raises:
        SourceError: the database cannot be reached.
    """
    if settings.query is not None:
        return (Query(database, zone, name, settings.query.strip().removesuffix(";"), settings),)
    with asked(database, zone, "source.database", "select to_regclass($1)::text", (name,)) as reader:
        (found,) = reader.read_all().column(0).to_pylist()
    return (Query(database, zone, name, f"table {found}", settings),) if found else ()


@contextmanager
def asked(
    database: SecretStr, zone: str, setting: str, query: str, bound: tuple[str, ...] = ()
) -> Iterator[pyarrow.RecordBatchReader]:
    """The rows of a query as they come, in a transaction that can only read.

    Args:
        setting: the setting that errors are about.

    Raises:
        SourceError: the database cannot be reached, or refuses the query.
    """
    try:
        with dbapi.connect(database.get_secret_value()) as connection, connection.cursor() as cursor:
            cursor.execute("set transaction read only")
            cursor.execute("select set_config('TimeZone', $1, true)", parameters=(zone,))
            cursor.fetchall()
            cursor.execute(query, parameters=bound or None)
            yield cursor.fetch_record_batch()
    except DriverError as error:
        message = WITHIN_PASSWORD.sub(r"\1\3***\2", str(error).splitlines()[0])
        raise SourceError(f"{setting}: {message}") from None  # the driver's error may hold the password


def _numeric(schema: pyarrow.Schema) -> list[str]:
    return [field.name for field in schema if _kind(field) == "numeric"]


def _kind(field: pyarrow.Field) -> str:
    metadata: dict[bytes, bytes] = field.metadata or {}
    return metadata.get(b"POSTGRESQL:type", b"").decode()
