"""The same parts of a night on DuckDB and on Spark, on made-up orders: are they equal, and what does each row cost?

Usage: .venv-spark/bin/python benchmarks/engines.py ORDERS

Five orders a customer; a campaign that a tenth of the customers were drawn for, a fifth of them held out. Prints of
each part the seconds of both engines, Spark's seconds of CPU and the bytes it shuffled, both per million orders, and
whether the tables are equal.
"""

import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from segmentation.clusters.stage import cluster_customers
from segmentation.crediting.stage import credit_orders
from segmentation.response.stage import measure_campaigns
from segmentation.segments.stage import segment_customers
from segmentation.settings import CampaignSettings, ClusterSettings, RfmSettings, SparkSettings, WarehouseSettings
from segmentation.spark.connection import SparkConnection, as_connection
from segmentation.spark.session import start_session
from segmentation.warehouse.connection import Connection, execute, open_database
from segmentation.warehouse.schema import create_tables

NIGHT = dt.date(2024, 6, 30)
CUSTOMERS = """
    insert into crm.customers (customer_id, mail_consent)
    select 'c' || lpad(number::varchar, 10, '0'), true from range($customers) as numbers (number)"""
ORDERS = """
    insert into crm.orders (order_id, customer_id, ordered_at, amount)
    select
        'o' || number,
        'c' || lpad((hash(number) % $customers)::varchar, 10, '0'),
        timestamp '2024-06-30 12:00:00' - to_days((hash(number + 1) % 1500)::integer),
        exp(2 + 3 * (hash(number + 2) % 1000000) / 1e6)::decimal(18, 2)
    from range($orders) as numbers (number)"""
CONTACTS = """
    insert into crm.contacts (campaign_id, customer_id, arm)
    select 'spring', customer_id, if(hash(customer_id || 'arm') % 5 = 0, 'control', 'treatment')
    from crm.customers where hash(customer_id) % 10 = 0"""
CAMPAIGN = """
    insert into crm.campaigns (campaign_id, starts_on, ends_on, unit_cost)
    select 'spring', date '2024-04-01', date '2024-05-31', 0.5"""
MARGINS = CampaignSettings(margin_rate=0.3)
PARTS: dict[str, tuple[Callable[[Connection], None], tuple[str, ...]]] = {
    "rfm": (lambda on: segment_customers(on, NIGHT, RfmSettings()), ("segments.rfm", "segments.rfm_thresholds")),
    "clusters": (lambda on: cluster_customers(on, NIGHT, ClusterSettings()), ("segments.clusters",)),
    "credit": (lambda on: credit_orders(on, NIGHT, MARGINS), ("response.attribution",)),
    "measure": (lambda on: measure_campaigns(on, NIGHT, MARGINS, RfmSettings(), seed=1), ("response.uplift",)),
}


def fill(connection: Connection, orders: int) -> None:
    """The same customers and orders for both engines."""
    create_tables(connection)
    execute(connection, CUSTOMERS, customers=orders // 5)
    execute(connection, ORDERS, customers=orders // 5, orders=orders)
    for statement in (CONTACTS, CAMPAIGN):
        execute(connection, statement)


def used(session: Any) -> tuple[float, int]:
    """Seconds of CPU of the process and its children, Java among them, and bytes that Spark has shuffled."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*/stat"):
        fields = process.read_text().rsplit(")", 1)[1].split()
        if process.parent.name == str(os.getpid()) or fields[1] == str(os.getpid()):
            ticks += sum(map(int, fields[11:15]))
    executors = session.sparkContext._jsc.sc().statusStore().executorList(True)
    shuffled = sum(executors.apply(number).totalShuffleWrite() for number in range(executors.size()))
    return ticks / os.sysconf("SC_CLK_TCK"), shuffled


def compare(duckdb: Connection, spark: Connection, session: Any, orders: int, folder: Path) -> None:
    """Do every part on both engines."""
    for name, (part, tables) in PARTS.items():
        start = time.monotonic()
        part(duckdb)
        on_duckdb = time.monotonic() - start
        (cpu, shuffled), start = used(session), time.monotonic()
        part(spark)
        on_spark, (cpu_after, shuffled_after) = time.monotonic() - start, used(session)
        cost = f"{(cpu_after - cpu) / orders * 1e6:6.1f} s CPU, {(shuffled_after - shuffled) / orders:6.1f} MB shuffled"
        sys.stdout.write(f"{name:10} DuckDB {on_duckdb:6.1f} s, Spark {on_spark:6.1f} s; a million orders: {cost}\n")
        for table in tables:
            sys.stdout.write(f"    {table}: {differences(duckdb, spark, table, folder)}\n")


def differences(duckdb: Connection, spark: Connection, table: str, folder: Path) -> str:
    """How many rows one has and the other has not."""
    files = {name: folder / f"{name}.parquet" for name in ("duckdb", "spark")}
    for name, connection in (("duckdb", duckdb), ("spark", spark)):
        execute(connection, f"copy {table} to '{files[name]}' (format parquet)")
    one, other = (f"(from '{file}')" for file in files.values())
    rows, gone, new = execute(
        duckdb,
        f"select (select count(*) from {one}), (select count(*) from (from {one} except all from {other})), "
        f"(select count(*) from (from {other} except all from {one}))",
    )[0]
    return f"{rows:,} rows, {gone:,} not on Spark, {new:,} on Spark alone"


def main(orders: int) -> None:
    """Fill one warehouse, copy it, and compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one, other = (WarehouseSettings(path=folder / engine) for engine in ("duckdb", "spark"))
        with open_database(one.path, one) as connection:
            fill(connection, orders)
        other.path.write_bytes(one.path.read_bytes())
        session = start_session(SparkSettings(engine="spark"))
        with open_database(one.path, one) as duckdb, open_database(other.path, other) as small:
            spark = as_connection(SparkConnection(small, session, folder / "lake"))
            compare(duckdb, spark, session, orders, folder)
        session.stop()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(int(sys.argv[1]))
