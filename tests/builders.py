"""Small warehouses and sources for tests: name only what the test is about."""

import atexit
import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from segmentation.contract.published import PUBLISHED_TABLES
from segmentation.warehouse.connection import Connection, attach, detach, execute, open_database, open_memory
from segmentation.warehouse.schema import append_rows
from segmentation.warehouse.upgrades import bring_up_to_date

TABLES = {table.full_name: table for table in PUBLISHED_TABLES}


@contextmanager
def empty_warehouse() -> Iterator[Connection]:
    """A warehouse in memory with all published tables, copied from a file: a tenth of the time of making them."""
    with open_memory() as connection:
        [(name,)] = execute(connection, "select current_database()")
        attach(connection, _template(), "template", read_only=True)
        execute(connection, f"copy from database template to {name}")
        detach(connection, "template")
        yield connection


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="warehouse"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with open_database(folder / "empty.duckdb") as connection:
        bring_up_to_date(connection, folder / "empty.duckdb")
    return folder / "empty.duckdb"


def fill(connection: Connection, table: str, *rows: dict[str, Any]) -> None:
    """Insert rows into a published table such as `crm.orders`; columns left out are empty."""
    append_rows(connection, TABLES[table], pl.DataFrame(rows, infer_schema_length=None))


def order(customer_id: str, day: str, amount: float = 10.0, **others: Any) -> dict[str, Any]:
    """An order at noon; its id is made of customer and day unless given."""
    ordered_at = dt.datetime.fromisoformat(day).replace(hour=12)
    return {
        "order_id": f"{customer_id}-{day}",
        "customer_id": customer_id,
        "ordered_at": ordered_at,
        "amount": amount,
    } | others


def write_source(folder: Path, **tables: str) -> Path:
    """Write each table as `<name>.csv` with the given text; customers and orders have a row unless given."""
    smallest = {
        "customers": "customer_id\nc1\n",
        "orders": "order_id,customer_id,ordered_at,amount\no1,c1,2024-01-05,10.00\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (smallest | tables).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder
