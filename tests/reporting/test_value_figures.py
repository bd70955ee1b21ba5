import datetime as dt
from typing import Any

import polars as pl
import pytest

from segmentation.reporting.numbers import MISSING
from segmentation.reporting.value_figures import describe_service, describe_value, explain_saving, explain_self_service
from tests.reporting.languages import DOLLARS

NOTHING = pl.DataFrame()


def portfolio(**let_go: Any) -> pl.DataFrame:
    money = ("margin_to_date", "contact_cost_to_date", "service_cost_to_date", "profit_to_date")
    row: dict[str, Any] = {"share": 0.5, "note": None, **dict.fromkeys(money, 10.0)}
    year: dict[str, Any] = {"contact_cost_last_year": 60.0, "service_cost_last_year": None, "expected_margin": 240.0}
    rows = [
        row | year | {"portfolio": "let go", "customers": 20, "expected_margin": 60.0} | let_go,
        row | year | {"portfolio": "cheaper service", "customers": 0, "contact_cost_last_year": 0.0},
        row | year | {"portfolio": "keep", "customers": 60, "expected_margin": 0.0},
    ]
    return pl.DataFrame(rows, schema_overrides={"service_cost_last_year": pl.Float64})


def check(*rows: dict[str, Any]) -> pl.DataFrame:
    dates = {"as_of_date": dt.date(2024, 6, 30), "calibrated_to": dt.date(2024, 1, 1), "note": None, "customers": 10}
    return pl.DataFrame([dates | row for row in rows], infer_schema_length=None)


def method(margin: float | None) -> pl.DataFrame:
    row = {"method": "bg/nbd", "customers": 80, "expected_orders": 1234.4, "expected_margin": margin}
    return pl.DataFrame([row], schema_overrides={"expected_margin": pl.Float64})


ORDERS = {"measure": "orders", "bin": 0, "expected": 90.4, "actual": 80.0, "last_year": 70.0}
ERRORS = {"model_rmse": 1.234, "last_year_rmse": 2.345}


def test_groups_stand_in_one_order_and_pictures_have_only_those_with_customers() -> None:
    told = describe_value(method(900.0), NOTHING, check(ORDERS | ERRORS), portfolio(), DOLLARS)
    assert [group["name"] for group in told["groups"]] == ["keep", "cheaper service", "let go"]
    assert told["portfolio"].alt == (
        "Shares by portfolio: keep, customers 75.0%; let go, customers 25.0%; "
        "keep, contact cost last year 50.0%; let go, contact cost last year 50.0%; "
        "keep, expected margin 0.0%; let go, expected margin 100.0%"
    )
    assert told["calibration"] is None


def test_the_forecast_and_its_check() -> None:
    bins = [ORDERS | ERRORS | {"bin": number, "expected": 10.0 * number, "actual": 30.0} for number in (1, 2)]
    margin = ORDERS | {"measure": "margin", "expected": None, "model_rmse": None, "last_year_rmse": 5.0}
    told = describe_value(
        method(None),
        pl.DataFrame({"note": ["no margin"], "customers": [1200]}),
        check(ORDERS | ERRORS, *bins, margin | {"note": "too few"}),
        portfolio(),
        DOLLARS,
    )
    assert told["forecasts"] == [{"customers": "80", "orders": "1,234", "margin": "", "method": "bg/nbd"}]
    assert told["notes"] == ["1,200 customers: no margin"]
    sums, errors = told["check"]["sums"], told["check"]["errors"]
    assert (told["check"]["days"], told["check"]["measures"]) == (181, ["orders", "margin"])
    assert [shown.text for shown in sums["expected"]] == ["90", MISSING]
    assert sums["expected"][1].reason == "too few"
    assert [shown.text for shown in sums["actual"]] == ["80", "$80"]
    assert [shown.text for shown in errors["last_year_rmse"]] == ["2.35", "$5.00"]
    assert told["calibration"].alt.endswith(": 1: 1.00 expected, 3.00 came; 2: 2.00 expected, 3.00 came")


def test_what_letting_go_saves_and_may_cost() -> None:
    assert explain_saving(portfolio(), DOLLARS) == (
        "No longer mailing the 20 customers to let go saves $60.00 a year: what mailing them has cost in the last 365 "
        "days. At most the margin expected of them in the next 12 months goes with it, $60.00."
    )
    said = explain_saving(portfolio(service_cost_last_year=300.0), DOLLARS)
    assert said is not None
    assert "Their requests have cost $300 in that time." in said


@pytest.mark.parametrize("unknown", [{"customers": 0}, {"contact_cost_last_year": None}, {"expected_margin": None}])
def test_nothing_is_said_to_be_saved_where_it_is_not_known(unknown: dict[str, Any]) -> None:
    assert explain_saving(portfolio(**unknown), DOLLARS) is None


def test_what_needs_no_staff() -> None:
    reasons = pl.DataFrame(
        {
            "reason": ["delivery", "complaint"],
            "requests": [3, 1],
            "share": [0.75, 0.25],
            "minutes": [9.0, 30.0],
            "cost": [120.0, None],
            "self_service": [True, False],
            "note": [None, "a request has no cost"],
        }
    )
    assert explain_self_service(reasons, DOLLARS) == (
        "75.0% of the requests (3) could be answered without staff; they have cost $120."
    )
    assert explain_self_service(reasons.filter(~pl.col("self_service")), DOLLARS).startswith("None of the reasons")
    segments = pl.DataFrame(
        {"segment": ["loyal"], "customers": [9], "customers_asking": [2], "requests": [4], "self_service_requests": [3]}
    ).with_columns(minutes=39.0, cost=pl.lit(None, dtype=pl.Float64), note=pl.lit("a request has no cost"))
    told = describe_service(reasons, segments, DOLLARS)
    assert [row["cost"].text for row in told["reasons"]] == ["$120", MISSING]
    assert told["reasons"][1]["cost"].reason == "a request has no cost"
    assert (told["segments"][0]["asking"], told["segments"][0]["share"]) == ("2 of 9", "100.0%")
