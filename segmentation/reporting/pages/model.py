"""What a page is, and what pages are made from."""

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from segmentation.reporting.words import Words

LONGEST_SLUG = 60
Row = dict[str, Any]


@dataclass(frozen=True)
class Night:
    """What is known at the end of a date, and how it is written.

    Attributes:
        fetch: rows of segmentation/sql/`relation`.sql, by the name of the relation and its parameters.
    """

    fetch: Callable[..., pl.DataFrame]
    as_of: dt.date
    words: Words

    def fetch_known(self, relation: str) -> pl.DataFrame:
        """The rows of segmentation/sql/`relation`.sql that are known at the date."""
        return self.fetch(relation, as_of_date=self.as_of)

    @cached_property
    def plan(self) -> Row | None:
        """The row of sql/report_plan.sql; None if nothing is planned."""
        plans = self.fetch("report_plan", as_of_date=self.as_of, plan_id=None)
        return plans.row(0, named=True) if plans.height else None

    @cached_property
    def campaigns(self) -> pl.DataFrame:
        """The rows of sql/report_campaigns.sql."""
        return self.fetch("report_campaigns")

    @cached_property
    def programme(self) -> pl.DataFrame:
        """The rows of sql/report_programme.sql."""
        return self.fetch("report_programme")

    @cached_property
    def loads(self) -> pl.DataFrame:
        """The rows of sql/report_loads.sql."""
        return self.fetch("report_loads")


@dataclass(frozen=True)
class Page:
    """A page of a date.

    Attributes:
        name: of its file, without ending.
        title: of the link to it.
        sections: templates, in their order.
        describe: what they show.
    """

    name: str
    title: str
    sections: tuple[str, ...]
    describe: Callable[[Night], dict[str, Any]]

    @property
    def file(self) -> str:
        """Name of its file."""
        return f"{self.name}.html"


def campaign_file(campaign_id: str) -> str:
    """Name of the page of a campaign: safe on every system, always the same, of no two campaigns."""
    slug = re.sub(r"[^a-z0-9]+", "-", campaign_id.lower()).strip("-")[:LONGEST_SLUG]
    if slug != campaign_id:
        slug = f"{slug}-{hashlib.sha256(campaign_id.encode()).hexdigest()[:8]}"
    return f"campaign-{slug}.html"
