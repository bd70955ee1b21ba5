"""Expressions of the settings: what may stand in place of a column. Parsed by DuckDB, never trusted as text."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from segmentation.errors import SettingsError
from segmentation.warehouse.connection import Connection, execute

CLASSES = {
    *("COLUMN_REF", "CONSTANT", "FUNCTION", "OPERATOR", "CAST", "TYPE"),
    *("CASE", "COMPARISON", "CONJUNCTION", "BETWEEN"),
}
FUNCTIONS = {
    *("+", "-", "*", "/", "//", "%", "||", "~~", "!~~", "~~*", "!~~*"),
    *("number", "abs", "round", "floor", "ceil", "greatest", "least", "trunc"),
    *("lower", "upper", "trim", "ltrim", "rtrim", "replace", "concat", "concat_ws", "nullif", "length"),
    *("left", "right", "lpad", "rpad", "substr", "substring", "split_part", "contains", "starts_with", "ends_with"),
    *("regexp_matches", "regexp_extract", "regexp_replace"),
    *("strptime", "make_date", "make_timestamp", "date_trunc", "date_part", "date_add", "to_days", "to_timestamp"),
}
# `number(x)` reads a number with point or comma as people write it.
NUMBER = """
create or replace temporary macro number(written) as
    case when contains(written::varchar, ',')
        then replace(regexp_replace(written::varchar, '[. \\x{a0}\\x{202f}]', '', 'g'), ',', '.')
        else trim(written::varchar)
    end::double
"""


@dataclass(frozen=True)
class Expression:
    """An expression in DuckDB's own spelling.

    Attributes:
        columns: columns of the source it uses.
        is_column: it is nothing but a column.
    """

    sql: str
    columns: tuple[str, ...]
    is_column: bool


def read_expression(connection: Connection, setting: str, text: str) -> Expression:
    """An expression over the columns of one row.

    Args:
        setting: name of the setting it stands in.

    Raises:
        SettingsError: it cannot be parsed, or is more than columns, constants, operators and the functions above.
    """
    answer = execute(connection, "select json_serialize_sql($query)", query=f"select {text}")[0][0]
    parsed = json.loads(answer)
    if parsed["error"]:
        raise SettingsError(f"{setting} = {text!r}: cannot be read: {parsed['error_message'].splitlines()[0]}")
    select = parsed["statements"][0]["node"]
    if not _is_one_expression(select):
        raise SettingsError(f"{setting} = {text!r}: is not one expression over the columns of a row")
    (root,) = select["select_list"]
    nodes = list(_nodes(root))
    for node in nodes:
        _refuse_foreign(node, setting, text)
    columns = tuple(dict.fromkeys(node["column_names"][-1] for node in nodes if node["class"] == "COLUMN_REF"))
    sql = execute(connection, "select json_deserialize_sql($parsed::json)", parsed=answer)[0][0]
    return Expression(sql.removeprefix("SELECT "), columns, root["class"] == "COLUMN_REF")


def _is_one_expression(select: dict[str, Any]) -> bool:
    return (
        select["type"] == "SELECT_NODE"
        and select["from_table"]["type"] == "EMPTY"
        and len(select["select_list"]) == 1
        and not select["select_list"][0]["alias"]
        and not any(select[part] for part in ("modifiers", "where_clause", "having", "qualify"))
    )


def _nodes(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if "class" in part and "type" in part:
            yield part
        for inner in part.values():
            yield from _nodes(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _nodes(inner)


def _refuse_foreign(node: dict[str, Any], setting: str, text: str) -> None:
    name = node.get("function_name", "")
    if node["class"] not in CLASSES:
        raise SettingsError(f"{setting} = {text!r}: {node['type'].lower().replace('_', ' ')} is not allowed there")
    if node["class"] == "FUNCTION" and name not in FUNCTIONS:
        raise SettingsError(f"{setting} = {text!r}: {name}() is not allowed there; there are: {', '.join(_named())}")
    if node["class"] == "COLUMN_REF" and len(node["column_names"]) > 1:
        raise SettingsError(f"{setting} = {text!r}: name a column without its table")


def _named() -> list[str]:
    return sorted(name for name in FUNCTIONS if name.replace("_", "").isalpha())
