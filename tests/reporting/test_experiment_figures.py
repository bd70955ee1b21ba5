import datetime as dt
from typing import Any

import polars as pl

from segmentation.reporting.campaign_figures import describe_campaigns
from segmentation.reporting.experiment_figures import describe_failed_arms, describe_levels, describe_looks
from segmentation.warehouse.connection import Connection, fetch
from tests.builders import fill
from tests.reporting.languages import DOLLARS, ENGLISH
from tests.reporting.site import build_page, read_pages
from tests.reporting.test_report import AS_OF, result, uplift

METRICS = ("revenue", "conversion")


def rows(*changes: dict[str, Any]) -> pl.DataFrame:
    """Rows of sql/report_uplift.sql."""
    usual = {
        "campaign_id": "spring",
        "name": "Spring",
        "starts_on": dt.date(2024, 6, 1),
        "ends_on": dt.date(2024, 6, 10),
        "dimension": "all",
        "level": "all",
        "metric": "revenue",
        "method": "randomised",
        "treated": 900,
        "control": 100,
        "uplift": 2.0,
        "ci_low": 1.0,
        "ci_high": 3.0,
        "p_adjusted": 0.01,
        "variance_reduction": None,
        "shrunk_uplift": None,
        "shrunk_ci_low": None,
        "shrunk_ci_high": None,
        "shrinkage": None,
        "information": None,
        "sequential_ci_low": None,
        "sequential_ci_high": None,
        "has_failed_arms": False,
        "is_incomparable": False,
        "provisional": False,
        "note": None,
    }
    return pl.DataFrame([usual | change for change in changes], infer_schema_length=None)


def test_failed_arms_are_told_with_plan_and_count() -> None:
    failures = pl.DataFrame(
        {
            "name": ["Spring", "Spring"],
            "cell": ["all", "red"],
            "treated": [980, 480],
            "control": [20, 20],
            "expected_share": [0.1, 0.1],
            "p_value": [1e-17, 0.0009],
        }
    )
    whole, cell = describe_failed_arms(failures, ENGLISH)
    assert (whole["name"], whole["part"]) == ("Spring", "")
    assert whole["text"] == "10.0% were to be held out, 2.0% are (20 of 1,000); p below 0.0001"
    assert cell["part"] == "cell red"
    assert cell["text"].endswith("p = 0.0009")


def test_an_open_window_is_told_by_its_bounds() -> None:
    look = {"information": 0.4, "sequential_ci_low": -1.0, "sequential_ci_high": 5.0, "provisional": True}
    told = describe_looks(
        rows(
            look | {"metric": "conversion", "uplift": 0.02, "sequential_ci_low": 0.01, "sequential_ci_high": 0.03},
            look,
            look | {"method": "randomised_adjusted"},
            {"campaign_id": "over", "name": "Over"},
        ),
        METRICS,
        DOLLARS,
    )
    assert told == [
        "Spring: 4 of 10 days are over. Revenue per head: $2.00 so far, bounds \N{MINUS SIGN}$1.00 to $5.00: neither "
        "gain nor loss is proven. Conversion rate: 2.0\N{NO-BREAK SPACE}pp so far, bounds 1.0 to 3.0\N{NO-BREAK SPACE}"
        "pp: a gain is proven."
    ]


def test_levels_show_measured_adjusted_and_drawn() -> None:
    drawn = {"shrunk_uplift": 1.5, "shrunk_ci_low": 0.5, "shrunk_ci_high": 2.5, "shrinkage": 0.25}
    levels = rows(
        drawn | {"level": "a"},
        {"level": "a", "method": "randomised_adjusted", "uplift": 1.8},
        drawn | {"level": "b"},
        {"level": "b", "method": "randomised_adjusted", "uplift": None, "note": "too few"},
        {"level": "c"},
    )
    a, b = describe_levels(levels, DOLLARS)
    assert (a["level"], a["measured"].text, a["adjusted"].text, a["drawn"].text) == ("a", "$2.00", "$1.80", "$1.50")
    assert (a["shrinkage"].text, a["drawn"].interval) == ("25.0%", "$0.50 to $2.50")
    assert b["adjusted"].reason == "too few"


def test_the_page_warns_before_any_figure(warehouse: Connection) -> None:
    fill(warehouse, "response.campaigns", result("spring", name="Spring"), result("autumn", name="Autumn"))
    fill(
        warehouse,
        "response.sample_ratio",
        {
            "campaign_id": "spring",
            "cell": "all",
            "treated": 980,
            "control": 20,
            "expected_share": 0.1,
            "p_value": 1e-17,
            "verdict": "fail",
        },
        {"campaign_id": "autumn", "cell": "all", "treated": 900, "control": 100, "verdict": "pass"},
    )
    fill(
        warehouse,
        "response.uplift",
        uplift("spring", "revenue", 2.0, sample_ratio="fail"),
        uplift("autumn", "revenue", 3.0),
        uplift("autumn", "revenue", 2.5, method="randomised_adjusted"),
    )
    section = read_pages(warehouse, AS_OF, DOLLARS)["campaigns.html"]
    assert section.index("Do not rely on these campaigns") < section.index("<svg")
    assert section.count("arms not as planned</span>") == 1
    described = describe_campaigns(
        fetch(warehouse, "report_campaigns"),
        fetch(warehouse, "report_uplift"),
        fetch(warehouse, "report_sample_ratio"),
        ENGLISH,
    )
    picture = described["forests"][0]["picture"]
    assert "Autumn: +3.00 (+2.00 to +4.00); given earlier spend: +2.50 (+1.50 to +3.50)" in picture.alt
    assert {row["name"]: row["has_failed_arms"] for row in described["rows"]} == {"Spring": True, "Autumn": False}


def test_without_failures_and_looks_nothing_is_said_of_them(warehouse: Connection) -> None:
    fill(warehouse, "response.campaigns", result("autumn"))
    fill(warehouse, "response.uplift", uplift("autumn", "revenue", 3.0))
    page = build_page(warehouse, AS_OF, DOLLARS)
    for sentence in ("Do not rely on", "Still running", "given earlier spend</a>"):
        assert sentence not in page
