"""The copy for analysts: a second file, from which nobody can tell who a customer is without the salt."""

import hashlib
from pathlib import Path

from pydantic import SecretStr

from segmentation.contract.model import Column, Table
from segmentation.contract.privacy import ANALYSTS_TABLES, privacy_of
from segmentation.contract.sql import literal, quote
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.connection import Connection, attach, execute, open_database
from segmentation.warehouse.schema import create_table

BLOCK = 64  # bytes of a block of SHA-256
DIGITS = 32  # hexadecimal, of 64: with 128 bits no two of a thousand million ids meet


def write_copy(warehouse: Path, copy: Path, salt: SecretStr, settings: WarehouseSettings) -> None:
    """Write the tables of contract.privacy to the new file `copy`, with a pseudonym in the place of every id.

    The pseudonym of a value is HMAC-SHA-256 (RFC 2104) of its column's name and itself under the salt: the same in
    every table and every night, but not for an order and a customer of the same number. A column that refers to another
    has that one's. Rows are in the order of the pseudonyms, since their place among the others would tell an id that
    counts up.

    Args:
        warehouse: file to copy; tables and columns that it lacks are empty.
    """
    with open_database(copy, settings) as connection:
        attach(connection, warehouse, "complete", read_only=True)
        keys = dict(zip(("inner", "outer"), _hmac_keys(salt.get_secret_value().encode()), strict=True))
        for table in ANALYSTS_TABLES:
            create_table(connection, table)
            _copy_rows(connection, table, keys)
        execute(connection, "detach complete")


def _copy_rows(connection: Connection, table: Table, keys: dict[str, bytes]) -> None:
    stored = _stored_columns(connection, table)
    columns = [column for column in table.columns if column.name in stored]
    if not columns:
        return
    names = ", ".join(quote(column.name) for column in columns)
    values = ", ".join(_pseudonym(column) if is_pseudonym(column) else quote(column.name) for column in columns)
    pseudonyms = ", ".join(quote(column.name) for column in columns if is_pseudonym(column))
    execute(
        connection,
        f"insert into {table.full_name} ({names}) from (select {values} from complete.{table.full_name}) "
        f"as copied ({names}) {'order by ' + pseudonyms if pseudonyms else ''}",
        **(keys if pseudonyms else {}),
    )


def _stored_columns(connection: Connection, table: Table) -> set[str]:
    rows = execute(
        connection,
        "select column_name from duckdb_columns() where database_name = 'complete' "
        "and schema_name = $schema and table_name = $name",
        schema=table.schema,
        name=table.name,
    )
    return {name for (name,) in rows}


def is_pseudonym(column: Column) -> bool:
    """Whether the copy has a keyed hash in the place of the column's values."""
    return privacy_of(column) == "pseudonym"


def _pseudonym(column: Column) -> str:
    name = column.references.split(".")[1] if column.references else column.name
    message = f"encode({literal(name + ':')} || {quote(column.name)})"
    return f"left(sha256($outer || unhex(sha256($inner || {message}))), {DIGITS})"


def _hmac_keys(secret: bytes) -> tuple[bytes, bytes]:
    """The secret as the inner and the outer key of HMAC-SHA-256."""
    key = (hashlib.sha256(secret).digest() if len(secret) > BLOCK else secret).ljust(BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)
