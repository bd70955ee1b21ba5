"""The first page of a date, the state of its data, and what figures mean."""

from dataclasses import dataclass
from typing import Any

from segmentation.reporting.definitions import define_figures
from segmentation.reporting.glance import (
    Answer,
    answer_does_it_pay,
    answer_last_campaign,
    answer_what_to_mail,
    last_finished,
)
from segmentation.reporting.pages.model import Night, Page, campaign_file
from segmentation.reporting.payback_figures import add_programme
from segmentation.reporting.quality_figures import describe_load, describe_totals


@dataclass(frozen=True)
class Card:
    """An answer and the page, from the folder of its date, that has more of it."""

    answer: Answer
    file: str


def answer_questions(night: Night) -> tuple[Card, ...]:
    """The three answers of the first screen."""
    last = last_finished(night.campaigns)
    pays = answer_does_it_pay(night.campaigns, night.words.currency)
    return (
        Card(answer_what_to_mail(night.plan, night.words.currency), "plan.html"),
        Card(
            answer_last_campaign(night.campaigns, night.words.currency),
            campaign_file(last["campaign_id"]) if last else "campaigns.html",
        ),
        Card(add_programme(pays, night.programme, night.words.currency), "payback.html"),
    )


def _describe_tonight(night: Night) -> dict[str, Any]:
    totals = night.fetch_known("report_totals")
    return {
        "cards": answer_questions(night),
        "totals": describe_totals(totals, night.loads, night.words.currency),
    }


def _describe_quality(night: Night) -> dict[str, Any]:
    return {"load": describe_load(night.loads, night.fetch("report_rejects"))}


def _define(_: Night) -> dict[str, Any]:
    return {"definitions": define_figures()}


TONIGHT = Page("index", "Tonight", ("tonight.html.j2",), _describe_tonight)
QUALITY = Page("quality", "Data quality", ("quality.html.j2",), _describe_quality)
DEFINITIONS = Page("definitions", "Definitions", ("definitions.html.j2",), _define)
