"""Offers of a small shop: what wins where tastes differ, what is known when, and who is left out."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from segmentation.contract.offers import OFFER_TABLES
from segmentation.offers.stage import _shop, find_offers
from segmentation.segments.stage import segment_customers
from segmentation.settings import OfferSettings, RfmSettings
from segmentation.warehouse.connection import Connection, execute
from tests.builders import fill, order
from tests.offers.shop import AS_OF, CATEGORIES, fill_shop

RFM = RfmSettings()


def offer(connection: Connection, **chosen: object) -> tuple[pl.DataFrame, pl.DataFrame]:
    """targeting.best_offers and targeting.offer_models."""
    segment_customers(connection, AS_OF, RFM)
    find_offers(connection, AS_OF, OfferSettings.model_validate(chosen), RFM, seed=1)
    offers, models = (connection.sql(f"from {table.full_name}").pl() for table in OFFER_TABLES)
    return offers.sort("customer_id", "rank"), models


def chosen(models: pl.DataFrame, task: str = "any") -> str:
    return str(models.filter(pl.col("task") == task, "chosen")["method"].item())


def test_where_tastes_differ_knowing_the_customer_beats_popularity(warehouse: Connection) -> None:
    fill_shop(warehouse, alike=False)
    offers, models = offer(warehouse)
    assert chosen(models) == "own purchases"
    row = models.row(by_predicate=(pl.col("method") == "own purchases") & (pl.col("task") == "any"), named=True)
    assert row["gain_ci_low"] > 0.2
    liked = offers.filter(pl.col("rank") == 1).with_columns(
        liked=pl.col("customer_id")
        .str.slice(1)
        .cast(pl.Int64)
        .map_elements(lambda number: CATEGORIES[number % len(CATEGORIES)], return_dtype=pl.String)
    )
    assert (liked["category"] == liked["liked"]).mean() > 0.95
    assert offers["basis"].str.contains("^bought on [0-9]+ days?, last on 2024-").any()
    assert offers.group_by("customer_id").len()["len"].unique().to_list() == [3]


def test_where_all_are_alike_popularity_is_offered(warehouse: Connection) -> None:
    fill_shop(warehouse, alike=True)
    offers, models = offer(warehouse)
    assert chosen(models) == "popularity"
    assert offers.filter(pl.col("rank") == 1)["category"].unique().to_list() == ["bread"]


def test_only_what_is_new(warehouse: Connection) -> None:
    fill_shop(warehouse, alike=False, days=60)
    offers, models = offer(warehouse, new_only=True)
    assert offers["days_bought"].sum() == 0
    assert models.filter("offered")["task"].unique().to_list() == ["new"]
    bought = warehouse.sql("select customer_id, category from crm.order_lines join crm.orders using (order_id)").pl()
    assert offers.join(bought, on=["customer_id", "category"], how="semi").is_empty()


def test_products_stand_in_for_categories_and_some_are_never_offered(warehouse: Connection) -> None:
    fill_shop(warehouse, alike=True, column="product_id")
    offers, _ = offer(warehouse, leave_out=["bread"], most_items=4)
    assert "bread" not in offers["category"].to_list()
    assert offers["category"].n_unique() == 3


def test_nothing_after_the_date_is_known(warehouse: Connection) -> None:
    fill_shop(warehouse, alike=False, customers=150)
    before = offer(warehouse)
    fill(warehouse, "crm.orders", order("c000", "2024-07-01", order_id="later"))
    fill(warehouse, "crm.order_lines", {"order_id": "later", "product_id": "x", "category": "wine", "amount": 99.0})
    after = offer(warehouse)
    assert all(one.equals(other) for one, other in zip(before, after, strict=True))


def test_what_the_check_learns_from_ends_where_days_are_held_back(warehouse: Connection) -> None:
    fill_shop(warehouse, alike=False, customers=60)
    segment_customers(warehouse, AS_OF, RFM)
    cut = AS_OF - dt.timedelta(days=28)
    seen = {"by_product": False, "half_life_days": 90, "leave_out": []}
    with _shop(warehouse, cut, OfferSettings(), RFM, seen, buyers_only=True) as before:
        pass
    execute(
        warehouse,
        "delete from crm.order_lines where order_id in (from (select order_id from crm.orders "
        "where ordered_at >= $cut::date + 1))",
        cut=cut,
    )
    execute(warehouse, "delete from crm.orders where ordered_at >= $cut::date + 1", cut=cut)
    with _shop(warehouse, cut, OfferSettings(), RFM, seen, buyers_only=True) as after:
        pass
    assert before is not None
    assert after is not None
    assert before.customers == after.customers
    assert before.taste.items == after.taste.items
    for name in ("overall", "by_segment", "strength", "together", "buyers"):
        assert np.array_equal(getattr(before.taste, name), getattr(after.taste, name)), name


def test_who_has_objected_is_neither_offered_anything_nor_learnt_from(warehouse: Connection) -> None:
    fill_shop(warehouse, alike=False, customers=120)
    fill(warehouse, "crm.suppressions", {"customer_id": "c001", "reason": "objection"})
    offers, _ = offer(warehouse)
    assert "c001" not in offers["customer_id"].to_list()
    assert offers["customer_id"].n_unique() == 119


def test_without_lines_there_are_no_offers(warehouse: Connection) -> None:
    fill(warehouse, "crm.customers", {"customer_id": "c1"})
    fill(warehouse, "crm.orders", order("c1", "2024-06-01"))
    offers, models = offer(warehouse)
    assert offers.is_empty()
    assert models.is_empty()


def test_without_purchases_to_hold_back_popularity_is_offered_and_says_why(warehouse: Connection) -> None:
    fill(warehouse, "crm.customers", {"customer_id": "c1"}, {"customer_id": "c2"})
    fill(warehouse, "crm.orders", order("c1", "2024-06-29"), order("c2", "2024-06-29"))
    fill(warehouse, "crm.order_lines", {"order_id": "c1-2024-06-29", "product_id": "a", "category": "tea", "amount": 1})
    offers, models = offer(warehouse)
    assert chosen(models) == "popularity"
    assert models["note"].unique().to_list() == [
        "nothing was bought before the days held back, so nothing can beat popularity"
    ]
    assert offers.select("customer_id", "category", "basis").rows() == [
        ("c1", "tea", "bought on 1 day, last on 2024-06-29"),
        ("c2", "tea", "among the most bought of all"),
    ]


@pytest.mark.parametrize("new_only", [False, True])
def test_the_same_rows_give_the_same_bytes(warehouse: Connection, new_only: bool) -> None:
    fill_shop(warehouse, alike=False, customers=80)
    first = offer(warehouse, new_only=new_only)
    execute(warehouse, "create table turned as from crm.order_lines order by order_id desc, product_id")
    execute(warehouse, "delete from crm.order_lines")
    execute(warehouse, "insert into crm.order_lines by name from turned")
    again = offer(warehouse, new_only=new_only)
    assert all(one.equals(other) for one, other in zip(first, again, strict=True))
