"""The tables for analysts as Parquet files."""

from pathlib import Path

import polars as pl
import pytest

from segmentation.contract.privacy import ANALYSTS_TABLES
from segmentation.errors import DiskError, SettingsError, WarehouseError
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.connection import open_database, query_warehouse
from segmentation.warehouse.parquet import export_tables
from segmentation.warehouse.publishing import publish, writing
from tests.builders import fill, order

SALT = "a long random text, kept secret"


@pytest.fixture
def settings(tmp_path: Path) -> WarehouseSettings:
    return WarehouseSettings(path=tmp_path / "w.duckdb", analysts=tmp_path / "a.duckdb", analysts_salt=SALT, threads=1)


def publish_orders(settings: WarehouseSettings) -> None:
    with writing(settings) as building:
        with open_database(building, settings) as connection:
            fill(connection, "crm.customers", {"customer_id": "c1", "last_name": "Gęślą", "country": "PL"})
            fill(connection, "crm.orders", order("c1", "2024-01-05", 12.5, order_id="o1"))
        publish(settings)


def test_files_have_the_tables_of_the_copy(settings: WarehouseSettings, tmp_path: Path) -> None:
    publish_orders(settings)
    assert settings.analysts is not None
    written = export_tables(settings, tmp_path / "out" / "parquet")
    assert {file.name for file in (tmp_path / "out" / "parquet").iterdir()} == {file.name for file in written}
    assert [file.stem for file in written] == [table.full_name for table in ANALYSTS_TABLES]
    for file in written:
        assert pl.read_parquet(file).equals(query_warehouse(settings.analysts, f"from {file.stem}")), file.name
    orders = pl.read_parquet(tmp_path / "out" / "parquet" / "crm.orders.parquet")
    assert orders["amount"].to_list() == [12.5]
    assert orders["customer_id"].str.contains(r"^[0-9a-f]{32}$").all()
    assert not any("Gęślą".encode() in file.read_bytes() for file in written)


def test_the_same_again_is_the_same_to_the_byte(settings: WarehouseSettings, tmp_path: Path) -> None:
    publish_orders(settings)
    first = [file.read_bytes() for file in export_tables(settings, tmp_path / "out")]
    assert [file.read_bytes() for file in export_tables(settings, tmp_path / "out")] == first


def test_without_a_copy_nothing_is_written(settings: WarehouseSettings, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^warehouse\.analysts is not set; "):
        export_tables(WarehouseSettings(path=settings.path), tmp_path / "out")
    with pytest.raises(WarehouseError, match=r"a\.duckdb: no warehouse here; "):
        export_tables(settings, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be(settings: WarehouseSettings, tmp_path: Path) -> None:
    publish_orders(settings)
    (tmp_path / "file").touch()
    with pytest.raises(DiskError, match=r"cannot be written \(Not a directory\); check the folder"):
        export_tables(settings, tmp_path / "file" / "out")
