"""What no night can do without: the files copied into tables, and orders grouped by customer."""

from pathlib import Path

from benchmarks.measuring import Rows, measured
from segmentation.warehouse.connection import execute, open_database

GROUPED = """
create table grouped as
select customer_id, max(ordered_at) as last_order, count(*) as orders, sum(amount) as spend
from orders group by customer_id
"""


def run(source: Path, folder: Path) -> Rows:
    """Copy and group the mailer at `source/before`; the file is written to `folder`."""
    rows: Rows = []
    with open_database(folder / "floor.duckdb") as connection:
        execute(connection, "set preserve_insertion_order = false")
        with measured(rows, "copy", folder):
            for file in sorted((source / "before").glob("*.parquet")):
                execute(connection, f"create table {file.stem} as from '{file}'")
            execute(connection, "checkpoint")
        with measured(rows, "group", folder):
            execute(connection, GROUPED)
            execute(connection, "checkpoint")
    return rows
