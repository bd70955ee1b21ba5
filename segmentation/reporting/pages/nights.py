"""The index of a site: the answers of the newest night, campaigns with their verdict, and nights by date."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from segmentation.reporting.campaign_figures import describe_campaigns
from segmentation.reporting.pages.model import Night
from segmentation.reporting.pages.tonight import answer_questions
from segmentation.reporting.words import Words


def describe_nights(night: Night, dates: Collection[str]) -> dict[str, Any]:
    """What the index shows.

    Args:
        dates: those that have pages, such as 2017-12-31.
    """
    uplift, failures = night.fetch("report_uplift").clear(), night.fetch("report_sample_ratio").clear()
    plans = {str(row["as_of_date"]): row for row in night.fetch("report_plans").iter_rows(named=True)}
    return {
        "cards": answer_questions(night),
        "campaigns": describe_campaigns(night.campaigns, uplift, failures, night.words),
        "nights": [_describe(date, plans.get(date), night.words) for date in sorted(dates, reverse=True)],
    }


def _describe(date: str, plan: dict[str, Any] | None, words: Words) -> dict[str, Any]:
    night = {"date": date, "written": words.date(dt.date.fromisoformat(date))}
    if plan is None:
        reason = words("no mailing was planned, or the warehouse has no record of it")
        return night | {"plan": "", "status": "", "mailed": words.show(None, words.count, reason=reason)}
    return night | {
        "plan": plan["name"],
        "status": words.stored(plan["status"]),
        "mailed": words.show(plan["mailed"], words.count),
    }
