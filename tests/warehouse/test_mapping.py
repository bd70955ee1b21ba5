"""Functions of rows, a part at a time."""

import polars as pl
import pytest

from segmentation.warehouse import mapping
from segmentation.warehouse.connection import Connection, ask, execute, kept
from segmentation.warehouse.mapping import collected, mapped, read_by_row


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping, "BATCH", 3)


def double(part: pl.DataFrame) -> pl.DataFrame:
    return part.select("customer_id", twice=pl.col("x") * 2)


def total(part: pl.DataFrame) -> pl.DataFrame:
    return part.select(pl.len().alias("rows"), pl.sum("x"))


@pytest.fixture
def numbers(warehouse: Connection) -> Connection:
    execute(warehouse, "create temp table numbers as select 'c' || x as customer_id, x from range(6, -1, -1) as of(x)")
    return warehouse


def test_every_row_is_mapped_once(numbers: Connection) -> None:
    with mapped(numbers, "doubled", "numbers", double, {"customer_id": "VARCHAR", "twice": "BIGINT"}):
        found = ask(numbers, "from doubled order by customer_id")
    assert found.rows() == [(f"c{x}", 2 * x) for x in range(7)]
    assert ask(numbers, "select count(*) from duckdb_tables() where table_name = 'doubled'").item() == 0


def test_parts_are_collected_in_order(numbers: Connection) -> None:
    found = collected(numbers, "numbers", total, {"rows": "BIGINT", "x": "BIGINT"})
    assert [part.row(0) for part in found] == [(3, 15), (3, 6), (1, 0)]


def test_no_rows_make_no_parts(numbers: Connection) -> None:
    with kept(numbers, "none", "from numbers where false"):
        assert collected(numbers, "none", total, {"rows": "BIGINT", "x": "BIGINT"}) == []


def test_rows_read_each_by_itself_are_gone_afterwards(numbers: Connection) -> None:
    with read_by_row(numbers, "read_numbers", "numbers", "select x + 1 as more from numbers"):
        assert ask(numbers, "select sum(more) from read_numbers").item() == 28
    assert ask(numbers, "select count(*) from duckdb_views() where view_name = 'read_numbers'").item() == 0
