"""The tables of a database file, of whatever schema, and where a text stands in them."""

from collections.abc import Iterable, Mapping, Sequence

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


def find_mentions(connection: Connection, relations: Sequence[Relation], pattern: str) -> dict[str, int]:
    """Rows whose text matches the pattern, by `schema.table.column`, where there are any.

    Texts that match only together, a given name in one column and a family name in the next, are told by their table.
    """
    tables = {relation.name: _text(relation, relation.texts) for relation in relations if relation.texts}
    matched = _count_matches(connection, tables, pattern)
    mentions: dict[str, int] = {}
    for relation in relations:
        if relation.name in matched:
            columns = {f"{relation.name}.{column}": _text(relation, (column,)) for column in relation.texts}
            mentions |= _count_matches(connection, columns, pattern) or {relation.name: matched[relation.name]}
    return mentions


def _text(relation: Relation, columns: Iterable[str]) -> str:
    """SELECT of what stands in some columns of every row."""
    return f"select concat_ws(chr(10), {', '.join(map(quote, columns))}) as text from {relation.sql}"


def _count_matches(connection: Connection, texts: Mapping[str, str], pattern: str) -> dict[str, int]:
    """Rows that match in each SELECT by its name, where there are any; asked at once, as the pattern may be long."""
    if not texts:
        return {}
    parts = " union all ".join(f"select {literal(name)} as name, text from ({text})" for name, text in texts.items())
    found = f"from ({parts}) where regexp_matches(text, {literal(pattern)})"
    counted = dict(execute(connection, f"select name, count(*) {found} group by name"))
    return {name: counted[name] for name in texts if name in counted}
