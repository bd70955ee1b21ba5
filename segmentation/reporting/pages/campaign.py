"""The page of one campaign."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from segmentation.reporting.campaign_figures import describe_campaigns
from segmentation.reporting.comparison_figures import describe_comparison
from segmentation.reporting.credit_figures import describe_credits
from segmentation.reporting.glance import answer_campaign
from segmentation.reporting.level_figures import describe_level_table
from segmentation.reporting.observational_figures import describe_observational
from segmentation.reporting.pages.model import Night, campaign_file
from segmentation.reporting.validity_figures import describe_validity
from segmentation.reporting.words import Words

MOST_PICTURED = 12  # campaigns whose pages have pictures, the latest
RELATIONS = (
    "uplift",
    "sample_ratio",
    "contamination",
    "concurrent",
    "observational",
    "balance",
    "comparison",
    "credits",
)
SECTIONS = ("answer.html.j2", "campaign.html.j2")


@dataclass(frozen=True)
class CampaignPage:
    """A page of a campaign: the name of its file, its title and what its sections show."""

    file: str
    title: str
    content: dict[str, Any]


def describe_pages(night: Night) -> Iterator[CampaignPage]:
    """A page for every campaign that has started, the earliest first."""
    rows = {name: night.fetch(f"report_{name}") for name in RELATIONS}
    no_trend = night.fetch("report_trend").clear()
    parts = {name: frame.partition_by("campaign_id", as_dict=True) for name, frame in rows.items()}
    pictured = set(night.campaigns["campaign_id"].tail(MOST_PICTURED))
    for campaign in night.campaigns.iter_slices(1):
        campaign_id, name = campaign.select("campaign_id", "name").row(0)
        own = {"trend": no_trend} | {
            relation: found.get((campaign_id,), rows[relation].clear()) for relation, found in parts.items()
        }
        content = _describe(campaign, own, night.words, is_pictured=campaign_id in pictured)
        yield CampaignPage(campaign_file(campaign_id), name, content)


def _describe(
    campaign: pl.DataFrame, own: dict[str, pl.DataFrame], words: Words, *, is_pictured: bool
) -> dict[str, Any]:
    row = campaign.row(0, named=True)
    by_level = pl.col("dimension") != "all"
    drawn = own["uplift"].filter(by_level | pl.col("sequential_ci_low").is_not_null())
    balance = own["balance"] if is_pictured else own["balance"].clear()
    return {
        "answer": answer_campaign(row, row["name"], words),
        "is_pictured": is_pictured,
        "campaigns": describe_campaigns(
            campaign, drawn if is_pictured else drawn.filter(~by_level), own["sample_ratio"], words
        ),
        "levels": describe_level_table(own["uplift"], words),
        "validity": describe_validity(own["contamination"], own["concurrent"], words),
        "observational": describe_observational(own["observational"], balance, words),
        "comparison": describe_comparison(own["comparison"], own["trend"], words),
        "credits": describe_credits(own["credits"], words),
    }
