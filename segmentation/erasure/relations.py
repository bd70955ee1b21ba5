"""The tables of a database file, of whatever schema, and where a text stands in them."""

from collections.abc import Iterable

from segmentation.contract.sql import literal, quote
from segmentation.erasure.identifiers import Relation
from segmentation.warehouse.connection import Connection, execute


def stored_relations(connection: Connection, catalog: str | None = None) -> list[Relation]:
    """The tables of the open database, or of one that is attached as `catalog`, in the order of their names."""
    rows = execute(
        connection,
        """
        select database_name, schema_name, table_name, list(column_name),
            coalesce(list(column_name order by column_index) filter (where data_type = 'VARCHAR'), [])
        from duckdb_columns()
        semi join duckdb_tables() using (database_name, schema_name, table_name)
        where database_name = coalesce($catalog, current_database())
        group by all
        order by all
        """,
        catalog=catalog,
    )
    return [
        Relation(f"{schema}.{table}", qualify(database, f"{schema}.{table}"), frozenset(columns), tuple(texts))
        for database, schema, table, columns, texts in rows
    ]


def qualify(catalog: str, name: str) -> str:
    """SQL for the table `schema.table` of a database."""
    return ".".join(map(quote, (catalog, *name.split(".", 1))))


def find_mentions(connection: Connection, relations: Iterable[Relation], pattern: str) -> dict[str, int]:
    """Rows whose text matches the pattern, by `schema.table.column`, where there are any.

    Texts that match only together, a given name in one column and a family name in the next, are told by their table.
    """
    mentions: dict[str, int] = {}
    for relation in relations:
        if relation.texts and (rows := _count_matches(connection, relation, relation.texts, pattern)):
            columns = {
                f"{relation.name}.{column}": count
                for column in relation.texts
                if (count := _count_matches(connection, relation, (column,), pattern))
            }
            mentions |= columns or {relation.name: rows}
    return mentions


def _count_matches(connection: Connection, relation: Relation, columns: Iterable[str], pattern: str) -> int:
    text = f"concat_ws(chr(10), {', '.join(map(quote, columns))})"
    query = f"select count(*) from {relation.sql} where regexp_matches({text}, {literal(pattern)})"
    return int(execute(connection, query)[0][0])
