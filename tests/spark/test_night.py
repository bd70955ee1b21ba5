"""A night on Spark leaves the tables that a night on DuckDB leaves: the same rows, to the cent."""

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from segmentation.contract.model import Table
from segmentation.contract.published import PUBLISHED_TABLES
from segmentation.warehouse.connection import Connection
from tests.spark.nights import a_night, settings_of, write_source


@pytest.fixture(scope="module")
def both(session: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Connection, Connection]]:
    folder = tmp_path_factory.mktemp("nights")
    write_source(folder / "source")
    with a_night(settings_of(folder, "duckdb")) as duckdb, a_night(settings_of(folder, "spark")) as spark:
        yield duckdb, spark


def rows(connection: Connection, table: Table) -> pl.DataFrame:
    """All but the settings, which name the engine."""
    stored = connection.sql(f"from {table.full_name}").pl().drop("parameters", strict=False)
    return stored.sort(stored.columns)


@pytest.mark.parametrize("table", PUBLISHED_TABLES, ids=lambda table: table.full_name)
def test_tables_are_equal(both: tuple[Connection, Connection], table: Table) -> None:
    """Sums of floating numbers, and what is estimated from them, may differ in the last digits."""
    assert_frame_equal(*(rows(connection, table) for connection in both), rel_tol=1e-9, abs_tol=1e-9)
