import datetime as dt
from typing import Any

import polars as pl

from segmentation.reporting.forecast_figures import describe_forecast
from segmentation.reporting.numbers import MISSING
from tests.reporting.languages import DOLLARS, ENGLISH

START = dt.date(2024, 7, 1)


def rows(
    segment: str, *, revenue: float = 100.0, adds: float | None = 5.0, note: str | None = None
) -> list[dict[str, Any]]:
    return [
        {
            "segment": segment,
            "week": week,
            "week_starts_on": START + dt.timedelta(weeks=week - 1),
            "customers": None if segment == "never bought" else 10,
            "revenue": revenue,
            "revenue_ci_low": revenue - 10,
            "revenue_ci_high": revenue + 10,
            "mailing_adds": adds,
            "mailing_adds_ci_low": None if adds is None else adds - 10,
            "mailing_adds_ci_high": None if adds is None else adds + 10,
            "revenue_with_mailing": None if adds is None else revenue + adds,
            "method": "mean of 12 weeks",
            "note": note,
        }
        for week in (1, 2)
    ]


CHECK = pl.DataFrame(
    [
        {"method": method, "segment": segment, "origins": origins, "wape": wape, "chosen": method == "mean of 12 weeks"}
        for method, segment, origins, wape in (
            ("mean of 12 weeks", "all", 5, 0.054),
            ("mean of 12 weeks", "lost", 5, 0.4),
            ("path of the segment", "all", 5, 0.07),
            ("same weeks last year", "all", None, None),
        )
    ]
)
BACKTEST = pl.DataFrame(
    [
        {
            "foreseen_on": START - dt.timedelta(weeks=12, days=1),
            "week": week,
            "week_starts_on": START - dt.timedelta(weeks=13 - week),
            "foreseen": 95.0,
            "came": 90.0,
        }
        for week in (1, 2)
    ]
)


def frame(*parts: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame([row for part in parts for row in part], infer_schema_length=None)


def test_sales_the_mailing_and_the_error_are_told() -> None:
    forecast = frame(
        rows("lost", revenue=40, adds=None, note="not measured"), rows("never bought"), rows("all", revenue=140)
    )
    told = describe_forecast(forecast, CHECK, BACKTEST, DOLLARS)
    assert told is not None
    assert told["total"] == "$280"
    assert (
        told["mailing"] == "The planned mailing is expected to change them by $10.00 (\N{MINUS SIGN}$10.00 to $30.00)."
    )
    assert told["error"] == (
        "Foreseen from 5 earlier dates in the same way, a week's sales of all customers were off by 5.4%; "
        "7.0% by path of the segment."
    )
    lost, newcomers = told["segments"]
    assert (lost["revenue"].text, lost["error"].text) == ("$80.00", "40.0%")
    assert lost["with_mailing"].text == MISSING
    assert lost["with_mailing"].reason == "not measured"
    assert newcomers["customers"].reason == "they are yet to come"
    assert newcomers["error"].text == MISSING
    assert told["notes"] == ["not measured"]
    assert "$140 foreseen for the week of 2024-07-01" in told["picture"].alt


def test_without_plan_backtest_or_forecast_there_is_less_to_tell() -> None:
    told = describe_forecast(frame(rows("all", adds=None)), CHECK.clear(), BACKTEST.clear(), ENGLISH)
    assert told is not None
    assert told["mailing"] == ""
    assert told["error"] == "There are too few weeks to tell how far off it may be."
    assert describe_forecast(frame(rows("all")).clear(), CHECK, BACKTEST, ENGLISH) is None
