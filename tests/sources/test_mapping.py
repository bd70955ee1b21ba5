"""Columns with other names, constants and expressions, from settings to crm."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from segmentation.contract.quality import REJECTS
from segmentation.errors import SettingsError, SourceError
from segmentation.settings import QualitySettings, SourceSettings
from segmentation.sources.loading import Load, load_table
from segmentation.sources.parts import SourceTable
from segmentation.sources.source import find_source
from segmentation.sources.staging import check_columns, stage_table
from segmentation.warehouse.connection import Connection, execute

ORDERS = 'No,Client,Day,gross,vat,kind\n1,c1,05.01.2024,"1.234,50","34,50",S\n2,c1,31.01.2024,"10,00",0,R\n'
COLUMNS = {
    "order_id": "'shop-' || \"No\"",
    "customer_id": "client",
    "ordered_at": "day",
    "amount": "case when kind = 'R' then -1 else 1 end * (number(gross) - number(vat))",
    "channel": "'web'",
}


def tables(folder: Path, columns: dict[str, str], orders: str = ORDERS, **settings: Any) -> dict[str, SourceTable]:
    folder.mkdir(exist_ok=True)
    (folder / "customers.csv").write_text("customer_id\nc1\n")
    (folder / "orders.csv").write_text(orders)
    source = SourceSettings.model_validate({"path": folder, "tables": {"orders": {"columns": columns, **settings}}})
    return {table.table.name: table for table in find_source(source, "Europe/Warsaw")}


def load(connection: Connection, source: SourceTable, run_id: str = "first") -> Load:
    check_columns(connection, source)
    stage_table(connection, source)
    limit = QualitySettings(rejected_share_limit=1)
    return load_table(connection, source, run_id, as_of=dt.date(2024, 2, 1), quality=limit)


@pytest.fixture
def loading(warehouse: Connection) -> Connection:
    execute(warehouse, "attach ':memory:' as staging")
    return warehouse


def load_orders(connection: Connection, folder: Path, columns: dict[str, str], orders: str = ORDERS) -> Load:
    found = tables(folder, columns, orders)
    load(connection, found["customers"])
    return load(connection, found["orders"])


def test_names_constants_and_expressions(loading: Connection, tmp_path: Path) -> None:
    done = load_orders(loading, tmp_path, COLUMNS)

    assert (done.rows_loaded, done.rows_rejected) == (2, 0)
    assert execute(loading, "select order_id, customer_id, ordered_at::varchar, amount::varchar, channel "
                   "from crm.orders order by 1") == [
        ("shop-1", "c1", "2024-01-05 00:00:00", "1200.00", "web"),
        ("shop-2", "c1", "2024-01-31 00:00:00", "-10.00", "web"),
    ]  # fmt: skip


def test_a_row_for_which_an_expression_cannot_be_computed_is_rejected_as_it_came(
    loading: Connection, tmp_path: Path
) -> None:
    done = load_orders(loading, tmp_path, COLUMNS, ORDERS + "3,c1,01.02.2024,many,0,S\n")

    assert (done.rows_loaded, done.rows_rejected) == (2, 1)
    ((reason, raw),) = execute(loading, f"select reason, raw from {REJECTS.full_name}")
    assert reason == "amount cannot be computed from the row"
    assert json.loads(raw) == {
        "No": "3", "Client": "c1", "Day": "01.02.2024", "gross": "many", "vat": "0", "kind": "S",
    }  # fmt: skip


def test_a_value_that_is_computed_as_nothing_is_not_an_error(loading: Connection, tmp_path: Path) -> None:
    columns = COLUMNS | {"keycode": "nullif(kind, 'S')"}

    load_orders(loading, tmp_path, columns)

    assert execute(loading, "select keycode from crm.orders order by order_id") == [(None,), ("R",)]


def test_a_renamed_column_is_no_attribute_as_well(loading: Connection, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("order_id,customer_id,ordered_at,amount\no1,7,2024-01-05,1\n")
    (tmp_path / "customers.csv").write_text("Kunde Nr.,Ort,tier\n7,Ulm,gold\n")
    columns = {"customer_id": "Kunde Nr.", "city": "upper(Ort)", "class": "tier"}
    settings = SourceSettings.model_validate({"path": tmp_path, "tables": {"customers": {"columns": columns}}})

    load(loading, find_source(settings)[0])

    attributes = "customer_id, city, class, Ort"
    assert execute(loading, f"select {attributes} from crm.customers") == [("7", "ULM", "gold", "Ulm")]
    names = {name for (name,) in execute(loading, "select column_name from (describe crm.customers)")}
    assert names.isdisjoint({"Kunde Nr.", "tier"})


@pytest.mark.parametrize(
    ("columns", "error", "told"),
    [
        ({"order_id": "No"}, SourceError, r"orders\.csv: column customer_id, ordered_at, amount is missing"),
        (COLUMNS | {"price": "gross"}, SettingsError, r"columns\.price: orders has no such column; order_id"),
        (COLUMNS | {"amount": "nett"}, SourceError, r"columns\.amount = 'nett': no column nett in .*there are: No"),
        (COLUMNS | {"amount": "gross - vat"}, SettingsError, r"amount = .*No function matches.*number\(column\)"),
        (COLUMNS | {"amount": "sum(gross)"}, SettingsError, r"amount = 'sum\(gross\)': sum\(\) is not allowed"),
    ],
)
def test_settings_that_do_not_fit_are_refused_before_anything_is_read(
    staging: Connection, tmp_path: Path, columns: dict[str, str], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        check_columns(staging, tables(tmp_path, columns)["orders"])


def test_files_of_any_name(loading: Connection, tmp_path: Path) -> None:
    (tmp_path / "sales").mkdir()
    for month in (1, 2):
        row = f"order_id,customer_id,ordered_at,amount\no{month},c1,2024-0{month}-01,1\n"
        (tmp_path / "sales" / f"2024-0{month}.csv").write_text(row)
    found = tables(tmp_path, {}, files="sales/*.csv")
    load(loading, found["customers"])

    assert load(loading, found["orders"]).rows_loaded == 2


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("nothing/*.csv", r"source\.tables\.orders\.files = 'nothing/\*\.csv': no such file in "),
        ("*", r"notes\.txt: fits source\.tables\.orders\.files = '\*', but is neither \.csv nor \.parquet"),
        ("/etc/*", "is to be relative to source.path"),
    ],
)
def test_a_pattern_that_does_not_fit_is_refused(tmp_path: Path, pattern: str, told: str) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(SourceError, match=told):
        tables(tmp_path, {}, files=pattern)


def test_typed_files_mean_what_their_text_would(loading: Connection, tmp_path: Path) -> None:
    """Ids that a tool made floats, amounts in floats, moments with an offset."""
    (tmp_path / "customers.csv").write_text("customer_id\n7\n")
    moment = dt.datetime(2024, 1, 5, 23, 30, tzinfo=dt.UTC)
    rows = {"order_id": [1.0, 2.0], "customer_id": [7.0, 7.0], "ordered_at": [moment] * 2, "amount": [1.005, 12.3]}
    pl.DataFrame(rows).write_parquet(tmp_path / "orders.parquet")

    for source in find_source(SourceSettings(path=tmp_path), "Europe/Warsaw")[:2]:
        load(loading, source)

    assert execute(loading, "select order_id, customer_id, ordered_at::varchar, amount::varchar from crm.orders") == [
        ("1", "7", "2024-01-06 00:30:00", "1.01"),
        ("2", "7", "2024-01-06 00:30:00", "12.30"),
    ]


def test_moments_written_with_an_offset_are_brought_to_local_time(loading: Connection, tmp_path: Path) -> None:
    moments = ["2024-07-01T10:00:00Z", "2024-07-01 10:00:00+02:00", "2024-01-01T10:00:00.5-0500", "2024-01-01 10:00"]
    rows = "".join(f"o{number},c1,{moment},1\n" for number, moment in enumerate(moments))

    done = load_orders(loading, tmp_path, {}, "order_id,customer_id,ordered_at,amount\n" + rows)

    assert done.rows_loaded == 4
    assert execute(loading, "select ordered_at::varchar from crm.orders order by order_id") == [
        ("2024-07-01 12:00:00",),
        ("2024-07-01 10:00:00",),
        ("2024-01-01 16:00:00.5",),
        ("2024-01-01 10:00:00",),
    ]
