"""Customers valued in a small warehouse: money worked by hand, what is not known, and what must not be seen."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.contract.value import VALUE_TABLES
from segmentation.settings import CampaignSettings, ValueSettings
from segmentation.value.rules import MEASURES, PORTFOLIO_RULES
from segmentation.value.stage import (
    NO_CONTACT_COST,
    NO_CONTACTS,
    NO_MARGIN,
    NO_REQUESTS,
    NO_SERVICE_COST,
    cost_service,
    value_customers,
)
from segmentation.warehouse.connection import Connection
from tests.builders import empty_warehouse, fill, order

AS_OF = dt.date(2024, 6, 30)
ASSUMED = CampaignSettings(margin_rate=0.5, unit_cost=1.0)


def value(
    connection: Connection, campaigns: CampaignSettings = ASSUMED, as_of: dt.date = AS_OF, **chosen: Any
) -> pl.DataFrame:
    value_customers(connection, as_of, ValueSettings(**chosen), campaigns)
    cost_service(connection, as_of, ValueSettings(**chosen))
    return connection.sql("from segments.value order by customer_id").pl()


def row(scores: pl.DataFrame, customer: str) -> dict[str, Any]:
    return scores.row(by_predicate=pl.col("customer_id") == customer, named=True)


def request(customer: str, day: str, number: int = 1, **others: Any) -> dict[str, Any]:
    return {
        "service_contact_id": f"{customer}-{day}-{number}",
        "customer_id": customer,
        "at": dt.datetime.fromisoformat(day),
    } | others


def fill_shop(connection: Connection, customers: int = 400, seed: int = 11) -> None:
    """Three years of a shop whose customers order, return, are mailed and ask."""
    random = np.random.default_rng(seed)
    orders, requests, contacts = [], [], []
    for number in range(customers):
        name, day = f"c{number:04}", int(random.integers(0, 1000))
        worth = random.gamma(4) * 10
        while day < 1096:
            moment = dt.date(2021, 7, 1) + dt.timedelta(day)
            orders.append(order(name, moment.isoformat(), round(float(random.gamma(4) * worth / 4) + 0.01, 2)))
            if random.random() < 0.1:
                back = moment + dt.timedelta(int(random.integers(1, 20)))
                orders.append(order(name, back.isoformat(), -5.0, order_id=f"{name}-{back}-return"))
            if random.random() < 0.2:
                requests.append(request(name, moment.isoformat(), reason="Delivery", minutes=6.0))
            if random.random() < 0.15:
                break
            day += int(random.exponential(120)) + 1
        if number % 2:
            contacts.append({"campaign_id": "spring", "customer_id": name, "arm": "treatment"})
    fill(connection, "crm.customers", *({"customer_id": f"c{number:04}"} for number in range(customers)))
    unique = {each["order_id"]: each for each in orders}
    fill(connection, "crm.orders", *unique.values())
    fill(connection, "crm.service_contacts", *requests)
    fill(connection, "crm.campaigns", {"campaign_id": "spring", "starts_on": dt.date(2024, 3, 1), "unit_cost": 0.7})
    fill(connection, "crm.contacts", *contacts)


@pytest.fixture(scope="module")
def shop() -> Iterator[Connection]:
    with empty_warehouse() as connection:
        fill_shop(connection)
        value(connection, cost_per_minute=0.5)
        yield connection


def test_profit_by_hand(warehouse: Connection) -> None:
    """a: 100 with margin 40, 20 at half, a return of 10 at half; pieces 0.30 and 1.00; requests 2.50 and 4 minutes."""
    fill(
        warehouse,
        "crm.orders",
        order("a", "2023-01-10", 100, margin=40),
        order("a", "2024-06-01", 20, margin=None),
        order("a", "2024-06-05", -10, margin=None),
        order("b", "2024-06-30", 8, margin=None),
    )
    day = dt.date(2023, 2, 1)
    fill(
        warehouse,
        "crm.campaigns",
        {"campaign_id": "old", "starts_on": day, "unit_cost": 0.3, "fixed_cost": 500},
        {"campaign_id": "new", "starts_on": dt.date(2024, 2, 1), "unit_cost": None, "fixed_cost": None},
    )
    fill(
        warehouse,
        "crm.contacts",
        {"campaign_id": "old", "customer_id": "a", "arm": "treatment"},
        {"campaign_id": "new", "customer_id": "a", "arm": "treatment"},
        {"campaign_id": "new", "customer_id": "b", "arm": "control"},
    )
    fill(
        warehouse,
        "crm.service_contacts",
        request("a", "2023-03-01", cost=2.5, minutes=90.0),
        request("a", "2024-03-01", cost=None, minutes=4.0),
    )
    scores = value(warehouse, cost_per_minute=0.75)
    a, b = row(scores, "a"), row(scores, "b")
    money = ("margin_to_date", "contact_cost_to_date", "service_cost_to_date", "profit_to_date")
    assert [a[name] for name in money] == [Decimal(text) for text in ("45.00", "1.30", "5.50", "38.20")]
    assert (a["contact_cost_last_year"], a["service_cost_last_year"]) == (Decimal("1.00"), Decimal("3.00"))
    assert [b[name] for name in money] == [Decimal(text) for text in ("4.00", "0.00", "0.00", "4.00")]
    # Too few for a model: the last year is expected again, one order and a margin of 10 less 5 returned.
    assert (a["expected_orders"], a["expected_margin"], a["probability_active"]) == (1, 5, None)
    assert a["expected_profit"] == 5 - 1 - 3
    assert (a["method"], b["method"]) == ("last year", "last year")
    assert a["note"] == (
        "what is expected repeats the last 365 days: "
        "bg/nbd needs at least 100 customers with a repeat order, there are 1"
    )
    assert (a["portfolio"], b["portfolio"]) == ("grow", "keep")


def test_what_is_not_known_is_null_with_its_reason(warehouse: Connection) -> None:
    fill(warehouse, "crm.orders", order("a", "2024-06-01", 20, margin=None), order("b", "2024-06-01", 20, margin=9))
    a = row(value(warehouse, CampaignSettings()), "a")
    b = row(warehouse.sql("from segments.value").pl(), "b")
    assert [a[name] for name in ("expected_margin", "margin_to_date", "profit_to_date", "expected_profit")] == [
        None
    ] * 4
    assert a["method"] == "last year"
    assert a["note"].endswith(f"; {NO_MARGIN}; {NO_CONTACTS}; {NO_REQUESTS}")
    assert (b["profit_to_date"], b["contact_cost_to_date"], b["service_cost_to_date"]) == (Decimal("9.00"), None, None)
    assert b["note"].endswith(f"there are 0; {NO_CONTACTS}; {NO_REQUESTS}")
    assert a["portfolio"] == "keep"
    groups = warehouse.sql("from segments.portfolio where portfolio = 'keep'").pl().row(0, named=True)
    assert groups["margin_to_date"] is None
    assert groups["note"] == f"{NO_MARGIN}; {NO_CONTACTS}; {NO_REQUESTS}"


def test_a_cost_that_cannot_be_told_makes_the_profit_unknown(warehouse: Connection) -> None:
    fill(warehouse, "crm.orders", *(order(name, "2024-06-01", 20) for name in "abc"))
    fill(warehouse, "crm.campaigns", {"campaign_id": "m", "starts_on": dt.date(2024, 1, 1)})
    fill(warehouse, "crm.contacts", {"campaign_id": "m", "customer_id": "a", "arm": "treatment"})
    fill(warehouse, "crm.service_contacts", request("b", "2024-05-01"))
    scores = value(warehouse, CampaignSettings(margin_rate=0.5))
    a, b, c = (row(scores, name) for name in "abc")
    assert (a["contact_cost_to_date"], a["profit_to_date"], a["service_cost_to_date"]) == (None, None, 0)
    assert a["note"].endswith(NO_CONTACT_COST)
    assert (b["service_cost_to_date"], b["profit_to_date"], b["contact_cost_to_date"]) == (None, None, 0)
    assert b["note"].endswith(NO_SERVICE_COST)
    assert c["profit_to_date"] == 10


def test_nobody_has_ordered(warehouse: Connection) -> None:
    fill(warehouse, "crm.orders", order("a", "2024-06-01", -20), order("b", "2024-07-01", 20))
    assert value(warehouse).is_empty()


def test_who_is_left_out_of_scoring_is_not_valued(warehouse: Connection) -> None:
    fill(warehouse, "crm.orders", order("a", "2024-06-01"), order("b", "2024-06-01"))
    fill(warehouse, "crm.service_contacts", *(request(name, "2024-06-02", cost=1) for name in "abc"))
    fill(warehouse, "segments.rfm", {"customer_id": "b", "segment": "new"})
    fill(warehouse, "segments.unscored", {"customer_id": "a", "reason": "objection"})
    assert value(warehouse)["customer_id"].to_list() == ["b"]
    assert warehouse.sql("select sum(customers)::int from segments.portfolio").fetchall() == [(1,)]
    asked = warehouse.sql("select segment, requests from segments.service_by_segment order by segment").fetchall()
    assert asked == [("left out of scoring", 1), ("never bought", 1), ("new", 1)]


def test_returns_and_orders_of_the_same_day_are_no_further_orders(warehouse: Connection) -> None:
    fill(
        warehouse,
        "crm.orders",
        order("a", "2024-06-01", 20),
        order("a", "2024-06-01", 30, order_id="second"),
        order("a", "2024-06-20", -50),
        order("b", "2024-06-20", -1),
    )
    scores = value(warehouse)
    assert scores["customer_id"].to_list() == ["a"]
    assert (scores["expected_orders"][0], scores["margin_to_date"][0]) == (1, 0)


def test_the_models_are_used_where_they_foresee_better(shop: Connection) -> None:
    scores = shop.sql("from segments.value").pl()
    assert scores["method"].unique().to_list() == ["bg/nbd + gamma-gamma"]
    assert scores["note"].null_count() == scores.height
    model = shop.sql("from segments.value_model").pl()
    assert model["used"].all()
    assert model["parameter"].to_list() == ["r", "alpha", "a", "b", "p", "q", "v"]
    check = shop.sql("from segments.value_check where bin = 0").pl()
    assert (check["model_rmse"] <= check["last_year_rmse"]).all()
    assert check["calibrated_to"].unique().to_list() == [dt.date(2023, 7, 1)]


def test_a_model_that_foresees_worse_than_last_year_is_not_used(warehouse: Connection) -> None:
    """Everybody orders every fourth week of the last two years but one half, who stop for the year held back."""
    days = [dt.date(2022, 7, 4) + dt.timedelta(28 * n) for n in range(26)]
    orders = [
        order(f"c{n}", day.isoformat(), 10 + n % 7)
        for n in range(120)
        for day in days[n % 3 :]
        if n % 2 or day < dt.date(2022, 9, 20) or day > dt.date(2023, 7, 1)
    ]
    fill(warehouse, "crm.orders", *orders)
    scores = value(warehouse)
    check = warehouse.sql("from segments.value_check where bin = 0 and measure = 'orders'").pl().row(0, named=True)
    assert check["model_rmse"] is None or check["model_rmse"] > check["last_year_rmse"]
    assert scores["method"].unique().to_list() == ["last year"]
    recent = [
        sum(o["customer_id"] == name and o["ordered_at"].date() > AS_OF - dt.timedelta(365) for o in orders)
        for name in scores["customer_id"]
    ]
    assert scores["expected_orders"].to_list() == recent
    assert scores["probability_active"].null_count() == scores.height
    assert not warehouse.sql("from segments.value_model").pl()["used"].any()


def test_every_customer_is_in_the_group_of_the_first_rule_that_fits(shop: Connection) -> None:
    scores = shop.sql("from segments.value").pl()
    mean = scores["expected_margin"].mean()
    for each in scores.iter_rows(named=True):
        margin, service = float(each["margin_to_date"]), float(each["service_cost_to_date"])
        share = 0.0 if service == 0 else service / margin if margin > 0 else float("inf")
        measures = dict(
            zip(
                MEASURES,
                (each["expected_margin"] / mean, each["expected_profit"], float(each["profit_to_date"]), share),
                strict=True,
            )
        )
        assert each["portfolio"] == next(rule.name for rule in PORTFOLIO_RULES if rule.fits(measures))
    assert scores["portfolio"].n_unique() >= 3


def test_groups_add_up_to_all_customers(shop: Connection) -> None:
    groups, scores = shop.sql("from segments.portfolio").pl(), shop.sql("from segments.value").pl()
    assert groups["portfolio"].to_list() == [rule.name for rule in PORTFOLIO_RULES]
    assert groups["customers"].sum() == scores.height
    assert groups["share"].sum() == pytest.approx(1)
    for name in ("margin", "contact_cost", "service_cost", "profit"):
        assert groups[f"{name}_to_date"].sum() == scores[f"{name}_to_date"].sum()
    assert groups["contact_cost_last_year"].sum() == scores["contact_cost_last_year"].sum() == Decimal("140.00")
    assert groups["expected_margin"].sum() == pytest.approx(scores["expected_margin"].sum(), abs=1e-3)
    profit = groups["margin_to_date"] - groups["contact_cost_to_date"] - groups["service_cost_to_date"]
    assert groups["profit_to_date"].to_list() == profit.to_list()


def test_margin_to_date_is_that_of_the_orders(shop: Connection) -> None:
    total = shop.sql("select sum(amount) from crm.orders where ordered_at < date '2024-07-01'").fetchall()[0][0]
    assert shop.sql("select sum(margin_to_date) from segments.value").fetchall()[0][0] == pytest.approx(
        total / 2, abs=Decimal("2")
    )


def published(connection: Connection) -> list[pl.DataFrame]:
    return [connection.sql(f"from {table.full_name} order by all").pl() for table in VALUE_TABLES]


def test_what_comes_after_the_as_of_date_changes_nothing(warehouse: Connection) -> None:
    fill_shop(warehouse, 150)
    early = dt.date(2024, 2, 10)
    chosen: dict[str, Any] = {"cost_per_minute": 0.5, "fewest_repeat_customers": 20}
    known = "ordered_at < date '2024-02-11'", "\"at\" < date '2024-02-11'"
    value(warehouse, as_of=early, **chosen)
    with_future = published(warehouse)
    warehouse.execute(f"delete from crm.orders where not {known[0]}")
    warehouse.execute(f"delete from crm.service_contacts where not {known[1]}")
    warehouse.execute("delete from crm.contacts")
    warehouse.execute("delete from crm.campaigns")
    value(warehouse, as_of=early, **chosen)
    assert all(one.equals(other) for one, other in zip(with_future, published(warehouse), strict=True))
    assert not any(table.is_empty() for table in with_future[:4])


def test_the_same_night_again_gives_the_same_bytes(shop: Connection) -> None:
    before = published(shop)
    shop.execute("set threads = 1")
    value(shop, cost_per_minute=0.5)
    assert all(one.equals(other) for one, other in zip(before, published(shop), strict=True))


def test_times_in_weeks_fit_about_as_times_in_days_do(shop: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    days = shop.sql("from segments.value_model").pl()
    monkeypatch.setattr("segmentation.value.stage.FEW", 10)
    value(shop, cost_per_minute=0.5)
    weeks = shop.sql("from segments.value_model").pl()
    monkeypatch.undo()
    value(shop, cost_per_minute=0.5)
    assert weeks["value"].to_list() == pytest.approx(days["value"].to_list(), rel=0.05)


def test_contact_centre_by_reason_and_segment(warehouse: Connection) -> None:
    fill(
        warehouse,
        "crm.service_contacts",
        request("a", "2024-06-01", 1, reason="Delivery", minutes=10.0, cost=5),
        request("a", "2024-06-02", 2, reason=" delivery", minutes=20.0, cost=None),
        request("b", "2024-06-03", 3, reason="Complaint", minutes=30.0, cost=12),
        request("x", "2024-06-04", 4, reason=None, minutes=None, cost=None),
        request("a", "2023-06-01", 5, reason="Delivery", minutes=99.0, cost=99),  # longer than a year ago
        request("a", "2024-07-01", 6, reason="Delivery", minutes=99.0, cost=99),  # not known yet
    )
    fill(
        warehouse,
        "segments.rfm",
        *(
            {"customer_id": name, "segment": segment}
            for name, segment in (("a", "loyal"), ("b", "loyal"), ("c", "new"))
        ),
    )
    value(warehouse, cost_per_minute=0.3, self_service_reasons=("DELIVERY ", "price"))
    reasons = warehouse.sql("from segments.service_reasons order by reason").pl()
    columns = ("reason", "requests", "share", "customers", "minutes", "cost", "self_service")
    assert reasons.select(columns).rows() == [
        ("Complaint", 1, 0.25, 1, 30, Decimal("12.00"), False),
        ("Delivery", 2, 0.5, 1, 30, Decimal("11.00"), True),
        ("not given", 1, 0.25, 1, None, None, False),
    ]
    assert reasons["note"].to_list() == [None, None, f"a request has no minutes; {NO_SERVICE_COST}"]
    segments = warehouse.sql("from segments.service_by_segment order by segment").pl()
    columns = ("segment", "customers", "customers_asking", "requests", "self_service_requests", "minutes", "cost")
    assert segments.select(columns).rows() == [
        ("loyal", 2, 2, 3, 2, 60, Decimal("23.00")),
        ("never bought", 1, 1, 1, 0, None, None),
        ("new", 1, 0, 0, 0, 0, Decimal("0.00")),
    ]


def test_without_requests_the_log_says_so(warehouse: Connection, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        cost_service(warehouse, AS_OF, ValueSettings())
    assert caplog.messages == ["no service_contacts in the last 365 days: nothing to say of the contact centre"]


def test_a_self_service_reason_that_nobody_has_is_told(warehouse: Connection, caplog: pytest.LogCaptureFixture) -> None:
    fill(warehouse, "crm.service_contacts", request("a", "2024-06-01", reason="Delivery"))
    cost_service(warehouse, AS_OF, ValueSettings(self_service_reasons=("delivry",)))
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warnings == ["value.self_service_reasons: nobody has asked about delivry in the last 365 days"]


amounts = st.one_of(st.sampled_from([0.0, -0.01, 1e13, -1e13]), st.floats(-100, 1000).map(lambda x: round(x, 2)))
orders = st.tuples(st.sampled_from("abcd"), st.dates(dt.date(2020, 1, 1), dt.date(2025, 1, 1)), amounts, st.booleans())


@pytest.fixture(scope="module")
def emptied() -> Iterator[Connection]:
    with empty_warehouse() as connection:
        yield connection


@settings(max_examples=50)
@given(drawn=st.lists(orders, max_size=25), margin_rate=st.sampled_from([None, 0.3]))
def test_whatever_the_orders_each_buyer_has_one_row_and_one_group(
    emptied: Connection, drawn: list[tuple[str, dt.date, float, bool]], margin_rate: float | None
) -> None:
    emptied.execute("delete from crm.orders")
    rows = [
        order(name, day.isoformat(), amount, order_id=str(number), margin=amount / 2 if with_margin else None)
        for number, (name, day, amount, with_margin) in enumerate(drawn)
    ]
    fill(emptied, "crm.orders", *rows, order("z", "2026-01-01", margin=None))
    scores = value(emptied, CampaignSettings(margin_rate=margin_rate), fewest_repeat_customers=1)
    buyers = {name for name, day, amount, _ in drawn if amount >= 0 and day <= AS_OF}
    assert scores["customer_id"].to_list() == sorted(buyers)
    assert scores["portfolio"].null_count() == 0
    assert (scores["expected_orders"] >= 0).all()
    assert scores.filter(pl.col("expected_margin").is_null(), pl.col("note").is_null()).is_empty()
    assert scores.filter(pl.col("margin_to_date").is_null() != pl.col("profit_to_date").is_null()).is_empty()
    groups = emptied.sql("select coalesce(sum(customers), 0)::int from segments.portfolio").fetchall()
    assert groups == [(len(buyers),)]
