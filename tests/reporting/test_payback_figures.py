import datetime as dt
from typing import Any

import polars as pl
import pytest

from segmentation.reporting.glance import Answer, Fact
from segmentation.reporting.numbers import Shown
from segmentation.reporting.payback_figures import UNPROVEN, UNTOLD, add_programme, describe_payback, list_conditions
from tests.reporting.languages import DOLLARS

ANSWER = Answer("Does it pay?", Fact("campaigns", "x", Shown("1")), notes=("a note",))
BASIS = "The programme: "


def with_interval(name: str, value: float | None, half: float = 100.0) -> dict[str, Any]:
    ends = (None, None) if value is None else (value - half, value + half)
    return {name: value, f"{name}_ci_low": ends[0], f"{name}_ci_high": ends[1]}


def programme(**others: Any) -> dict[str, Any]:
    return {
        "basis": "randomised",
        "starts_on": dt.date(2024, 1, 1),
        "months": 2,
        "earlier_practice": None,
        "campaigns": 1,
        "not_counted": 0,
        "mailed": 1000,
        "cost": 200.0,
        **with_interval("net", 500.0),
        "discount_rate": 0.1,
        **with_interval("net_present_value", 480.0),
        "payback_month": "2024-02",
        "payback_month_ci_low": "2024-02",
        "payback_month_ci_high": "2024-02",
        "payback_share": 1.0,
        **with_interval("margin_per_piece", 1.2, 0.1),
        "break_even_margin_per_piece": 0.7,
        "margin_per_order": 40.0,
        "break_even_response": 0.0175,
        **with_interval("break_even_cost", 700.0),
        "pays": "yes",
        "note": "first; second",
    } | others


UNKNOWN: dict[str, Any] = {
    **with_interval("net", None),
    **with_interval("net_present_value", None),
    "payback_month": None,
    "payback_share": None,
    "cost": None,
    "pays": "not proven",
    "break_even_margin_per_piece": None,
    "break_even_response": None,
}


def month(name: str, cumulative: float, half: float, **others: Any) -> dict[str, Any]:
    return {
        "basis": "randomised",
        "month": name,
        "cost": 100.0,
        "campaigns": 0,
        "mailed": 0,
        "mailing_cost": 0.0,
        **with_interval("incremental_margin", 0.0, 0.0),
        "saved_mailing_cost": None,
        **with_interval("earlier_margin", None),
        **with_interval("net", -100.0, 0.0),
        **with_interval("cumulative_net", cumulative, half),
        "payback_reached": "yes",
        "note": "no saved mailing",
    } | others


MONTHS = pl.DataFrame(
    [month("2024-01", -100.0, 0.0), month("2024-02", 500.0, 100.0, campaigns=1)], infer_schema_length=None
)


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None)


def test_the_first_screen_has_what_the_programme_came_to_by_mailings_with_a_hold_out() -> None:
    observational = programme(basis="observational", **with_interval("net", 9e9))
    answer = add_programme(ANSWER, frame(programme(), observational), DOLLARS)
    assert answer.verdict == f"{BASIS}it pays: a present value of at least $380 at the lower end of the interval."
    assert [(fact.shown.text, fact.shown.interval) for fact in answer.facts] == [
        ("$500", "$400 to $600"),
        ("2024-02", "in 100.0% of simulations"),
    ]


def test_the_first_screen_sums_no_estimates_and_is_quiet_where_there_is_nothing() -> None:
    assert add_programme(ANSWER, frame(programme(basis="observational")), DOLLARS).notes == ("a note", UNPROVEN)
    assert add_programme(ANSWER, frame(programme(**UNKNOWN)), DOLLARS).notes == ("a note", UNTOLD)
    assert add_programme(ANSWER, frame(programme()).clear(), DOLLARS) == ANSWER


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        (
            {"pays": "no", **with_interval("net_present_value", -300.0)},
            "it does not pay: a present value of at most \N{MINUS SIGN}$200 at the better end of the interval.",
        ),
        (
            {"pays": "not proven", **with_interval("net_present_value", 50.0)},
            "not proven: the interval of its present value is \N{MINUS SIGN}$50 to $150.",
        ),
        (
            {"pays": "not proven"},
            "not proven: the interval of its present value is $380 to $580, but not all mailings can be counted.",
        ),
        (
            {"pays": "not proven", "basis": "observational"},
            "not proven: the interval of its present value is $380 to $580, but the mailings had no hold-out.",
        ),
        (UNKNOWN, "whether it pays cannot be told."),
    ],
)
def test_the_verdict_in_words(figures: dict[str, Any], verdict: str) -> None:
    row = programme(**figures)
    (basis,) = describe_payback(MONTHS.with_columns(basis=pl.lit(row["basis"])), frame(row), DOLLARS)["bases"]
    assert basis["verdict"] == verdict


def test_the_picture_says_in_words_what_it_shows_and_marks_the_month_of_payback() -> None:
    (basis,) = describe_payback(MONTHS, frame(programme()), DOLLARS)["bases"]
    assert basis["picture"].alt == (
        "What is left of all months to each month, 2024-01 to 2024-02; in the last $500 ($400 to $600); "
        "paid back in 2024-02."
    )
    assert "paid back, by the estimate" in basis["picture"].svg
    (never,) = describe_payback(MONTHS, frame(programme(payback_month=None)), DOLLARS)["bases"]
    assert "by the estimate" not in never["picture"].svg
    assert never["picture"].alt.endswith("; not paid back yet.")


def test_a_month_without_a_mailing_is_certain_and_the_latest_comes_first() -> None:
    (basis,) = describe_payback(MONTHS, frame(programme()), DOLLARS)["bases"]
    assert [row["month"] for row in basis["months"]] == ["2024-02", "2024-01"]
    assert basis["months"][1]["cumulative_net"] == Shown("\N{MINUS SIGN}$100")
    assert basis["months"][0]["cumulative_net"].interval == "$400 to $600"
    assert basis["months"][0]["saved_mailing_cost"].reason == "no saved mailing"


def test_where_nothing_can_be_told_only_the_reasons_and_what_it_may_cost_are_shown() -> None:
    (basis,) = describe_payback(MONTHS, frame(programme(**UNKNOWN)), DOLLARS)["bases"]
    assert (basis["picture"], basis["months"], basis["facts"]) == (None, [], [])
    assert basis["reasons"] == ["first", "second"]
    assert basis["conditions"] == ["It may have cost $700 ($600 to $800) to date."]


def test_what_would_have_to_be_true() -> None:
    assert list_conditions(programme(), DOLLARS) == [
        "It may have cost $700 ($600 to $800) to date; it cost $200.00.",
        "A piece mailed would have to bring $0.70 of margin that would not have come anyway; it brought $1.20 "
        "($1.10 to $1.30).",
        "At a margin of $40.00 an order, 1.8% of the pieces would have to bring an order that would not have come "
        "anyway.",
    ]
    unsent = programme(earlier_practice="mail all", break_even_response=None)
    assert list_conditions(unsent, DOLLARS)[1:] == ["A piece that was not sent would have brought no more than $0.70."]
    loss = programme(**with_interval("break_even_cost", -700.0))
    assert list_conditions(loss, DOLLARS)[0] == (
        "At no cost would it have paid: before its cost it is "
        "\N{MINUS SIGN}$700 (\N{MINUS SIGN}$800 to \N{MINUS SIGN}$600)."
    )


def test_without_a_programme_it_is_said_what_is_missing() -> None:
    described = describe_payback(MONTHS.clear(), frame(programme()).clear(), DOLLARS)
    assert described["bases"] == []
    assert "programme.starts_on" in described["missing"]
