"""What names a person: SQL for the identifiers in the tables of a database, and the salted hash kept of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from segmentation.contract.sql import literal


@dataclass(frozen=True)
class Relation:
    """Something with rows in a file.

    Attributes:
        name: as people write it: `crm.orders`.
        sql: as a query reads it.
        texts: which of the columns are text.
    """

    name: str
    sql: str
    columns: frozenset[str]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """One way to name a person.

    Attributes:
        columns: what a table must have, beside `customer_id`, to name somebody in this way.
        value: SQL over those columns, written the same however the source wrote it.
    """

    name: str
    columns: tuple[str, ...]
    value: str


# Kept as hashes, so that the next load knows the person again.
HASHED = (
    Kind("customer_id", ("customer_id",), "customer_id"),
    Kind("order_id", ("order_id",), "order_id"),
    Kind("email", ("email",), "lower(email)"),
    Kind("name and postcode", ("last_name", "postcode"), "lower(last_name) || '|' || lower(postcode)"),
)
# What people would look for: searched in text and in files.
SEARCHED = (
    Kind("customer_id", ("customer_id", "last_name"), "customer_id"),
    Kind("email", ("email",), "email"),
    Kind("phone", ("phone",), "phone"),
    Kind("address_line", ("address_line",), "address_line"),
    Kind("name", ("first_name", "last_name"), "first_name || ' ' || last_name"),
)


def named_values(kinds: Iterable[Kind], relations: Iterable[Relation]) -> str:
    """SELECT `kind`, `customer_id`, `value` (never NULL): who is named how, where a customer_id stands beside."""
    parts = [
        f"select {literal(kind.name)} as kind, customer_id::varchar as customer_id, ({kind.value})::varchar as value "
        f"from {relation.sql}"
        for relation in relations
        for kind in kinds
        if {"customer_id", *kind.columns} <= relation.columns
    ]
    none = "select null::varchar as kind, null::varchar as customer_id, null::varchar as value"
    return f"select * from ({' union all '.join([none, *parts])}) where value is not null"


def hashed(kind: str, value: str, salt: str = "salt") -> str:
    """SQL of the hash kept of `value`, SQL already in the form of its kind; NULL without a salt."""
    return f"sha256({salt} || {literal('|' + kind + '|')} || {value})"
