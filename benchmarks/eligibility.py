"""Seconds and peak memory of looking at every customer for a planned mailing.

`python -m benchmarks.eligibility 1000000` makes that many customers with name, address, e-mail address and telephone
number; every hundredth is there twice, and two live together. A third of them was mailed in each of twelve mailings of
the last year, and a Robinson list has a fiftieth of the addresses. `... 1000000 email` plans e-mails.
"""

import datetime as dt
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from segmentation.eligibility.stage import assess_customers
from segmentation.settings import WarehouseSettings, load_settings
from segmentation.targeting.exclusions import apply_exclusions, apply_ranked_exclusions, build_waterfall
from segmentation.warehouse.connection import execute, open_database
from segmentation.warehouse.schema import create_tables

AS_OF, IN_HOME = dt.date(2024, 12, 31), dt.date(2025, 1, 14)
CUSTOMERS = """
insert into crm.customers by name
select 'C' || range as customer_id, 'Anna ' || person % 7 as first_name, 'Müller-' || person // 2 % 5000 as last_name,
    'ul. Długa ' || person // 2 as address_line, printf('%02d-%03d', person // 2 % 100, person // 200 % 1000)
    as postcode, 'Łódź' as city, 'anna.' || person || '@example.org' as email,
    printf('+48 6%08d', person % 100000000) as phone
from (select range, if(range % 100 = 0, range + 1, range) as person from range($customers))
"""
CAMPAIGNS = """
insert into crm.campaigns by name
select 'mailing ' || range as campaign_id, date '2024-01-10' + range::integer * 30 as starts_on, 'mail' as channel,
    starts_on + 20 as ends_on
from range(12)
"""
CONTACTS = """
insert into crm.contacts by name
select campaign_id, customer_id, if(hash(customer_id, campaign_id, 1) % 10 = 0, 'control', 'treatment') as arm
from crm.campaigns, crm.customers
where hash(customer_id, campaign_id) % 3 = 0
"""
ROBINSON = """
copy (
    select upper(last_name) as last_name, first_name, replace(postcode, '-', ' ') as postcode
    from crm.customers where hash(customer_id) % 50 = 0
) to '{}' (header, delimiter ';')
"""


def main() -> None:
    """Print a line for the number of customers given."""
    count, channel = int(sys.argv[1]), (*sys.argv, "mail")[2]
    with (
        TemporaryDirectory(dir="data") as folder,
        open_database(Path(folder) / "w.duckdb", WarehouseSettings()) as connection,
    ):
        create_tables(connection)
        execute(connection, CUSTOMERS, customers=count)
        for query in (CAMPAIGNS, CONTACTS, ROBINSON.format(robinson := Path(folder) / "robinson.csv")):
            execute(connection, query)
        execute(connection, "checkpoint")
        made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        plan = {
            "suppression_lists": [{"file": robinson, "reason": "robinson"}],
            "caps": {"mail": {"contacts": 5, "days": 365}},
            "duplicates": "mail one",
            "consent_required": [],
        }
        start = time.perf_counter()
        assessed = assess_customers(
            connection, load_settings(plan=plan), as_of=AS_OF, campaign_id="next", channel=channel, starts_on=IN_HOME
        )
        known = time.perf_counter() - start
        ranked = apply_exclusions(assessed.customers).with_row_index("rank", offset=1)
        reasons = apply_ranked_exclusions(ranked)["reason"]
        seconds = time.perf_counter() - start
    steps = build_waterfall(reasons, beyond_budget=0, held_out=0).filter(pl.col("customers_removed") > 0).height
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    sys.stdout.write(
        f"{count:>10,} customers, {channel}: {known:6.1f} s to know them, {seconds:6.1f} s with reasons; peak "
        f"{peak:.2f} GiB ({made:.2f} before), {assessed.duplicates.height:,} duplicates, {steps} steps used\n"
    )


if __name__ == "__main__":
    main()
