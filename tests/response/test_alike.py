"""Customers alike counted together give the figures of customers one by one."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from segmentation.clusters.stage import cluster_customers
from segmentation.response.stage import measure_campaigns
from segmentation.response.uplift import estimate_uplift
from segmentation.response.uplift_rows import UPLIFT_SCHEMA
from segmentation.segments.stage import customers_known
from segmentation.settings import CampaignSettings, ClusterSettings, RfmSettings
from segmentation.warehouse.connection import Connection
from tests.builders import fill, order

AS_OF = dt.date(2024, 7, 31)
EVE, FIRST, LAST = dt.date(2024, 5, 31), dt.date(2024, 6, 1), dt.date(2024, 6, 14)
CUSTOMERS = 600


@pytest.fixture
def june(warehouse: Connection) -> Connection:
    """Two cells with a shared hold-out, customers with and without orders, one who objected, two contaminated."""
    random = np.random.default_rng(1)
    names = [f"c{number:03d}" for number in range(CUSTOMERS)]
    for table in ("crm", "history"):
        warehouse.execute(f"alter table {table}.customers add column age varchar")
    fill(warehouse, "crm.customers", *({"customer_id": name} for name in names))
    warehouse.execute("update crm.customers set age = ['young', 'old'][1 + substr(customer_id, 2)::int % 2]")
    fill(warehouse, "crm.campaigns", {"campaign_id": "june", "starts_on": FIRST, "ends_on": LAST, "control_share": 0.2})
    days = ("2024-03-10", "2024-04-12", "2024-05-14", "2024-05-28", "2024-06-05", "2024-06-09", "2024-06-20")
    likings = zip(names, random.random(CUSTOMERS), strict=True)
    fill(
        warehouse,
        "crm.orders",
        *(
            order(name, day, float(random.integers(1, 30)) - 4 * (random.random() < 0.1) * 8)
            for name, liking in likings
            for day in days
            if random.random() < liking / 2
        ),
    )
    arms = random.choice(["control", "treatment"], CUSTOMERS, p=[0.2, 0.8])
    cells = random.choice(["red", "blue"], CUSTOMERS)
    contacts = [
        {"campaign_id": "june", "customer_id": n, "arm": arm, "cell": None if arm == "control" else cell}
        for n, arm, cell in zip(names, arms, cells, strict=True)
    ]
    fill(warehouse, "crm.contacts", *contacts)
    held_out = [contact["customer_id"] for contact in contacts if contact["arm"] == "control"]
    warehouse.execute("update crm.contacts set keycode = 'K' where customer_id in (?, ?)", held_out[:2])
    moment = dt.datetime(2024, 6, 9)
    replies = ({"campaign_id": "june", "customer_id": name, "responded_at": moment} for name in names[::7])
    fill(warehouse, "crm.responses", *replies)
    fill(warehouse, "segments.unscored", {"customer_id": "c010", "as_of_date": AS_OF, "reason": "objection"})
    cluster_customers(warehouse, AS_OF, ClusterSettings(smallest=2, largest=3, minimum_share=0.05))
    return warehouse


def one_by_one(warehouse: Connection) -> pl.DataFrame:
    """What each customer did, by Polars, from the tables of the source."""
    orders = (
        warehouse.sql("from crm.orders")
        .pl()
        .with_columns(pl.col("ordered_at").dt.date(), amount=pl.col("amount").cast(pl.Float64))
    )
    within = (
        orders.filter(pl.col("ordered_at").is_between(FIRST, LAST))
        .group_by("customer_id")
        .agg(revenue=pl.col("amount").sum(), converted=(pl.col("amount") >= 0).any())
    )
    before = (
        orders.filter(pl.col("ordered_at").is_between(dt.date(2024, 5, 18), EVE))
        .group_by("customer_id")
        .agg(earlier_spend=pl.col("amount").sum())
    )
    known = customers_known(warehouse, EVE, RfmSettings()).select("customer_id", "segment", "cluster")
    people = warehouse.sql('select customer_id, age as "attribute age" from crm.customers').pl()
    replied = warehouse.sql("select customer_id from crm.responses").pl()["customer_id"]
    objected = pl.col("customer_id") == "c010"
    frame = warehouse.sql("select customer_id, arm, cell, keycode from crm.contacts").pl()
    for part in (within, before, known, people):
        frame = frame.join(part, on="customer_id", how="left")
    return frame.sort("customer_id").with_columns(
        pl.col("revenue", "earlier_spend").fill_null(0),
        pl.col("converted").fill_null(value=False).cast(pl.Float64),
        pl.when(pl.col("segment").is_null() & ~objected)
        .then(pl.lit("never bought"))
        .otherwise("segment")
        .alias("segment"),
        household_id=pl.lit(None, dtype=pl.String),
        margin=(0.3 * pl.col("revenue").fill_null(0)),
        responded=pl.col("customer_id").is_in(replied.implode()).cast(pl.Float64),
        has_unknown_margin=pl.lit(value=False),
        received=((pl.col("arm") == "treatment") | pl.col("keycode").is_not_null()).cast(pl.Float64),
    )


def test_grouped_in_the_warehouse_or_one_by_one(june: Connection) -> None:
    settings = CampaignSettings(margin_rate=0.3, dimensions=("age",))
    measure_campaigns(june, AS_OF, settings, RfmSettings(), seed=5)
    key = ["dimension", "level", "metric", "method"]
    figures = [name for name in UPLIFT_SCHEMA if name not in ("note", *key)]
    found = june.sql("from response.uplift").pl().select(*key, *figures).sort(key)
    oracle = estimate_uplift(one_by_one(june), has_replies=True, seed=5, attributes=("age",)).select(*key, *figures)
    assert {"cluster", "segment", "age", "cell"} < set(found["dimension"])
    assert found["complier_uplift"].drop_nulls().len() > 10
    assert found["bootstrap_ci_low"].drop_nulls().len() > 5
    assert_frame_equal(found, oracle.sort(key), rel_tol=1e-9, abs_tol=1e-9, check_dtypes=False)
