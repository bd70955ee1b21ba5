import datetime as dt

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import adjusted_rand_score

from segmentation.segments.cluster_model import fit_scaling, model_rows, restore_model
from segmentation.segments.clustering import choose_k, fit_clusters, profile_clusters
from segmentation.segments.features import FEATURE_NAMES, FEATURES
from segmentation.segments.stage import cluster_customers
from segmentation.settings import ClusterSettings
from segmentation.warehouse.connection import Connection, fetch
from tests.builders import fill, order

CHOICE = {"smallest": 2, "largest": 7, "minimum_share": 0.01, "minimum_stability": 0.7, "seed": 1}


def four_groups(customers: int = 400) -> pl.DataFrame:
    """Four plain groups, by how often and how lately they buy."""
    random = np.random.default_rng(3)
    group = np.arange(customers) % 4
    frequent, recent = group % 2, group // 2
    noise = lambda: random.normal(1, 0.05, customers)  # noqa: E731
    orders = np.where(frequent, 60, 3) * noise()
    return pl.DataFrame(
        {
            "customer_id": [f"c{i:04d}" for i in range(customers)],
            "spend": orders * 20,
            "days_since_last_order": np.where(recent, 5, 200) * noise(),
            "order_count": orders,
            "mean_order_value": 20 * noise(),
            "tenure_days": np.full(customers, 365.0),
            "recent_order_share": 0.3 * noise(),
            "category_count": 5 * noise(),
        }
    )


def test_the_true_number_of_groups_is_chosen_and_found() -> None:
    customers = four_groups().select("customer_id", "spend", *FEATURE_NAMES)
    still = customers.with_columns(
        pl.lit(20.0).alias("mean_order_value"),
        pl.lit(0.3).alias("recent_order_share"),
        pl.lit(5.0).alias("category_count"),
    )
    tried = choose_k(still, **CHOICE)
    assert tried.filter("chosen")["k"].to_list() == [4]
    clusters = fit_clusters(still, 4, seed=1).assign(still)
    assert adjusted_rand_score(np.arange(400) % 4, clusters["cluster_id"].to_numpy()) == 1


def test_a_constant_feature_is_left_out() -> None:
    used = {scaling.feature.name for scaling in fit_scaling(four_groups())}
    assert used == set(FEATURE_NAMES) - {"tenure_days"}


def test_the_same_input_gives_the_same_clusters_and_other_row_order_the_same_partition() -> None:
    customers = four_groups()
    first, second = (fit_clusters(customers, 4, seed=1).assign(customers) for _ in range(2))
    assert first.equals(second)


def test_clusters_are_numbered_by_falling_spend_and_profiled() -> None:
    customers = four_groups()
    clusters = fit_clusters(customers, 4, seed=1).assign(customers)
    profile = profile_clusters(customers, clusters)
    assert profile["mean_spend"].is_sorted(descending=True)
    assert profile["customers"].sum() == customers.height
    assert profile["share"].sum() == pytest.approx(1)
    weighted = (profile["order_count"] * profile["customers"]).sum() / customers.height
    assert weighted == pytest.approx(customers["order_count"].mean())


def test_names_say_what_sets_a_cluster_apart_and_differ() -> None:
    names = fit_clusters(four_groups(), 4, seed=1).names
    assert len(set(names)) == 4
    words = {word for feature in FEATURES for word in (feature.high, feature.low)} | {"average"}
    assert {part.strip().lower() for name in names for part in name.split(",")} <= words
    assert sum("recent" in name.lower() for name in names) == 2


def test_a_model_written_and_read_again_assigns_the_same() -> None:
    customers = four_groups()
    model = fit_clusters(customers, 4, seed=1)
    restored = restore_model(model_rows(model).sample(fraction=1, shuffle=True, seed=4))
    assert restored is not None
    assert restored.assign(customers).drop("distance").equals(model.assign(customers).drop("distance"))


def test_no_stable_number_says_so_and_takes_the_most_stable() -> None:
    random = np.random.default_rng(0)
    shapeless = four_groups().with_columns(pl.Series(name, random.uniform(1, 100, 400)) for name in FEATURE_NAMES)
    tried = choose_k(shapeless, **(CHOICE | {"minimum_stability": 0.999}))
    chosen = tried.filter("chosen")
    assert chosen["stability"].to_list() == [tried["stability"].max()]
    assert "stability under 0.999" in chosen["note"][0]


def test_too_few_customers_leave_the_tables_empty(warehouse: Connection) -> None:
    fill(warehouse, "crm.orders", order("a", "2024-01-01"), order("b", "2024-01-02"))
    cluster_customers(warehouse, dt.date(2024, 6, 30), ClusterSettings())
    assert warehouse.sql("from segments.clusters").pl().is_empty()
    assert warehouse.sql("from segments.cluster_selection").pl().is_empty()


def test_features_by_hand(warehouse: Connection) -> None:
    fill(
        warehouse,
        "crm.orders",
        order("a", "2024-01-01", 100, order_id="1"),
        order("a", "2024-06-01", 50, order_id="2"),
        order("a", "2024-06-11", -30, order_id="3"),
        order("a", "2024-07-01", 999, order_id="4"),
    )
    fill(
        warehouse,
        "crm.order_lines",
        *(
            {"order_id": o, "product_id": p, "amount": 1, "category": c}
            for o, p, c in [("1", "x", "books"), ("2", "y", "books"), ("2", "z", "toys"), ("4", "w", "wine")]
        ),
    )
    row = fetch(warehouse, "customer_features", as_of_date=dt.date(2024, 6, 30), with_unscored=False).row(0, named=True)
    assert row == {
        "customer_id": "a",
        "spend": 120,
        "days_since_last_order": 29,
        "order_count": 2,
        "mean_order_value": 60,
        "tenure_days": 181,
        "recent_order_share": 0.5,
        "category_count": 2,
    }
