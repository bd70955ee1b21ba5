"""The copy for analysts: everything but who a customer is."""

import hashlib
import hmac
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import SecretStr

from segmentation.contract.model import MONEY, Column
from segmentation.contract.privacy import ANALYSTS_TABLES, privacy_of
from segmentation.contract.published import PUBLISHED_TABLES
from segmentation.errors import SettingsError, WarehouseError
from segmentation.run import continue_run
from segmentation.settings import Settings, WarehouseSettings
from segmentation.warehouse.connection import execute, open_database, query_warehouse
from segmentation.warehouse.publishing import building_path, publish, writing
from segmentation.warehouse.restoring import restore_version
from segmentation.warehouse.schema import append_rows, create_tables
from segmentation.warehouse.versions import keep_version
from tests.builders import fill, order

SALT = "a long random text, kept secret"
VALUES = {
    "DATE": "2024-01-05",
    "TIMESTAMP": "2024-01-05 10:00:00",
    "BOOLEAN": True,
    "DOUBLE": 1.5,
    "DOUBLE[]": [1.5],
    MONEY: 1.5,
    **dict.fromkeys(("BIGINT", "INTEGER", "TINYINT"), 3),
}


@pytest.fixture
def settings(tmp_path: Path) -> WarehouseSettings:
    return WarehouseSettings(
        path=tmp_path / "w.duckdb", analysts=tmp_path / "open" / "a.duckdb", analysts_salt=SALT, threads=1
    )


def value_of(table: str, column: Column) -> Any:
    """For text something long that occurs nowhere else; ids are the same wherever they stand."""
    if column.type != "VARCHAR":
        return VALUES[column.type]
    place = "" if column.name in {"customer_id", "household_id", "order_id", "original_order_id"} else f"{table}."
    return f"<{place}{column.name} of Zażółć Gęślą>"


def publish_everything(settings: WarehouseSettings) -> None:
    """One row in every table, with every column filled, and an attribute of the customer and of the campaign."""
    with writing(settings) as building:
        with open_database(building, settings) as connection:
            for name in ("customers", "campaigns"):
                execute(connection, f"alter table crm.{name} add column pesel varchar")
            for table in PUBLISHED_TABLES:
                row = {column.name: value_of(table.full_name, column) for column in table.columns}
                append_rows(connection, table, pl.DataFrame([row]))
            execute(connection, "update crm.customers set pesel = '<attribute of Zażółć Gęślą>'")
            execute(connection, "update crm.campaigns set pesel = '<attribute of Zażółć Gęślą>'")
        publish(settings)


def copy_of(settings: WarehouseSettings) -> Path:
    assert settings.analysts
    return settings.analysts


def pseudonym(column: str, value: str) -> str:
    return hmac.new(SALT.encode(), f"{column}:{value}".encode(), hashlib.sha256).hexdigest()[:32]


def texts(file: Path) -> set[str]:
    """Every value of every column of every table, as text."""
    found: set[str] = set()
    for schema, table in query_warehouse(file, "select schema_name, table_name from duckdb_tables()").rows():
        rows = query_warehouse(file, f"select columns(*)::varchar from {schema}.{table}")
        found |= {value for series in rows for value in series if value is not None}
    return found


def test_the_copy_shows_what_the_contract_says_and_no_more(settings: WarehouseSettings) -> None:
    publish_everything(settings)

    shown = {
        value_of(table.full_name, column)
        for table in ANALYSTS_TABLES
        for column in table.columns
        if column.type == "VARCHAR" and privacy_of(column) == "open"
    }
    pseudonyms = {
        pseudonym("order_id" if column.name == "original_order_id" else column.name, value_of(table.full_name, column))
        for table in ANALYSTS_TABLES
        for column in table.columns
        if privacy_of(column) == "pseudonym"
    }
    assert {text for text in texts(copy_of(settings)) if "Gęślą" in text} == shown
    assert {text for text in texts(copy_of(settings)) if re.fullmatch("[0-9a-f]{32}", text)} == pseudonyms


def test_no_byte_of_the_copy_tells_who_a_customer_is(settings: WarehouseSettings) -> None:
    publish_everything(settings)

    hidden = [
        value_of(table.full_name, column).encode()
        for table in PUBLISHED_TABLES
        for column in table.columns
        if column.type == "VARCHAR" and (table.withheld or privacy_of(column) != "open")
    ]
    hidden += [b"<attribute of", SALT.encode()]
    warehouse, copy = settings.path.read_bytes(), copy_of(settings).read_bytes()
    assert sum(text in warehouse for text in hidden) > len(hidden) / 2, "the search finds what is there"
    assert [text for text in hidden if text in copy] == []


def test_modes_of_the_copy_and_of_the_folder_it_is_built_in(settings: WarehouseSettings) -> None:
    with writing(settings):
        assert building_path(copy_of(settings)).stat().st_mode & 0o777 == 0o700
        publish(settings)

    assert copy_of(settings).stat().st_mode & 0o777 == 0o444
    assert settings.path.stat().st_mode & 0o777 == 0o400
    assert [path.name for path in copy_of(settings).parent.iterdir()] == ["a.duckdb"]


def test_every_table_and_column_of_the_copy_has_its_comment(settings: WarehouseSettings) -> None:
    publish_everything(settings)

    bare = "select table_name, column_name from duckdb_columns() where not internal and comment is null"
    assert query_warehouse(copy_of(settings), bare).is_empty()
    named = query_warehouse(copy_of(settings), "select schema_name || '.' || table_name, comment from duckdb_tables()")
    assert dict(named.rows()) == {table.full_name: f"One row per {table.grain}." for table in ANALYSTS_TABLES}


def write_orders(settings: WarehouseSettings, customers: int) -> None:
    with writing(settings) as building:
        with open_database(building, settings) as connection:
            ids = [f"{number:03}" for number in range(customers)]
            fill(connection, "crm.customers", *({"customer_id": name, "household_id": name} for name in ids))
            fill(connection, "crm.orders", *(order(name, "2024-01-05", order_id=name) for name in ids))
        publish(settings)


def test_customers_and_their_orders_still_belong_together(settings: WarehouseSettings) -> None:
    write_orders(settings, 3)

    joined = query_warehouse(
        copy_of(settings), "select customer_id from crm.customers join crm.orders using (customer_id) order by 1"
    )
    assert joined["customer_id"].to_list() == sorted(pseudonym("customer_id", f"{number:03}") for number in range(3))


def test_a_return_still_leads_to_its_order(settings: WarehouseSettings) -> None:
    with writing(settings) as building:
        with open_database(building, settings) as connection:
            fill(connection, "response.attribution", {"order_id": "o2", "original_order_id": "o1"}, {"order_id": "o1"})
        publish(settings)

    original = query_warehouse(
        copy_of(settings),
        "select original_order_id from response.attribution semi join "
        "(select order_id as original_order_id from response.attribution) using (original_order_id)",
    )
    assert original["original_order_id"].to_list() == [pseudonym("order_id", "o1")]


def test_the_same_number_of_a_customer_and_an_order_have_nothing_in_common(settings: WarehouseSettings) -> None:
    write_orders(settings, 3)

    met = "select count(*) from crm.orders where order_id in (select customer_id from crm.customers)"
    household = "select count(*) from crm.customers where household_id = customer_id"
    assert query_warehouse(copy_of(settings), met).item() == 0
    assert query_warehouse(copy_of(settings), household).item() == 0


def test_the_place_of_a_row_tells_nothing(settings: WarehouseSettings) -> None:
    write_orders(settings, 200)

    for table, column in (("crm.customers", "customer_id"), ("crm.orders", "order_id")):
        found = query_warehouse(copy_of(settings), f"select {column} from {table} order by rowid")[column].to_list()
        assert found == sorted(found)
        assert len(found) == 200


def test_another_salt_gives_other_pseudonyms(settings: WarehouseSettings) -> None:
    write_orders(settings, 1)
    before = query_warehouse(copy_of(settings), "select customer_id from crm.customers").item()
    other = settings.model_copy(update={"analysts_salt": SecretStr("x" * 100)})

    with writing(other):
        publish(other)

    after = query_warehouse(copy_of(settings), "select customer_id from crm.customers").item()
    assert before == pseudonym("customer_id", "000")
    key = b"x" * 100  # longer than a block, so that it is hashed first
    assert after == hmac.new(key, b"customer_id:000", hashlib.sha256).hexdigest()[:32]


def test_the_salt_is_asked_for_before_anything_is_written(settings: WarehouseSettings) -> None:
    without = settings.model_copy(update={"analysts_salt": None})

    with (
        pytest.raises(
            SettingsError, match="set the environment variable MAILWORTH_WAREHOUSE__ANALYSTS_SALT to a long random text"
        ),
        writing(without),
    ):
        pass

    assert list(settings.path.parent.iterdir()) == []


def test_no_copy_unless_it_is_wanted(settings: WarehouseSettings) -> None:
    without = settings.model_copy(update={"analysts": None})
    with writing(without):
        publish(without)

    assert {path.name for path in settings.path.parent.iterdir()} == {"w.duckdb", "w.duckdb.lock"}


def test_no_run_works_on_the_copy(settings: WarehouseSettings) -> None:
    publish_everything(settings)
    copy = Settings(warehouse=WarehouseSettings(path=copy_of(settings)))

    with pytest.raises(
        WarehouseError, match=r"a copy of one for analysts \(ops\.runs lacks parameters, triggered_by\); name the one"
    ):
        continue_run("plan-mailing", copy)


def test_going_back_goes_back_in_the_copy_too(settings: WarehouseSettings) -> None:
    write_orders(settings, 1)
    keep_version(settings, "first")
    write_orders(settings, 2)

    restore_version(settings, "first")

    assert query_warehouse(copy_of(settings), "select count(*) from crm.customers").item() == 1


def test_a_version_older_than_the_contract_can_be_copied(settings: WarehouseSettings) -> None:
    with open_database(settings.path) as connection:
        create_tables(connection)
        execute(connection, "drop table segments.history")
        execute(connection, "alter table crm.customers drop column country")
        execute(connection, "insert into crm.customers (customer_id) values ('c1')")
    keep_version(settings, "old")

    restore_version(settings, "old")

    assert query_warehouse(copy_of(settings), "select customer_id, country from crm.customers").rows() == [
        (pseudonym("customer_id", "c1"), None)
    ]
    assert query_warehouse(copy_of(settings), "select count(*) from segments.history").item() == 0
