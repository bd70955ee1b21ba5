"""A source as a Polish spreadsheet saves it, from bytes to crm."""

from pathlib import Path

import pytest

from segmentation.settings import SourceSettings
from segmentation.sources.mapping import given_columns
from segmentation.sources.source import find_source
from segmentation.sources.staging import stage_table
from segmentation.sources.values import detect_values
from segmentation.warehouse.connection import Connection, execute
from tests.warehouse.loads import load_source

CUSTOMERS = "customer_id;city;created_on\r\nk1;Łódź;1.02.2015\r\nk2;Kraków;28.02.2016\r\n"
ORDERS = (
    "order_id;customer_id;ordered_at;amount\r\n"
    "z1;k1;31.12.2023 10:15;1 234,50\r\nz2;k2;01.02.2024;-3,1\r\nz3;k2;2024-02-03;7\r\n"
)


def test_windows_1250_with_decimal_comma_and_day_first(loading: Connection, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_bytes(CUSTOMERS.encode("cp1250"))
    (tmp_path / "orders.csv").write_bytes(ORDERS.encode("cp1250"))

    loads = load_source(loading, tmp_path)

    assert [(loads[name].rows_loaded, loads[name].rows_rejected) for name in ("customers", "orders")] == [
        (2, 0),
        (3, 0),
    ]
    customers = "select city, created_on::varchar from crm.customers order by 1"
    assert execute(loading, customers) == [("Kraków", "2016-02-28"), ("Łódź", "2015-02-01")]
    orders = "select ordered_at::varchar, amount::varchar from crm.orders order by order_id"
    assert execute(loading, orders) == [
        ("2023-12-31 10:15:00", "1234.50"),
        ("2024-02-01 00:00:00", "-3.10"),
        ("2024-02-03 00:00:00", "7.00"),
    ]


@pytest.mark.parametrize(
    ("amounts", "decimal"),
    [
        (["1,5", "2"], ","),
        (["1.5", "2"], "."),
        (["1,5", "2.5"], "."),  # both: the commas are rejected rather than guessed
        (["1,234", "2"], "."),
        (["1", "2"], "."),
    ],
)
def test_the_decimal_sign_is_detected(loading: Connection, tmp_path: Path, amounts: list[str], decimal: str) -> None:
    assert detected(loading, tmp_path, [("2024-01-05", amount) for amount in amounts])[0] == decimal


@pytest.mark.parametrize(
    ("days", "dates"),
    [
        (["2024-01-05"], "iso"),
        (["05.01.2024", "31.01.2024"], "day first"),
        (["1/5/2024", "1/31/2024"], "month first"),
        (["1/5/2024"], "day first"),
        (["31/1/2024", "1/31/2024"], "day first"),
    ],
)
def test_the_order_of_dates_is_detected(loading: Connection, tmp_path: Path, days: list[str], dates: str) -> None:
    assert detected(loading, tmp_path, [(day, "1") for day in days])[1] == dates


def test_what_is_set_is_not_detected(loading: Connection, tmp_path: Path) -> None:
    found = detected(loading, tmp_path, [("1/31/2024", "1.5")], decimal=",", dates="day first")
    assert found == (",", "day first")


def detected(loading: Connection, folder: Path, rows: list[tuple[str, str]], **settings: str) -> tuple[str, str]:
    text = "order_id;customer_id;ordered_at;amount\n"
    text += "".join(f"o{number};c1;{day};{amount}\n" for number, (day, amount) in enumerate(rows))
    (folder / "customers.csv").write_text("customer_id\nc1\n")
    (folder / "orders.csv").write_text(text)
    source = next(s for s in find_source(SourceSettings(path=folder, **settings)) if s.table.name == "orders")
    stage_table(loading, source)
    found = detect_values(loading, source, given_columns(loading, source))
    return found.decimal, found.dates
