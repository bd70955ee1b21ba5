"""Clusters from night to night: when they are fitted, what stays, what is told."""

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from segmentation.clusters.stage import cluster_customers
from segmentation.errors import SettingsError
from segmentation.segments.stage import customers_known
from segmentation.settings import ClusterSettings, RfmSettings
from segmentation.warehouse.connection import Connection, execute, fetch
from segmentation.warehouse.schema import add_attribute
from tests.builders import TABLES, fill, order

FIRST = dt.date(2024, 6, 30)
SETTINGS: dict[str, Any] = {"smallest": 2, "largest": 5, "refit_days": 30}


def shop(warehouse: Connection, customers: int = 120, **attributes: list[str | None]) -> None:
    """Customers c000, c001 ... in two by two kinds: few or many orders, lately or long ago."""
    ids = [f"c{i:03d}" for i in range(customers)]
    for name in attributes:
        add_attribute(warehouse, TABLES["crm.customers"], name)
    execute(warehouse, "delete from crm.customers")
    for i, customer in enumerate(ids):
        given = {name: values[i % len(values)] for name, values in attributes.items()}
        names = ", ".join(f'"{name}"' for name in ("customer_id", *given))
        marks = ", ".join("?" for _ in range(len(given) + 1))
        warehouse.execute(f"insert into crm.customers ({names}) values ({marks})", [customer, *given.values()])
    orders = []
    for i, customer in enumerate(ids):
        last = FIRST - dt.timedelta(days=(5 if i % 2 else 200) + i % 7)
        for number in range(12 if i % 4 > 1 else 2):
            day = last - dt.timedelta(days=9 * number)
            orders.append(order(customer, f"{day}", 20 + i % 5 + number, order_id=f"{customer}-{number}"))
    fill(warehouse, "crm.orders", *orders)


def night(warehouse: Connection, day: dt.date = FIRST, **settings: Any) -> pl.DataFrame:
    """One row per customer."""
    cluster_customers(warehouse, day, ClusterSettings(**(SETTINGS | settings)))
    return rows(warehouse, "segments.clusters").sort("customer_id")


def rows(warehouse: Connection, table: str) -> pl.DataFrame:
    found: pl.DataFrame = warehouse.sql(f"from {table} order by all").pl()
    return found


def outcomes(warehouse: Connection) -> list[tuple[dt.date, str]]:
    found: list[tuple[dt.date, str]] = warehouse.sql(
        "select as_of_date, outcome from segments.cluster_fits order by all"
    ).fetchall()
    return found


def later(days: int) -> dt.date:
    return FIRST + dt.timedelta(days=days)


def test_clusters_are_numbered_by_falling_spend_and_profiled(warehouse: Connection) -> None:
    shop(warehouse)
    clusters = night(warehouse)
    profiles = rows(warehouse, "segments.cluster_profiles")
    assert profiles["cluster_id"].to_list() == [1, 2, 3, 4]
    assert profiles["mean_spend"].is_sorted(descending=True)
    assert profiles["customers"].to_list() == clusters.group_by("cluster_id").len().sort("cluster_id")["len"].to_list()
    assert profiles["share"].sum() == pytest.approx(1)
    orders = warehouse.sql("select avg(n) from (select count(*) as n from crm.orders group by customer_id)").fetchall()
    weighted = (profiles["order_count"] * profiles["customers"]).sum() / len(clusters)
    assert [(pytest.approx(weighted),)] == orders
    (choice,) = rows(warehouse, "segments.cluster_selection").filter("chosen").iter_rows(named=True)
    assert (choice["k"], choice["note"]) == (4, None)


def test_between_refits_new_customers_are_assigned_and_nothing_else_changes(warehouse: Connection) -> None:
    shop(warehouse)
    night(warehouse)
    model = rows(warehouse, "segments.cluster_model")
    fill(warehouse, "crm.orders", *(order("new", f"{later(-i)}", 22) for i in range(12)))
    clusters = night(warehouse, later(1))
    assert rows(warehouse, "segments.cluster_model").equals(model)
    assert outcomes(warehouse) == [(FIRST, "first")]
    busy = clusters.filter(pl.col("customer_id").is_in(["new", "c003"]))
    assert busy["cluster_id"].n_unique() == 1
    assert set(clusters["as_of_date"]) == {later(1)}


def test_a_refit_is_due_after_its_days_and_keeps_ids_and_names(warehouse: Connection) -> None:
    shop(warehouse)
    before = night(warehouse)
    night(warehouse, later(29))
    assert outcomes(warehouse) == [(FIRST, "first")]
    after = night(warehouse, later(30))
    assert outcomes(warehouse) == [(FIRST, "first"), (later(30), "refitted")]
    same = ["customer_id", "cluster_id", "cluster_name"]
    assert after.select(same).equals(before.select(same))
    fit = rows(warehouse, "segments.cluster_fits").row(1, named=True)
    assert (fit["agreement"], fit["staying_share"], fit["same_clusters"]) == (1, 1, 4)


def test_other_settings_make_a_refit_due(warehouse: Connection) -> None:
    shop(warehouse)
    night(warehouse)
    night(warehouse, later(1), refit_days=60)
    assert len(outcomes(warehouse)) == 1
    night(warehouse, later(2), method="gaussian mixture")
    assert outcomes(warehouse)[-1] == (later(2), "refitted")


def test_a_refit_that_is_not_stable_keeps_the_clusters_and_says_so(
    warehouse: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    shop(warehouse)
    before = night(warehouse)
    after = night(warehouse, later(30), smallest=5, minimum_share=0.2)
    assert outcomes(warehouse)[-1] == (later(30), "kept")
    assert after.select("customer_id", "cluster_id").equals(before.select("customer_id", "cluster_id"))
    note = rows(warehouse, "segments.cluster_fits")["note"][1]
    assert note == "the best of the refit has 4 clusters where 5 are wanted"
    assert f"the clusters of {FIRST} stay in use: {note}" in caplog.text


def test_a_cluster_that_comes_anew_gets_a_number_that_none_has_had(warehouse: Connection) -> None:
    shop(warehouse)
    night(warehouse)
    execute(warehouse, "delete from crm.orders where customer_id in (from segments.clusters select customer_id "
            "where cluster_id = 2)")  # fmt: skip
    gone = night(warehouse, later(30), largest=3)
    assert set(gone["cluster_id"]) == {1, 3, 4}
    shop_again = [order(f"n{i}", f"{later(60 - 300 - i % 5)}", 900 + i % 3) for i in range(40)]
    fill(warehouse, "crm.orders", *shop_again)
    night(warehouse, later(60))
    assert max(rows(warehouse, "segments.clusters")["cluster_id"]) == 5


def test_a_night_again_writes_the_same(warehouse: Connection) -> None:
    shop(warehouse)
    night(warehouse)
    tables = ("clusters", "cluster_profiles", "cluster_model", "cluster_fits", "cluster_features", "cluster_selection")
    night(warehouse, later(40))
    first = [rows(warehouse, f"segments.{table}") for table in tables]
    night(warehouse, later(40))
    assert all(one.equals(rows(warehouse, f"segments.{table}")) for one, table in zip(first, tables, strict=True))


def test_the_order_of_rows_does_not_matter(warehouse: Connection) -> None:
    shop(warehouse)
    first = night(warehouse)
    execute(warehouse, "create temp table turned as from crm.orders order by order_id desc")
    execute(warehouse, "delete from crm.orders")
    execute(warehouse, "insert into crm.orders from turned")
    assert night(warehouse).equals(first)


@pytest.mark.parametrize("orders", [[], [order("a", "2024-01-01")], [order("a", "2024-01-01", -5)]])
def test_too_few_customers_leave_the_tables_empty_and_say_so(
    warehouse: Connection, orders: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    if orders:
        fill(warehouse, "crm.orders", *orders)
    assert night(warehouse).is_empty()
    assert rows(warehouse, "segments.cluster_profiles").is_empty()
    assert outcomes(warehouse) == [(FIRST, "none")]
    assert "no clusters: k-means finds no clusters in" in caplog.text


def test_more_clusters_than_different_customers_are_not_made(warehouse: Connection) -> None:
    fill(warehouse, "crm.orders", *(order(f"c{i}", f"2024-0{1 + i % 3}-01") for i in range(50)))
    assert night(warehouse, smallest=4, largest=8).is_empty()


def test_a_currency_of_huge_amounts_is_no_trouble(warehouse: Connection) -> None:
    shop(warehouse)
    execute(warehouse, "update crm.orders set amount = amount * 100000000000")
    assert set(night(warehouse)["cluster_id"]) == {1, 2, 3, 4}


def test_orders_after_the_date_change_nothing(warehouse: Connection) -> None:
    shop(warehouse)
    first = night(warehouse)
    fill(warehouse, "crm.orders", *(order(f"c{i:03d}", f"{later(1)}", 5000) for i in range(120)))
    assert night(warehouse).equals(first)


def test_attributes_are_features(warehouse: Connection) -> None:
    shop(warehouse, income=["10", "20", "900", "1000", None, "11"], hobby=["x"])
    night(warehouse, attributes=("income",))
    (feature,) = (
        rows(warehouse, "segments.cluster_features").filter(pl.col("feature") == "income").iter_rows(named=True)
    )
    assert feature["used"]
    profiles = rows(warehouse, "segments.cluster_profiles")
    mean = (profiles["income"] * profiles["customers"]).sum() / 120
    assert mean == pytest.approx(np.mean([10, 20, 900, 1000, 11]), rel=0.2)  # the cluster's means are of who has one
    night(warehouse, later(1))
    assert "income" not in rows(warehouse, "segments.cluster_model").filter(as_of_date=later(1))["feature"]


def test_an_attribute_is_what_was_known_then(warehouse: Connection) -> None:
    shop(warehouse, income=["10", "500", "1000"])
    night(warehouse, attributes=("income",))
    before = customers_known(warehouse, FIRST, RfmSettings())
    add_attribute(warehouse, TABLES["history.customers"], "income")
    execute(warehouse, "insert into history.customers by name select *, $day::date as known_until from crm.customers",
            day=later(5))  # fmt: skip
    execute(warehouse, "update crm.customers set income = '77', known_from = $day", day=later(5))
    assert customers_known(warehouse, FIRST, RfmSettings()).equals(before)
    assert set(customers_known(warehouse, later(5), RfmSettings())["income"]) == {77}


@pytest.mark.parametrize(
    ("attribute", "said"),
    [
        ("pets", "clusters.attributes: crm.customers has no attribute 'pets'; there are: income, hobby, order_count"),
        (
            "postcode",
            "clusters.attributes: crm.customers has no attribute 'postcode'; there are: income, hobby, order_c",
        ),
        (
            "hobby",
            "clusters.attributes: no customer has a number as 'hobby' (one has 'x'); name attributes with numbers",
        ),
        ("order_count", "clusters.attributes: 'order_count' is a feature already; rename it in the source"),
    ],
)
def test_an_attribute_that_cannot_be_one_is_refused(warehouse: Connection, attribute: str, said: str) -> None:
    shop(warehouse, income=["10", "20"], hobby=["x"], order_count=["1"])
    with pytest.raises(SettingsError) as refused:
        night(warehouse, attributes=(attribute,))
    assert str(refused.value).startswith(said)


def test_values_that_are_no_numbers_are_counted(warehouse: Connection, caplog: pytest.LogCaptureFixture) -> None:
    shop(warehouse, income=["10", "500", "unknown", "inf", "nan", None])
    night(warehouse, attributes=("income",))
    assert "60 of 100 values of income are no numbers" in caplog.text


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
    row = fetch(warehouse, "customer_features", as_of_date=FIRST, with_unscored=False).row(0, named=True)
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
