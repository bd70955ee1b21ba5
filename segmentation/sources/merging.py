"""Bring checked rows into `crm.*`: new and changed ones replace what is stored, which goes to history."""

import datetime as dt
from dataclasses import replace

from segmentation.contract.history import KNOWN_FROM
from segmentation.contract.model import Table
from segmentation.contract.quality import LOADS
from segmentation.contract.sql import quote, same_values
from segmentation.contract.validation import REASON, REPEATED
from segmentation.warehouse.connection import Connection, execute
from segmentation.warehouse.schema import add_attribute, stored_attributes


def merge(connection: Connection, table: Table, attributes: tuple[str, ...], as_of: dt.date) -> tuple[int, int]:
    """Bring good rows into crm; returns the numbers of rows loaded and unchanged."""
    name = table.name
    _add_attributes(connection, table, attributes)
    gone = _stored_attributes(connection, table, but=attributes)
    content = (*table.column_names, *attributes, *gone)
    listed = ", ".join(quote(column) for column in content)
    emptied = "".join(f", null::varchar as {quote(column)}" for column in gone)
    good = f"select *{emptied} from staging.checked_{name} where {REASON} is null and not {REPEATED}"
    rows = f"select {listed}, {_known_from(table)} as {KNOWN_FROM.name} from ({good}) as good"
    is_first = not _was_loaded(connection, table)
    if execute(connection, f"from {table.full_name} limit 1"):
        unlike_stored = f"{rows} anti join {table.full_name} as stored on {same_values('good', 'stored', content)}"
        loaded = _replace(connection, table, unlike_stored, as_of, is_first)
    else:
        loaded = _insert(connection, f"insert into {table.full_name} by name {rows}", as_of=as_of, is_first=is_first)
    accepted = execute(connection, f"select count(*) from staging.checked_{name} where {REASON} is null")[0][0]
    return loaded, int(accepted - loaded)


def _replace(connection: Connection, table: Table, rows: str, as_of: dt.date, is_first: bool) -> int:
    """Bring new and changed rows into a table that has rows; returns how many."""
    fresh = f"staging.fresh_{table.name}"
    execute(connection, f"create or replace table {fresh} as {rows}", as_of=as_of, is_first=is_first)
    if table.key:
        retire(connection, table, fresh, as_of)
    return _insert(connection, f"insert into {table.full_name} by name from {fresh}")


def _was_loaded(connection: Connection, table: Table) -> bool:
    """Whether the source has brought rows before; an export adds contacts without it."""
    return bool(
        execute(
            connection,
            f"from {LOADS.full_name} where table_name = $table_name and rows_loaded > 0 limit 1",
            table_name=table.name,
        )
    )


def _known_from(table: Table) -> str:
    """SQL: fresh rows are known since this night, but not before their own day; in a first load since that day."""
    own_day = f"{quote(table.dated_by)}::date" if table.dated_by else "null::date"
    return f"case when $is_first then {own_day} else greatest($as_of::date, {own_day}) end"


def retire(connection: Connection, table: Table, keys: str, as_of: dt.date) -> None:
    """Move the stored rows with a key of the relation `keys` to history; what was known for no night is not kept."""
    same_key = same_values("stored", "fresh", table.key)
    execute(
        connection,
        f"insert into history.{table.name} by name select stored.*, $as_of::date as known_until "
        f"from {table.full_name} as stored semi join {keys} as fresh on {same_key} "
        "where coalesce(stored.known_from < $as_of, true)",
        as_of=as_of,
    )
    execute(connection, f"delete from {table.full_name} as stored using {keys} as fresh where {same_key}")


def _add_attributes(connection: Connection, table: Table, attributes: tuple[str, ...]) -> None:
    for attribute in attributes:
        for schema in (table.schema, "history"):
            add_attribute(connection, replace(table, schema=schema), attribute)


def _stored_attributes(connection: Connection, table: Table, *, but: tuple[str, ...]) -> tuple[str, ...]:
    """Attributes of earlier loads that the source does not bring any more."""
    brought = {name.lower() for name in but}
    return tuple(name for name in stored_attributes(connection, table) if name.lower() not in brought)


def _insert(connection: Connection, statement: str, **bound: object) -> int:
    return int(execute(connection, statement, **bound)[0][0])
