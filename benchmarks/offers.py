"""Seconds and peak memory of best offers, the call list and the sales forecast.

`python -m benchmarks.offers 1000000` makes ten order lines for each of that many customers, over two years, in 40
categories that customers differ in, and runs each part in the same process.
"""

import datetime as dt
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from segmentation.calls.stage import list_calls
from segmentation.forecast.stage import forecast_sales
from segmentation.offers.stage import find_offers
from segmentation.segments.stage import segment_customers
from segmentation.settings import (
    AgentSettings,
    CallSettings,
    CampaignSettings,
    OfferSettings,
    PlanSettings,
    RfmSettings,
    Settings,
    WarehouseSettings,
)
from segmentation.warehouse.connection import execute, open_database
from segmentation.warehouse.schema import create_tables

AS_OF = dt.date(2024, 12, 31)
CUSTOMERS = "insert into crm.customers (customer_id) select 'C' || range from range($customers)"
# A fifth of the customers place four fifths of the orders; dates and categories follow from hashes.
ORDERS = """
insert into crm.orders by name
select
    'O' || range as order_id,
    'C' || if(hash(range) % 10 < 8, hash(range, 1) % ($customers // 5), hash(range, 2) % $customers) as customer_id,
    date '2023-01-01' + (hash(range, 3) % 730)::integer as ordered_at,
    10 + hash(range, 4) % 90 as amount
from range(5 * $customers)
"""
LINES = """
insert into crm.order_lines by name
select distinct
    order_id,
    'P' || category as product_id,
    'category ' || category as category,
    10 as amount
from (
    select order_id, floor(40 * pow((hash(order_id, line) % 1000) / 1000, 2))::integer as category
    from crm.orders, range(2) as lines (line)
    union all
    select order_id, (hash(customer_id) % 40)::integer
    from crm.orders
    where hash(order_id, 9) % 2 = 0
)
"""


def main(customers: int) -> None:
    """Tell the figures of so many customers."""
    with TemporaryDirectory() as folder, open_database(Path(folder) / "w.duckdb", WarehouseSettings()) as connection:
        create_tables(connection)
        execute(connection, CUSTOMERS, customers=customers)
        execute(connection, ORDERS, customers=customers)
        execute(connection, LINES)
        lines = execute(connection, "select count(*) from crm.order_lines")[0][0]
        _tell(f"{customers:,} customers, {5 * customers:,} orders, {lines:,} lines")
        rfm, agents = RfmSettings(), (AgentSettings(name="Anna", capacity=100),)
        segment_customers(connection, AS_OF, rfm)
        _time("offers", lambda: find_offers(connection, AS_OF, OfferSettings(), rfm, seed=1))
        campaigns = CampaignSettings(margin_rate=0.3)
        settings = Settings(
            calls=CallSettings(agents=agents), campaigns=campaigns, plan=PlanSettings(consent_required=("email",))
        )
        _time("calls", lambda: list_calls(connection, settings, AS_OF))
        _time("forecast", lambda: forecast_sales(connection, AS_OF, rfm, campaigns))


def _time(what: str, work: Callable[[], None]) -> None:
    started = time.perf_counter()
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    _tell(f"{what}: {time.perf_counter() - started:.1f} s, peak so far {peak:.2f} GB")


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
