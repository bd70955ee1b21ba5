"""Write the report of one as-of date from the warehouse."""

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl

from segmentation.reporting.allocation_figures import describe_allocation
from segmentation.reporting.attribute_figures import describe_attributes
from segmentation.reporting.campaign_figures import describe_campaigns, describe_selection, describe_waterfall
from segmentation.reporting.cluster_figures import describe_clusters
from segmentation.reporting.comparison_figures import describe_comparison, describe_power
from segmentation.reporting.credit_figures import describe_credits
from segmentation.reporting.definitions import define_figures
from segmentation.reporting.eligibility_figures import describe_eligibility
from segmentation.reporting.forecast_figures import describe_forecast
from segmentation.reporting.glance import answer_does_it_pay, answer_last_campaign, answer_what_to_mail
from segmentation.reporting.history_figures import describe_history
from segmentation.reporting.model_figures import describe_models
from segmentation.reporting.observational_figures import describe_observational
from segmentation.reporting.offer_figures import describe_calls, describe_offers
from segmentation.reporting.page import render_page
from segmentation.reporting.payback_figures import add_programme, describe_payback
from segmentation.reporting.quality_figures import describe_load, describe_totals
from segmentation.reporting.segment_figures import describe_segments
from segmentation.reporting.validity_figures import describe_validity
from segmentation.reporting.value_figures import describe_service, describe_value
from segmentation.reporting.words import Words, choose_words
from segmentation.settings import ReportSettings
from segmentation.warehouse.connection import Connection, fetch
from segmentation.warehouse.disk import writing_to
from segmentation.warehouse.publishing import building_path


def write_report(connection: Connection, as_of: dt.date, settings: ReportSettings) -> Path:
    """Write the report; returns the file that publishing will show: `<reports>/<as_of>/index.html`.

    Raises:
        DiskError: the folder cannot be written.
    """
    file = settings.page(as_of)
    page = build_page(connection, as_of, choose_words(settings.language, settings.currency))
    with writing_to(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        building_path(file).write_text(page, encoding="utf-8")
    return file


def build_page(connection: Connection, as_of: dt.date, words: Words) -> str:
    """The page as HTML, in the language of `words`: the same warehouse gives the same text."""
    plans = fetch(connection, "report_plan", as_of_date=as_of)
    campaigns, programme = fetch(connection, "report_campaigns"), fetch(connection, "report_programme")
    loads, rejects = fetch(connection, "report_loads"), fetch(connection, "report_rejects")
    return render_page(
        words,
        as_of=as_of,
        totals=describe_totals(fetch(connection, "report_totals", as_of_date=as_of), loads, words),
        answers=(
            answer_what_to_mail(plans.row(0, named=True) if plans.height else None, words),
            answer_last_campaign(campaigns, words),
            add_programme(answer_does_it_pay(campaigns, words), programme, words),
        ),
        segments=describe_segments(
            fetch(connection, "report_rfm"),
            fetch(connection, "report_rfm_bounds", as_of_date=as_of),
            fetch(connection, "report_rules"),
            fetch(connection, "report_not_segmented", as_of_date=as_of).row(0, named=True),
            words,
        ),
        attributes=describe_attributes(fetch(connection, "report_attributes", as_of_date=as_of), words),
        history=describe_history(
            fetch(connection, "report_migration", as_of_date=as_of),
            fetch(connection, "report_drift", as_of_date=as_of),
            words,
        ),
        clusters=describe_clusters(
            fetch(connection, "report_cluster_profiles"),
            fetch(connection, "report_cluster_selection"),
            fetch(connection, "report_cluster_fits"),
            words,
        ),
        value=describe_value(
            fetch(connection, "report_value"),
            fetch(connection, "report_value_notes"),
            fetch(connection, "report_value_check"),
            fetch(connection, "report_portfolio"),
            words,
        ),
        service=describe_service(
            fetch(connection, "report_service_reasons"), fetch(connection, "report_service_by_segment"), words
        ),
        offers=describe_offers(
            fetch(connection, "report_offer_models"), fetch(connection, "report_first_offers"), words
        ),
        calls=describe_calls(
            fetch(connection, "report_call_agents", as_of_date=as_of),
            fetch(connection, "report_call_check"),
            fetch(connection, "report_call_exclusions", as_of_date=as_of),
            words,
        ),
        forecast=describe_forecast(
            fetch(connection, "report_forecast"),
            fetch(connection, "report_forecast_check"),
            fetch(connection, "report_forecast_backtest"),
            words,
        ),
        plan=_fetch_plan(connection, plans, words),
        campaigns=describe_campaigns(
            campaigns, fetch(connection, "report_uplift"), fetch(connection, "report_sample_ratio"), words
        ),
        validity=describe_validity(
            fetch(connection, "report_contamination"), fetch(connection, "report_concurrent"), words
        ),
        observational=describe_observational(
            fetch(connection, "report_observational"), fetch(connection, "report_balance"), words
        ),
        comparison=describe_comparison(
            fetch(connection, "report_comparison"), fetch(connection, "report_trend"), words
        ),
        credits=describe_credits(fetch(connection, "report_credits"), words),
        payback=describe_payback(fetch(connection, "report_payback"), programme, words),
        load=describe_load(loads, rejects, words),
        definitions=define_figures(words),
    )


def _fetch_plan(connection: Connection, plans: pl.DataFrame, words: Words) -> dict[str, Any] | None:
    if plans.is_empty():
        return None
    plan_id, name, status = plans.select("plan_id", "name", "status").row(0)
    return {
        "name": name,
        "plan_id": plan_id,
        "status": status,
        "eligibility": describe_eligibility(
            fetch(connection, "plan_notes", plan_id=plan_id),
            fetch(connection, "plan_lists", plan_id=plan_id),
            fetch(connection, "plan_duplicates", plan_id=plan_id),
            words,
        ),
        "waterfall": describe_waterfall(fetch(connection, "plan_waterfall", plan_id=plan_id), words),
        "selection": describe_selection(fetch(connection, "report_selection", plan_id=plan_id), words),
        "models": describe_models(
            fetch(connection, "report_models", plan_id=plan_id),
            fetch(connection, "report_model_curves", plan_id=plan_id),
            words,
        ),
        "allocation": describe_allocation(
            fetch(connection, "plan_curve", plan_id=plan_id),
            fetch(connection, "plan_alternatives", plan_id=plan_id),
            fetch(connection, "plan_constraints", plan_id=plan_id),
            fetch(connection, "plan_offers", plan_id=plan_id),
            plans.row(0, named=True),
            words,
        ),
        "power": describe_power(fetch(connection, "plan_power", plan_id=plan_id), words),
    }
