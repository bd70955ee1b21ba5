"""Tables made from the contract, and rows put into them."""

import datetime as dt

import polars as pl

from segmentation.contract.model import Column, Table
from segmentation.contract.segments import HISTORY
from segmentation.warehouse.connection import Connection, execute
from segmentation.warehouse.schema import append_rows, create_tables, replace_rows

PAIRS = Table("main", "pairs", "pair", (Column("key", "VARCHAR", "Key"), Column("value", "INTEGER", "Value")))


def pairs(connection: Connection) -> list[tuple[object, ...]]:
    return execute(connection, "from main.pairs order by all")


def with_pairs(connection: Connection) -> Connection:
    execute(connection, "create table main.pairs (key varchar, value integer)")
    append_rows(connection, PAIRS, pl.DataFrame({"key": ["a", "a", "b"], "value": [1, 2, 3]}))
    return connection


def test_creating_tables_again_keeps_their_rows(warehouse: Connection) -> None:
    append_rows(warehouse, HISTORY, pl.DataFrame({"customer_id": ["c1"], "as_of_date": [dt.date(2024, 11, 23)]}))

    create_tables(warehouse)

    assert execute(warehouse, "from segments.history") == [("c1", dt.date(2024, 11, 23), None, None)]


def test_a_column_the_contract_has_gained_is_added_and_commented(warehouse: Connection) -> None:
    append_rows(warehouse, HISTORY, pl.DataFrame({"customer_id": ["c1"], "segment": ["loyal"]}))
    execute(warehouse, "alter table segments.history drop column cluster_id")

    create_tables(warehouse)

    assert execute(warehouse, "select segment, cluster_id from segments.history") == [("loyal", None)]
    assert execute(
        warehouse,
        "select data_type, comment from duckdb_columns() where table_name = 'history' and column_name = 'cluster_id'",
    ) == [("INTEGER", HISTORY.columns[-1].description)]


def test_appending_goes_by_name_and_leaves_the_rest_empty(warehouse: Connection) -> None:
    with_pairs(warehouse)

    append_rows(warehouse, PAIRS, pl.DataFrame({"other": [9], "value": [4]}))
    append_rows(warehouse, PAIRS, pl.DataFrame({"value": [5], "key": ["c"]}))

    assert pairs(warehouse) == [("a", 1), ("a", 2), ("b", 3), ("c", 5), (None, 4)]


def test_replacing_all_rows(warehouse: Connection) -> None:
    with_pairs(warehouse)

    replace_rows(warehouse, PAIRS, pl.DataFrame({"key": ["z"], "value": [0]}))

    assert pairs(warehouse) == [("z", 0)]


def test_replacing_the_rows_that_match(warehouse: Connection) -> None:
    with_pairs(warehouse)

    replace_rows(warehouse, PAIRS, pl.DataFrame({"key": ["a"], "value": [7]}), key="a")
    assert pairs(warehouse) == [("a", 7), ("b", 3)]

    replace_rows(warehouse, PAIRS, pl.DataFrame(schema={"key": pl.String, "value": pl.Int32}), key="a", value=7)
    assert pairs(warehouse) == [("b", 3)]
