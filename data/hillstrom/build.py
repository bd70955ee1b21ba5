"""Write the Hillstrom e-mail experiment as a source in contract form.

Usage: python data/hillstrom/build.py FOLDER

One campaign with two cells, `mens` and `womens`, and one shared control. The original has no dates and no
order list, so these are made up, the same for all arms: the mail goes out on 2008-03-01 and its window is the
two weeks that follow; a customer's spending of the year before is one order, `recency` months of 30 days earlier;
a visit and a purchase lie on the second day of the window.
"""

import sys
from pathlib import Path

import duckdb

HERE = Path(__file__).parent

CUSTOMERS = """
    select 'c' || row_number() over () as customer_id, *
    from read_parquet($original)"""

TABLES = {
    "customers": """
        select customer_id, zip_code, newbie, channel as purchase_channel, mens as bought_mens, womens as bought_womens
        from customers order by customer_id""",
    "orders": """
        select 'past-' || customer_id as order_id, customer_id, history::decimal(18, 2) as amount,
               timestamp '2008-03-01 12:00:00' - to_days((recency * 30)::integer) as ordered_at
        from customers
        union all
        select 'mail-' || customer_id, customer_id, spend::decimal(18, 2), timestamp '2008-03-02 12:00:00'
        from customers where conversion = 1
        order by order_id""",
    "campaigns": """
        select 'hillstrom' as campaign_id, 'Men''s or women''s e-mail' as name, 'email' as channel,
               date '2008-03-01' as starts_on, date '2008-03-14' as ends_on""",
    "contacts": """
        select 'hillstrom' as campaign_id, customer_id,
               case when segment = 'No E-Mail' then 'control' else 'treatment' end as arm,
               case segment when 'Mens E-Mail' then 'mens' when 'Womens E-Mail' then 'womens' end as cell
        from customers order by customer_id""",
    "responses": """
        select 'hillstrom' as campaign_id, customer_id, timestamp '2008-03-02 12:00:00' as responded_at
        from customers where visit = 1 order by customer_id""",
}


def build(folder: Path) -> None:
    """Write one Parquet file a table into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(config={"threads": 1})
    con.execute(f"create table customers as {CUSTOMERS}", {"original": str(HERE / "hillstrom.parquet")})
    for name, query in TABLES.items():
        con.sql(f"copy ({query}) to '{folder / name}.parquet' (format parquet, compression zstd)")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    build(Path(sys.argv[1]))
