"""Seconds and peak memory of crediting orders to mailings.

`python -m benchmarks.credits 1000000` makes that many orders of a tenth as many customers over two years, in households
of two, and 27 mailings with windows of 60 days that each go to half of the customers. Every tenth order quotes a key
code, every thirtieth is a return.
"""

import datetime as dt
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from segmentation.crediting.stage import credit_orders
from segmentation.settings import CampaignSettings, WarehouseSettings
from segmentation.warehouse.connection import execute, open_database
from segmentation.warehouse.schema import create_tables

AS_OF = dt.date(2024, 12, 31)
CUSTOMERS = """
insert into crm.customers by name
select 'C' || range as customer_id, 'H' || range // 2 as household_id, 'Name ' || range // 4 % 1000 as last_name,
    range // 4 || ' Street' as address_line, (range // 4 % 90000)::varchar as postcode
from range($customers)
"""
CAMPAIGNS = """
insert into crm.campaigns by name
select 'mailing ' || range as campaign_id, date '2023-01-01' + range::integer * 26 as starts_on from range(27)
"""
CONTACTS = """
insert into crm.contacts by name
select campaign_id, customer_id, if(hash(customer_id, campaign_id, 1) % 10 = 0, 'control', 'treatment') as arm,
    'K-' || campaign_id as keycode
from crm.campaigns, crm.customers
where hash(customer_id, campaign_id) % 2 = 0
"""
ORDERS = """
insert into crm.orders by name
select 'O' || range as order_id, 'C' || hash(range) % $customers as customer_id,
    timestamp '2023-01-01' + to_seconds((range * 63158400.0 / $orders)::bigint) as ordered_at,
    if(range % 30 = 0, -1, 1) * (5 + hash(range) % 20000 / 100.0)::decimal(18, 2) as amount,
    if(range % 10 = 1, 'k mailing' || hash(range, 2) % 27, null) as keycode
from range($orders)
"""


def main() -> None:
    """Print a line for the number of orders given."""
    orders = int(sys.argv[1])
    with (
        TemporaryDirectory(dir="data") as folder,
        open_database(Path(folder) / "w.duckdb", WarehouseSettings()) as connection,
    ):
        create_tables(connection)
        execute(connection, CUSTOMERS, customers=orders // 10)
        for query in (CAMPAIGNS, CONTACTS):
            execute(connection, query)
        execute(connection, ORDERS, orders=orders, customers=orders // 10)
        execute(connection, "checkpoint")
        made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        credit_orders(connection, AS_OF, CampaignSettings())
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        methods = execute(
            connection,
            "select method, matched_by, original_order_id is not null as is_return, count(*) from response.attribution "
            "group by all order by all",
        )
    memory = f"peak {peak / 2**20:.2f} GiB (before {made / 2**20:.2f})"
    sys.stdout.write(f"{orders:,} orders: {seconds:.1f} s, {memory}; {methods}\n")


if __name__ == "__main__":
    main()
