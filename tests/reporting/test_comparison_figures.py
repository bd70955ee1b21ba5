import datetime as dt
import re
from typing import Any

import polars as pl
import pytest

from segmentation.reporting.comparison_figures import FEWEST_BANDED, MOST_TOLD, describe_comparison, describe_power
from tests.reporting.languages import DOLLARS, ENGLISH

NO_TREND = pl.DataFrame(schema={"kind": pl.String, "design": pl.String})
MINUS = "\N{MINUS SIGN}"


def pair(campaign_id: str, metric: str, **others: Any) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "name": campaign_id,
        "earlier_name": "before",
        "starts_on": dt.date(2024, 4, 1),
        "metric": metric,
        "design": "randomised",
        "uplift_change": 0.01,
        "ci_low": 0.002,
        "ci_high": 0.018,
        "rate": 0.065,
        "earlier_rate": 0.05,
        "rate_change": 0.015,
        "mix_effect": 0.02,
        "rate_effect": -0.005,
        "verdict": "better",
        "sentence": f"{campaign_id}: {metric} rose",
        "provisional": False,
        "note": None,
        "cost_per_response": 4.0,
        "earlier_cost_per_response": 5.0,
        "cost_per_incremental_response": None,
        "earlier_cost_per_incremental_response": None,
    } | others


def pairs(*rows: dict[str, Any]) -> pl.DataFrame:
    floats = dict.fromkeys(
        (
            "uplift_change",
            "ci_low",
            "ci_high",
            "rate",
            "earlier_rate",
            "rate_change",
            "mix_effect",
            "rate_effect",
            "cost_per_incremental_response",
        ),
        pl.Float64,
    )
    return pl.DataFrame(rows, schema_overrides=floats | {"note": pl.String}, infer_schema_length=None)


def described(*rows: dict[str, Any]) -> dict[str, Any]:
    return describe_comparison(pairs(*rows), NO_TREND, DOLLARS)


def test_the_metric_told_is_the_first_whose_uplift_can_be_compared() -> None:
    unknown = {"uplift_change": None, "ci_low": None, "ci_high": None}
    told = described(pair("a", "conversion"), pair("a", "response", **unknown), pair("a", "revenue", **unknown))
    assert [row["metric"] for row in told["rows"]] == ["conversion"]
    counted = described(pair("a", "response", **unknown, rate_change=None), pair("a", "revenue", **unknown))
    assert (counted["rows"][0]["metric"], counted["rows"][0]["verdict"]) == ("revenue", "cannot be told")


def test_the_latest_come_first_and_only_so_many() -> None:
    rows = [pair(f"k{n:02}", "response", starts_on=dt.date(2024, 1, 1) + dt.timedelta(n)) for n in range(MOST_TOLD + 3)]
    told = described(*rows)
    assert [row["name"] for row in told["rows"]] == [row["name"] for row in rows[:2:-1]]
    assert told["most_told"] == MOST_TOLD
    assert described(*rows[:3])["most_told"] is None


def test_both_costs_are_told_and_a_cost_that_nothing_has_is_no_column() -> None:
    told = described(pair("a", "response"))
    assert list(told["costs"]) == ["cost_per_response"]
    shown = told["rows"][0]["costs"]["cost_per_response"]
    assert (shown.text, shown.interval) == ("$4.00", "before $5.00")


def test_a_note_does_not_repeat_the_sentence() -> None:
    row = pair(
        "a", "response", sentence="a: cannot be told: no reply; see revenue.", note="no reply; see revenue; longer"
    )
    assert described(row)["rows"][0]["note"] == "longer"


def test_the_split_says_both_parts_and_the_sum() -> None:
    split = described(pair("a", "response"), pair("a", "revenue"))["split"]
    assert split.alt == f"2024-04-01  a: +1.50 in all, of which +2.00 mix and {MINUS}0.50 rate"
    assert {"+2.00", f"{MINUS}0.50"} <= set(re.findall(r">([^<>]+)</text>", split.svg))
    assert described(pair("a", "revenue"))["split"] is None


def trend(count: int, **others: Any) -> pl.DataFrame:
    row = {
        "kind": "mail",
        "design": "randomised",
        "metric": "response",
        "uplift": 0.02,
        "ci_low": 0.01,
        "ci_high": 0.03,
        "pooled_campaigns": count,
        "pooled_uplift": 0.02,
        "pooled_ci_low": 0.015,
        "pooled_ci_high": 0.025,
        "i2": 0.25,
        "slope_per_year": 0.005,
        "slope_ci_low": 0.001,
        "slope_ci_high": 0.009,
        "provisional": False,
    } | others
    return pl.DataFrame([row | {"name": f"k{n}", "starts_on": dt.date(2020 + n, 4, 1)} for n in range(count)])


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.001, 0.009, "Uplift rises: +0.50"), (-0.01, 0.02, "No trend is proven"), (-0.02, -0.01, "Uplift falls")],
)
def test_the_trend_in_words(low: float, high: float, words: str) -> None:
    [entry] = describe_comparison(
        pairs(pair("a", "response")), trend(4, slope_ci_low=low, slope_ci_high=high), DOLLARS
    )["trends"]
    assert entry["sentence"].startswith("Mean of 4 campaigns: +2.00 (+1.50 to +2.50) percentage points; 25.0% of")
    assert words in entry["sentence"]
    assert entry["picture"].alt.startswith("2020-04-01 k0: +2.00 (+1.00 to +3.00); 2021-04-01 k1")


def test_a_mean_of_few_campaigns_is_told_but_not_drawn() -> None:
    few, more = (
        describe_comparison(pairs(pair("a", "response")), trend(count), DOLLARS)["trends"][0]
        for count in (FEWEST_BANDED - 1, FEWEST_BANDED)
    )
    assert "Mean of 2 campaigns" in few["sentence"]
    assert "e4e7eb" not in re.sub(r'stroke="#e4e7eb"', "", few["picture"].svg)
    assert 'fill="#e4e7eb"' in more["picture"].svg


def test_designs_are_drawn_apart_and_one_campaign_alone_not_at_all() -> None:
    rows = pl.concat([trend(3), trend(3, design="observational"), trend(1, kind="phone")])
    entries = describe_comparison(pairs(pair("a", "response")), rows, DOLLARS)["trends"]
    assert sorted((entry["title"], entry["design"]) for entry in entries) == [
        ("mail: response", "observational"),
        ("mail: response", "randomised"),
    ]


def test_what_a_plan_cannot_show_is_a_dash_with_its_reason() -> None:
    row = {
        "cell": "A",
        "mailed": 900,
        "held_out": 100,
        "base_rate": 0.01,
        "smallest_uplift": 0.00294,
        "expected_uplift": None,
        "power": None,
        "mailed_needed": None,
        "held_out_needed": None,
        "note": "none to expect",
    }
    [told] = describe_power(pl.DataFrame([row]), ENGLISH)
    assert told["figures"]["smallest_uplift"].text == "0.29\N{NO-BREAK SPACE}pp"
    assert told["figures"]["power"].reason == "none to expect"
