import datetime as dt
from typing import Any

import polars as pl

from segmentation.reporting.credit_figures import describe_credits
from segmentation.reporting.numbers import MINUS, MISSING, Shown
from tests.reporting.languages import DOLLARS, ENGLISH

WAYS = ("coded", "matched_by_customer", "matched_by_household", "matched_by_address")


def campaign(**others: Any) -> dict[str, Any]:
    return {
        "campaign_id": "spring",
        "name": "Spring",
        "starts_on": dt.date(2024, 4, 1),
        "ends_on": dt.date(2024, 4, 30),
        "design": "randomised",
        "provisional": False,
        "mailed": 10,
        **{f"{way}_{what}": None for way in WAYS for what in ("orders", "amount")},
        "matched_by_customer_orders": 1,
        "matched_by_customer_amount": 1234.5,
        "returns": 2,
        "returned_amount": 30.0,
        "credited_customers": 1,
        "net_credited_amount": 1204.5,
        "incremental_revenue": None,
        "incremental_revenue_ci_low": None,
        "incremental_revenue_ci_high": None,
        "revenue_reason": "too few",
        "incremental_customers": -0.02,
        "incremental_customers_ci_low": -3.25,
        "incremental_customers_ci_high": 4.0,
        "customers_reason": None,
    } | others


def test_money_has_its_number_in_small_print_and_what_is_missing_its_reason() -> None:
    described = describe_credits(pl.DataFrame([campaign()]), DOLLARS)
    household, address = (
        "no mailed customer has a household",
        "no mailed customer has a postal address with a family name",
    )
    assert described["rows"][0]["figures"] == {
        "coded": Shown(MISSING, reason="no piece has a key code"),
        "matched_by_customer": Shown("$1,234", "1 order"),
        "matched_by_household": Shown(MISSING, reason=household),
        "matched_by_address": Shown(MISSING, reason=address),
        "returned_amount": Shown("$30.00", "2 returns"),
        "net_credited_amount": Shown("$1,204", "1 customer"),
        "incremental_revenue": Shown(MISSING, reason="too few"),
        "incremental_customers": Shown("0.0", f"{MINUS}3.2 to 4.0"),
    }
    assert described["reasons"] == ["no piece has a key code", household, address, "too few"]


def test_the_latest_campaign_comes_first_and_one_without_mailing_says_so() -> None:
    rows = [campaign(), campaign(name="Summer", mailed=0)]
    described = describe_credits(pl.DataFrame(rows), ENGLISH)
    assert [row["name"] for row in described["rows"]] == ["Summer", "Spring"]
    assert described["rows"][0]["figures"]["coded"].reason == "nobody was mailed"
