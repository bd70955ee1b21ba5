"""Do clusters last, and what do they cost?

Usage:
    python -m benchmarks.clusters months WAREHOUSE [SETTING=VALUE ...]
    python -m benchmarks.clusters size CUSTOMERS [METHOD]

`months` refits the clusters of a published warehouse on ten month ends, as if each night had known no more than was
known then, and prints how the clusters of each refit agree with those of the month before. `size` makes up customers
with five orders each and takes seconds and peak memory of a fit, and of a night between refits.
"""

import datetime as dt
import resource
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from segmentation.clusters.stage import cluster_customers, model_in_force
from segmentation.contract.published import PUBLISHED_TABLES
from segmentation.history.stage import keep_history
from segmentation.segments.stage import segment_customers
from segmentation.settings import ClusterSettings, RfmSettings, WarehouseSettings
from segmentation.warehouse.connection import Connection, ask, execute, open_database
from segmentation.warehouse.schema import clear, create_tables

MONTH_ENDS = pl.date_range(dt.date(2017, 3, 31), dt.date(2017, 12, 31), "1mo", eager=True).dt.month_end()


def months(warehouse: str, *settings: str) -> None:
    """Ten refits, a month apart."""
    chosen = ClusterSettings(refit_days=1, **dict(setting.split("=") for setting in settings))  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "w.duckdb"
        copy.write_bytes(Path(warehouse).read_bytes())
        _run_months(copy, chosen)


def _run_months(copy: Path, chosen: ClusterSettings) -> None:
    with open_database(copy, WarehouseSettings()) as here:
        for table in PUBLISHED_TABLES:
            if table.schema == "segments":
                clear(here, table)
        for day in MONTH_ENDS:
            segment_customers(here, day, RfmSettings())
            cluster_customers(here, day, chosen)
            keep_history(here, day, drift_limit=0.25)
            model = model_in_force(here)
            names = (
                "; ".join(f"{i} {name.text}" for i, name in zip(model.ids, model.names, strict=True)) if model else ""
            )
            sys.stdout.write(f"{day}  {names}\n")
        with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200):
            sys.stdout.write(f"{ask(here, 'select * exclude (settings) from segments.cluster_fits order by all')}\n")
            sys.stdout.write(f"{ask(here, STAYING)}\n")


STAYING = """
    with pairs as (
        select as_of_date, cluster_id, lag(cluster_id) over (partition by customer_id order by as_of_date) as before
        from segments.history
    )
    select as_of_date, count(*) as customers, avg((cluster_id = before)::int) as in_the_same_cluster
    from pairs
    where cluster_id is not null and before is not null
    group by all
    order by all"""


def size(customers: str, method: str = "k-means") -> None:
    """A fit, and a night between refits, of made-up customers."""
    settings = ClusterSettings(method=method)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder, open_database(Path(folder) / "w.duckdb", WarehouseSettings()) as here:
        create_tables(here)
        _make_up(here, int(customers))
        for night, day in (("fit", dt.date(2024, 6, 30)), ("between refits", dt.date(2024, 7, 1))):
            started = time.perf_counter()
            cluster_customers(here, day, settings)
            seconds, peak = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            sys.stdout.write(f"{int(customers):,} customers, {method}, {night}: {seconds:.1f} s, {peak:.1f} GiB\n")


def _make_up(here: Connection, customers: int) -> None:
    execute(
        here,
        "insert into crm.orders by name select 'o' || i as order_id, 'c' || (i % $customers) as customer_id, "
        "timestamp '2021-01-01' + to_days((hash(i) % (30 + hash(i % $customers, 1) % 1250))::int) as ordered_at, "
        "(5 + hash(i, 2) % 20 + hash(i % $customers, 3) % 200)::decimal(18, 2) as amount "
        "from range($customers * 5) as r(i) where hash(i, 4) % 10 < 2 + hash(i % $customers, 5) % 9",
        customers=customers,
    )


if __name__ == "__main__":
    {"months": months, "size": size}[sys.argv[1]](*sys.argv[2:])
