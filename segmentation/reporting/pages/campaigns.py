"""Pages on campaigns together: their results, against each other, and what the programme costs."""

from typing import Any

import polars as pl

from segmentation.reporting.campaign_figures import MOST_DRAWN, describe_campaigns
from segmentation.reporting.catalogue import to_say
from segmentation.reporting.comparison_figures import describe_comparison
from segmentation.reporting.credit_figures import describe_credits
from segmentation.reporting.glance import answer_does_it_pay
from segmentation.reporting.observational_figures import describe_observational
from segmentation.reporting.pages.model import Night, Page
from segmentation.reporting.payback_figures import add_programme, describe_payback
from segmentation.reporting.validity_figures import describe_validity


def _describe_results(night: Night) -> dict[str, Any]:
    """The table has all campaigns; credits and checks are those of the latest, as every campaign has a page."""
    latest = night.campaigns.tail(MOST_DRAWN).select("campaign_id")
    uplift = night.fetch("report_uplift").filter(pl.col("dimension") == "all")
    observational, credits = (
        night.fetch(relation).join(latest, on="campaign_id", how="semi", maintain_order="left")
        for relation in ("report_observational", "report_credits")
    )
    return {
        "campaigns": describe_campaigns(night.campaigns, uplift, night.fetch("report_sample_ratio"), night.words),
        "validity": describe_validity(
            night.fetch("report_contamination"), night.fetch("report_concurrent"), night.words
        ),
        "observational": describe_observational(observational, night.fetch("report_balance"), night.words),
        "credits": describe_credits(credits, night.words),
    }


def _describe_comparison(night: Night) -> dict[str, Any]:
    return {
        "comparison": describe_comparison(night.fetch("report_comparison"), night.fetch("report_trend"), night.words)
    }


def _describe_payback(night: Night) -> dict[str, Any]:
    pays = answer_does_it_pay(night.campaigns, night.words)
    return {
        "answer": add_programme(pays, night.programme, night.words),
        "payback": describe_payback(night.fetch("report_payback"), night.programme, night.words),
    }


CAMPAIGNS = Page("campaigns", to_say("Campaigns"), ("campaigns.html.j2",), _describe_results)
COMPARED = Page("compared", to_say("Compared"), ("comparison.html.j2",), _describe_comparison)
PAYBACK = Page("payback", to_say("Does it pay"), ("answer.html.j2", "payback.html.j2"), _describe_payback)
