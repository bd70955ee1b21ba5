"""Since when rows are known, and what an earlier night knew."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from segmentation.errors import WarehouseError
from segmentation.sources.recall import recall
from segmentation.warehouse.connection import Connection, attach, execute, open_database
from segmentation.warehouse.schema import create_tables
from tests.builders import empty_warehouse, write_source
from tests.warehouse.loads import load_source

JUNE, JULY, AUGUST = dt.date(2024, 6, 30), dt.date(2024, 7, 31), dt.date(2024, 8, 31)
ORDERS = "order_id,customer_id,ordered_at,amount\n"
JUNE_SOURCE = {
    "customers": "customer_id,city,created_on,tier\nc1,Rome,2020-01-01,gold\nc2,Bonn,,\n",
    "orders": ORDERS + "o1,c1,2024-05-05,10\no2,c2,2024-06-30,20\no9,c2,2024-07-09,90\n",
    "order_lines": "order_id,product_id,amount\no1,p,10\no9,p,90\n",
}
# c1 has moved; o1 is corrected, o0 late, o2 gone from the source; c3 is new.
JULY_SOURCE = {
    "customers": "customer_id,city,created_on,tier\nc1,Kiel,2020-01-01,red\nc2,Bonn,,\nc3,Ulm,2024-07-01,\n",
    "orders": ORDERS + "o1,c1,2024-05-05,11\no9,c2,2024-07-09,90\no0,c3,2024-07-02,5\no4,c1,2024-08-02,7\n",
    "order_lines": "order_id,product_id,amount\no1,p,11\no9,p,90\n",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A warehouse of two nights."""
    path = tmp_path / "w.duckdb"
    with open_database(path) as connection:
        create_tables(connection)
        attach(connection, tmp_path / "s.duckdb", "staging")
        load_source(connection, write_source(tmp_path / "june", **JUNE_SOURCE), "june", as_of=JUNE)
        load_source(connection, write_source(tmp_path / "july", **JULY_SOURCE), "july", as_of=JULY)
    return path


def ask(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with open_database(path, read_only=True) as connection:
        return execute(connection, sql)


def recalled(path: Path, as_of: dt.date) -> Iterator[Connection]:
    with empty_warehouse() as connection:
        recall(connection, path, "replay", as_of)
        yield connection


def known(path: Path, as_of: dt.date, sql: str) -> list[tuple[Any, ...]]:
    return next(execute(connection, sql) for connection in recalled(path, as_of))


def test_rows_say_since_when_they_are_known(file: Path) -> None:
    """Of a first load since their own day; of a later one since that night, or their own day if that is later."""
    assert ask(file, "select customer_id, known_from::varchar from crm.customers order by 1") == [
        ("c1", "2024-07-31"),
        ("c2", None),
        ("c3", "2024-07-31"),
    ]
    assert ask(file, "select order_id, known_from::varchar from crm.orders order by 1") == [
        ("o0", "2024-07-31"),
        ("o1", "2024-07-31"),
        ("o2", "2024-06-30"),
        ("o4", "2024-08-02"),
        ("o9", "2024-07-09"),
    ]


def test_what_is_replaced_is_kept_with_its_time(file: Path) -> None:
    times = "known_from::varchar, known_until::varchar"
    assert ask(file, f"select customer_id, city, tier, {times} from history.customers") == [
        ("c1", "Rome", "gold", "2020-01-01", "2024-07-31")
    ]
    assert ask(file, f"select order_id, amount::int, {times} from history.orders") == [
        ("o1", 10, "2024-05-05", "2024-07-31")
    ]


@pytest.mark.parametrize(
    ("as_of", "customers", "orders"),
    [
        (dt.date(2024, 6, 1), [("c1", "Rome", "gold"), ("c2", "Bonn", None)], [("o1", 10)]),
        (JUNE, [("c1", "Rome", "gold"), ("c2", "Bonn", None)], [("o1", 10), ("o2", 20)]),
        (dt.date(2024, 7, 30), [("c1", "Rome", "gold"), ("c2", "Bonn", None)], [("o1", 10), ("o2", 20), ("o9", 90)]),
        (JULY, [("c1", "Kiel", "red"), ("c2", "Bonn", None), ("c3", "Ulm", None)],
         [("o0", 5), ("o1", 11), ("o2", 20), ("o9", 90)]),
        (AUGUST, [("c1", "Kiel", "red"), ("c2", "Bonn", None), ("c3", "Ulm", None)],
         [("o0", 5), ("o1", 11), ("o2", 20), ("o4", 7), ("o9", 90)]),
    ],
)  # fmt: skip
def test_an_earlier_day_is_recalled(
    file: Path, as_of: dt.date, customers: list[tuple[Any, ...]], orders: list[tuple[Any, ...]]
) -> None:
    assert known(file, as_of, "select customer_id, city, tier from crm.customers order by 1") == customers
    assert known(file, as_of, "select order_id, amount::int from crm.orders order by 1") == orders


def test_lines_of_orders_not_yet_known_are_left_out(file: Path) -> None:
    lines = "select order_id, amount::int from crm.order_lines order by 1"
    assert known(file, JUNE, lines) == [("o1", 10)]
    assert known(file, JULY, lines) == [("o1", 11), ("o9", 90)]


def test_every_recalled_row_is_accounted_for(file: Path) -> None:
    counts = "select rows_read, rows_loaded, source from quality.loads where table_name = 'orders'"
    assert known(file, JUNE, counts) == [(2, 2, f"{file} as known on 2024-06-30")]


def test_of_what_was_replaced_only_what_was_replaced_by_then_is_history(file: Path) -> None:
    assert known(file, JUNE, "from history.customers") == []
    assert len(known(file, JULY, "from history.customers")) == 1


def test_a_day_before_anything_is_known_is_refused(file: Path) -> None:
    with pytest.raises(WarehouseError, match=r"w\.duckdb: nothing was known of orders on 2024-01-01; choose a later"):
        next(recalled(file, dt.date(2024, 1, 1)))


def test_the_same_night_again_with_a_correction_keeps_no_version_of_no_night(file: Path, tmp_path: Path) -> None:
    with open_database(file) as connection:
        attach(connection, tmp_path / "s.duckdb", "staging")
        again = JULY_SOURCE | {"customers": JULY_SOURCE["customers"].replace("Kiel", "Kassel")}
        load_source(connection, write_source(tmp_path / "again", **again), "again", as_of=JULY)

    assert ask(file, "select city from history.customers") == [("Rome",)]
    assert known(file, JULY, "select city from crm.customers order by customer_id limit 1") == [("Kassel",)]
