"""Connections of the engine, and queries of users."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from segmentation.errors import QueryError, WarehouseError
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.connection import (
    EngineError,
    attach,
    execute,
    frames,
    open_database,
    open_memory,
    query_warehouse,
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one table."""
    path = tmp_path_factory.mktemp("queries") / "it's a warehouse.duckdb"
    with open_database(path) as connection:
        execute(connection, "create table numbers as select range::int as number from range(3)")
    return path


def test_the_engine_keeps_to_its_settings() -> None:
    limits = WarehouseSettings(memory_limit="100MB", threads=1)

    with open_database(Path(":memory:"), limits) as connection:
        found = execute(
            connection,
            "select current_setting('threads'), current_setting('memory_limit'), "
            "current_setting('autoinstall_known_extensions'), current_setting('enable_progress_bar')",
        )

    assert found == [(1, "95.3 MiB", False, False)]


def test_frames_are_visible_for_a_while() -> None:
    with open_memory() as connection:
        with frames(connection, given=pl.DataFrame({"number": [7]})):
            assert execute(connection, "from given") == [(7,)]
        with pytest.raises(EngineError, match="given does not exist"):
            execute(connection, "from given")


def test_a_python_variable_is_no_table() -> None:
    numbers = pl.DataFrame({"number": [7]})

    with open_memory() as connection, pytest.raises(EngineError, match="numbers does not exist"):
        execute(connection, "from numbers")

    assert numbers.height == 1


def test_a_database_beside_the_open_one(file: Path) -> None:
    with open_memory() as connection:
        attach(connection, file, "other")
        assert execute(connection, "from other.numbers where number > $above", above=1) == [(2,)]


def test_a_query_gives_rows(file: Path) -> None:
    assert query_warehouse(file, "select number + 1 as next from numbers order by 1").rows() == [(1,), (2,), (3,)]


@pytest.mark.parametrize(
    "query",
    [
        "delete from numbers",
        "insert into numbers values (4)",
        "update numbers set number = 0",
        "create table more as select 1",
        "drop table numbers",
        "alter table numbers add column x int",
        "comment on table numbers is 'mine'",
        "select 1; drop table numbers",
    ],
)
def test_a_query_that_writes_is_refused(file: Path, query: str) -> None:
    before = file.read_bytes()

    with pytest.raises(QueryError, match="read-only"):
        query_warehouse(file, query)

    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "query",
    [
        "from read_csv('/etc/passwd')",
        "from read_text('{folder}/secret.txt')",
        "from glob('{folder}/*')",
        "from read_blob('{file}')",
        "attach '{folder}/other.duckdb' as other",
        "attach '{file}' as again",
        "copy numbers to '{folder}/out.csv'",
        "copy numbers to '{file}' (use_tmp_file false)",
        "copy numbers to '{file}.wal'",
        "copy numbers to '{file}.tmp/out.csv'",
        "copy numbers to '/dev/stdout'",
        "with copied as (copy numbers to '{file}.wal') from copied",
        "explain analyze copy numbers to '{file}.wal'",
        "export database '{folder}/out'",
        "install httpfs",
        "load httpfs",
    ],
)
def test_a_query_meets_no_file_but_the_warehouse(file: Path, query: str) -> None:
    (file.parent / "secret.txt").write_text("secret")
    before = {path.name: path.read_bytes() for path in file.parent.iterdir()}

    with pytest.raises(
        QueryError, match=r"^a query asks the warehouse and nothing else: it can neither read nor write"
    ):
        query_warehouse(file, query.format(file=str(file).replace("'", "''"), folder=file.parent))

    assert {path.name: path.read_bytes() for path in file.parent.iterdir()} == before


@pytest.mark.parametrize(
    "query",
    [
        "set enable_external_access = true",
        "set disabled_filesystems = ''",
        "set lock_configuration = false",
        "set memory_limit = '100GB'",
        "set temp_directory = '/tmp'",
        "call enable_logging(storage = 'file', storage_path = '/tmp')",
    ],
)
def test_a_query_cannot_lift_its_limits(file: Path, query: str) -> None:
    with pytest.raises(QueryError, match="the configuration has been locked"):
        query_warehouse(file, query)


def test_a_query_that_takes_too_much_memory(file: Path) -> None:
    little = WarehouseSettings(memory_limit="20MB", threads=1)

    with pytest.raises(WarehouseError, match=r"warehouse\.memory_limit = 20MB is too little for it; raise it"):
        query_warehouse(file, "select md5(range::varchar) as text from range(1_000_000) order by text", little)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("selec 1", "syntax error"),
        ("from nowhere", "nowhere does not exist"),
        ("", "returns no rows; ask with SELECT"),
        ("select 'x'::int from numbers", "Could not convert string 'x'"),
    ],
)
def test_a_query_duckdb_refuses(file: Path, query: str, told: str) -> None:
    with pytest.raises(QueryError, match=told):
        query_warehouse(file, query)


@pytest.mark.parametrize("query", ["select interval 1 month", "select union_value(a := 1)"])
def test_a_type_without_a_column_in_polars(file: Path, query: str) -> None:
    with pytest.raises(QueryError):
        query_warehouse(file, query)


def missing(path: Path) -> None:
    """Nothing is there."""


def folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("there", [missing, folder])
def test_a_missing_warehouse(tmp_path: Path, there: Callable[[Path], None]) -> None:
    there(tmp_path / "w.duckdb")

    with pytest.raises(WarehouseError, match=r"w\.duckdb: no warehouse here; run `mailworth night` first"):
        query_warehouse(tmp_path / "w.duckdb", "select 1")


@pytest.mark.parametrize("content", [b"", b"customer_id\nc1\n", b"x" * 20_000], ids=["empty", "short", "long"])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "w.duckdb").write_bytes(content)

    with pytest.raises(WarehouseError, match=r"w\.duckdb: cannot be opened as a DuckDB database: .*not a valid DuckDB"):
        query_warehouse(tmp_path / "w.duckdb", "select 1")


def test_a_truncated_database(file: Path, tmp_path: Path) -> None:
    (tmp_path / "w.duckdb").write_bytes(file.read_bytes()[:9000])

    with pytest.raises(WarehouseError, match=r"w\.duckdb: cannot be opened as a DuckDB database: "):
        query_warehouse(tmp_path / "w.duckdb", "from numbers")


WRITE_SHORT_TEXT = """
import sys
from pathlib import Path
from segmentation.warehouse.connection import execute, open_database

with open_database(Path(sys.argv[1])) as connection:
    for number in range(40):
        execute(connection, f"create table t{number} (campaign_id varchar, customer_id varchar)")
        execute(connection, f"insert into t{number} values ('q7', 'c1'), ('q7', 'c2')")
"""


@pytest.mark.parametrize(
    ("memory", "padding"),
    [({}, b"\0"), ({"DUCKDB_JE_MALLOC_CONF": "junk:true"}, b"\xa5")],
    ids=["as it is", "with junk in it, to see that it would be found"],
)
def test_no_byte_of_a_file_is_what_was_in_memory_before(tmp_path: Path, memory: dict[str, str], padding: bytes) -> None:
    file = tmp_path / "w.duckdb"
    environment = {name: value for name, value in os.environ.items() if name != "DUCKDB_JE_MALLOC_CONF"} | memory
    subprocess.run([sys.executable, "-c", WRITE_SHORT_TEXT, file], env=environment, check=True)
    assert set(re.findall(rb"q7(.{6})\x08\0\0\0", file.read_bytes(), re.DOTALL)) == {6 * padding}
