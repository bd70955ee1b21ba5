"""The first page of a date, the state of its data, and what figures mean."""

from dataclasses import dataclass
from typing import Any

from segmentation.reporting.catalogue import to_say
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
    pays = answer_does_it_pay(night.campaigns, night.words)
    return (
        Card(answer_what_to_mail(night.plan, night.words), "plan.html"),
        Card(
            answer_last_campaign(night.campaigns, night.words),
            campaign_file(last["campaign_id"]) if last else "campaigns.html",
        ),
        Card(add_programme(pays, night.programme, night.words), "payback.html"),
    )


def _describe_tonight(night: Night) -> dict[str, Any]:
    totals = night.fetch_known("report_totals")
    return {
        "cards": answer_questions(night),
        "totals": describe_totals(totals, night.loads, night.words),
    }


def _describe_quality(night: Night) -> dict[str, Any]:
    return {"load": describe_load(night.loads, night.fetch("report_rejects"), night.words)}


def _define(night: Night) -> dict[str, Any]:
    return {"definitions": define_figures(night.words)}


TONIGHT = Page("index", to_say("Tonight"), ("tonight.html.j2",), _describe_tonight)
QUALITY = Page("quality", to_say("Data quality"), ("quality.html.j2",), _describe_quality)
DEFINITIONS = Page("definitions", to_say("Definitions"), ("definitions.html.j2",), _define)
