"""Seconds and peak memory of measuring one campaign with a hold-out, by part.

`python -m benchmarks.measure 10000000` makes that many customers, all of whom are selected: two cells and a shared
hold-out of a tenth. A third have ordered once or twice in two years, so that they are in segments, 3 % order in the
window, and 3 % did in as many days before.
"""

import datetime as dt
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from segmentation.response import stage
from segmentation.settings import CampaignSettings, RfmSettings, WarehouseSettings
from segmentation.warehouse.connection import execute, open_database
from segmentation.warehouse.schema import create_tables

AS_OF = dt.date(2024, 12, 31)
CUSTOMERS = "insert into crm.customers by name select 'C' || range as customer_id from range($customers)"
CAMPAIGN = """
insert into crm.campaigns by name
select 'winter' as campaign_id, date '2024-11-01' as starts_on, date '2024-11-30' as ends_on, 0.55 as unit_cost,
    0.1 as control_share
"""
CONTACTS = """
insert into crm.contacts by name
select 'winter' as campaign_id, customer_id, if(hash(customer_id, 1) % 10 = 0, 'control', 'treatment') as arm,
    case when hash(customer_id, 1) % 10 > 0 then if(hash(customer_id, 2) % 2 = 0, 'red', 'blue') end as cell
from crm.customers
"""
ORDERS = """
insert into crm.orders by name
select $name || range as order_id, 'C' || hash(range, $salt) % $customers as customer_id,
    $since::timestamp + to_seconds((hash(range, $salt, 1) % ($days * 86400))::bigint) as ordered_at,
    (5 + exp(5 * (hash(range, $salt, 2) % 1000000) / 1e6))::decimal(18, 2) as amount
from range($orders)
"""
PARTS = ("doubt_campaign", "ask", "estimate_uplift", "compare_credits")


def timed(seconds: dict[str, float], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, adding up how long it takes."""

    def run(*arguments: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*arguments, **named)
        finally:
            seconds[name] = seconds.get(name, 0) + time.perf_counter() - began

    return run


def main() -> None:
    """Print a line for the number of contacts given."""
    customers = int(sys.argv[1])
    with (
        TemporaryDirectory(dir="data") as folder,
        open_database(Path(folder) / "w.duckdb", WarehouseSettings()) as connection,
    ):
        create_tables(connection)
        execute(connection, CUSTOMERS, customers=customers)
        for query in (CAMPAIGN, CONTACTS):
            execute(connection, query)
        for salt, (name, since, days, share) in enumerate(
            (("A", "2022-11-01", 700, 0.4), ("B", "2024-10-02", 30, 0.03), ("C", "2024-11-01", 30, 0.03))
        ):
            bound = {"name": name, "since": since, "days": days, "salt": salt}
            execute(connection, ORDERS, customers=customers, orders=int(share * customers), **bound)
        execute(connection, "checkpoint")
        made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds: dict[str, float] = {}
        for part in PARTS:
            setattr(stage, part, timed(seconds, part, getattr(stage, part)))
        began, began_cpu = time.perf_counter(), time.process_time()
        stage.measure_campaigns(connection, AS_OF, CampaignSettings(margin_rate=0.3), RfmSettings(), seed=1)
        total, cpu = time.perf_counter() - began, time.process_time() - began_cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found = execute(
            connection,
            "select count(*), max(uplift) filter (where dimension = 'all' and metric = 'revenue' and "
            "method = 'randomised') from response.uplift",
        )
    told = ", ".join(f"{name} {value:.1f}" for name, value in seconds.items())
    memory = f"peak {peak / 2**20:.2f} GiB (before {made / 2**20:.2f})"
    sys.stdout.write(f"{customers:,} contacts: {total:.1f} s ({cpu:.1f} s of CPU), {memory}; {told}; {found}\n")


if __name__ == "__main__":
    main()
