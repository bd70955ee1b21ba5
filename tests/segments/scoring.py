"""Warehouses of customers with given recency, frequency and money."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from segmentation.contract.inputs import ORDERS
from segmentation.segments.stage import segment_customers
from segmentation.settings import RfmSettings
from segmentation.warehouse.connection import Connection
from segmentation.warehouse.schema import append_rows

DAY = dt.date(2024, 6, 30)
SCORES = ["recency_score", "frequency_score", "monetary_score"]


def shop(
    warehouse: Connection, days: Sequence[int], orders: Sequence[int], spend: Sequence[float], as_of: dt.date = DAY
) -> None:
    """Customers c0000, c0001 ...: all orders on the day of the last one, the first of them with all the money."""
    customers = pl.DataFrame({"days": days, "order": [range(n) for n in orders], "spend": spend})
    rows = customers.with_row_index("customer").explode("order")
    customer_id = pl.format("c{}", pl.col("customer").cast(pl.String).str.zfill(4))
    append_rows(
        warehouse,
        ORDERS,
        rows.select(
            pl.format("{}-{}", customer_id, "order").alias("order_id"),
            customer_id.alias("customer_id"),
            (pl.lit(as_of) - pl.duration(days="days")).cast(pl.Datetime).alias("ordered_at"),
            pl.when(pl.col("order") == 0).then("spend").otherwise(0.0).alias("amount"),
        ),
    )


def score(warehouse: Connection, as_of: dt.date = DAY, **settings: object) -> pl.DataFrame:
    """segments.rfm of `as_of`, sorted by customer."""
    segment_customers(warehouse, as_of, RfmSettings.model_validate(settings))
    return warehouse.sql("from segments.rfm order by customer_id").pl()


def thresholds(warehouse: Connection, measure: str, as_of: dt.date = DAY) -> pl.DataFrame:
    return (
        warehouse.sql("from segments.rfm_thresholds order by within_recency, within_frequency, score")
        .pl()
        .filter(pl.col("measure") == measure, pl.col("as_of_date") == as_of)
    )
