"""Credits of a campaign beside its increments, worked by hand."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from segmentation.crediting.stage import compare_credits, credit_orders
from segmentation.settings import CampaignSettings
from segmentation.warehouse.connection import Connection
from tests.builders import fill, order

AS_OF = dt.date(2024, 6, 30)
ASSUMED = CampaignSettings(response_window_days=30)


def measured(campaign_id: str, **others: Any) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "starts_on": dt.date(2024, 6, 1),
        "design": "randomised",
        "mailed": 3,
        "incremental_revenue": 25.0,
        "incremental_revenue_ci_low": -10.0,
        "incremental_revenue_ci_high": 60.0,
        "provisional": False,
    } | others


def uplift(campaign_id: str, metric: str, **others: Any) -> dict[str, Any]:
    whole = {"dimension": "all", "level": "all", "metric": metric, "method": "randomised", "treated": 3}
    return {"campaign_id": campaign_id, "uplift": 0.5, "ci_low": -0.25, "ci_high": 1.0, "note": None} | whole | others


@pytest.fixture
def mailed(warehouse: Connection) -> Connection:
    """Coded is mailed with codes, at addresses; bare to somebody of whom only the id is known; none to nobody."""
    home = {"household_id": "h", "postcode": "1", "address_line": "2", "last_name": "3"}
    fill(
        warehouse,
        "crm.customers",
        {"customer_id": "a", **home},
        {"customer_id": "b", **home},
        {"customer_id": "c", **home, "household_id": None},
        {"customer_id": "d", "household_id": None},
    )
    fill(
        warehouse,
        "crm.campaigns",
        *({"campaign_id": name, "starts_on": dt.date(2024, 6, 1)} for name in ("bare", "coded", "none")),
    )
    fill(
        warehouse,
        "crm.contacts",
        {"campaign_id": "coded", "customer_id": "a", "arm": "treatment", "keycode": "K"},
        {"campaign_id": "bare", "customer_id": "d", "arm": "treatment", "keycode": None},
    )
    fill(
        warehouse,
        "crm.orders",
        order("a", "2024-06-02", 10.0, order_id="coded", keycode="K"),
        order("a", "2024-06-03", 20.0, order_id="customer"),
        order("b", "2024-06-04", 30.0, order_id="household"),
        order("c", "2024-06-05", 40.0, order_id="address"),
        order("c", "2024-06-06", -15.0, order_id="return"),
        order("d", "2024-05-02", 90.0, order_id="too early", keycode="K"),
    )
    credit_orders(warehouse, AS_OF, ASSUMED)
    return warehouse


def compare(warehouse: Connection, campaign_id: str, *columns: str) -> tuple[Any, ...]:
    compare_credits(warehouse, AS_OF, ASSUMED)
    rows = warehouse.sql("from response.credits").pl()
    return rows.filter(campaign_id=campaign_id).select(columns).row(0)


def test_every_way_and_the_returns_are_added_up(mailed: Connection) -> None:
    fill(mailed, "response.campaigns", measured("coded"))
    counts = compare(
        mailed,
        "coded",
        "coded_orders",
        "codes_not_credited",
        "matched_by_customer_orders",
        "matched_by_household_orders",
        "matched_by_address_orders",
        "credited_orders",
        "credited_customers",
        "returns",
    )
    assert counts == (1, 1, 1, 1, 1, 4, 3, 1)
    money = compare(
        mailed,
        "coded",
        "coded_amount",
        "matched_by_customer_amount",
        "matched_by_household_amount",
        "matched_by_address_amount",
        "credited_amount",
        "returned_amount",
        "net_credited_amount",
    )
    assert money == tuple(map(Decimal, ("10", "20", "30", "40", "100", "15", "85")))


def test_the_increment_stands_beside_with_its_interval(mailed: Connection) -> None:
    fill(mailed, "response.campaigns", measured("coded"))
    fill(
        mailed,
        "response.uplift",
        uplift("coded", "conversion"),
        uplift("coded", "conversion", method="randomised_adjusted", uplift=0.9),
        uplift("coded", "conversion", dimension="cell", uplift=0.8),
        uplift("coded", "revenue", uplift=99.0),
    )
    names = [f"incremental_{name}{end}" for name in ("customers", "revenue") for end in ("", "_ci_low", "_ci_high")]
    assert compare(mailed, "coded", "design", *names, "note") == (
        "randomised",
        1.5,
        -0.75,
        3.0,
        25.0,
        -10.0,
        60.0,
        None,
    )


def test_a_way_that_nothing_leads_to_is_empty_and_one_that_led_to_nothing_is_none(mailed: Connection) -> None:
    fill(mailed, "response.campaigns", measured("bare", mailed=1), measured("none", mailed=0))
    fill(
        mailed,
        "response.uplift",
        uplift("bare", "conversion", uplift=None, note="too few"),
        uplift("bare", "revenue", note="too few"),
    )
    ways = ("coded_orders", "matched_by_household_orders", "matched_by_address_orders", "matched_by_customer_orders")
    assert compare(mailed, "bare", *ways, "incremental_customers", "note") == (
        *(None, None, None, 0, None),
        "no piece has a key code; no mailed customer has a household; "
        "no mailed customer has a postal address with a family name; too few",
    )
    assert compare(mailed, "none", *ways, "net_credited_amount", "note") == (
        *(None, None, None, 0, Decimal(0)),
        "nobody was mailed",
    )


def test_only_campaigns_measured_have_a_row(mailed: Connection) -> None:
    compare_credits(mailed, AS_OF, ASSUMED)
    assert mailed.sql("from response.credits").pl().is_empty()
