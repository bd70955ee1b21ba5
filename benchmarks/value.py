"""Time and peak memory of valuing customers who order as the BG/NBD model says, over three years.

Usage: python benchmarks/value.py CUSTOMERS [FOLDER]. The orders are drawn by a fixed seed into FOLDER/value.duckdb (a
temporary folder where left out); customers are then valued in a process of its own, whose peak memory is told.
"""

import datetime as dt
import logging
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from segmentation.settings import CampaignSettings, ValueSettings
from segmentation.value.models import YEAR, fit_models
from segmentation.value.stage import value_customers
from segmentation.warehouse.connection import Connection, execute, fetch, frames, open_database, read_sql
from segmentation.warehouse.schema import create_tables

AS_OF = dt.date(2024, 6, 30)
DAYS = 3 * 365
R, ALPHA, A, B = 0.4, 20.0, 0.8, 2.5  # weeks
P, Q, V = 6.0, 4.0, 15.0
CHUNK = 1_000_000


def draw_orders(customers: int, seed: int) -> Iterator[pl.DataFrame]:
    """Orders of so many customers, a frame for the first of all, one for the second of those who have one, and so on.

    Columns: `customer` (number), `day` (days before AS_OF), `amount`.
    """
    random = np.random.default_rng(seed)
    number = np.arange(customers)
    rate, drops = random.gamma(R, 1 / ALPHA, customers) / 7, random.beta(A, B, customers)
    mean_rate = random.gamma(Q, 1 / V, customers)
    left = random.integers(0, DAYS, customers).astype(np.float64)
    repeat = False
    while len(number):
        amount = np.maximum(random.gamma(P, 1, len(number)) / mean_rate, 0.01).round(2)
        yield pl.DataFrame({"customer": number, "day": left.astype(np.int32), "amount": amount})
        left = left - random.exponential(1, len(number)) / np.maximum(rate, 1e-12)
        stays = (left >= 0) & (random.random(len(number)) >= drops * repeat)
        number, rate, drops, mean_rate, left = (each[stays] for each in (number, rate, drops, mean_rate, left))
        repeat = True  # a customer drops out after a repeat order only


def fill(connection: Connection, customers: int) -> None:
    """Write customers, orders, and a campaign that went to half of the customers."""
    create_tables(connection)
    numbers = f"from range({customers}) as numbers (n)"
    execute(connection, f"insert into crm.customers (customer_id) select 'c' || n {numbers}")
    execute(connection, "insert into crm.campaigns (campaign_id, starts_on) values ('spring', date '2024-03-01')")
    execute(
        connection,
        "insert into crm.contacts (campaign_id, customer_id, arm) "
        f"select 'spring', 'c' || n, 'treatment' {numbers} where n % 2 = 0",
    )
    for first in range(0, customers, CHUNK):
        for round_, orders in enumerate(draw_orders(min(CHUNK, customers - first), seed=first)):
            with frames(connection, drawn=orders):
                execute(
                    connection,
                    "insert into crm.orders (order_id, customer_id, ordered_at, amount) "
                    "select 'o' || customer + $first || '-' || $round, 'c' || customer + $first, "
                    "$as_of::date - day, amount from drawn",
                    first=first,
                    round=round_,
                    as_of=AS_OF,
                )


def value(file: Path) -> None:
    """Value the customers of `file`, and tell what it took."""
    logging.basicConfig(format="%(message)s", level=logging.INFO, stream=sys.stdout)
    with open_database(file) as connection:
        started = time.monotonic()
        value_customers(connection, AS_OF, ValueSettings(), CampaignSettings(unit_cost=0.55, margin_rate=0.3))
        tell(f"valued in {time.monotonic() - started:.1f} s")
        started = time.monotonic()
        step = 1 if fetch(connection, "value_inputs", as_of_date=AS_OF)["customers"][0] <= 1_000_000 else 7
        purchases = {"as_of_date": AS_OF, "days": YEAR, "margin_rate": 0.3, "step_days": step}
        execute(connection, f"create temp table customer_purchases as {read_sql('customer_purchases')}", **purchases)
        tell(f"of this: what the models take of a customer {time.monotonic() - started:.1f} s")
        started = time.monotonic()
        groups, margins = fetch(connection, "purchase_groups", step_days=step), fetch(connection, "margin_groups")
        tell(f"of this: {groups.height:,} and {margins.height:,} groups {time.monotonic() - started:.1f} s")
        started = time.monotonic()
        models = fit_models(groups, margins, days=YEAR, fewest=100)
        tell(f"of this: both fits {time.monotonic() - started:.1f} s: {models.orders.model}, {models.margin.model}")
        for relation in ("segments.portfolio", "segments.value_check where bin = 0"):
            tell(str(connection.sql(f"from {relation}").pl().to_dicts()))
    tell(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def tell(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(customers: int, folder: Path) -> None:
    """Draw the orders and value the customers."""
    file = folder / "value.duckdb"
    if not file.exists():
        with open_database(file) as connection:
            fill(connection, customers)
            orders = execute(connection, "select count(*) from crm.orders")[0][0]
        tell(f"{customers:,} customers, {orders:,} orders")
    process = multiprocessing.get_context("spawn").Process(target=value, args=(file,))
    process.start()
    process.join()


if __name__ == "__main__":
    if len(sys.argv) == 3:
        main(int(sys.argv[1]), Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as name:
            main(int(sys.argv[1]), Path(name))
