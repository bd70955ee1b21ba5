import datetime as dt
import math
from typing import Any

import polars as pl
import pytest

from segmentation.reporting.glance import (
    NOT_ADDED,
    Answer,
    answer_does_it_pay,
    answer_last_campaign,
    answer_what_to_mail,
)
from tests.reporting.languages import DOLLARS

PLAN: dict[str, Any] = {
    "name": "Spring",
    "mailed": 900,
    "held_out": 100,
    "cost": 495.0,
    "expected_response": 0.05,
    "profit": 120.0,
    "profit_ci_low": 20.0,
    "profit_ci_high": 220.0,
    "minimum_detectable_uplift": 0.02,
    "status": "draft",
    "note": None,
}


def campaign(campaign_id: str, **others: Any) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "name": campaign_id,
        "starts_on": dt.date(2024, 3, 1),
        "ends_on": dt.date(2024, 3, 31),
        "design": "randomised",
        "mailed": 1000,
        "response_rate": 0.1,
        "response_rate_ci_low": 0.08,
        "response_rate_ci_high": 0.12,
        "cost": 550.0,
        "revenue": 4000.0,
        "revenue_ci_low": 2000.0,
        "revenue_ci_high": 6000.0,
        "profit": 100.0,
        "profit_ci_low": 60.0,
        "profit_ci_high": 140.0,
        "pays": "yes",
        "provisional": False,
        "has_failed_arms": False,
        "is_incomparable": False,
        "note": None,
        "response_reason": None,
        "revenue_reason": None,
        "profit_reason": None,
    } | others


def fact(answer: Answer, label: str) -> str:
    return next(fact.shown.text for fact in answer.facts if fact.label.startswith(label))


def pays(*rows: dict[str, Any]) -> Answer:
    return answer_does_it_pay(pl.DataFrame(rows, infer_schema_length=None), DOLLARS)


def test_sums_take_randomised_campaigns_only() -> None:
    answer = pays(
        campaign("a", profit=100.0, profit_ci_low=70.0, profit_ci_high=130.0),
        campaign("b", profit=200.0, profit_ci_low=160.0, profit_ci_high=240.0),
        campaign("c", design="observational", profit=1e6, profit_ci_low=9e5, profit_ci_high=2e6),
    )
    total = next(fact.shown for fact in answer.facts if "added up" in fact.label)
    half = math.hypot(30, 40)
    assert (total.text, total.interval) == ("$300", f"${300 - half:.0f} to ${300 + half:.0f}")
    assert NOT_ADDED in answer.notes


def test_observational_campaigns_alone_are_not_summed() -> None:
    answer = pays(campaign("a", design="observational"), campaign("b", design="observational"))
    assert not [fact for fact in answer.facts if "added up" in fact.label]
    assert fact(answer, "Pays") == "2"


def test_verdicts_count_finished_campaigns_and_tell_not_proven_from_not_estimated() -> None:
    answer = pays(
        campaign("a"),
        campaign("b", pays="no"),
        campaign("c", pays="not proven"),
        campaign("d", pays="not proven", profit=None, cost=None),
        campaign("e", provisional=True),
    )
    assert answer.big.shown.text == "1"
    assert answer.big.label == "of 4 finished campaigns proven to pay"
    counts = [fact(answer, label) for label in ("Pays", "Does not pay", "Not proven", "No estimate")]
    assert counts == ["1", "1", "1", "1"]
    assert fact(answer, "Spent by the 3 of 4") == "$1,650.00"
    assert answer.notes == ("1 more still running, so provisional and not counted here.",)


def test_the_last_campaign_is_the_one_that_ended_last_of_the_finished() -> None:
    rows = (
        campaign("late", ends_on=dt.date(2024, 6, 30)),
        campaign("early"),
        campaign("running", ends_on=dt.date(2024, 9, 30), provisional=True),
    )
    answer = answer_last_campaign(pl.DataFrame(rows), DOLLARS)
    assert answer.big.label == "incremental profit of late"
    assert answer.verdict == "It pays: at least $60 at the lower end of the interval."


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        (
            {"profit_ci_low": -300.0, "profit_ci_high": -120.0, "pays": "no"},
            "It does not pay: a loss of at least $120 at the better end of the interval.",
        ),
        (
            {"profit_ci_low": -300.0, "profit_ci_high": 500.0, "pays": "not proven"},
            "Not proven: anything from a loss of $300 to a profit of $500 is in the interval.",
        ),
        (
            {"profit_ci_low": None, "profit_ci_high": None, "pays": "not proven"},
            "Not proven: so few have bought that the profit has no interval.",
        ),
        (
            {"has_failed_arms": True, "pays": "not proven"},
            "The arms are not of the planned size, so nothing is proven.",
        ),
        (
            {"is_incomparable": True, "design": "observational", "pays": "not proven"},
            "Not proven: mailed and unmailed are too unlike, so the estimate may be far off.",
        ),
    ],
)
def test_the_verdict_in_words(figures: dict[str, Any], verdict: str) -> None:
    assert answer_last_campaign(pl.DataFrame([campaign("a", **figures)]), DOLLARS).verdict == verdict


def test_without_a_profit_the_revenue_is_shown_and_the_reason_given() -> None:
    row = campaign("a", profit=None, profit_ci_low=None, profit_ci_high=None, profit_reason="no cost is known")
    answer = answer_last_campaign(pl.DataFrame([row]), DOLLARS)
    assert answer.big.label == "incremental revenue of a"
    assert (answer.big.shown.text, answer.big.shown.interval) == ("$4,000", "$2,000 to $6,000")
    assert answer.verdict == "Whether it pays cannot be told."
    assert answer.notes == ("no cost is known",)


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        ({}, "Earlier mailings speak for a profit."),
        ({"profit_ci_low": -20.0}, "Earlier mailings leave open whether it brings a profit or a loss."),
        ({"profit_ci_high": -5.0, "profit_ci_low": -20.0}, "Earlier mailings speak for a loss."),
        ({"profit": None, "note": "no margin"}, "What it will bring cannot be foreseen."),
    ],
)
def test_what_a_plan_promises(figures: dict[str, Any], verdict: str) -> None:
    assert answer_what_to_mail(PLAN | figures, DOLLARS).verdict == verdict


def test_no_plan_and_no_campaign_are_said_so() -> None:
    none = pl.DataFrame([campaign("a")]).clear()
    assert answer_what_to_mail(None, DOLLARS).verdict == "No mailing is planned."
    assert answer_last_campaign(none, DOLLARS).verdict == "No campaign has finished yet."
    assert answer_does_it_pay(none, DOLLARS).verdict == "No campaign has finished yet."
