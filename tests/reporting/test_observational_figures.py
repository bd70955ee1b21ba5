"""What the page says of campaigns without hold-out."""

import datetime as dt
from typing import Any

import pytest

from segmentation.reporting.observational_figures import describe_observational
from segmentation.warehouse.connection import Connection, fetch
from tests.builders import fill
from tests.reporting.languages import DOLLARS
from tests.reporting.site import build_page

AS_OF = dt.date(2024, 6, 30)
KEY = {"campaign_id": "june", "metric": "revenue"}


def fill_june(
    warehouse: Connection,
    *,
    overlap: str = "pass",
    after: float = 0.02,
    opinion: dict[str, Any] | None = None,
    sensitivity: dict[str, Any] | None = None,
) -> None:
    started = {"name": "June", "starts_on": dt.date(2024, 6, 1), "ends_on": dt.date(2024, 6, 20)}
    fill(warehouse, "response.campaigns", {"campaign_id": "june", **started, "design": "observational", "mailed": 100})
    uplift = {"uplift": 2.0, "ci_low": 1.0, "ci_high": 3.0} if overlap != "none" else {"note": "no overlap: few"}
    fill(
        warehouse,
        "response.uplift",
        KEY | {"dimension": "all", "level": "all", "method": "observational", "provisional": False} | uplift,
    )
    fill(
        warehouse,
        "response.overlap",
        {
            "campaign_id": "june",
            "propensity": "all",
            "unmailed": 900,
            "effective_unmailed": 300.0,
            "verdict": overlap,
            "note": None if overlap == "pass" else "few are alike",
        },
    )
    verdict = "fail" if abs(after) > 0.1 else "pass"
    balance = {"campaign_id": "june", "covariate": "order_count", "difference_before": 0.9, "difference_after": after}
    fill(warehouse, "response.balance", balance | {"verdict": verdict})
    second = {"estimate": 1.8, "ci_low": 0.5, "ci_high": 3.1, "agrees": "yes", "placebo_verdict": "pass"}
    fill(warehouse, "response.second_opinion", KEY | second | (opinion or {}))
    known = {
        "robustness_value": 0.2,
        "robustness_value_interval": 0.1,
        "benchmark": "window_spend",
        "withstands": "yes",
    }
    strength = {"benchmark_outcome": 0.3, "benchmark_mailing": 0.02}
    fill(warehouse, "response.sensitivity", KEY | known | strength | (sensitivity or {}))


def described(warehouse: Connection) -> dict[str, Any]:
    found = describe_observational(
        fetch(warehouse, "report_observational"), fetch(warehouse, "report_balance"), DOLLARS
    )
    assert found is not None
    return found


def test_a_campaign_that_passes(warehouse: Connection) -> None:
    fill_june(warehouse)
    found = described(warehouse)
    assert "1 of 1. With an effect on revenue whose interval leaves out 0: 1; of those, 1 pass" in found["summary"]
    alike, opinion, unknown = found["sentences"]
    assert alike.startswith("Mailed and unmailed can be compared: after weighting none of 1")
    assert "$1.80 ($0.50 to $3.10)" in opinion
    assert "both ways agree" in opinion
    assert "explain 10.0% of what is left" in unknown
    assert "window spend, explains 30.0% of the revenue and 2.0% of the mailing" in unknown
    assert unknown.endswith("the result would stand.")
    assert found["balance"].alt == "order count: +0.90 before, +0.02 after"
    assert (found["rows"][0]["comparable"], found["rows"][0]["why"]) == ("yes", "")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"after": 0.3}, "can hardly be compared: even after weighting mailed and unmailed differ in order count"),
        ({"overlap": "fail"}, "the overlap is weak (few are alike)"),
        ({"overlap": "none"}, "Nothing is estimated"),
        ({"opinion": {"agrees": "no"}}, "both ways disagree"),
        ({"opinion": {"placebo_verdict": "fail"}}, "do not trust it here"),
        ({"opinion": {"estimate": None, "note": "too new"}}, "There is no second opinion: too new"),
        ({"sensitivity": {"withstands": "no"}}, "the result would not stand"),
        ({"sensitivity": {"robustness_value_interval": 0.0}}, "nothing unknown is needed"),
        ({"sensitivity": {"robustness_value": None}}, "cannot be told without an estimate"),
    ],
)
def test_what_fails_is_said(warehouse: Connection, changes: dict[str, Any], said: str) -> None:
    fill_june(warehouse, **changes)
    assert said in " ".join(described(warehouse)["sentences"])


def test_no_effect_at_all_is_said_as_such(warehouse: Connection) -> None:
    fill_june(warehouse)
    warehouse.execute("update response.uplift set ci_low = -1")
    assert "In none does the interval of revenue leave out 0" in described(warehouse)["summary"]


def test_faults_in_few_words(warehouse: Connection) -> None:
    fill_june(warehouse, overlap="fail", after=0.3)
    row = described(warehouse)["rows"][0]
    assert (row["comparable"], row["why"]) == ("no", "weak overlap; not alike in order count")


def test_the_page_has_the_section_only_where_there_is_something(warehouse: Connection) -> None:
    assert "How far to believe" not in build_page(warehouse, AS_OF, DOLLARS)
    fill_june(warehouse)
    page = build_page(warehouse, AS_OF, DOLLARS)
    assert "How far to believe campaigns without hold-out" in page
    assert "order count: +0.90 before" in page
