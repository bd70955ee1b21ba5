"""Write the purchases of CDNOW as a source in contract form.

Usage: python data/cdnow/build.py FOLDER

A row of the original is an order; the original has no moments, so each is at noon.
"""

import sys
from pathlib import Path

import duckdb

HERE = Path(__file__).parent

TABLES = {
    "customers": "select distinct id as customer_id from purchases order by customer_id",
    "orders": """
        select 'o' || row_number() over () as order_id, id as customer_id, date + time '12:00' as ordered_at,
               amount::decimal(18, 2) as amount
        from purchases""",
}


def build(folder: Path) -> None:
    """Write one Parquet file a table into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(config={"threads": 1})
    con.read_parquet(str(HERE / "cdnow_master.parquet")).create_view("purchases")
    for name, query in TABLES.items():
        con.sql(f"copy ({query}) to '{folder / name}.parquet' (format parquet, compression zstd)")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    build(Path(sys.argv[1]))
