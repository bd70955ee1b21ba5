"""Readers see one complete version or the next; a run that fails leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import pytest

from segmentation.contract.published import PUBLISHED_TABLES
from segmentation.errors import DiskError, WarehouseError, WarehouseLockedError
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.connection import execute, open_database, query_warehouse
from segmentation.warehouse.publishing import building_path, next_version, publish, show, staging_path, writing
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


def settings_for(path: Path, wait_seconds: int = 0) -> WarehouseSettings:
    return WarehouseSettings(path=path, threads=1, wait_seconds=wait_seconds)


def publish_orders(warehouse: Path, *order_ids: str, wait_seconds: int = 0) -> None:
    """Add orders to the warehouse in a run of its own."""
    with writing(settings_for(warehouse, wait_seconds)) as building:
        with open_database(building) as connection:
            for order_id in order_ids:
                fill(connection, "crm.orders", {"order_id": order_id, "customer_id": "c1"} | GIVEN)
        publish(settings_for(warehouse))


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
        assert building == next_version(warehouse)
        assert not warehouse.exists()
        publish(settings_for(warehouse))

    assert names(warehouse.parent) == {"w.duckdb", "w.duckdb.lock"}
    found = query_warehouse(warehouse, "select count(*) from duckdb_tables()").item()
    assert found == len(PUBLISHED_TABLES)


def test_a_later_run_starts_from_what_is_published(tmp_path: Path) -> None:
    publish_orders(tmp_path / "w.duckdb", "o1")
    publish_orders(tmp_path / "w.duckdb", "o2")

    assert orders(tmp_path / "w.duckdb") == ["o1", "o2"]
    assert names(tmp_path) == {"w.duckdb", "w.duckdb.lock"}


def test_what_is_published_is_for_its_owner_to_read(tmp_path: Path) -> None:
    publish_orders(tmp_path / "w.duckdb", "o1")

    assert mode(tmp_path / "w.duckdb") == 0o400


def test_what_is_built_is_for_its_owner_only(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    publish_orders(warehouse, "o1")

    little = WarehouseSettings(path=warehouse, memory_limit="50MB", threads=1)
    with writing(little) as building, open_database(building, little) as connection:
        execute(connection, f"attach '{staging_path(warehouse)}' as staging")
        execute(connection, "create table staging.texts as select md5(range::varchar) as text from range(1_000_000)")
        connection.execute("select text, row_number() over (order by text) from staging.texts").fetchmany(1)
        built = {path.relative_to(tmp_path) for path in tmp_path.rglob("*")} - {Path("w.duckdb"), Path("w.duckdb.lock")}
        assert Path("w.duckdb.building/tmp") in built, "this much is laid down"
        assert {path.parts[0] for path in built} == {"w.duckdb.building"}
        assert mode(tmp_path / "w.duckdb.building") == 0o700


def test_nobody_else_reads_a_warehouse(tmp_path: Path) -> None:
    with TemporaryDirectory() as name:
        warehouse = Path(name) / "w.duckdb"
        publish_orders(warehouse, "o1")
        Path(name).chmod(0o777)
        with (
            somebody_else(),
            pytest.raises(WarehouseError, match=r"w\.duckdb: only its owner may read it; ask the copy"),
        ):
            orders(warehouse)
        with (
            somebody_else(),
            pytest.raises(DiskError, match=r"w\.duckdb: cannot be written \(Permission denied\)"),
            writing(settings_for(warehouse)),
        ):
            pass


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


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@contextmanager
def somebody_else() -> Iterator[None]:
    """For a while this process may do no more than a user without rights."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


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
    (building_path(warehouse) / "tmp").mkdir(parents=True)
    for path in (next_version(warehouse), staging_path(warehouse), next_version(warehouse).parent / "tmp" / "block"):
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


def test_a_writer_that_ends_in_time_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    warehouse = tmp_path / "w.duckdb"
    publish_orders(warehouse, "o1")

    with process(HOLD, warehouse) as (holder, ask, said):
        assert said.readline() == "held\n"
        with ThreadPoolExecutor() as others:
            waiting = others.submit(publish_orders, warehouse, "o2", wait_seconds=60)
            while not caplog.messages:
                time.sleep(0.05)
            assert caplog.messages == [f"{warehouse}: process {holder.pid} is writing it; waiting up to 60 s"]
            ask.write("end\n")
            ask.flush()
            waiting.result()

    assert orders(warehouse) == ["o1", "o2"]


def test_a_writer_that_does_not_end_is_waited_for_in_vain(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"

    with process(HOLD, warehouse) as (holder, _, said):
        assert said.readline() == "held\n"
        with pytest.raises(
            WarehouseLockedError,
            match=rf"another run is writing it \(process {holder.pid}\) after 1 s of waiting; wait",
        ):
            publish_orders(warehouse, "o1", wait_seconds=1)


def test_a_writer_killed_while_another_waits(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"

    with process(HOLD, warehouse) as (holder, _, said), ThreadPoolExecutor() as others:
        assert said.readline() == "held\n"
        waiting = others.submit(publish_orders, warehouse, "o1", wait_seconds=60)
        time.sleep(0.5)
        holder.send_signal(signal.SIGKILL)
        waiting.result()

    assert orders(warehouse) == ["o1"]
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


@pytest.mark.parametrize("place", ["a file/w.duckdb", "/proc/none/w.duckdb"])
def test_a_path_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").write_text("")

    with (
        pytest.raises(DiskError, match=r"cannot be written \(.*\); check the folder"),
        writing(settings_for(tmp_path / place)),
    ):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)

    with (
        pytest.raises(DiskError, match=r"w\.duckdb: cannot be written \(Permission denied\); check the folder"),
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
        with pytest.raises(
            WarehouseError, match=r"building/warehouse\.duckdb\.wal: the new warehouse was not closed; nothing is pub"
        ):
            publish(settings_for(warehouse))

    assert warehouse.read_bytes() == before


def test_other_files_are_shown_with_the_warehouse(tmp_path: Path) -> None:
    warehouse, report = tmp_path / "w.duckdb", tmp_path / "report.html"
    report.write_text("old")

    with writing(settings_for(warehouse)):
        building_path(report).write_text("new")
        publish(settings_for(warehouse), report)

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
        publish(settings_for(warehouse))

    found = query_warehouse(
        warehouse, "select order_id, customer_id, store, ordered_at, amount, keycode from crm.orders"
    )
    assert found.rows() == [("o1", "c1", "s1", None, None, None)]
