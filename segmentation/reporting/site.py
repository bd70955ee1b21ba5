"""The pages of one date as texts, and the index of all dates."""

from collections.abc import Collection, Iterator
from typing import Any

from jinja2 import Environment

from segmentation.reporting.assets import make_assets
from segmentation.reporting.page import open_templates, render_page
from segmentation.reporting.pages.campaign import SECTIONS, describe_pages
from segmentation.reporting.pages.model import Night
from segmentation.reporting.pages.nights import describe_nights
from segmentation.reporting.pages.registry import PAGES


def build_pages(night: Night) -> Iterator[tuple[str, str]]:
    """Name and text of every page of the date: the same warehouse gives the same texts."""
    environment = open_templates(night.words, make_assets(), site="../", date="")
    for page in PAGES:
        yield (
            page.file,
            _render(environment, night, page.file, night.words(page.title), page.sections, page.describe(night)),
        )
    for campaign in describe_pages(night):
        yield campaign.file, _render(environment, night, campaign.file, campaign.title, SECTIONS, campaign.content)


def _render(
    environment: Environment, night: Night, file: str, title: str, sections: tuple[str, ...], content: dict[str, Any]
) -> str:
    return render_page(
        environment,
        "page.html.j2",
        as_of=night.as_of,
        file=file,
        title=title,
        sections=sections,
        pages=PAGES,
        **content,
    )


def build_index(night: Night, dates: Collection[str]) -> str:
    """The text of the index.

    Args:
        night: the one whose answers come first.
        dates: those that have pages, such as 2017-12-31.
    """
    environment = open_templates(night.words, make_assets(), site="", date=f"{night.as_of}/")
    return render_page(environment, "nights.html.j2", as_of=night.as_of, **describe_nights(night, dates))
