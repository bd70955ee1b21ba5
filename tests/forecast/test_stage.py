"""The forecast of a small shop: sums, what is known when, and what the plan adds."""

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from segmentation.contract.forecast import FORECAST_TABLES
from segmentation.contract.inputs import ORDERS
from segmentation.forecast.stage import LEFT_OUT, forecast_sales
from segmentation.forecast.tables import NO_INTERVAL, NO_MARGIN
from segmentation.segments.rules import NEVER_BOUGHT
from segmentation.segments.stage import segment_customers
from segmentation.settings import CampaignSettings, RfmSettings
from segmentation.warehouse.connection import Connection, execute, fetch
from segmentation.warehouse.schema import append_rows
from tests.builders import fill, order

AS_OF = dt.date(2024, 6, 30)
PLAN = "spring@2024-06-30"


def fill_shop(connection: Connection, *, weeks: int = 56, customers: int = 60, seed: int = 4) -> None:
    """Customers who come and order at rates of their own until they stop."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        day, end = int(random.integers(0, 7 * weeks - 60)), int(random.integers(60, 7 * weeks))
        rate = random.gamma(2) * 8
        while day < min(end + 60, 7 * weeks):
            rows.append((f"o{number}-{len(rows)}", f"c{number}", AS_OF - dt.timedelta(7 * weeks - 1 - day), 20.0, 6.0))
            day += 1 + int(random.exponential(rate))
    rows.append(("first", "c0", AS_OF - dt.timedelta(7 * weeks - 1), 20.0, 6.0))
    names = ["order_id", "customer_id", "ordered_at", "amount", "margin"]
    append_rows(connection, ORDERS, pl.DataFrame(rows, schema=names, orient="row"))


def foresee(connection: Connection, as_of: dt.date = AS_OF) -> tuple[pl.DataFrame, ...]:
    """targeting.sales_forecast, forecast_check and forecast_backtest."""
    segment_customers(connection, as_of, RfmSettings())
    forecast_sales(connection, as_of, RfmSettings(), CampaignSettings())
    return tuple(connection.sql(f"from {table.full_name}").pl() for table in FORECAST_TABLES)


def a_plan(plan_id: str, status: str = "draft", **others: Any) -> dict[str, Any]:
    as_of = dt.date.fromisoformat(plan_id.partition("@")[2].partition("#")[0])
    given = {"campaign_id": plan_id.partition("@")[0], "as_of_date": as_of, "starts_on": AS_OF + dt.timedelta(days=7)}
    return given | {"plan_id": plan_id, "status": status, "mailed": 20} | others


def fill_plan(connection: Connection, **timing: Any) -> None:
    customers = connection.sql("select customer_id from segments.rfm order by customer_id limit 30").pl()
    starts_on = AS_OF + dt.timedelta(days=7)
    fill(
        connection,
        "crm.campaigns",
        {"campaign_id": "spring", "starts_on": starts_on},
        {"campaign_id": "old", "starts_on": dt.date(2024, 1, 1), "ends_on": dt.date(2024, 1, 20)},
    )
    fill(connection, "targeting.plans", a_plan(PLAN))
    fill(
        connection,
        "targeting.selection",
        *(
            {"plan_id": PLAN, "customer_id": customer, "arm": "control" if place % 3 == 0 else "treatment"}
            for place, customer in enumerate(customers["customer_id"])
        ),
    )
    levels = [
        ("all", "all"),
        *(("segment", s) for s in connection.sql("select distinct segment from segments.rfm").pl()["segment"]),
    ]
    uplift = {"campaign_id": "old", "metric": "revenue", "method": "randomised", "treated": 100, "treated_mean": 9.0}
    values = {"uplift": 3.0, "ci_low": 1.0, "ci_high": 5.0, "provisional": False}
    fill(connection, "response.uplift", *(uplift | values | {"dimension": d, "level": level} for d, level in levels))
    if timing:
        fill(connection, "response.attribution", timing)


def test_segments_add_up_and_weeks_follow_each_other(warehouse: Connection) -> None:
    fill_shop(warehouse)
    forecast, check, backtest = foresee(warehouse)
    whole, parts = (forecast.filter((pl.col("segment") == "all") == is_all) for is_all in (True, False))
    for metric in ("orders", "revenue", "margin"):
        sums = parts.group_by("week").agg(pl.sum(metric)).sort("week")[metric]
        assert whole.sort("week")[metric].to_list() == pytest.approx(sums.to_list())
    assert whole.sort("week")["week_starts_on"].to_list() == [AS_OF + dt.timedelta(days=1 + 7 * w) for w in range(12)]
    assert NEVER_BOUGHT in parts["segment"].to_list()
    assert (forecast["orders_ci_low"] <= forecast["orders"]).all()
    came = backtest.filter(pl.col("segment") == "all", pl.col("week") == 1).row(0, named=True)
    first, end = came["week_starts_on"], came["week_starts_on"] + dt.timedelta(days=7)
    sold = execute(
        warehouse,
        "select sum(amount)::double from crm.orders where ordered_at >= $a and ordered_at < $b",
        a=first,
        b=end,
    )
    assert came["came"] == pytest.approx(sold[0][0])
    assert check.filter("chosen")["method"].n_unique() == 1


def test_nothing_after_the_date_is_known(warehouse: Connection) -> None:
    fill_shop(warehouse)
    before = foresee(warehouse)
    fill(warehouse, "crm.orders", *(order(f"c{n}", "2024-07-02", 999.0, order_id=f"later{n}") for n in range(40)))
    after = foresee(warehouse)
    assert all(one.equals(other) for one, other in zip(before, after, strict=True))


def test_what_was_foreseen_then_knew_nothing_later(warehouse: Connection) -> None:
    fill_shop(warehouse)
    then = AS_OF - dt.timedelta(weeks=12)
    _, _, before = foresee(warehouse)
    execute(warehouse, "update crm.orders set amount = 7 * amount where ordered_at >= $then::date + 1", then=then)
    _, _, after = foresee(warehouse)
    ways = [rows["method"][0] for rows in (before, after)]
    assert ways[0] == ways[1]
    one, other = (rows.filter(pl.col("foreseen_on") == then).sort("segment", "week") for rows in (before, after))
    assert one["foreseen"].equals(other["foreseen"])
    assert other["came"].sum() == pytest.approx(7 * one["came"].sum())


def test_segments_are_those_of_the_date_and_objectors_are_by_themselves(warehouse: Connection) -> None:
    fill_shop(warehouse)
    fill(warehouse, "crm.customers", *({"customer_id": f"c{number}"} for number in range(60)))
    fill(warehouse, "crm.suppressions", {"customer_id": "c1", "reason": "objection"})
    forecast, *_ = foresee(warehouse)
    counts = dict(forecast.filter(pl.col("week") == 1).select("segment", "customers").iter_rows())
    segments = dict(execute(warehouse, "select segment, count(*) from segments.rfm group by all"))
    assert {name: count for name, count in counts.items() if name in segments} == segments
    assert counts[LEFT_OUT] == 1
    assert counts[NEVER_BOUGHT] is None
    assert counts["all"] == sum(segments.values()) + 1


def test_what_the_plan_adds_in_all_is_its_uplift(warehouse: Connection) -> None:
    fill_shop(warehouse)
    segment_customers(warehouse, AS_OF, RfmSettings())
    credit = {"campaign_id": "old", "customer_id": "c1", "order_id": "x", "amount": 10.0}
    fill_plan(warehouse, **credit, ordered_at=dt.datetime(2024, 1, 9, 12))
    forecast, *_ = foresee(warehouse)
    whole = forecast.filter(pl.col("segment") == "all").sort("week")
    assert whole["plan_id"].unique().to_list() == [PLAN]
    # 20 of 30 are mailed, 3.00 each; day 8 after the in-home date is the third week.
    assert whole["mailing_adds"].to_list() == pytest.approx([0, 0, 60, *[0] * 9])
    assert whole["mailing_adds_ci_low"][2] == pytest.approx(20)
    parts = forecast.filter(pl.col("segment") != "all")
    assert parts["mailing_adds"].sum() == pytest.approx(60)
    assert (forecast["revenue_with_mailing"] - forecast["revenue"] - forecast["mailing_adds"]).abs().max() < 1e-9


@pytest.mark.parametrize(
    ("plans", "chosen"),
    [
        ([a_plan("s@2024-06-29"), a_plan("s@2024-06-30"), a_plan("s@2024-07-01")], "s@2024-06-30"),
        ([a_plan("s@2024-06-30"), a_plan("s@2024-06-30#2", created_at=dt.datetime(2024, 7, 1))], "s@2024-06-30#2"),
        ([a_plan("s@2024-06-20", "approved"), a_plan("t@2024-06-30")], "s@2024-06-20"),
        ([a_plan("s@2024-06-20", "approved"), a_plan("t@2024-06-21#2", "exported")], "t@2024-06-21#2"),
        ([a_plan("s@2024-06-30", "rejected"), a_plan("t@2024-06-30", mailed=0)], None),
        ([a_plan("s@2024-05-01", "exported", starts_on=AS_OF), a_plan("t@2024-06-30")], "t@2024-06-30"),
        ([a_plan("gone@2024-06-30")], None),
    ],
)
def test_the_mailing_is_that_of_the_plan_agreed_last(
    warehouse: Connection, plans: list[dict[str, Any]], chosen: str | None
) -> None:
    fill(warehouse, "crm.campaigns", {"campaign_id": "gone", "starts_on": AS_OF, "channel": "email"})
    fill(warehouse, "targeting.plans", *plans)
    found = fetch(warehouse, "planned_mailing", as_of_date=AS_OF)
    assert found["plan_id"].to_list() == ([] if chosen is None else [chosen])


@pytest.mark.parametrize(
    ("is_planned", "reason"),
    [(True, "no mailing of this channel has credited orders"), (False, "no mailing is planned")],
)
def test_without_plan_or_timing_the_reason_is_said(warehouse: Connection, is_planned: bool, reason: str) -> None:
    fill_shop(warehouse, customers=20)
    segment_customers(warehouse, AS_OF, RfmSettings())
    if is_planned:
        fill_plan(warehouse)
    forecast, *_ = foresee(warehouse)
    assert forecast["revenue_with_mailing"].null_count() == forecast.height
    assert forecast["note"].str.contains(reason, literal=True).all()


def test_what_is_not_known_is_null_with_a_reason(warehouse: Connection) -> None:
    fill_shop(warehouse, weeks=30)
    execute(warehouse, "update crm.orders set margin = null where order_id = 'first'")
    execute(warehouse, "update crm.orders set margin = null where ordered_at >= $day", day=AS_OF - dt.timedelta(days=9))
    forecast, check, backtest = foresee(warehouse)
    assert forecast["margin"].null_count() == forecast.height
    assert forecast["revenue"].null_count() == 0
    assert forecast["revenue_ci_low"].null_count() == forecast.height
    assert all(NO_INTERVAL in note and NO_MARGIN in note for note in forecast["note"])
    assert check["note"].unique().to_list() == ["needs 36 weeks of sales to be checked"]
    assert backtest.is_empty()


def test_with_few_weeks_nothing_is_foreseen(warehouse: Connection) -> None:
    fill_shop(warehouse, weeks=23)
    assert all(rows.is_empty() for rows in foresee(warehouse))
