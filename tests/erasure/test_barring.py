"""The next load knows the erased again, and nobody else."""

import hashlib
from typing import Any

import polars as pl
import pytest

from segmentation.contract.inputs import INPUT_TABLES
from segmentation.contract.ops import ERASURE_SALT, ERASURES
from segmentation.erasure.barring import is_erased, without_erased
from segmentation.warehouse.connection import Connection, execute
from segmentation.warehouse.schema import replace_rows
from tests.builders import fill

TABLES = {table.name: table for table in INPUT_TABLES}
ERASED = [
    ("customer_id", "c1"),
    ("order_id", "o1"),
    ("email", "jan@example.pl"),
    ("name and postcode", "gołąb|00-950"),
]


@pytest.fixture
def barred(warehouse: Connection) -> Connection:
    """A warehouse in which customer c1 was erased."""
    rows = [(kind, hashlib.sha256(f"salt|{kind}|{value}".encode()).hexdigest()) for kind, value in ERASED]
    replace_rows(warehouse, ERASURES, pl.DataFrame(rows, schema=["kind", "hash"], orient="row"))
    replace_rows(warehouse, ERASURE_SALT, pl.DataFrame({"salt": ["salt"]}))
    return warehouse


def is_kept_out(connection: Connection, table: str, **row: Any) -> bool:
    """Whether a row of a source with these values is of somebody erased."""
    columns = ", ".join(
        f"${column.name}::{column.type} as {column.name}"
        if column.name in row
        else f'null::{column.type} as "{column.name}"'
        for column in TABLES[table].columns
    )
    [(found,)] = execute(
        connection, f"with typed as (select {columns}) select {is_erased(TABLES[table])} from typed", **row
    )
    assert found is not None
    return bool(found)


@pytest.mark.parametrize("table", ["customers", "orders", "contacts", "responses", "service_contacts", "suppressions"])
def test_a_row_is_known_by_the_customer(barred: Connection, table: str) -> None:
    assert is_kept_out(barred, table, customer_id="c1")
    assert not is_kept_out(barred, table, customer_id="C1")
    assert not is_kept_out(barred, table, customer_id="c11")
    assert not is_kept_out(barred, table)


def test_an_order_line_is_known_by_its_order(barred: Connection) -> None:
    assert is_kept_out(barred, "order_lines", order_id="o1")
    assert not is_kept_out(barred, "order_lines", order_id="o2")
    assert not is_kept_out(barred, "order_lines", order_id="c1"), "the id of a customer is no order"


def test_a_line_of_an_order_that_is_somebody_elses_by_now_is_loaded(barred: Connection) -> None:
    fill(
        barred,
        "crm.orders",
        {"order_id": "o1", "customer_id": "c2", "ordered_at": "2024-01-05 00:00:00", "amount": 1.0},
    )
    assert not is_kept_out(barred, "order_lines", order_id="o1")


@pytest.mark.parametrize("table", ["campaigns", "costs"])
def test_tables_without_people_keep_nobody_out(barred: Connection, table: str) -> None:
    assert not is_kept_out(barred, table)


@pytest.mark.parametrize(
    ("row", "is_out"),
    [
        ({"email": "JAN@Example.pl"}, True),
        ({"email": "jan@example.com"}, False),
        ({"last_name": "GOŁĄB", "postcode": "00-950"}, True),
        ({"last_name": "Gołąb", "postcode": "00-951"}, False),
        ({"last_name": "Gołąb"}, False),
        ({"customer_id": "c2", "email": "jan@example.pl"}, False),
    ],
)
def test_a_suppression_is_known_by_what_it_names(barred: Connection, row: dict[str, str], is_out: bool) -> None:
    assert is_kept_out(barred, "suppressions", **row) is is_out


@pytest.mark.parametrize(
    ("customer", "row"),
    [
        ({"email": "Jan@example.pl"}, {"email": "jan@example.pl"}),
        ({"last_name": "Gołąb", "postcode": "00-950"}, {"last_name": "gołąb", "postcode": "00-950"}),
    ],
)
def test_who_has_the_address_now_keeps_the_rule(
    barred: Connection, customer: dict[str, str], row: dict[str, str]
) -> None:
    """A person who comes back under another id, or whoever got the address, must be left alone as they asked."""
    fill(barred, "crm.customers", {"customer_id": "c2"} | customer)
    assert not is_kept_out(barred, "suppressions", **row)


def test_without_an_erasure_nobody_is_kept_out(warehouse: Connection) -> None:
    assert not is_kept_out(warehouse, "customers", customer_id="c1")
    assert not is_kept_out(warehouse, "order_lines", order_id="o1")
    assert not is_kept_out(warehouse, "suppressions", email="jan@example.pl")
    assert kept(warehouse, "c1;Jan") == "c1;Jan"


def kept(connection: Connection, raw: str | None) -> str | None:
    """What quality.rejects would hold of a row."""
    [(found,)] = execute(connection, f"select {without_erased('raw')} from (select $raw::varchar as raw)", raw=raw)
    assert found is None or isinstance(found, str)
    return found


@pytest.mark.parametrize(
    "raw",
    [
        '{"customer_id":"c1","created_on":"soon"}',
        '{"klient":" c1 ","created_on":null}',
        '{"order_id":"o1","amount":"x"}',
        '{"reason":"","email":"Jan@Example.PL"}',
        '{"postcode":"00-950","city":"Warszawa","last_name":"Gołąb"}',
        "c1;Jan;Gołąb",
        'x,"c1',
        '"Warszawa"|"GOŁĄB"|"00-950"|',
        "a\tjan@example.pl\tb",
        "{broken,c1",
        "Gołąb;1;2;3;4;5;6;7;00-950",
    ],
)
def test_a_rejected_row_of_the_erased_is_kept_without_its_text(barred: Connection, raw: str) -> None:
    assert kept(barred, raw) is None


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "{}",
        "123",
        '{"customer_id":"c11","note":"asked about c1 and o1"}',
        '{"last_name":"Gołąb","postcode":"00-951"}',
        "c11;Jan;Gołąb;00-951",
        "[1, 2",
        "Gołąb;1;2;3;4;5;6;7;8;00-950",
    ],
)
def test_other_rejected_rows_stay_as_they_came(barred: Connection, raw: str | None) -> None:
    assert kept(barred, raw) == raw


def test_many_rejected_rows_are_looked_through_at_once(barred: Connection) -> None:
    """The hashes are joined, not compared one by one: with 100,000 each it would take hours."""
    execute(
        barred, "insert into ops.erasures (kind, hash) select 'order_id', sha256('x' || i) from range(100_000) t(i)"
    )
    execute(barred, "create table rows as select 'c' || i || ';Jan;00-' || i as raw from range(100_000) t(i)")
    [(blank, rows)] = execute(
        barred, f"select count(*) filter (where {without_erased('raw')} is null), count(*) from rows"
    )
    assert (blank, rows) == (1, 100_000)
