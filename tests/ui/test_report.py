"""The report in a browser, opened as a file: pages, tables, pictures, a phone, and those who read otherwise."""

import json
from importlib.resources import files

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.ui.conftest import Served
from tests.ui.marketer import Marketer

DAY = "2017-12-31"
MOST_BYTES = 400_000  # of a page without what all share


@pytest.fixture
def page(window: BrowserContext, place: Served) -> Page:
    """The index of the reports, in a browser that may ask nobody."""
    page = window.new_page()
    page.route(lambda url: not url.startswith("file:"), lambda route: pytest.fail(f"asks for {route.request.url}"))
    page.goto((place.folder / "reports" / "index.html").as_uri())
    return page


@pytest.fixture
def reader(page: Page, pictures: object) -> Marketer:
    return Marketer(page, "", pictures)  # type: ignore[arg-type]


def test_the_first_screen_answers_three_questions(reader: Marketer) -> None:
    for question in ("What should I mail?", "What did the last one bring?", "Does it pay?"):
        expect(reader.page.get_by_role("heading", name=question)).to_be_in_viewport()
    reader.picture("report-index")
