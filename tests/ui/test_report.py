"""The report in a browser, opened as files: pages, tables, pictures, a phone, and those who see it otherwise."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.ui.conftest import Served
from tests.ui.marketer import Marketer

DAY = "2017-12-31"
MOST_BYTES = 400_000  # of a page, without what all pages share
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def asked(window: BrowserContext) -> list[str]:
    """Addresses that a page has asked for beyond its own files; nobody answers."""
    found: list[str] = []
    window.route(lambda url: not url.startswith(("file:", "data:")), lambda route: found.append(route.request.url))
    return found


@pytest.fixture
def reader(window: BrowserContext, asked: list[str], place: Served, pictures: Path | None) -> Marketer:
    """Somebody who has opened the folder of the reports."""
    page = window.new_page()
    page.goto((place.folder / "reports" / "index.html").as_uri())
    return Marketer(page, "", pictures)


def test_the_first_screen_answers_three_questions(reader: Marketer) -> None:
    for question in ("What should I mail?", "What did the last one bring?", "Does it pay?"):
        expect(reader.page.get_by_role("heading", name=question)).to_be_in_viewport()
    reader.picture("report-index")
    reader.page.get_by_role("link", name="What did the last one bring?").click()
    expect(reader.page.get_by_role("heading", name="Results")).to_be_visible()
    reader.picture("report-campaign")


def test_a_table_is_sorted(reader: Marketer) -> None:
    table = reader.page.get_by_role("region", name="Table of campaigns")
    mailed = table.get_by_role("columnheader", name="Mailed")
    mailed.get_by_role("button").click()
    expect(mailed).to_have_attribute("aria-sort", "descending")
    shown = [int(text.replace(",", "")) for text in table.locator("tbody td:nth-child(3)").all_inner_texts()]
    assert len(shown) == 27
    assert shown == sorted(shown, reverse=True)


def test_a_picture_tells_its_figures_without_network(reader: Marketer, asked: list[str]) -> None:
    reader.page.goto((Path(reader.page.url.removeprefix("file://")).parent / DAY / "segments.html").as_uri())
    picture = reader.page.locator(".picture").nth(1)  # the first says its figures by itself
    picture.hover()
    expect(picture.locator(".live-view svg.marks")).to_be_visible()
    picture.locator(".live-view .mark-rect path").first.hover(force=True)
    expect(reader.page.locator("#vg-tooltip-element")).to_be_visible()
    reader.picture("report-segments")
    assert not asked


def test_no_page_is_wider_than_a_phone_or_heavy(reader: Marketer, place: Served) -> None:
    reader.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for file in _pages(place):
        reader.page.goto(file.as_uri())
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], file.name
        assert file.stat().st_size < MOST_BYTES, file.name
    reader.page.goto((place.folder / "reports" / DAY / "index.html").as_uri())
    reader.picture("report-phone")


def test_nothing_keeps_anybody_from_reading(reader: Marketer, place: Served) -> None:
    for file in _pages(place):
        reader.page.goto(file.as_uri())
        assert _barriers(reader.page) == [], file.name


def _pages(place: Served) -> list[Path]:
    """Every page of the site, and of campaigns one."""
    reports = place.folder / "reports"
    campaigns = sorted((reports / DAY).glob("campaign-*.html"))
    others = [file for file in sorted((reports / DAY).glob("*.html")) if file not in campaigns]
    return [reports / "index.html", *others, campaigns[0]]


def _barriers(page: Page) -> list[str]:
    """What axe-core calls serious or critical."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in {"serious", "critical"}
    ]
