"""Tables, columns and comments of the warehouse, made from the contract."""

from pathlib import Path

import polars as pl

from segmentation.contract.history import KNOWN_FROM
from segmentation.contract.model import Column, Table
from segmentation.contract.ops import RUNS
from segmentation.contract.published import PUBLISHED_TABLES
from segmentation.contract.sql import literal, quote
from segmentation.errors import WarehouseError
from segmentation.warehouse.connection import Connection, execute, frames, read_sql


def create_tables(connection: Connection) -> None:
    """Create what is missing of the published tables and comment every table and column.

    A column the contract has gained since the file was made is added, empty.
    """
    for table in PUBLISHED_TABLES:
        create_schema(connection, table.schema)
        _declare_table(connection, table)
    comments = _stored_comments(connection)
    for table in PUBLISHED_TABLES:
        _complete_columns(connection, table, comments)


def create_table(connection: Connection, table: Table) -> None:
    """Create one table, if it is missing, with its comments."""
    create_schema(connection, table.schema)
    _declare_table(connection, table)
    _complete_columns(connection, table, _stored_comments(connection))


def _declare_table(connection: Connection, table: Table) -> None:
    execute(connection, f"create table if not exists {table.full_name} ({', '.join(map(_declare, table.columns))})")
    execute(connection, f"comment on table {table.full_name} is {literal('One row per ' + table.grain + '.')}")


def _stored_comments(connection: Connection) -> dict[tuple[str, str, str], str | None]:
    """The comment of each column there is, by schema, table and column."""
    rows = execute(
        connection,
        "select schema_name, table_name, column_name, comment from duckdb_columns() "
        "where database_name = current_database()",
    )
    return {(schema, table, column): comment for schema, table, column, comment in rows}


def _complete_columns(connection: Connection, table: Table, comments: dict[tuple[str, str, str], str | None]) -> None:
    """Add what is missing of columns and comments; each costs a moment, and there are many."""
    for column in table.columns:
        place = (table.schema, table.name, column.name)
        if place not in comments:
            add_column(connection, table, column.name, column.type, column.description)
        elif comments[place] != column.description:
            comment_column(connection, table, column.name, column.description)


def create_schema(connection: Connection, name: str) -> None:
    """Create a schema if it is not there."""
    execute(connection, f"create schema if not exists {quote(name)}")


def add_attribute(connection: Connection, table: Table, name: str) -> None:
    """Add a column for what a source brings beyond the contract, if it is not there."""
    add_column(connection, table, name, "VARCHAR", "Attribute, as the source has it")


def add_column(connection: Connection, table: Table, name: str, type_: str, comment: str) -> None:
    """Add a column, if it is not there, with its comment."""
    execute(connection, f"alter table {table.full_name} add column if not exists {quote(name)} {type_}")
    comment_column(connection, table, name, comment)


def stored_columns(connection: Connection, relation: str) -> tuple[str, ...]:
    """Names of the columns of a table or view, in order."""
    return tuple(name for (name,) in execute(connection, f"select column_name from (describe {relation})"))


def stored_attributes(connection: Connection, table: Table) -> tuple[str, ...]:
    """Columns of a table of `crm` that the contract does not declare, in order."""
    declared = {name.lower() for name in (*table.column_names, KNOWN_FROM.name)}
    return tuple(name for name in stored_columns(connection, table.full_name) if name.lower() not in declared)


def refuse_incomplete(connection: Connection, warehouse: Path) -> None:
    """Refuse a file that no run has published, such as a copy for analysts.

    Raises:
        WarehouseError: it lacks who started its runs and how.
    """
    found = execute(
        connection,
        "select column_name from duckdb_columns() where schema_name = $schema and table_name = $name",
        schema=RUNS.schema,
        name=RUNS.name,
    )
    withheld = {column.name for column in RUNS.columns if column.privacy == "withheld"}
    if missing := sorted(withheld - {name for (name,) in found}):
        raise WarehouseError(
            f"{warehouse}: is no warehouse that a run has published, or a copy of one for analysts "
            f"({RUNS.full_name} lacks {', '.join(missing)}); name the one that nights publish"
        )


def comment_column(connection: Connection, table: Table, column: str, comment: str) -> None:
    """Set the comment of one column."""
    execute(connection, f"comment on column {table.full_name}.{quote(column)} is {literal(comment)}")


def _declare(column: Column) -> str:
    return f"{quote(column.name)} {column.type}{' not null' if column.required else ''}"


def append_rows(connection: Connection, table: Table, rows: pl.DataFrame, *more: str) -> None:
    """Insert `rows` by column name; columns of the contract that `rows` lacks stay empty.

    Args:
        more: columns that were added to the table.
    """
    names = ", ".join(quote(name) for name in dict.fromkeys((*table.column_names, *more)) if name in rows.columns)
    with frames(connection, incoming_rows=rows):
        execute(connection, f"insert into {table.full_name} ({names}) select {names} from incoming_rows")


def append_relation(connection: Connection, table: Table, relation: str, **parameters: object) -> None:
    """Insert the rows of segmentation/sql/`relation`.sql by column name, without taking them out of DuckDB."""
    execute(connection, f"insert into {table.full_name} by name {read_sql(relation)}", **parameters)


def clear(connection: Connection, table: Table, **match: object) -> None:
    """Delete the rows of `table` whose columns equal `match`; all of them where nothing is given."""
    where = " and ".join(f"{quote(column)} = ${column}" for column in match)
    execute(connection, f"delete from {table.full_name}{' where ' if where else ''}{where}", **match)


def replace_rows(connection: Connection, table: Table, rows: pl.DataFrame, **match: object) -> None:
    """Let `rows` be all the rows of `table`, or all those whose columns equal `match`."""
    clear(connection, table, **match)
    append_rows(connection, table, rows)
