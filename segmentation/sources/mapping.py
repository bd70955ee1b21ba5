"""Which column or expression of a source stands for which column of the contract."""

import re

from segmentation.contract.sql import quote
from segmentation.contract.values import Given
from segmentation.errors import SettingsError, SourceError
from segmentation.sources.expressions import NUMBER, Expression, read_expression
from segmentation.sources.parts import SourceTable
from segmentation.warehouse.connection import Connection, EngineError, execute


def given_columns(connection: Connection, source: SourceTable) -> dict[str, Given]:
    """What `staging.raw_<table>` gives, by column of the contract and, where they are kept, by attribute.

    A setting that is the name of a column means that column, else it is an expression. A column that is given another
    name is no attribute as well.

    Raises:
        SettingsError: an expression cannot be read, names an unknown column, or does not fit the types.
    """
    execute(connection, NUMBER)
    types = _staged_types(connection, source)
    expressions = _expressions(connection, source, types)
    renamed = {_spelled(types, expression.columns[0]) for expression in expressions.values() if expression.is_column}
    kept = [name for name in types if name not in expressions and name not in renamed]
    given = {name: Given(quote(name), types[name]) for name in kept if source.table.takes(name)}
    return given | {name: _given(connection, source, name, expression) for name, expression in expressions.items()}


def _staged_types(connection: Connection, source: SourceTable) -> dict[str, str]:
    rows = execute(connection, f"select column_name, column_type from (describe staging.raw_{source.table.name})")
    return {name: kind for name, kind in rows if not name.startswith("_")}


def _expressions(connection: Connection, source: SourceTable, types: dict[str, str]) -> dict[str, Expression]:
    read = {}
    for name, text in source.mapping.items():
        setting = f"source.tables.{source.table.name}.columns.{name}"
        if not source.table.takes(name):
            raise SettingsError(
                f"{setting}: {source.table.name} has no such column; {', '.join(source.table.column_names)}"
            )
        if (column := _spelled(types, text)) is not None:
            read[name] = Expression(quote(column), (column,), is_column=True)
            continue
        read[name] = read_expression(connection, setting, text)
        for column in read[name].columns:
            if _spelled(types, column) is None:
                raise SourceError(
                    f"{setting} = {text!r}: no column {column} in {source.name}; there are: {', '.join(types)}"
                )
    return read


def _spelled(types: dict[str, str], column: str) -> str | None:
    return next((name for name in types if name.lower() == column.lower()), None)


def _given(connection: Connection, source: SourceTable, name: str, expression: Expression) -> Given:
    computed = f"try([{expression.sql}])"
    value = expression.sql if expression.is_column else f"{computed}[1]"
    query = f"select column_type from (describe select {value} from staging.raw_{source.table.name})"
    try:
        kind = execute(connection, query)[0][0]
    except EngineError as error:
        setting = f"source.tables.{source.table.name}.columns.{name} = {source.mapping[name]!r}"
        first = re.sub(r"^\w+ Error: ", "", str(error).splitlines()[0])
        raise SettingsError(f"{setting}: {first} Text is read as a number by number(column).") from error
    return Given(value, kind, None if expression.is_column else f"{computed} is null")
