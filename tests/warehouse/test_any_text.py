"""Whatever a cell holds, a load ends in counts that add up or in an error the user can act on."""

import csv
import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.errors import MailworthError
from segmentation.warehouse.connection import Connection, execute
from tests.builders import empty_warehouse, write_source
from tests.warehouse.loads import counts, load_source, rows

NASTY = ["", " ", '"', '""', ",", ";", "\n", "\r\n", "\r", "\t", "\0", "'", "\\", "\ufeff", "null", "ß\u0301", "1e400"]
CELLS = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.lists(st.sampled_from(NASTY), max_size=4).map("".join),
)
IDS = st.one_of(CELLS, st.sampled_from(["c1", "c2", " c2", "C1"]))
DATES = st.one_of(st.datetimes().map(str), st.dates().map(str), CELLS)
AMOUNTS = st.one_of(st.decimals().map(str), st.floats().map(str), st.integers().map(str), CELLS)

MANY = settings(deadline=None, derandomize=True, max_examples=50, database=None)


@pytest.fixture(scope="module")
def shared() -> Iterator[Connection]:
    """One warehouse for all examples: they empty it before use."""
    with empty_warehouse() as connection:
        execute(connection, "attach ':memory:' as staging")
        yield connection


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any_text")


def as_csv(header: list[str], body: list[tuple[str, ...]], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([header, *body])
    return text.getvalue()


def write_exactly(folder: Path, **tables: str) -> Path:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_bytes(text.encode())
    return folder


def empty(connection: Connection) -> None:
    for table in ("crm.customers", "crm.orders", "quality.loads", "quality.rejects"):
        execute(connection, f"delete from {table}")


def trim(text: str) -> str:
    """Without the spaces of any script at both ends."""
    while text and unicodedata.category(text[0]) == "Zs":
        text = text[1:]
    while text and unicodedata.category(text[-1]) == "Zs":
        text = text[:-1]
    return text


@MANY
@given(st.lists(st.tuples(IDS, IDS, DATES, AMOUNTS), min_size=1, max_size=8))
def test_orders_of_any_text_are_accounted_for(shared: Connection, folder: Path, orders: list[tuple[str, ...]]) -> None:
    empty(shared)
    execute(shared, "insert into crm.customers (customer_id) values ('c1'), ('c2')")
    write_source(folder)
    write_exactly(folder, orders=as_csv(["order_id", "customer_id", "ordered_at", "amount"], orders))

    first = load_source(shared, folder, tables=["orders"])["orders"]
    again = load_source(shared, folder, "again", tables=["orders"])["orders"]

    assert first.rows_read == again.rows_read == len(orders)
    assert again.rows_rejected == first.rows_rejected
    assert counts(again) == (0, first.rows_rejected, first.rows_loaded + first.rows_unchanged)
    assert {row[0] for row in rows(shared, "select order_id from crm.orders")} <= {trim(order[0]) for order in orders}
    assert rows(shared, "select count(*) from quality.rejects where not json_valid(raw)") == [(0,)]


@MANY
@given(st.lists(st.tuples(IDS, CELLS, CELLS), min_size=1, max_size=8), st.sampled_from([",", ";", "\t", "|"]))
def test_text_of_customers_survives(
    shared: Connection, folder: Path, people: list[tuple[str, ...]], delimiter: str
) -> None:
    empty(shared)
    write_source(folder)
    write_exactly(folder, customers=as_csv(["customer_id", "first_name", "any note"], people, delimiter))

    load = load_source(shared, folder, tables=["customers"])["customers"]

    first: dict[str, tuple[str | None, ...]] = {}
    for cells in people:
        customer_id, *others = map(trim, cells)
        if customer_id:
            first.setdefault(customer_id, (customer_id, *(other or None for other in others)))
    assert load.rows_read == len(people)
    assert load.rows_loaded == len(first)
    found = rows(shared, 'select customer_id, first_name, "any note" from crm.customers')
    assert sorted(found, key=lambda row: row[0]) == sorted(first.values(), key=lambda row: str(row[0]))


@MANY
@given(st.text(st.sampled_from('ac1,;" \n\r\t\0é'), max_size=40))
def test_a_file_of_any_text_is_loaded_or_refused(shared: Connection, folder: Path, text: str) -> None:
    empty(shared)
    write_source(folder)
    write_exactly(folder, customers="customer_id,city\n" + text)

    refusal = None
    try:
        load_source(shared, folder, tables=["customers"])
    except MailworthError as error:
        refusal = str(error)
        # A refused file leaves what the engine noted of it; a run would end here.
        execute(shared, "drop table if exists reject_errors")
        execute(shared, "drop table if exists reject_scans")

    assert refusal is None or "customers.csv" in refusal
