"""Readers see one complete version or the next; a run that fails leaves nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from segmentation.contract.published import PUBLISHED_TABLES
from segmentation.errors import WarehouseError, WarehouseLockedError
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.connection import execute, open_database, query_warehouse
from segmentation.warehouse.publishing import building_path, publish, show, staging_path, writing
from tests.builders import fill

ROOT = Path(__file__).parents[2]
GIVEN = {"ordered_at": "2024-01-05 00:00:00", "amount": 1.0}

HOLD = """
import sys
from pathlib import Path
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.publishing import writing
with writing(WarehouseSettings(path=Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.readline()
"""
READ = """
import sys
from pathlib import Path
from segmentation.warehouse.connection import execute, open_database
with open_database(Path(sys.argv[1]), read_only=True) as connection:
    for _ in range(2):
        print(*sum(execute(connection, "select order_id from crm.orders order by 1"), ()), flush=True)
        sys.stdin.readline()
"""


class StoppedError(Exception):
    """What a test stops a run with."""


def settings_for(path: Path) -> WarehouseSettings:
    return WarehouseSettings(path=path, threads=1)


def publish_orders(warehouse: Path, *order_ids: str) -> None:
    """Add orders to the warehouse in a run of its own."""
    with writing(settings_for(warehouse)) as building:
        with open_database(building) as connection:
            for order_id in order_ids:
                fill(connection, "crm.orders", {"order_id": order_id, "customer_id": "c1"} | GIVEN)
        publish(warehouse)


def orders(warehouse: Path) -> list[str]:
    return query_warehouse(warehouse, "select order_id from crm.orders order by 1")["order_id"].to_list()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@contextmanager
def process(code: str, warehouse: Path) -> Iterator[tuple[subprocess.Popen[str], IO[str], IO[str]]]:
    """Another Python process, its input and its output; killed at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(warehouse)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as other:
        assert other.stdin
        assert other.stdout
        try:
            yield other, other.stdin, other.stdout
        finally:
            other.kill()


def test_a_first_run_starts_from_empty_tables(tmp_path: Path) -> None:
    warehouse = tmp_path / "new" / "folder" / "w.duckdb"

    with writing(settings_for(warehouse)) as building:
        assert building == building_path(warehouse)
        assert not warehouse.exists()
        publish(warehouse)

    assert names(warehouse.parent) == {"w.duckdb", "w.duckdb.lock"}
    found = query_warehouse(warehouse, "select count(*) from duckdb_tables()").item()
    assert found == len(PUBLISHED_TABLES)


def test_a_later_run_starts_from_what_is_published(tmp_path: Path) -> None:
    publish_orders(tmp_path / "w.duckdb", "o1")
    publish_orders(tmp_path / "w.duckdb", "o2")

    assert orders(tmp_path / "w.duckdb") == ["o1", "o2"]
    assert names(tmp_path) == {"w.duckdb", "w.duckdb.lock"}


def test_what_is_published_cannot_be_written_by_accident(tmp_path: Path) -> None:
    publish_orders(tmp_path / "w.duckdb", "o1")

    assert (tmp_path / "w.duckdb").stat().st_mode & 0o222 == 0


def test_an_open_reader_keeps_its_version_and_a_new_one_sees_the_next(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    publish_orders(warehouse, "o1")

    with process(READ, warehouse) as (_, ask, answer):
        assert answer.readline() == "o1\n"
        publish_orders(warehouse, "o2")
        ask.write("again\n")
        ask.flush()
        assert answer.readline() == "o1\n"

    assert orders(warehouse) == ["o1", "o2"]


def test_readers_are_not_disturbed_while_a_run_writes(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    publish_orders(warehouse, "o1")

    with writing(settings_for(warehouse)) as building, open_database(building) as connection:
        execute(connection, "delete from crm.orders")
        assert orders(warehouse) == ["o1"]


def stop_while_writing(warehouse: Path) -> None:
    """A run that fails half way, with everything open."""
    with (
        writing(settings_for(warehouse)) as building,
        open_database(building) as connection,
        open_database(staging_path(warehouse)) as staging,
    ):
        execute(staging, "create table rows as select 1")
        execute(connection, "drop table crm.orders")
        raise StoppedError


@pytest.mark.parametrize("first", [False, True])
def test_a_run_that_fails_leaves_everything_as_it_was(tmp_path: Path, first: bool) -> None:
    warehouse = tmp_path / "w.duckdb"
    if not first:
        publish_orders(warehouse, "o1")
    before = None if first else warehouse.read_bytes()

    with pytest.raises(StoppedError):
        stop_while_writing(warehouse)

    assert names(tmp_path) == ({"w.duckdb.lock"} if first else {"w.duckdb", "w.duckdb.lock"})
    assert (warehouse.read_bytes() if warehouse.exists() else None) == before


def test_leftovers_of_a_killed_run_are_removed(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    publish_orders(warehouse, "o1")
    for path in (building_path(warehouse), staging_path(warehouse)):
        path.write_text("half a file")
        path.with_name(path.name + ".wal").write_text("half a log")

    publish_orders(warehouse, "o2")

    assert orders(warehouse) == ["o1", "o2"]
    assert names(tmp_path) == {"w.duckdb", "w.duckdb.lock"}


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"

    with (
        writing(settings_for(warehouse)) as building,
        pytest.raises(WarehouseLockedError, match=rf"w\.duckdb: another run is writing it \(process {os.getpid()}\)"),
        writing(settings_for(warehouse)),
    ):
        pass

    assert not building.exists()


def test_a_writer_in_another_process_is_named_and_frees_the_lock_when_killed(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    publish_orders(warehouse, "o1")

    with process(HOLD, warehouse) as (holder, _, said):
        assert said.readline() == "held\n"
        with pytest.raises(WarehouseLockedError, match=rf"\(process {holder.pid}\); wait for it to end"):
            publish_orders(warehouse, "o2")
        assert building_path(warehouse).exists(), "the refused run leaves the version of the other alone"

        holder.send_signal(signal.SIGKILL)
        holder.wait()
        publish_orders(warehouse, "o3")

    assert orders(warehouse) == ["o1", "o3"]
    assert names(tmp_path) == {"w.duckdb", "w.duckdb.lock"}


def test_the_lock_is_free_after_a_run(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(StoppedError), writing(settings_for(tmp_path / "w.duckdb")):
            raise StoppedError


def test_a_folder_is_no_place_for_a_warehouse(tmp_path: Path) -> None:
    (tmp_path / "w.duckdb").mkdir()

    with (
        pytest.raises(WarehouseError, match=r"w\.duckdb: is a folder; name a file to write the warehouse to"),
        writing(settings_for(tmp_path / "w.duckdb")),
    ):
        pass


@pytest.mark.parametrize("place", ["a file/w.duckdb", "/proc/none/w.duckdb", "x" * 300])
def test_a_path_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").write_text("")

    with (
        pytest.raises(WarehouseError, match=r"cannot be written \(.*\); check the folder"),
        writing(settings_for(tmp_path / place)),
    ):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)

    with (
        pytest.raises(WarehouseError, match=r"w\.duckdb: cannot be written \(Permission denied\); check the folder"),
        writing(settings_for(tmp_path / "w.duckdb")),
    ):
        pass


def refuse_to_write(warehouse: Path) -> str:
    """What a run says of the published file it finds."""
    before = warehouse.read_bytes()
    with pytest.raises(WarehouseError) as refusal, writing(settings_for(warehouse)):
        pass
    assert warehouse.read_bytes() == before
    assert names(warehouse.parent) == {warehouse.name, warehouse.name + ".lock"}
    return str(refusal.value)


def test_a_published_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "w.duckdb").write_text("customer_id\n" * 1000)

    assert "cannot be opened as a DuckDB database" in refuse_to_write(tmp_path / "w.duckdb")


def test_the_refused_file_is_named_not_its_copy(tmp_path: Path) -> None:
    (tmp_path / "w.duckdb").write_text("customer_id\n" * 1000)

    assert refuse_to_write(tmp_path / "w.duckdb").startswith(f"{tmp_path / 'w.duckdb'}: ")


def test_a_database_of_something_else(tmp_path: Path) -> None:
    with open_database(tmp_path / "w.duckdb") as connection:
        execute(connection, "create schema crm")
        execute(connection, "create view crm.orders as select 1 as order_id")

    assert str(tmp_path / "w.duckdb") in refuse_to_write(tmp_path / "w.duckdb")


def test_a_warehouse_that_was_not_closed_is_not_published(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    publish_orders(warehouse, "o1")
    before = warehouse.read_bytes()

    with writing(settings_for(warehouse)) as building, open_database(building) as connection:
        execute(connection, "delete from crm.orders")
        with pytest.raises(WarehouseError, match=r"building\.wal: the new warehouse was not closed; nothing is pub"):
            publish(warehouse)

    assert warehouse.read_bytes() == before


def test_other_files_are_shown_with_the_warehouse(tmp_path: Path) -> None:
    warehouse, report = tmp_path / "w.duckdb", tmp_path / "report.html"
    report.write_text("old")

    with writing(settings_for(warehouse)):
        building_path(report).write_text("new")
        publish(warehouse, report)

    assert report.read_text() == "new"
    assert names(tmp_path) == {"w.duckdb", "w.duckdb.lock", "report.html"}


def test_showing_replaces_a_file(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("old")
    building_path(tmp_path / "list.csv").write_text("new")

    show(tmp_path / "list.csv")

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"list.csv": "new"}


def test_a_file_older_than_the_contract_gains_its_columns(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    with open_database(warehouse) as connection:
        execute(connection, "create schema crm")
        execute(connection, "create table crm.orders (order_id varchar, customer_id varchar, store varchar)")
        execute(connection, "insert into crm.orders values ('o1', 'c1', 's1')")

    with writing(settings_for(warehouse)):
        publish(warehouse)

    found = query_warehouse(
        warehouse, "select order_id, customer_id, store, ordered_at, amount, keycode from crm.orders"
    )
    assert found.rows() == [("o1", "c1", "s1", None, None, None)]
