"""The value models on the purchases of CDNOW, against published figures.

Sources: Fader, Hardie and Lee (2005) for BG/NBD and Fader and Hardie (2013) for Gamma-Gamma on the sample; the package
lifetimes 0.11.3, run on the whole in weeks, for the days held back.
"""

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from segmentation.settings import CampaignSettings, ValueSettings
from segmentation.value.gamma_gamma import fit_gamma_gamma
from segmentation.value.stage import value_customers
from segmentation.warehouse.connection import Connection, execute
from tests.builders import empty_warehouse

CDNOW = Path(__file__).parent.parent.parent / "data" / "cdnow"
WEEKLY = """case when date > date '1997-09-30' then greatest(date_trunc('week', date)::date, date '1997-10-01')
    else date_trunc('week', date)::date end"""


def load(connection: Connection, file: str, customer: str, day: str = "date") -> None:
    execute(
        connection,
        "insert into crm.orders (order_id, customer_id, ordered_at, amount) "
        f"select row_number() over (), {customer}, {day}, amount from read_parquet('{CDNOW / file}')",
    )
    execute(connection, "insert into crm.customers (customer_id) select distinct customer_id from crm.orders")


def value(connection: Connection, as_of: str) -> None:
    value_customers(connection, dt.date.fromisoformat(as_of), ValueSettings(), CampaignSettings(margin_rate=1.0))


def check(connection: Connection, measure: str) -> pl.DataFrame:
    return connection.sql(f"from segments.value_check where measure = '{measure}' order by bin").pl()


def test_the_parameters_of_the_paper(warehouse: Connection) -> None:
    load(warehouse, "cdnow_sample.parquet", "sample_id")
    value(warehouse, "1997-09-30")
    fitted = warehouse.sql("from segments.value_model where method = 'bg/nbd'").pl()
    found = dict(fitted.select("parameter", "value").iter_rows())
    assert {name: round(number, 3) for name, number in found.items()} == {
        "r": 0.243,
        "alpha": 4.414,
        "a": 0.793,
        "b": 2.426,
    }
    assert [round(number, 2) for number in fitted["log_likelihood"].unique()] == [-9582.43]
    assert fitted["customers"].unique().to_list() == [2357]


def test_the_parameters_of_the_note_on_spend() -> None:
    """The note leaves each customer's first day out; 946 have ordered on another."""
    days = (
        pl.read_parquet(CDNOW / "cdnow_sample.parquet")
        .filter(pl.col("date") <= dt.date(1997, 9, 30))
        .group_by("sample_id", "date")
        .agg(pl.sum("amount"))
    )
    later = days.filter(pl.col("date") > pl.col("date").min().over("sample_id"))
    customers = later.group_by("sample_id").agg(
        orders=pl.len(), mean_value=pl.mean("amount"), customers=pl.lit(1, dtype=pl.Int64)
    )
    fit = fit_gamma_gamma(customers.sort("sample_id"), fewest=1)
    assert fit.customers == 946
    assert {name: round(number or 0, 2) for name, number in fit.parameters.items()} == {
        "p": 6.25,
        "q": 3.74,
        "v": 15.44,
    }


@pytest.fixture(scope="module")
def cdnow() -> Any:
    """The whole of CDNOW, the last 273 days held back."""

    with empty_warehouse() as connection:
        load(connection, "cdnow_master.parquet", "id")
        value(connection, "1998-06-30")
        yield connection


def test_the_days_held_back_as_lifetimes_foresees_them_in_weeks(warehouse: Connection) -> None:
    """Weeks from Monday on: 39 of them, and what an order after 1997-09-30 adds to the week of that day counts."""
    load(warehouse, "cdnow_master.parquet", "id", WEEKLY)
    value(warehouse, "1998-06-29")
    orders = check(warehouse, "orders").row(0, named=True)
    assert orders["calibrated_to"] == dt.date(1997, 9, 29)
    assert (orders["customers"], round(orders["expected"]), orders["actual"]) == (23_570, 16_507, 18_440)
    assert round(orders["model_mae"], 4) == 0.7844
    assert round(orders["model_rmse"], 4) == 1.4628


def test_the_days_held_back_by_the_day(cdnow: Connection) -> None:
    orders = check(cdnow, "orders")
    overall = orders.row(0, named=True)
    assert overall["calibrated_to"] == dt.date(1997, 9, 30)
    actual = (
        pl.read_parquet(CDNOW / "cdnow_master.parquet")
        .filter(pl.col("date") > dt.date(1997, 9, 30))
        .select(pl.struct("id", "date").n_unique())
        .item()
    )
    assert overall["actual"] == actual
    assert overall["model_rmse"] < overall["last_year_rmse"]
    assert cdnow.sql("select bool_and(used) from segments.value_model").fetchall() == [(True,)]


@pytest.mark.parametrize("measure", ["orders", "margin"])
def test_bins_add_up_and_rise(cdnow: Connection, measure: str) -> None:
    rows = check(cdnow, measure)
    overall, bins = rows.row(0, named=True), rows.slice(1)
    for name in ("customers", "expected", "last_year", "actual"):
        assert bins[name].sum() == pytest.approx(overall[name], rel=1e-9)
    for name in ("model", "last_year"):
        mean = (bins[f"{name}_mae"] * bins["customers"]).sum() / overall["customers"]
        assert mean == pytest.approx(overall[f"{name}_mae"], rel=1e-6)
    assert (bins["highest_expected_orders"][:-1] < bins["lowest_expected_orders"][1:]).all()
    assert (bins["expected"] / bins["customers"]).is_sorted()


def test_scores_are_plausible_and_money_adds_up(cdnow: Connection) -> None:
    scores = cdnow.sql("from segments.value").pl()
    assert scores.height == 23_570
    assert scores["probability_active"].is_between(0, 1).all()
    assert (scores["expected_orders"] >= 0).all()
    assert scores["method"].unique().to_list() == ["bg/nbd + gamma-gamma"]
    assert str(scores["margin_to_date"].sum()) == "2500315.63"
