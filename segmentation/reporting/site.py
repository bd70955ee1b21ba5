"""The pages of one date as texts, and the index of all dates."""

from collections.abc import Collection, Iterator
from functools import partial

from segmentation.reporting.assets import make_assets
from segmentation.reporting.page import open_templates, render_page
from segmentation.reporting.pages.campaign import SECTIONS, describe_pages
from segmentation.reporting.pages.campaigns import CAMPAIGNS
from segmentation.reporting.pages.model import Night
from segmentation.reporting.pages.nights import describe_nights
from segmentation.reporting.pages.registry import PAGES


def build_pages(night: Night) -> Iterator[tuple[str, str]]:
    """Name and text of every page of the date: the same warehouse gives the same texts."""
    templates = open_templates(night.words, make_assets(), site="../", date="")
    render = partial(render_page, templates, "page.html.j2", as_of=night.as_of, pages=PAGES)
    for page in PAGES:
        title = night.words(page.title)
        yield page.file, render(current=page.file, title=title, sections=page.sections, **page.describe(night))
    for campaign in describe_pages(night):
        yield (
            campaign.file,
            render(current=CAMPAIGNS.file, title=campaign.title, sections=SECTIONS, **campaign.content),
        )


def build_index(night: Night, dates: Collection[str]) -> str:
    """The text of the index.

    Args:
        night: the one whose answers come first.
        dates: those that have pages, such as 2017-12-31.
    """
    templates = open_templates(night.words, make_assets(), site="", date=f"{night.as_of}/")
    return render_page(templates, "nights.html.j2", as_of=night.as_of, **describe_nights(night, dates))
