import datetime as dt
from typing import Any

import polars as pl
import pytest

from segmentation.reporting.numbers import MISSING
from segmentation.reporting.offer_figures import describe_calls, describe_offers, explain_offers
from tests.reporting.languages import DOLLARS, ENGLISH

LEFT_OUT = pl.DataFrame({"reason": ["no consent to the channel", "deceased"], "customers": [1200, 3]})


def way(method: str, *, chosen: bool = False, rate: float | None = 0.4, **others: Any) -> dict[str, Any]:
    figures = {"hit_rate_1": rate, "hit_rate_1_ci_low": rate and rate - 0.1, "hit_rate_1_ci_high": rate and rate + 0.1}
    gain = {"gain": None, "gain_ci_low": None, "gain_ci_high": None}
    about = {"task": "any", "method": method, "customers": 2000, "chosen": chosen, "offered": True, "note": None}
    return about | figures | gain | others


BETTER = {"gain": 0.05, "gain_ci_low": 0.02, "gain_ci_high": 0.08}


def test_the_verdict_says_what_knowing_the_customer_gains() -> None:
    said = explain_offers([way("popularity"), way("own purchases", chosen=True, rate=0.45, **BETTER)], ENGLISH)
    assert said == (
        "45.0% of 2,000 customers bought their first offer, 5.0\N{NO-BREAK SPACE}pp more than of what most customers "
        "buy (2.0\N{NO-BREAK SPACE}pp to 8.0\N{NO-BREAK SPACE}pp), so offers are by own purchases."
    )


def test_the_verdict_says_that_nothing_is_gained_and_what_to_do() -> None:
    said = explain_offers([way("popularity", chosen=True), way("own purchases", rate=0.41)], ENGLISH)
    assert said.startswith("Nothing beats offering everybody what most customers buy: 40.0% of 2,000 customers")
    assert "offers.new_only" in said
    assert "offers.new_only" not in explain_offers([way("popularity", chosen=True, task="new")], ENGLISH)
    assert (
        explain_offers([way("popularity", chosen=True, rate=None)], ENGLISH)
        == "Everybody is offered what most customers buy."
    )


def test_the_page_has_both_tasks_and_the_most_frequent_offers() -> None:
    models = pl.DataFrame(
        [
            way("popularity", chosen=True),
            way("popularity", chosen=True, task="new", offered=False, rate=None, note="few"),
        ],
        infer_schema_length=None,
    )
    first = pl.DataFrame({"category": [f"k{n}" for n in range(7)], "customers": [9] * 7, "share": [1 / 7] * 7})
    told = describe_offers(models, first, ENGLISH)
    assert [task["is_offered"] for task in told["tasks"]] == [True, False]
    assert "popularity 40.0%" in told["tasks"][0]["picture"].alt
    assert told["tasks"][1]["picture"] is None
    assert told["tasks"][1]["note"] == "few"
    named = ", ".join(f"k{n} (14.3%)" for n in range(5))
    assert told["most"] == f"Most often first: {named} and 2 more."
    assert describe_offers(models.clear(), first.clear(), ENGLISH)["tasks"] == []


def agent(margin: float | None) -> pl.DataFrame:
    row = {
        "agent": "Anna",
        "customers": 40,
        "expected_buyers": 31.04,
        "expected_margin": margin,
        "days": 14,
        "note": None,
    }
    return pl.DataFrame([row], schema_overrides={"expected_margin": pl.Float64, "note": pl.String})


def check(**others: Any) -> dict[str, Any]:
    return {
        "method": "bg/nbd",
        "bin": 0,
        "calibrated_to": dt.date(2024, 6, 16),
        "as_of_date": dt.date(2024, 6, 30),
        "customers": 1000,
        "expected": 0.2,
        "ordered": 0.25,
        "ordered_ci_low": 0.22,
        "ordered_ci_high": 0.28,
        "chosen": True,
        "note": None,
    } | others


def test_calls_are_counted_by_agent_and_checked() -> None:
    told = describe_calls(agent(833.2), pl.DataFrame([check(), check(bin=3)]), LEFT_OUT, DOLLARS)
    assert told["agents"][0]["buyers"] == "31.0"
    assert told["agents"][0]["margin"].text == "$833"
    assert told["verdict"] == (
        "Shown nothing after 2024-06-16, bg/nbd expected 20.0% of 1,000 customers to order in the 14 days since; "
        "25.0% did (22.0% to 28.0%)."
    )
    assert "3: expected 20.0%, ordered 25.0%" in told["picture"].alt


def test_what_is_not_known_of_calls_is_said() -> None:
    unchecked = check(expected=None, ordered=None, ordered_ci_low=None, ordered_ci_high=None, note="nobody had ordered")
    told = describe_calls(agent(None), pl.DataFrame([unchecked]), LEFT_OUT.clear(), DOLLARS)
    assert told["agents"][0]["margin"].text == MISSING
    assert told["left_out"] == ""
    assert told["verdict"] == "The probabilities could not be checked: nobody had ordered."
    assert told["picture"] is None
    nothing = describe_calls(agent(1.0).clear(), pl.DataFrame([check()]).clear(), LEFT_OUT, DOLLARS)
    assert nothing["agents"] == []
    assert nothing["left_out"] == "no consent to the channel 1,200; deceased 3"


@pytest.mark.parametrize("secret", ["c0001", "asked about"])
def test_no_customer_is_named(secret: str) -> None:
    assert secret not in str(describe_calls(agent(1.0), pl.DataFrame([check(), check(bin=3)]), LEFT_OUT, DOLLARS))
