"""Which rows of a table are the person's: SQL conditions that follow from the names of its columns.

They read two relations: `erased_identifiers` (`kind`, `value`), of no other customer, and `erased_orders` (`order_id`).
"""

from collections.abc import Iterable

from segmentation.contract.sql import literal
from segmentation.erasure.identifiers import HASHED, Relation

NAMED_WITHOUT_ID = [kind for kind in HASHED if kind.name in {"email", "name and postcode"}]


def orders_of_the_person(relations: Iterable[Relation]) -> str:
    """SELECT `order_id` of the person, leaving out what `crm.orders` gives to somebody else by now.

    Bound parameter: `$customer_id`.
    """
    orders = [relation for relation in relations if {"customer_id", "order_id"} <= relation.columns]
    none = "select null::varchar as order_id where $customer_id is null"
    theirs = [f"select order_id from {relation.sql} where customer_id = $customer_id" for relation in orders]
    others = "".join(
        f" except select order_id from {relation.sql} semi join theirs using (order_id) "
        "where customer_id <> $customer_id"
        for relation in orders
        if relation.name == "crm.orders"
    )
    return (
        f"with theirs as materialized ({' union '.join([none, *theirs])}) "
        f"select order_id from theirs where order_id is not null{others}"
    )


def rows_of_the_person(relation: Relation, customer_id: str, pattern: str) -> str | None:
    """The condition, never NULL; None where no row can be a person's.

    Args:
        pattern: see `words.text_pattern`.
    """
    columns = relation.columns
    if "customer_id" in columns:
        return _names_the_person(columns)
    if "order_id" in columns:
        return "coalesce(order_id in (select order_id from erased_orders), false)"
    if {"raw", "reason"} <= columns:
        return f"({_rejected_row(customer_id, pattern)})"
    if "reason" in columns:  # as customers and staff wrote it, though it is counted
        return f"coalesce(regexp_matches(reason, {literal(pattern)}), false)"
    return None


def _names_the_person(columns: frozenset[str]) -> str:
    """By id; or, where a row has none, by what else a suppression names people by."""
    by_id = _is_identifier("customer_id", "customer_id")
    by_name = [_is_identifier(kind.name, kind.value) for kind in NAMED_WITHOUT_ID if set(kind.columns) <= columns]
    return f"({by_id} or (customer_id is null and ({' or '.join(by_name)})))" if by_name else by_id


def _is_identifier(kind: str, value: str) -> str:
    return f"coalesce({value} in (select value from erased_identifiers where kind = {literal(kind)}), false)"


def _rejected_row(customer_id: str, pattern: str) -> str:
    """One of its fields is the person's id or order, or its text or reason holds a word of the person."""
    values = f"array_to_string({fields('raw')}, ' ')"
    conditions = (
        f"list_contains({fields('raw')}, {literal(customer_id)})",
        f"list_has_any({fields('raw')}, (select list(order_id) from erased_orders))",
        f"regexp_matches(concat_ws(' ', {values}, reason), {literal(pattern)})",
        f"ends_with(reason, {literal(': ' + customer_id)})",
    )
    return " or ".join(f"coalesce({condition}, false)" for condition in conditions)


def fields(raw: str) -> str:
    """SQL list of the values in a rejected row: those of its JSON, or the pieces of a line that could not be read."""
    pieces = f"regexp_split_to_array({raw}, '[,;\\t|\"\\r\\n]')"
    values = f"case when {_is_json(raw)} then json_extract_string({raw}, '$.*') else {pieces} end"
    return f"list_transform({values}, lambda field: trim(field))"


def _is_json(raw: str) -> str:
    return f"({raw} like '{{%' and json_valid({raw}))"
