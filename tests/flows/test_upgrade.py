"""The new release on the warehouse of the one before, and back: what a user does with the command."""

from pathlib import Path

import polars as pl
import pytest

from segmentation import __version__
from segmentation.warehouse.connection import open_database, query_warehouse
from segmentation.warehouse.versions import list_versions
from tests.flows.conftest import Place
from tests.warehouse.released import NAMES, unpack
from tests.warehouse.releases.build import write_source

# Written once, by loads and exports, or day by day; the other tables are those of the last night.
LASTING = "crm", "history", "ops.runs", "quality.loads", "segments.history"


def lasting(warehouse: Path) -> dict[str, pl.DataFrame]:
    """The rows that no night replaces."""
    tables = query_warehouse(
        warehouse,
        "select schema_name as s, schema_name || '.' || table_name as t from duckdb_tables() where not internal",
    )
    names = [table for schema, table in tables.rows() if schema in LASTING or table in LASTING]
    return {name: query_warehouse(warehouse, f"from {name}") for name in names}


@pytest.mark.parametrize("release", NAMES)
def test_a_night_on_the_warehouse_of_a_release_and_back(place: Place, release: str) -> None:
    unpack(release, place.warehouse)
    old, before = place.warehouse.read_bytes(), lasting(place.warehouse)
    for command in ("status", "plans"):
        done = place.run(command, "--warehouse", place.warehouse)
        assert done.returncode == 0, done.stderr
    assert f"┆ {release}" in place.run("status", "--warehouse", place.warehouse).stdout

    write_source(place.folder / "source")
    done = place.night(place.folder / "source", "2018-01-07")
    assert done.returncode == 0, done.stderr
    assert f"warehouse brought to the format of Mailworth {__version__}" in done.stderr
    for table, rows in lasting(place.warehouse).items():
        if table in before:
            assert before[table].join(rows, on=before[table].columns, how="anti", nulls_equal=True).is_empty(), table
    exported = "select plan_id, status, approved_by from targeting.plans where status = 'exported'"
    assert query_warehouse(place.warehouse, exported).rows() == [("21@2017-11-30", "exported", "Ewa")]

    way_back = list_versions(place.warehouse)[-1]
    assert place.run("restore", way_back.run_id, "--warehouse", place.warehouse).returncode == 0
    assert place.warehouse.read_bytes() == old


def test_the_warehouse_of_a_later_release_is_refused_in_one_line(place: Place) -> None:
    unpack(NAMES[-1], place.warehouse).chmod(0o600)
    with open_database(place.warehouse) as connection:
        connection.execute("create table ops.format as select 99 as format, '9.0.0' as release")
    write_source(place.folder / "source")
    refusal = f"mailworth: {place.warehouse}: made by Mailworth 9.0.0 or later, and this is {__version__}; update"
    for done in (
        place.night(place.folder / "source", "2018-01-07"),
        place.run("status", "--warehouse", place.warehouse),
        place.run("plans", "--warehouse", place.warehouse),
        place.run("report", "--warehouse", place.warehouse),
        place.run("erase", "1", "--warehouse", place.warehouse),
    ):
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith(refusal)
