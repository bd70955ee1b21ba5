"""Time and memory of scoring and keeping history, on made-up orders.

Usage: python benchmarks/rfm.py CUSTOMERS [METHOD]

Five orders a customer on average, money to the cent; two nights, a month apart. Prints seconds and the peak memory of
each step; DuckDB is held to the default limit of the settings. Each method is measured in a process of its own.
"""

import datetime as dt
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segmentation.history.stage import keep_history
from segmentation.segments.stage import segment_customers
from segmentation.settings import RfmSettings, WarehouseSettings
from segmentation.warehouse.connection import Connection, execute, open_database
from segmentation.warehouse.schema import create_tables

NIGHTS = (dt.date(2024, 5, 31), dt.date(2024, 6, 30))
CUSTOMERS = """
    insert into crm.customers (customer_id, mail_consent)
    select 'c' || lpad(number::varchar, 9, '0'), true from range($customers) as numbers (number)"""
ORDERS = """
    insert into crm.orders (order_id, customer_id, ordered_at, amount)
    select
        'o' || number,
        'c' || lpad((hash(number) % $customers)::varchar, 9, '0'),
        timestamp '2024-06-30 12:00:00' - to_days((hash(number + 1) % 1500)::integer),
        exp(2 + 3 * (hash(number + 2) % 1000000) / 1e6)::decimal(18, 2)
    from range(5 * $customers) as numbers (number)"""


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print what a block took."""
    start = time.monotonic()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    sys.stdout.write(f"{what:<40} {time.monotonic() - start:7.1f} s, peak so far {peak:5.2f} GiB\n")


def measure(connection: Connection, customers: int, method: str) -> None:
    """Make the customers, then two nights."""
    with timed(f"make {customers:,} customers"):
        create_tables(connection)
        execute(connection, CUSTOMERS, customers=customers)
        execute(connection, ORDERS, customers=customers)
    for as_of in NIGHTS:
        with timed(f"score {as_of}, {method}"):
            segment_customers(connection, as_of, RfmSettings(method=method))
        with timed(f"history, migration, drift {as_of}"):
            keep_history(connection, as_of, drift_limit=0.25)


if __name__ == "__main__":
    if len(sys.argv) not in {2, 3}:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        settings = WarehouseSettings(path=Path(folder) / "benchmark.duckdb")
        with open_database(settings.path, settings) as connection:
            measure(connection, int(sys.argv[1]), sys.argv[2] if len(sys.argv) == 3 else "quantile")
