"""Tables and queries of a real PostgreSQL server, started for these tests."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from segmentation.errors import SourceError
from segmentation.settings import QualitySettings, SourceSettings
from segmentation.sources.loading import Load, load_table
from segmentation.sources.parts import SourceTable
from segmentation.sources.source import find_source, fingerprint
from segmentation.sources.staging import check_columns, stage_table
from segmentation.sources.watermark import reached_watermark
from segmentation.warehouse.connection import Connection, execute
from tests.builders import fill
from tests.database import PASSWORD, Server

SHOP = """
drop schema public cascade; create schema public; drop schema if exists shop cascade; create schema shop;
create table customers (customer_id integer primary key, first_name text, created_on date, mail_consent boolean,
    points numeric(10, 2));
insert into customers values (1, 'Łucja', '2020-02-29', true, 12.50), (2, 'O''Neil', null, null, null);
create table shop.sales (no bigint primary key, client integer, at timestamptz, gross numeric(12, 4), note jsonb,
    changed_at timestamp);
insert into shop.sales values
    (10, 1, '2024-01-05 23:30+00', 19.9900, '{"gift": true}', '2024-01-05 23:31'),
    (11, 2, '2024-07-05 10:00+02', -5.25, null, '2024-07-05 10:01');
"""
COLUMNS = {"order_id": "no", "customer_id": "client", "ordered_at": "at", "amount": "gross"}
SALES = {"query": "select * from shop.sales;", "columns": COLUMNS}


@pytest.fixture
def shop(server: Server) -> Server:
    server.run(SHOP)
    return server


@pytest.fixture
def loading(warehouse: Connection) -> Connection:
    execute(warehouse, "attach ':memory:' as staging")
    return warehouse


def find(server: Server, orders: dict[str, Any], **tables: dict[str, Any]) -> dict[str, SourceTable]:
    settings = {"database": server.address(), "tables": {"orders": orders, **tables}}
    found = find_source(SourceSettings.model_validate(settings), "Europe/Warsaw")
    return {table.table.name: table for table in found}


def night(connection: Connection, source: SourceTable, number: int = 1) -> Load:
    """Load one table as the night of that day does."""
    run_id, day = f"night-{number}", dt.date(2024, 8, number)
    since = reached_watermark(connection, source)
    check_columns(connection, source)
    rows = stage_table(connection, source, since)
    load = load_table(connection, source, run_id, as_of=day, quality=QualitySettings(rejected_share_limit=1))
    assert rows == load.rows_read
    fill(connection, "ops.runs", {"run_id": run_id, "started_at": dt.datetime.combine(day, dt.time(2))})
    return load


def test_a_table_and_a_query(loading: Connection, shop: Server) -> None:
    source = find(shop, SALES)

    loads = [night(loading, source[name]) for name in ("customers", "orders")]

    assert [(load.source, load.rows_loaded) for load in loads] == [
        ("postgresql: table customers", 2),
        ("postgresql: select * from shop.sales", 2),
    ]
    assert execute(loading, "select customer_id, first_name, created_on, mail_consent, points from crm.customers") == [
        ("1", "Łucja", dt.date(2020, 2, 29), True, "12.500000"),
        ("2", "O'Neil", None, True, None),
    ]
    assert execute(loading, "select order_id, customer_id, ordered_at::varchar, amount::varchar from crm.orders") == [
        ("10", "1", "2024-01-06 00:30:00", "19.99"),
        ("11", "2", "2024-07-05 10:00:00", "-5.25"),
    ]
    assert source["campaigns"].parts == ()
    assert fingerprint(tuple(source.values())) is None


def test_a_rejected_row_is_kept_as_it_came(loading: Connection, shop: Server) -> None:
    shop.run("insert into shop.sales values (12, 9, '2024-07-06 10:00+02', 1, null, '2024-07-06')")
    source = find(shop, SALES)
    night(loading, source["customers"])

    assert night(loading, source["orders"]).rows_rejected == 1

    ((reason, raw),) = execute(loading, "select reason, raw from quality.rejects")
    assert reason == "customer_id is not in customers: 9"
    assert '"no":"12"' in raw


def test_with_a_watermark_only_what_changed_is_read(loading: Connection, shop: Server) -> None:
    sales = SALES | {"watermark": "changed_at", "overlap_days": 0}
    source = find(shop, sales)
    night(loading, source["customers"])
    first = night(loading, source["orders"], 1)
    shop.run("""
        insert into shop.sales values (12, 1, '2024-07-31 10:00+02', 3, null, '2024-07-31 10:00');
        insert into shop.sales values (13, 1, '2024-07-31 11:00+02', 4, null, null);
        update shop.sales set gross = 20, changed_at = '2024-07-31 12:00' where no = 10;
    """)
    second = night(loading, source["orders"], 2)
    third = night(loading, source["orders"], 3)

    assert (first.rows_read, first.watermark) == (2, "2024-07-05 10:01:00")
    assert (second.rows_read, second.rows_loaded, second.rows_unchanged) == (4, 3, 1), "that of the watermark again"
    assert second.watermark == "2024-07-31 12:00:00"
    assert (third.rows_read, third.rows_unchanged) == (2, 2), "that of the watermark, and the one without"
    assert execute(loading, "select sum(amount)::varchar, count(*) from crm.orders") == [("21.75", 4)]


def test_a_row_written_late_is_found_within_the_overlap(loading: Connection, shop: Server) -> None:
    source = find(shop, SALES | {"watermark": "changed_at", "overlap_days": 2})
    night(loading, source["customers"])
    night(loading, source["orders"], 1)
    shop.run("insert into shop.sales values (12, 1, '2024-07-04 10:00+02', 3, null, '2024-07-04 10:00')")

    assert night(loading, source["orders"], 2).rows_loaded == 1


def test_a_rejected_row_is_read_again_until_it_is_good(loading: Connection, shop: Server) -> None:
    """An order that came before its customer must not be lost."""
    shop.run("insert into shop.sales values (12, 3, '2024-07-01 10:00+02', 3, null, '2024-07-01 10:00')")
    source = find(shop, SALES | {"watermark": "changed_at", "overlap_days": 0})
    night(loading, source["customers"], 1)
    assert night(loading, source["orders"], 1).watermark == "2024-07-01 10:00:00"

    shop.run("insert into customers values (3, 'Late')")
    night(loading, source["customers"], 2)
    second = night(loading, source["orders"], 2)

    assert (second.rows_loaded, second.watermark) == (1, "2024-07-05 10:01:00")


@pytest.mark.parametrize(
    ("kind", "values", "since"),
    [
        ("integer", ("1", "2"), "2"),
        ("bigint", ("9", "10000000000"), "10000000000"),
        ("date", ("'2024-01-01'", "'2024-07-01'"), "2024-07-01"),
        ("timestamptz", ("'2024-01-01 00:00+01'", "'2024-07-01 00:00+02'"), "2024-07-01 00:00:00"),
        ("numeric", ("1", "2.5"), "2.500000"),
    ],
)
def test_types_of_watermarks(loading: Connection, shop: Server, kind: str, values: tuple[str, str], since: str) -> None:
    shop.run(f"alter table shop.sales add column version {kind}")
    for number, value in zip((10, 11), values, strict=True):
        shop.run(f"update shop.sales set version = {value} where no = {number}")
    source = find(shop, SALES | {"watermark": "version", "overlap_days": 0})
    night(loading, source["customers"])
    assert night(loading, source["orders"], 1).watermark == since

    assert night(loading, source["orders"], 2).rows_read == 1


def test_a_changed_query_is_read_whole(loading: Connection, shop: Server) -> None:
    night(loading, find(shop, SALES)["customers"])
    night(loading, find(shop, SALES | {"watermark": "changed_at"})["orders"], 1)

    other = SALES | {"watermark": "changed_at", "query": "select * from shop.sales where client > 0"}

    assert reached_watermark(loading, find(shop, other)["orders"]) is None


@pytest.mark.parametrize(
    ("orders", "told"),
    [
        ({}, r"source\.database: table orders is missing; set source\.tables\.orders\.query"),
        ({"query": "select 1 as x"}, "postgresql: select 1 as x: column order_id, customer_id"),
        ({"query": "select nope from shop.sales"}, r"source\.tables\.orders: .*column \"nope\" does not exist"),
        ({"query": "select 1; drop table customers"}, r"source\.tables\.orders: .*syntax error at or near \";\""),
        ({"query": "delete from customers returning *"}, r"source\.tables\.orders: .*syntax error"),
        (SALES | {"watermark": "nope"}, r"watermark = 'nope': no such column; there are: no, client"),
        (SALES | {"watermark": "note"}, r"watermark = 'note': is a jsonb; a watermark is one of: date, timestamp"),
    ],
)
def test_what_the_database_does_not_have_is_told(
    staging: Connection, shop: Server, orders: dict[str, Any], told: str
) -> None:
    with pytest.raises(SourceError, match=told):
        check_columns(staging, find(shop, orders)["orders"])


def test_a_query_that_writes_is_refused_by_the_database(staging: Connection, shop: Server) -> None:
    shop.run("create function grow() returns bigint language sql as "
             "'insert into shop.sales (no) values (99) returning no'")  # fmt: skip
    with pytest.raises(SourceError, match="read-only transaction"):
        stage_table(staging, find(shop, {"query": "select grow() as order_id, 1 as customer_id, now() as ordered_at, "
                                         "1 as amount"})["orders"])  # fmt: skip


def test_a_source_that_breaks_off_half_way_is_told(staging: Connection, shop: Server) -> None:
    query = "select n as order_id, 1 as customer_id, now() as ordered_at, 1 / (500000 - n) as amount " \
            "from generate_series(1, 1000000) as n"  # fmt: skip

    with pytest.raises(SourceError, match=r"postgresql: select n as order_id.*: cannot be read: .*division by zero"):
        stage_table(staging, find(shop, {"query": query})["orders"])


def test_a_wrong_password_is_told_without_the_password(server: Server) -> None:
    settings = SourceSettings(database=SecretStr(server.address(password="wr0ng-w0rd")))

    with pytest.raises(SourceError, match=r"source\.database: .*password authentication failed") as refusal:
        find_source(settings)

    assert "wr0ng-w0rd" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert PASSWORD not in repr(settings)


def test_a_server_that_is_not_there_is_told() -> None:
    settings = SourceSettings(database=SecretStr("postgresql://u:hidden@127.0.0.1:1/x"))

    with pytest.raises(SourceError, match=r"source\.database: .*Connection refused") as refusal:
        find_source(settings)

    assert "hidden" not in str(refusal.value)


def test_a_table_from_a_file_beside_those_of_the_database(loading: Connection, shop: Server, tmp_path: Path) -> None:
    (tmp_path / "robinson.csv").write_text("reason,customer_id\nrobinson,2\n")
    settings = {
        "path": tmp_path,
        "database": shop.address(),
        "tables": {"orders": SALES, "suppressions": {"files": "robinson.csv"}},
    }
    source = {s.table.name: s for s in find_source(SourceSettings.model_validate(settings))}

    assert night(loading, source["suppressions"]).rows_loaded == 1
