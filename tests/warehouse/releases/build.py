"""Writes the warehouse of the installed release as an analyst would have it.

`python -m tests.warehouse.releases.build`, once for each release, with the code of that release. Sixty customers of the
sample, two nights, and the plan of the first one exported, so that there are rows in as many tables as a small shop
fills. It is packed with xz, since DuckDB leaves much room in small files.
"""

import lzma
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from segmentation import __version__
from segmentation.warehouse.connection import query_warehouse

SAMPLE = Path("data/sample").absolute()
EVERY = 41  # of the customers of the sample, one in so many
SETTINGS = """
[source]
path = "source"

[warehouse]
path = "warehouse.duckdb"

[campaigns]
unit_cost = 0.55
margin_rate = 0.25

[plan]
budget = 15
control_share = 0.2
rest_days = 30
"""


def write_source(folder: Path) -> None:
    """The sample, cut to the rows of one customer in `EVERY`."""
    folder.mkdir()
    customers = pl.read_parquet(SAMPLE / "customers.parquet").sort("customer_id").gather_every(EVERY)
    customers.write_parquet(folder / "customers.parquet")
    pl.read_parquet(SAMPLE / "campaigns.parquet").write_parquet(folder / "campaigns.parquet")
    orders = pl.read_parquet(SAMPLE / "orders.parquet").join(customers, on="customer_id", how="semi")
    orders.write_parquet(folder / "orders.parquet")
    for name in ("contacts", "responses"):
        rows = pl.read_parquet(SAMPLE / f"{name}.parquet").join(customers, on="customer_id", how="semi")
        rows.write_parquet(folder / f"{name}.parquet")
    lines = pl.read_parquet(SAMPLE / "order_lines.parquet").join(orders, on="order_id", how="semi")
    lines.write_parquet(folder / "order_lines.parquet")


def build(target: Path) -> None:
    """Write the warehouse of this release to the new file `target`."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        write_source(folder / "source")
        (folder / "mailworth.toml").write_text(SETTINGS, encoding="utf-8")
        warehouse = folder / "warehouse.duckdb"
        _mailworth(folder, "2017-11-30", "night")
        plan_id = query_warehouse(warehouse, "select plan_id from targeting.plans").item()
        _mailworth(folder, "2017-11-30", "approve", plan_id, "--by", "Ewa")
        _mailworth(folder, "2017-11-30", "export", plan_id)
        _mailworth(folder, "2017-12-31", "night")
        target.write_bytes(lzma.compress(warehouse.read_bytes(), preset=9 | lzma.PRESET_EXTREME))


def _mailworth(folder: Path, today: str, *arguments: str) -> None:
    command = [sys.executable, "-c", "from flows.cli.main import main; main()", *arguments]
    known = {"LOGNAME": "mailworth", "MAILWORTH_NIGHT__AS_OF": today}
    subprocess.run(command, cwd=folder, env=os.environ | known, check=True)


if __name__ == "__main__":
    build(Path(__file__).parent / f"{__version__}.duckdb.xz")
