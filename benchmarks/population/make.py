"""Write a made-up mailer of any size as Parquet.

`python -m benchmarks.population.make FOLDER CUSTOMERS [SEED]`: about ten orders a customer over six years. Numbers of
orders and amounts are log-normal, so that few customers order very much; their number grows by a fifth a year; 4 % of
orders come back; every other month a fifth of the customers is selected for a mailing, a tenth of them is held out, and
2 % of the mailed order once more than they would have.

The same arguments give the same bytes. Draws are hashes of the customer's number, so that nothing is sorted or kept in
memory, and a mailer of a later day is that of the earlier one with more rows.
"""

import datetime as dt
import sys
from pathlib import Path

from segmentation.warehouse.connection import Connection, execute, open_database

FIRST_DAY, LAST_DAY = dt.date(2019, 1, 1), dt.date(2024, 12, 31)  # of arrivals
DRAWS = (
    "create macro uniform(number, seed, salt) as (0.5 + (hash(number, seed, salt) % 1000000000)::double) / 1e9",
    "create macro normal(number, seed, salt) as "
    "sqrt(-2 * ln(uniform(number, seed, salt))) * cos(2 * pi() * uniform(number, seed, salt + 1))",
)
NIGHTS = {"before": dt.date(2024, 12, 19), "after": LAST_DAY}  # about 1 % of the orders lie between
TABLES = ("customers", "campaigns", "selected", "orders", "contacts")
ROW_GROUP = 500_000


def make_population(
    folder: Path, customers: int, *, seed: int = 1, until: dt.date = LAST_DAY, campaigns: int = 12
) -> None:
    """Write customers, orders, campaigns and contacts to `folder`, as they were known at the end of the day `until`."""
    folder.mkdir(parents=True, exist_ok=True)
    draws = {
        "seed": seed,
        "customers": customers,
        "first_day": FIRST_DAY,
        "last_day": LAST_DAY,
        "until": until,
        "yearly_growth": 0.2,
        "campaigns": campaigns,
        "selected_share": 0.2,
    }
    scratch = folder / "making.duckdb"
    with open_database(scratch) as connection:
        for macro in DRAWS:
            execute(connection, macro)
        for table in TABLES:
            _write(connection, table, folder, draws)
    scratch.unlink()


def make_nights(folder: Path, customers: int) -> None:
    """Write the mailer as it is delivered to two nights, `folder`/before and `folder`/after, unless it is there."""
    for night, day in NIGHTS.items():
        if not (folder / night / "contacts.parquet").exists():
            make_population(folder / night, customers, until=day)


def _write(connection: Connection, table: str, folder: Path, draws: dict[str, object]) -> None:
    query = (Path(__file__).parent / f"{table}.sql").read_text()
    bound = {name: value for name, value in draws.items() if f"${name}" in query}
    if table in ("orders", "contacts"):
        execute(
            connection,
            f"copy ({query}) to '{folder / table}.parquet' (format parquet, row_group_size {ROW_GROUP})",
            **bound,
        )
        return
    execute(connection, f"create table {table} as {query}", **bound)
    if table != "selected":
        execute(
            connection,
            f"copy (select columns('^[^_]') from {table}) to '{folder / table}.parquet' (format parquet)",
        )


if __name__ == "__main__":
    make_population(Path(sys.argv[1]), int(sys.argv[2]), seed=int(sys.argv[3]) if len(sys.argv) > 3 else 1)
