"""The site: its index, pages of campaigns, assets, and what it weighs."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from segmentation.reporting.assets import FOLDER, is_asset, make_assets
from segmentation.reporting.campaign_charts import draw_trend
from segmentation.reporting.charts import BLUE, VERMILION, Drawing
from segmentation.reporting.pages.model import campaign_file
from segmentation.reporting.pages.registry import PAGES
from segmentation.reporting.site import build_index
from segmentation.reporting.stage import list_dates, write_assets, write_report
from segmentation.reporting.words import choose_words
from segmentation.settings import ReportSettings
from segmentation.warehouse.connection import Connection
from segmentation.warehouse.publishing import show
from tests.builders import fill
from tests.reporting.site import open_night, read_pages

JUNE, JULY = dt.date(2024, 6, 30), dt.date(2024, 7, 31)
ENGLISH = choose_words("en", "USD")
HEAVIEST = 400_000  # bytes of a page


def campaign(number: int, **others: Any) -> dict[str, Any]:
    starts_on = dt.date(2020, 1, 1) + dt.timedelta(days=7 * number)
    return {
        "campaign_id": str(number),
        "name": f"Campaign {number}",
        "starts_on": starts_on,
        "ends_on": starts_on + dt.timedelta(days=30),
        "design": "observational",
        "mailed": 1000,
        "held_out": 0,
        "responders": 80,
        "response_rate": 0.08,
        "response_rate_ci_low": 0.07,
        "response_rate_ci_high": 0.09,
        "cost": 550.0,
        "cost_per_response": 6.875,
        "incremental_revenue": 1234.5,
        "incremental_revenue_ci_low": -1000.25,
        "incremental_revenue_ci_high": 3000.75,
        "incremental_profit": 300.0,
        "incremental_profit_ci_low": -900.0,
        "incremental_profit_ci_high": 1500.0,
        "pays": "not proven",
        "provisional": False,
    } | others


def uplift(number: int, metric: str, dimension: str = "all", level: str = "all") -> dict[str, Any]:
    estimate = {"treated": 900, "control": 800, "uplift": 1.25, "ci_low": -0.5, "ci_high": 3.0}
    known = {"campaign_id": str(number), "dimension": dimension, "level": level, "metric": metric}
    return known | estimate | {"method": "observational", "provisional": False}


def fill_campaigns(warehouse: Connection, campaigns: int) -> None:
    numbers = range(campaigns)
    fill(warehouse, "response.campaigns", *(campaign(number) for number in numbers))
    metrics, segments = ("revenue", "conversion", "response"), [f"segment {letter}" for letter in "abcdefghij"]
    fill(
        warehouse,
        "response.uplift",
        *(uplift(number, metric) for number in numbers for metric in metrics),
        *(uplift(number, metric, "segment", level) for number in numbers for metric in metrics for level in segments),
    )
    credit = {"credited_customers": 2, "net_credited_amount": 150.0, "design": "observational", "provisional": False}
    ways = {"matched_by_customer_orders": 3, "matched_by_customer_amount": 150.0, "returns": 0, "returned_amount": 0.0}
    fill(warehouse, "response.credits", *(credit | ways | {"campaign_id": str(number)} for number in numbers))
    overlap = {"propensity": "all", "unmailed": 900, "effective_unmailed": 300.0, "verdict": "pass"}
    balance = {"covariate": "spend", "difference_before": 0.5, "difference_after": 0.05, "verdict": "pass"}
    for table, row in (("overlap", overlap), ("balance", balance)):
        fill(warehouse, f"response.{table}", *(row | {"campaign_id": str(number)} for number in numbers))


@pytest.mark.parametrize(
    ("campaign_id", "file"),
    [("18", "campaign-18.html"), ("spring-2024", "campaign-spring-2024.html"), ("..", "campaign--c1d4c4ce.html")],
)
def test_pages_of_campaigns_are_named_after_them(campaign_id: str, file: str) -> None:
    assert re.sub("[0-9a-f]{8}", "c1d4c4ce", campaign_file(campaign_id)) == file


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_two_campaigns_share_a_page_and_names_are_safe(one: str, other: str) -> None:
    for campaign_id in (one, other):
        assert re.fullmatch(r"campaign-[a-z0-9-]{1,80}\.html", campaign_file(campaign_id))
    assert (campaign_file(one) == campaign_file(other)) == (one == other)


def test_no_page_weighs_too_much_with_two_hundred_campaigns(warehouse: Connection) -> None:
    fill_campaigns(warehouse, 200)
    pages = read_pages(warehouse, JUNE, ENGLISH)
    assert len(pages) == len(PAGES) + 200
    pages["all nights"] = build_index(
        open_night(warehouse, JUNE, ENGLISH), [str(JUNE - dt.timedelta(days=back)) for back in range(1000)]
    )
    assert {name: len(page.encode()) for name, page in pages.items() if len(page.encode()) > HEAVIEST} == {}
    assert pages["campaigns.html"].count('href="campaign-199.html"') == 3, "in results, checks and credits"
    assert pages["campaigns.html"].count('href="campaign-0.html"') == 1, "in that of results"


def test_the_page_of_a_campaign_has_all_of_its_levels_and_pictures_if_it_is_recent(warehouse: Connection) -> None:
    fill_campaigns(warehouse, 13)
    pages = read_pages(warehouse, JUNE, ENGLISH)
    for number, has_pictures in ((0, False), (12, True)):
        page = pages[f"campaign-{number}.html"]
        assert ("<svg" in page) == has_pictures
        assert ("Pictures are drawn for the latest campaigns only" in page) != has_pictures
        rows = re.findall(r'<th scope="row">(segment .|all)</th>', page)
        assert rows == ["all", *(f"segment {letter}" for letter in "abcdefghij")]
        assert f"Campaign {number}" in page
        assert f"Campaign {12 - number}" not in page


def test_a_campaign_that_runs_has_a_page_without_verdict(warehouse: Connection) -> None:
    fill(warehouse, "response.campaigns", campaign(1, provisional=True, pays=None), campaign(2, mailed=0, responders=0))
    pages = read_pages(warehouse, JUNE, ENGLISH)
    assert "Its response window is still open" in pages["campaign-1.html"]
    assert "campaign-2.html" in pages


def test_the_index_has_answers_campaigns_and_nights_the_latest_first(warehouse: Connection) -> None:
    fill(warehouse, "response.campaigns", campaign(1, pays="no", incremental_profit=-5000.0), campaign(2, pays="yes"))
    made = {"created_at": dt.datetime(2024, 7, 1), "campaign_id": "summer", "created_by": "me", "mailed": 1234}
    fill(
        warehouse,
        "targeting.plans",
        made | {"plan_id": "a", "as_of_date": JUNE, "status": "approved"},
        made | {"plan_id": "b", "as_of_date": JUNE, "status": "draft", "mailed": 99},
    )
    index = build_index(open_night(warehouse, JULY, ENGLISH), ["2024-05-31", "2024-06-30", "2024-07-31"])
    assert re.findall(r'<th scope="row"><a href="([^"]*)">', index) == [
        "2024-07-31/campaign-2.html",
        "2024-07-31/campaign-1.html",
        "2024-07-31/index.html",
        "2024-06-30/index.html",
        "2024-05-31/index.html",
    ]
    assert re.findall(r"<td>(yes|no)</td>", index) == ["yes", "no"]
    june = index[index.index("2024-06-30/index.html") :]
    assert "1,234" in june
    assert "approved" in june
    assert ">99" not in june
    for link in ("plan.html", "campaign-2.html", "payback.html"):
        assert f'<h3><a href="2024-07-31/{link}">' in index


def test_a_later_night_leaves_the_pages_of_an_earlier_date(warehouse: Connection, tmp_path: Path) -> None:
    fill(warehouse, "response.campaigns", campaign(1))
    settings = ReportSettings(path=tmp_path)
    write_report(warehouse, JUNE, settings)
    show(*settings.shown(JUNE))
    june = {file.name: file.read_bytes() for file in (tmp_path / "2024-06-30").iterdir()}
    fill(warehouse, "response.campaigns", campaign(2))
    (tmp_path / "2024-05-31").mkdir()
    (tmp_path / "2024-05-31" / "index.html").write_text("the report of an earlier release: one page")
    (tmp_path / "2024-02-31x").mkdir()

    write_report(warehouse, JULY, settings)
    assert "2024-07-31" not in (tmp_path / "index.html").read_text(), "nothing is shown before it is published"
    show(*settings.shown(JULY))

    assert {file.name: file.read_bytes() for file in (tmp_path / "2024-06-30").iterdir()} == june
    assert sorted(list_dates(tmp_path)) == ["2024-05-31", "2024-06-30", "2024-07-31"]
    index = (tmp_path / "index.html").read_text()
    links = [link.partition("#")[0] for link in re.findall(r'(?:href|src|data-charts)="([^"#][^"]*)"', index)]
    assert [link for link in links if not (tmp_path / link).is_file()] == []
    assert {"2024-05-31/index.html", "2024-06-30/index.html"} < set(links)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.endswith("building")) == []


def test_assets_are_named_by_their_content_and_older_ones_stay(tmp_path: Path) -> None:
    write_assets(tmp_path)
    older = tmp_path / FOLDER / "report-0123456789ab.js"
    older.write_text("of an earlier release")
    times = {file: file.stat().st_mtime_ns for file in (tmp_path / FOLDER).iterdir()}
    write_assets(tmp_path)
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / FOLDER).iterdir()} == times
    assert len(times) == len(make_assets()) + 1
    for asset in make_assets().values():
        file = tmp_path / asset.file
        assert is_asset(file.name, file.read_bytes())
        assert not is_asset(file.name, file.read_bytes() + b"k1001")
    assert not is_asset(older.name, older.read_bytes())


@pytest.fixture(scope="module")
def drawing() -> Drawing:
    estimates = pl.DataFrame(
        {
            "date": ["2024-01-01", "2024-02-01"],
            "written": ["2024-01-01", "2024-02-01"],
            "name": ["</script><script>", "b"],
            "uplift": [1.0, 2.0],
            "ci_low": [0.5, 1.5],
            "ci_high": [1.5, 2.5],
            "colour": [BLUE, VERMILION],
            "fill": [BLUE, "white"],
            "pooled_uplift": [1.5, 1.5],
            "pooled_ci_low": [1.0, 1.0],
            "pooled_ci_high": [2.0, 2.0],
        }
    )
    return draw_trend(estimates, ENGLISH, unit="USD")


def test_what_a_browser_draws_is_the_same_picture(drawing: Drawing) -> None:
    again = vl_convert.vegalite_to_svg(drawing.specification)
    marks = re.compile(r'<path [^>]*d="[^"]*"[^>]*stroke="#(?:0072b2|d55e00)"')
    drawn = [re.sub(r' opacity="1"', "", mark) for mark in marks.findall(again)]
    assert drawn == [re.sub(r' opacity="1"', "", mark) for mark in marks.findall(drawing.svg)] != []


def test_colours_can_be_switched_off_and_marks_tell_their_figures(drawing: Drawing) -> None:
    specification = json.loads(drawing.specification)
    specification["params"][0]["value"] = [BLUE]
    hidden = vl_convert.vegalite_to_svg(specification)
    assert re.findall(r'stroke="#(0072b2|d55e00)"[^>]*opacity="0"', hidden) == ["0072b2"] * 2
    compiled = json.dumps(vl_convert.vegalite_to_vega(specification))
    assert "zoom" in compiled
    assert "<" not in drawing.specification


def test_a_mark_says_what_it_is(drawing: Drawing) -> None:
    specification = json.loads(drawing.specification)
    [said] = {
        part["calculate"]
        for layer in specification["layer"]
        for part in layer.get("transform", [])
        if part["as"] == "said"
    }
    low, high = (f"format(datum.{end}, '+,.2~f')" for end in ("ci_low", "ci_high"))
    ends = f"' (' + {low} + ' \N{HORIZONTAL ELLIPSIS} ' + {high} + ')'"
    assert said == (f"datum.campaign + ': ' + format(datum.uplift, '+,.2~f') + (datum.ci_low == null ? '' : {ends})")
