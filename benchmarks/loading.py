"""Rows a second and peak memory of loading orders from CSV, Parquet and PostgreSQL.

`python -m benchmarks.loading 10000000` makes that many orders of a tenth as many customers, loads them in a process of
its own for each kind of source, and loads them once more unchanged.
"""

import datetime as dt
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from segmentation.settings import QualitySettings, Settings, SourceSettings
from segmentation.sources.loading import load_table
from segmentation.sources.source import find_source
from segmentation.sources.staging import check_columns, stage_table
from segmentation.warehouse.connection import attach, execute, open_database, open_memory
from segmentation.warehouse.schema import create_tables
from tests.database import find_programs, running_server

AS_OF = dt.date(2024, 12, 31)
CUSTOMERS = "select 'C' || range as customer_id, 'Name ' || range as last_name from range({customers})"
ORDERS = """
select range as order_id, 'C' || (hash(range) % {customers}) as customer_id,
    timestamp '2020-01-01' + to_seconds((range * 157766400.0 / {orders})::bigint) as ordered_at,
    (5 + hash(range) % 20000 / 100.0)::decimal(18, 2) as amount, 'web' as channel
from range({orders})
"""


def make_files(folder: Path, orders: int, form: str) -> None:
    """Write customers and orders as `form`."""
    folder.mkdir()
    sizes = {"orders": orders, "customers": orders // 10}
    with open_memory() as connection:
        for name, query in (("customers", CUSTOMERS), ("orders", ORDERS)):
            execute(connection, f"copy ({query.format(**sizes)}) to '{folder / name}.{form}' (format {form})")


def measure(source: str, folder: Path) -> dict[str, float]:
    """Load a source twice; seconds by step for its orders, and peak memory in MB."""
    settings = Settings()
    is_database = source.startswith("postgresql:")
    chosen = SourceSettings(database=SecretStr(source)) if is_database else SourceSettings(path=Path(source))
    seconds: dict[str, float] = {}
    with open_database(folder / "w.duckdb", settings.warehouse) as connection:
        create_tables(connection)
        attach(connection, folder / "s.duckdb", "staging")
        for run in ("first", "again"):
            for table in find_source(chosen)[:2]:
                check_columns(connection, table)
                began = time.perf_counter()
                rows = stage_table(connection, table)
                staged = time.perf_counter()
                load_table(connection, table, run, as_of=AS_OF, quality=QualitySettings())
                seconds |= {
                    f"{run} staged": staged - began,
                    f"{run} checked and merged": time.perf_counter() - staged,
                    "rows": rows,
                }
    seconds["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return seconds


def main(orders: int) -> None:
    """Print one line of figures for each kind of source."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for form in ("csv", "parquet"):
            make_files(folder / form, orders, form)
            report(form, str(folder / form))
        programs = find_programs()
        if programs is None:
            sys.stdout.write("postgresql: not installed\n")
            return
        with running_server(programs) as server:
            server.run(
                "create table customers (customer_id text, last_name text);"
                "create table orders (order_id bigint, customer_id text, ordered_at timestamp, amount numeric(18, 2), "
                f"channel text); \\copy customers from '{folder}/csv/customers.csv' csv header\n"
                f"\\copy orders from '{folder}/csv/orders.csv' csv header\n"
            )
            report("postgresql", server.address())


def report(label: str, source: str) -> None:
    """Measure in a process of its own, so that peaks do not add up."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.loading", "--one", source, folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout)
    rate = figures["rows"] / (figures["first staged"] + figures["first checked and merged"])
    parts = ", ".join(f"{name} {value:,.1f}" for name, value in figures.items())
    sys.stdout.write(f"{label}: {rate:,.0f} rows/s; {parts}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        sys.stdout.write(json.dumps(measure(sys.argv[2], Path(sys.argv[3]))))
    else:
        main(int(sys.argv[1]))
