"""Pages on what comes next: the mailing, offers and calls, sales."""

from functools import partial
from typing import Any

from segmentation.reporting.allocation_figures import describe_allocation
from segmentation.reporting.campaign_figures import describe_selection, describe_waterfall
from segmentation.reporting.catalogue import to_say
from segmentation.reporting.comparison_figures import describe_power
from segmentation.reporting.eligibility_figures import describe_eligibility
from segmentation.reporting.forecast_figures import describe_forecast
from segmentation.reporting.glance import answer_what_to_mail
from segmentation.reporting.model_figures import describe_models
from segmentation.reporting.offer_figures import describe_calls, describe_offers
from segmentation.reporting.pages.model import Night, Page, Row


def _describe_plan(night: Night) -> dict[str, Any]:
    described = None if night.plan is None else _describe_planned(night.plan, night)
    return {"answer": answer_what_to_mail(night.plan, night.words), "plan": described}


def _describe_planned(plan: Row, night: Night) -> dict[str, Any]:
    of_plan = partial(night.fetch, plan_id=plan["plan_id"])
    return {name: plan[name] for name in ("name", "plan_id", "status")} | {
        "eligibility": describe_eligibility(
            of_plan("plan_notes"), of_plan("plan_lists"), of_plan("plan_duplicates"), night.words
        ),
        "waterfall": describe_waterfall(of_plan("plan_waterfall"), night.words),
        "selection": describe_selection(of_plan("report_selection"), night.words),
        "models": describe_models(of_plan("report_models"), of_plan("report_model_curves"), night.words),
        "allocation": describe_allocation(
            of_plan("plan_curve"),
            of_plan("plan_alternatives"),
            of_plan("plan_constraints"),
            of_plan("plan_offers"),
            plan,
            night.words,
        ),
        "power": describe_power(of_plan("plan_power"), night.words),
    }


def _describe_offers(night: Night) -> dict[str, Any]:
    return {
        "offers": describe_offers(night.fetch("report_offer_models"), night.fetch("report_first_offers"), night.words),
        "calls": describe_calls(
            night.fetch_known("report_call_agents"),
            night.fetch("report_call_check"),
            night.fetch_known("report_call_exclusions"),
            night.words,
        ),
    }


def _describe_forecast(night: Night) -> dict[str, Any]:
    forecast = describe_forecast(
        night.fetch("report_forecast"),
        night.fetch("report_forecast_check"),
        night.fetch("report_forecast_backtest"),
        night.words,
    )
    return {"forecast": forecast}


PLAN = Page("plan", to_say("Next mailing"), ("answer.html.j2", "plan.html.j2"), _describe_plan)
OFFERS = Page("offers", to_say("Offers and calls"), ("offers.html.j2",), _describe_offers)
FORECAST = Page("forecast", to_say("12 weeks"), ("forecast.html.j2",), _describe_forecast)
