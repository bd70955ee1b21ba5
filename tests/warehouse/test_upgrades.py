"""A warehouse says its format, is brought up to date while the next version is built, and can go back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from segmentation.errors import NewerWarehouseError, QueryError, WarehouseError
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.connection import Connection, execute, fetch, open_database, query_warehouse
from segmentation.warehouse.publishing import building_path, next_version, publish, writing
from segmentation.warehouse.reading import reading
from segmentation.warehouse.restoring import restore_version
from segmentation.warehouse.upgrades import FORMATS, Format, bring_up_to_date, stored_format
from segmentation.warehouse.versions import keep_version, list_versions
from tests.warehouse.released import NAMES, unpack

SHOP = Path("shop.duckdb")
COLUMNS = "select schema_name, table_name, column_name, data_type from duckdb_columns() where not internal order by all"


@pytest.fixture
def settings(tmp_path: Path) -> WarehouseSettings:
    return WarehouseSettings(path=tmp_path / "w.duckdb", keep=2)


@contextmanager
def at_format(file: Path, number: int, release: str) -> Iterator[Connection]:
    """A warehouse that says it has the format, with a column and a value to change."""
    with open_database(file) as connection:
        bring_up_to_date(connection, file)
        execute(
            connection, "update ops.format set format = $number, release = $release", number=number, release=release
        )
        execute(connection, "insert into ops.runs (run_id, finished_at) values ('night-1', '2024-01-01 03:00')")
        execute(connection, "insert into segments.history (customer_id, segment) values ('c1', 'loyal')")
        yield connection


def contents(file: Path) -> dict[str, pl.DataFrame]:
    """The rows of each table, in order."""
    with open_database(file, read_only=True) as connection:
        tables = execute(connection, "select schema_name || '.' || table_name from duckdb_tables() where not internal")
        return {table: connection.sql(f"from {table} order by all").pl() for (table,) in tables}


def test_formats_are_counted_and_come_with_releases() -> None:
    assert [format_.number for format_ in FORMATS] == list(range(1, len(FORMATS) + 1))
    releases = [tuple(map(int, format_.release.split("."))) for format_ in FORMATS]
    assert releases == sorted(set(releases))


def test_a_new_file_has_the_last_format_and_nothing_is_done_to_it() -> None:
    broken = (*FORMATS, Format(99, "9.0.0", ("select * from no.such_table",)))
    with open_database(Path(":memory:")) as connection:
        assert stored_format(connection) is None
        assert bring_up_to_date(connection, SHOP, broken) is None
        assert execute(connection, "from ops.format") == [(99, "9.0.0")]


def test_statements_of_every_format_since_are_executed_in_order_and_once() -> None:
    """Worked by hand: a word is changed, then a new column filled from it; what has no statement is added empty."""
    formats = (
        Format(1, "0.1.0", ("update segments.history set segment = 'never'",)),
        Format(2, "0.2.0", ("update segments.history set segment = segment || '!'",)),
        Format(
            3,
            "0.3.0",
            (
                "alter table segments.history add column cell varchar",
                "update segments.history set cell = 'cell of ' || segment",
            ),
        ),
    )
    with at_format(Path(":memory:"), 1, "0.1.0") as connection:
        execute(connection, "alter table crm.customers drop column country")

        assert bring_up_to_date(connection, SHOP, formats) == Format(1, "0.1.0")
        assert bring_up_to_date(connection, SHOP, formats) is None

        assert execute(connection, "select segment, cell from segments.history") == [("loyal!", "cell of loyal!")]
        assert execute(connection, "select country from crm.customers") == []
        assert stored_format(connection) == Format(3, "0.3.0")


def test_a_later_format_is_refused_in_words_by_all_that_write_and_read(settings: WarehouseSettings) -> None:
    with at_format(settings.path, 99, "9.0.0"):
        pass
    before = settings.path.read_bytes()
    refusal = (
        r"w\.duckdb: made by Mailworth 9\.0\.0 or later, and this is \d+\.\d+\.\d+; update Mailworth, or go back "
        r"with `mailworth restore RUN` to a version of before, in .*w\.duckdb\.versions$"
    )
    with pytest.raises(NewerWarehouseError, match=refusal), writing(settings):
        raise AssertionError("nothing is built on it")
    with pytest.raises(NewerWarehouseError, match=refusal), reading(settings.path):
        raise AssertionError("nothing is read of it")
    assert settings.path.read_bytes() == before
    assert not building_path(settings.path).exists()
    assert query_warehouse(settings.path, "select release from ops.format").item() == "9.0.0"  # whoever asks it knows


def test_an_earlier_format_is_read_as_it_is(settings: WarehouseSettings) -> None:
    with at_format(settings.path, 1, "0.1.0") as connection:
        execute(connection, "drop table targeting.plans")
    with reading(settings.path) as connection:
        assert fetch(connection, "status_runs")["run_id"].to_list() == ["night-1"]
    lacking = (
        r"made by Mailworth 0\.1\.0, and lacks what is asked for; the next `mailworth night` brings it up to date: "
    )
    with pytest.raises(WarehouseError, match=lacking), reading(settings.path) as connection:
        fetch(connection, "plan_list", plan_ids=[])
    with pytest.raises(QueryError, match="plans"):
        query_warehouse(settings.path, "from targeting.plans")


def test_an_earlier_format_is_kept_before_the_next_is_built_even_if_that_fails(settings: WarehouseSettings) -> None:
    with at_format(settings.path, 1, "0.1.0"):
        pass
    with pytest.raises(RuntimeError, match="half way"), writing(settings):
        raise RuntimeError("half way")
    [version] = list_versions(settings.path)
    assert version.run_id == "night-1"
    assert version.file.samefile(settings.path)


def test_the_way_back_outlives_the_versions_that_are_kept(settings: WarehouseSettings) -> None:
    """Two versions are kept, and the newest of the format before."""
    with at_format(settings.path, 1, "0.1.0"):
        pass
    old = settings.path.read_bytes()
    for number in range(2, 7):
        with writing(settings):
            with open_database(next_version(settings.path)) as connection:
                execute(
                    connection,
                    f"insert into ops.runs (run_id, finished_at) values ('night-{number}', '2024-01-0{number}')",
                )
            publish(settings)
        keep_version(settings, f"night-{number}")
    assert [version.run_id for version in list_versions(settings.path)] == ["night-6", "night-5", "night-1"]

    restore_version(settings, "night-1")
    assert settings.path.read_bytes() == old


@pytest.mark.parametrize("release", NAMES)
def test_a_warehouse_of_a_release_is_brought_up_to_date_with_all_its_rows(
    release: str, settings: WarehouseSettings
) -> None:
    unpack(release, settings.path)
    old, before = settings.path.read_bytes(), contents(settings.path)
    assert sum(rows.height for rows in before.values()) > 10_000
    with writing(settings):
        publish(settings)

    after = contents(settings.path)
    for table, rows in before.items():
        if table != "ops.format":
            assert after[table].select(rows.columns).sort(rows.columns).equals(rows.sort(rows.columns)), table
    fresh = settings.path.with_name("fresh.duckdb")
    with writing(WarehouseSettings(path=fresh)):
        publish(WarehouseSettings(path=fresh))
    declared = set(query_warehouse(fresh, COLUMNS).rows())
    assert declared <= set(query_warehouse(settings.path, COLUMNS).rows()), "a format is missing in FORMATS"

    [version] = list_versions(settings.path)
    restore_version(settings, version.run_id)
    assert settings.path.read_bytes() == old


def test_a_contract_that_is_not_that_of_the_last_release_has_a_format_of_its_own(tmp_path: Path) -> None:
    released, fresh = unpack(NAMES[-1], tmp_path / "released.duckdb"), tmp_path / "fresh.duckdb"
    with open_database(fresh) as connection:
        bring_up_to_date(connection, fresh)
    with open_database(released, read_only=True) as connection:
        last = stored_format(connection)
    assert last is not None
    shapes = [set(query_warehouse(file, COLUMNS).rows()) for file in (released, fresh)]
    assert FORMATS[-1].number > last.number or shapes[1] <= shapes[0]
