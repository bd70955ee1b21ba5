"""The steps of a run: look at the source, copy the rows, check them."""

import datetime as dt
import logging
from pathlib import Path

import pytest

from segmentation.errors import RejectedShareError, SourceError
from segmentation.run import Run, start_run
from segmentation.settings import load_settings
from segmentation.sources.stage import extract_table, inspect_source, load_checked
from segmentation.warehouse.connection import query_warehouse
from segmentation.warehouse.publishing import publish, writing
from tests.builders import write_source

HEADER = "order_id,customer_id,ordered_at,amount\n"


def run_on(folder: Path, **tables: str) -> Run:
    settings = load_settings(
        source={"path": write_source(folder / "source", **tables)}, warehouse={"path": folder / "w.duckdb"}
    )
    return start_run("night", settings, as_of=dt.date(2024, 11, 23), triggered_by="test")


def load_all(run: Run) -> None:
    source = inspect_source(run)
    with writing(run.settings.warehouse):
        for table in source:
            extract_table(run, table)
            load_checked(run, table)
        publish(run.settings.warehouse)


def test_looking_at_a_source_writes_nothing(tmp_path: Path) -> None:
    run = run_on(tmp_path)

    source = inspect_source(run)

    assert len(source) == 9
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"orders": "order_id,customer_id\n"}, r"orders\.csv: column ordered_at, amount is missing"),
        ({"contacts": "campaign_id\n"}, r"contacts\.csv: column customer_id is missing"),
        ({"costs": ""}, r"costs\.csv: is empty"),
    ],
)
def test_a_source_with_a_flaw_is_refused_before_anything_is_written(
    tmp_path: Path, tables: dict[str, str], told: str
) -> None:
    with pytest.raises(SourceError, match=told):
        load_all(run_on(tmp_path, **tables))

    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_source_is_loaded_and_published(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "segmentation")
    run = run_on(tmp_path, orders=HEADER + "o1,c1,2024-01-05,10\n" * 30 + "o2,c9,2024-01-05,1\n")

    load_all(run)

    loads = query_warehouse(
        run.warehouse, "select * exclude (run_id, source, watermark, note) from quality.loads limit 2"
    )
    assert loads.rows() == [("customers", 1, 1, 0, 0), ("orders", 31, 1, 1, 29)]
    assert query_warehouse(run.warehouse, "select order_id from crm.orders").rows() == [("o1",)]
    assert {path.name for path in tmp_path.iterdir()} == {"source", "w.duckdb", "w.duckdb.lock"}
    assert "orders: 1 loaded, 29 unchanged, 1 rejected" in caplog.messages
    assert "contacts: the source has no such table; what depends on it is skipped" in caplog.messages


def test_too_many_rejects_leave_the_published_warehouse_as_it_was(tmp_path: Path) -> None:
    load_all(run_on(tmp_path))
    before = (tmp_path / "w.duckdb").read_bytes()

    with pytest.raises(RejectedShareError, match=r"1 of 2 rows of orders break the contract"):
        load_all(run_on(tmp_path, orders=HEADER + "o1,c1,2024-01-05,11\no2,c1,yesterday,10\n"))

    assert (tmp_path / "w.duckdb").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"source", "w.duckdb", "w.duckdb.lock"}
