"""A shop whose customers like different categories."""

import datetime as dt

import numpy as np
import polars as pl

from segmentation.contract.inputs import CUSTOMERS, ORDER_LINES, ORDERS
from segmentation.warehouse.connection import Connection
from segmentation.warehouse.schema import append_rows

AS_OF = dt.date(2024, 6, 30)
CATEGORIES = ("bread", "wine", "soap", "tea", "cheese", "paper")


def fill_shop(
    connection: Connection,
    *,
    alike: bool,
    customers: int = 300,
    days: int = 360,
    column: str = "category",
    seed: int = 7,
) -> None:
    """Orders about every 12 days, each with two lines: of the same categories for all, or of one's own for each."""
    random = np.random.default_rng(seed)
    orders, lines = [], []
    for number in range(customers):
        likes = np.full(len(CATEGORIES), 0.04)
        likes[0 if alike else number % len(CATEGORIES)] += 0.76
        day = int(random.integers(0, 24))
        while day < days:
            moment = dt.datetime.combine(AS_OF - dt.timedelta(days=days - 1 - day), dt.time(12))
            order_id = f"o{number}-{day}"
            orders.append((order_id, f"c{number:03}", moment, 10.0, 3.0))
            for item in random.choice(len(CATEGORIES), size=2, replace=False, p=likes):
                lines.append((order_id, CATEGORIES[item], 5.0))
            day += 1 + int(random.exponential(12))
    append_rows(connection, CUSTOMERS, pl.DataFrame({"customer_id": [f"c{n:03}" for n in range(customers)]}))
    names = ["order_id", "customer_id", "ordered_at", "amount", "margin"]
    append_rows(connection, ORDERS, pl.DataFrame(orders, schema=names, orient="row"))
    bought = pl.DataFrame(lines, schema=["order_id", "product_id", "amount"], orient="row")
    append_rows(connection, ORDER_LINES, bought.with_columns(pl.col("product_id").alias(column)))
