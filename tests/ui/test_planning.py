"""A marketer plans a mailing, decides on it, and takes the list, without a command line."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import BrowserContext, expect

from segmentation.warehouse.connection import query_warehouse
from tests.ui.conftest import Served
from tests.ui.marketer import Marketer

PLAN = "spring-2@2017-12-31"
DRAFT = "mailing-2018-01-14@2017-12-31"  # of the night


@pytest.fixture(scope="module", autouse=True)
def server(place: Served) -> Iterator[None]:
    place.start()
    yield
    place.stop()


def test_a_form_leads_to_a_draft_and_says_what_can_not_be(marketer: Marketer) -> None:
    marketer.picture("ui-deployments")
    marketer.open_form("plan-mailing")
    marketer.answer("Name of a new campaign", "spring-2")
    marketer.answer("Budget", "300")
    marketer.choose("Who comes first", "rfm")
    marketer.answer("Share held out", "0.7")
    marketer.submit()
    expect(marketer.page.get_by_text("0.7 is greater than the maximum of 0.5").first).to_be_visible()
    marketer.answer("Share held out", "0.2")
    marketer.picture("ui-plan-form")
    marketer.start()
    marketer.await_state("Completed")
    expect(marketer.page.get_by_text(f"plan {PLAN} · 300 · draft").first).to_be_visible()
    marketer.open_artifact("plan-waterfall")
    expect(marketer.page.get_by_text("beyond the budget")).to_be_visible()
    marketer.picture("ui-waterfall")


def test_an_impossible_answer_is_told_in_words(marketer: Marketer) -> None:
    marketer.open_form("plan-mailing")
    marketer.answer("Budget", "0.1")
    marketer.start()
    marketer.await_state("Failed")
    expect(marketer.page.get_by_text("0.1").first).to_be_visible()


def test_a_plan_is_approved_and_its_list_taken(marketer: Marketer, place: Served, tmp_path: Path) -> None:
    marketer.open_form("approve-and-export")
    marketer.choose("Plan", PLAN)
    marketer.start()
    marketer.await_state("Suspended")
    marketer.decide("approve", "Anna")
    marketer.await_state("Completed")
    marketer.open_artifact("list")
    marketer.picture("ui-list")
    file = tmp_path / "list.csv"
    marketer.download(f"{PLAN}.csv").save_as(file)
    marketer.page.go_back()
    marketer.open_artifact("report")
    expect(marketer.follow("The report").get_by_role("heading", name="What should I mail?")).to_be_visible()
    listed = set(pl.read_csv(file, infer_schema=False)["customer_id"])
    arms = query_warehouse(
        place.folder / "w.duckdb", f"select customer_id, arm from targeting.selection where plan_id = '{PLAN}'"
    )
    chosen = {arm: set(rows["customer_id"]) for (arm,), rows in arms.group_by("arm")}
    assert listed == chosen["treatment"]
    assert chosen["control"]
    assert not listed & chosen["control"]
    status, name = query_warehouse(
        place.folder / "w.duckdb", f"select status, approved_by from targeting.plans where plan_id = '{PLAN}'"
    ).row(0)
    assert (status, name) == ("exported", "Anna")


def test_the_second_of_two_who_decide_is_told_even_after_a_restart(
    window: BrowserContext, marketer: Marketer, place: Served
) -> None:
    waiting = []
    for _ in range(2):
        marketer.open_form("approve-and-export")
        marketer.choose("Plan", DRAFT)
        marketer.start()
        marketer.await_state("Suspended")
        waiting.append(marketer.page.url)
    place.stop()
    place.start()
    ben = Marketer(window.new_page(), place.address)
    ben.page.goto(waiting[0])
    ben.decide("reject", "Ben", why="the budget is cut")
    ben.await_state("Completed")
    marketer.page.goto(waiting[1])
    marketer.decide("approve", "Anna")
    marketer.await_state("Failed")
    expect(marketer.page.get_by_text("by Ben: the budget is cut").first).to_be_visible()
    decided = query_warehouse(
        place.folder / "w.duckdb", f"select status, rejected_by from targeting.plans where plan_id = '{DRAFT}'"
    )
    assert decided.rows() == [("rejected", "Ben")]
