"""Each way to break the contract: the reason, the row's number and its text as it came."""

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from segmentation.warehouse.connection import Connection, execute
from tests.builders import empty_warehouse, write_source
from tests.warehouse.loads import counts, load_source, reasons, rows

ORDERS = "order_id,customer_id,ordered_at,amount\n"
CAMPAIGNS = "campaign_id,starts_on,ends_on,unit_cost,fixed_cost,control_share\n"
CONTACTS = "campaign_id,customer_id,arm,unit_cost\n"
SUPPRESSIONS = "reason,customer_id,email,postcode,last_name,since,until\n"
SERVICE = "service_contact_id,customer_id,at,minutes,cost\n"
COSTS = "name,amount,from,to,kind\n"

HEADERS = {
    "customers": "customer_id,created_on,mail_consent\n",
    "orders": ORDERS,
    "order_lines": "order_id,product_id,amount,quantity\n",
    "campaigns": CAMPAIGNS,
    "contacts": CONTACTS,
    "responses": "campaign_id,customer_id,responded_at,value\n",
    "suppressions": SUPPRESSIONS,
    "service_contacts": SERVICE,
    "costs": COSTS,
}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A warehouse that knows customer c1, order o1 and campaign k1; shared by tests that add no good row."""
    folder = write_source(tmp_path_factory.mktemp("known"), campaigns=CAMPAIGNS + "k1,2024-03-01,,,,\n")
    with empty_warehouse() as connection:
        execute(connection, "attach ':memory:' as staging")
        load_source(connection, folder, "known")
        yield connection


def rejected(known: Connection, folder: Path, table: str, line: str) -> str:
    """Why a line of `table` is rejected."""
    write_source(folder, **{table: f"{HEADERS[table]}{line}\n"})
    execute(known, "delete from quality.rejects")
    assert counts(load_source(known, folder, tables=[table])[table]) == (0, 1, 0)
    [(row_number, reason)] = reasons(known, table)
    assert row_number == 1
    return reason


@pytest.mark.parametrize(
    ("table", "line", "reason"),
    [
        ("customers", ",2024-01-01,", "customer_id is missing"),
        ("customers", "  ,,", "customer_id is missing"),
        ("customers", "c2,2024-02-30,", "created_on is not a date: 2024-02-30"),
        ("customers", "c2,2024/13/02,", "created_on is not a date: 2024/13/02"),
        ("customers", "c2,2027-01-01,", "created_on is in the far future: 2027-01-01"),
        ("customers", "c2,,perhaps", "mail_consent is not true or false: perhaps"),
        ("orders", "o2,,2024-01-05,1", "customer_id is missing"),
        ("orders", "o2,c1,,1", "ordered_at is missing"),
        ("orders", "o2,c1,2024-01-05 25:00,1", "ordered_at is not a date and time: 2024-01-05 25:00"),
        ("orders", "o2,c1,2027-01-01 00:00:00,1", "ordered_at is in the far future: 2027-01-01 00:00:00"),
        ("orders", 'o2,c1,2024-01-05,"1,50 zł"', "amount is not an amount of money: 1,50 zł"),
        ("orders", "o2,c1,2024-01-05,€ 5", "amount is not an amount of money: € 5"),
        ("orders", "o2,c1,2024-01-05,nan", "amount is not an amount of money: nan"),
        ("orders", "o2,c9,2024-01-05,1", "customer_id is not in customers: c9"),
        ("order_lines", "o9,p1,1,1", "order_id is not in orders: o9"),
        ("order_lines", "o1,,1,1", "product_id is missing"),
        ("order_lines", "o1,p1,1,many", "quantity is not a number: many"),
        ("campaigns", "k2,2024-03-01,2024-02-28,,,", "ends_on is before starts_on"),
        ("campaigns", "k2,2024-03-01,,-0.01,,", "unit_cost is negative"),
        ("campaigns", "k2,2024-03-01,,,-1,", "fixed_cost is negative"),
        ("campaigns", "k2,2024-03-01,,,,1.5", "control_share is not between 0 and 1"),
        ("campaigns", "k2,2024-03-01,,,,-0.1", "control_share is not between 0 and 1"),
        ("contacts", "k9,c1,,", "campaign_id is not in campaigns: k9"),
        ("contacts", "k1,c9,,", "customer_id is not in customers: c9"),
        ("contacts", "k1,c1,maybe,", "arm is neither treatment nor control"),
        ("contacts", "k1,c1,,-1", "unit_cost is negative"),
        ("responses", "k9,c1,2024-03-05,", "campaign_id is not in campaigns: k9"),
        ("responses", "k1,c1,2024-03-05,lots", "value is not an amount of money: lots"),
        ("suppressions", ",c1,,,,,", "reason is missing"),
        ("suppressions", "r,,,,,,", "names nobody: give customer_id, email, or postcode and last_name"),
        ("suppressions", "r,,,1010,,,", "names nobody: give customer_id, email, or postcode and last_name"),
        ("suppressions", "r,c1,,,,2024-02-01,2024-01-01", "until is before since"),
        ("suppressions", "r,c1,,,,9999-12-31,", "since is in the far future: 9999-12-31"),
        ("service_contacts", "s1,c9,2024-01-05,,", "customer_id is not in customers: c9"),
        ("service_contacts", "s1,c1,2024-01-05,-1,", "minutes is negative"),
        ("service_contacts", "s1,c1,2024-01-05,,-1", "cost is negative"),
        ("costs", "a,1,2024-02-01,2024-01-01,", "to is before from"),
        ("costs", "a,,,,", "amount is missing"),
    ],
)
def test_a_row_that_breaks_the_contract(known: Connection, tmp_path: Path, table: str, line: str, reason: str) -> None:
    assert rejected(known, tmp_path, table, line) == reason


@pytest.mark.parametrize(
    ("table", "line", "reason"),
    [
        ("orders", "o2,c1,-infinity,1", "ordered_at is "),
        ("orders", "o2,c1,2024-01-05 (BC),1", "ordered_at is "),
        ("orders", "o2,c1,0000-01-05,1", "ordered_at is "),
        ("customers", "c2,-infinity,", "created_on is "),
        ("suppressions", "r,c1,,,,,infinity", "until is "),
        ("suppressions", "r,c1,,,,,20240-01-01", "until is "),
        ("order_lines", "o1,p1,1,nan", "quantity is not a number: nan"),
        ("campaigns", "k2,2024-03-01,,inf,,", "unit_cost is not a number: inf"),
        ("contacts", "k1,c1,,nan", "unit_cost is not a number: nan"),
    ],
)
def test_a_value_no_calendar_or_sum_has(known: Connection, tmp_path: Path, table: str, line: str, reason: str) -> None:
    """DuckDB reads these as dates and numbers, Polars and Python cannot."""
    assert rejected(known, tmp_path, table, line).startswith(reason)


def test_values_at_the_border_are_good(loading: Connection, tmp_path: Path) -> None:
    """As of 2024-11-23 with two years ahead: 2026-12-31 is the last day believed."""
    tables = {
        "customers": "customer_id,deceased,mail_consent\nc1,t,N\nc2,0,YES\nc3, FALSE ,1\n",
        "orders": ORDERS + "o1,c1,2026-12-31 23:59:59,-1e3\no2,c1,1970-01-01T00:00:00, 9999999999999999.99 \n",
        "campaigns": CAMPAIGNS + "k1,2024-03-01,2024-03-01,0,0,0\nk2,2024-03-01,,,,1\n",
        "suppressions": SUPPRESSIONS + "r,,a@b.example,,,2024-01-01,2024-01-01\nr,,,1010,Doe,,9999-12-31\n",
        "costs": COSTS + "a,-1,2024-01-01,9999-12-31,\n",
    }

    loads = load_source(loading, write_source(tmp_path, **tables))

    assert {name: load.rows_rejected for name, load in loads.items() if load.rows_rejected} == {}
    assert rows(loading, "select deceased, mail_consent from crm.customers order by customer_id") == [
        (True, False),
        (False, True),
        (False, True),
    ]


def test_the_first_breach_is_the_reason(loading: Connection, tmp_path: Path) -> None:
    load_source(loading, write_source(tmp_path, orders=ORDERS + "o1,c9,soon,ten\n,c9,2024-01-05,1\n"))

    assert reasons(loading, "orders") == [(1, "ordered_at is not a date and time: soon"), (2, "order_id is missing")]


def test_a_rejected_row_is_no_duplicate(loading: Connection, tmp_path: Path) -> None:
    text = "o1,c9,2024-01-05,1\no1,c1,2024-01-05,2\no1,c1,2024-01-05,x\n"

    assert counts(load_source(loading, write_source(tmp_path, orders=ORDERS + text))["orders"]) == (1, 2, 0)
    assert rows(loading, "select amount::int from crm.orders") == [(2,)]


def test_lines_of_a_rejected_order_are_rejected(loading: Connection, tmp_path: Path) -> None:
    lines = "order_id,product_id,amount\no1,p1,1\no2,p1,1\n"
    folder = write_source(tmp_path, orders=ORDERS + "o1,c1,2024-01-05,1\no2,c1,2024-13-05,1\n", order_lines=lines)

    assert counts(load_source(loading, folder)["order_lines"]) == (1, 1, 0)
    assert reasons(loading, "order_lines") == [(2, "order_id is not in orders: o2")]


def test_a_rejected_row_is_kept_as_it_came(loading: Connection, tmp_path: Path) -> None:
    text = 'customer_id,raw,"the ""note"""\n , 007 ,"two\nlines"\nc1,x\n'
    folder = write_source(tmp_path, customers=text)
    load_source(loading, folder, tables=["customers"])

    found = rows(loading, "select run_id, table_name, source, row_number, reason, raw from quality.rejects order by 4")

    assert [row[:4] for row in found] == [("first", "customers", str(folder / "customers.csv"), row) for row in (1, 2)]
    assert json.loads(found[0][5]) == {"customer_id": " ", "raw": " 007 ", 'the "note"': "two\nlines"}
    assert found[1][4:] == ("unreadable line: Expected Number of Columns: 3 Found: 2", "c1,x")


def test_a_rejected_parquet_row_is_kept_as_json(loading: Connection, tmp_path: Path) -> None:
    (write_source(tmp_path) / "orders.csv").unlink()
    columns = {"order_id": [1, 2], "customer_id": ["c1", "c1"], "ordered_at": ["2024-01-05"] * 2}
    pl.DataFrame(columns | {"amount": [1.5, float("nan")]}).write_parquet(tmp_path / "orders.parquet")
    load_source(loading, tmp_path)

    found = rows(loading, "select row_number, reason, raw from quality.rejects")

    assert [row[:2] for row in found] == [(2, "amount is not an amount of money: nan")]
    kept = {name: str(value) for name, value in json.loads(found[0][2]).items()}
    assert kept == {"order_id": "2", "customer_id": "c1", "ordered_at": "2024-01-05", "amount": "nan"}


def test_rows_after_unreadable_lines_keep_their_number(loading: Connection, tmp_path: Path) -> None:
    bad, wide, good = ",bad\n", "x,y,z\n", 'c1,"a\nb"\n'
    text = wide + bad + wide + wide + good + bad + "short\n" + bad
    (write_source(tmp_path) / "customers.csv").unlink()
    (tmp_path / "customers").mkdir()
    for name in ("1.csv", "2.csv"):
        (tmp_path / "customers" / name).write_text("customer_id,city\n" + text)

    load = load_source(loading, tmp_path, tables=["customers"])["customers"]

    assert counts(load) == (1, 14, 1)
    numbers = [(row, reason.split(":")[0]) for row, reason in reasons(loading, "customers")]
    assert numbers == 2 * [
        (1, "unreadable line"),
        (2, "customer_id is missing"),
        (3, "unreadable line"),
        (4, "unreadable line"),
        (6, "customer_id is missing"),
        (7, "unreadable line"),
        (8, "customer_id is missing"),
    ]


def test_blank_lines_are_no_rows(loading: Connection, tmp_path: Path) -> None:
    text = "customer_id,city\n\nc1,Rome\n\n\n,second\nthird\n\n,fourth\n\n"

    load = load_source(loading, write_source(tmp_path, customers=text), tables=["customers"])["customers"]

    assert counts(load) == (1, 3, 0)
