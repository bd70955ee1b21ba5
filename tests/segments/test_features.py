"""Every feature of FEATURES keeps the same promises."""

import datetime as dt

import polars as pl
import pytest

from segmentation.segments.features import FEATURE_NAMES, FEATURES, Feature
from segmentation.warehouse.connection import Connection, fetch
from tests.builders import fill, order

AS_OF = dt.date(2024, 6, 30)
EACH = pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)


def features(warehouse: Connection) -> pl.DataFrame:
    return fetch(warehouse, "customer_features", as_of_date=AS_OF, with_unscored=False)


@pytest.fixture
def shop(warehouse: Connection) -> Connection:
    fill(
        warehouse,
        "crm.orders",
        order("once", "2024-06-30", 20),
        order("often", "2023-01-01", 10),
        order("often", "2024-05-01", 30),
        order("returned all", "2024-02-01", 10),
        order("returned all", "2024-02-09", -10),
        order("only returns", "2024-03-01", -10),
        order("later", "2024-07-01", 10),
    )
    fill(
        warehouse, "crm.order_lines", {"order_id": "often-2024-05-01", "product_id": "p", "amount": 30, "category": "x"}
    )
    return warehouse


@EACH
def test_it_is_a_number_for_every_customer_with_an_order(shop: Connection, feature: Feature) -> None:
    found = features(shop)
    assert found["customer_id"].to_list() == ["often", "once", "returned all"]
    assert found.schema[feature.name] == pl.Float64
    assert found[feature.name].is_finite().all()
    assert (found[feature.name] >= 0).all()


@EACH
def test_what_comes_later_changes_nothing(shop: Connection, feature: Feature) -> None:
    before = features(shop)
    fill(
        shop,
        "crm.orders",
        order("often", "2024-07-01", 999),
        order("once", "2024-07-02", 5),
        order("once", "2024-08-02", -20),
    )
    fill(shop, "crm.order_lines", {"order_id": "often-2024-07-01", "product_id": "q", "amount": 999, "category": "y"})
    assert features(shop)[feature.name].equals(before[feature.name])


@EACH
def test_it_has_words_for_people(feature: Feature) -> None:
    assert feature.description
    assert feature.unit
    assert feature.high != feature.low


def test_there_is_no_column_without_a_feature(shop: Connection) -> None:
    assert set(features(shop).columns) == {"customer_id", "spend", *FEATURE_NAMES}
