"""The pages of a date as tests read them."""

import datetime as dt
from functools import partial

from segmentation.reporting.pages.model import Night
from segmentation.reporting.site import build_pages
from segmentation.reporting.words import Words
from segmentation.warehouse.connection import Connection, fetch


def open_night(warehouse: Connection, as_of: dt.date, words: Words) -> Night:
    return Night(partial(fetch, warehouse), as_of, words)


def read_pages(warehouse: Connection, as_of: dt.date, words: Words) -> dict[str, str]:
    """The text of each page by the name of its file."""
    return dict(build_pages(open_night(warehouse, as_of, words)))


def build_page(warehouse: Connection, as_of: dt.date, words: Words) -> str:
    """The texts of all pages, those of campaigns last."""
    return "\n".join(read_pages(warehouse, as_of, words).values())
