"""Value the customers: from orders, contacts and requests into the tables of contract/value.py."""

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
from threadpoolctl import threadpool_limits

from segmentation.contract.value import (
    PORTFOLIO_GROUPS,
    SERVICE_BY_SEGMENT,
    SERVICE_REASONS,
    VALUE,
    VALUE_CHECK,
    VALUE_MODEL,
)
from segmentation.settings import CampaignSettings, ValueSettings
from segmentation.value.holdback import days_held_back, judge_models
from segmentation.value.models import WEEK, YEAR, Models, fit_models, forecast_groups, list_parameters
from segmentation.value.rules import MEASURES, PortfolioRule, list_rules
from segmentation.warehouse.connection import Connection, fetch, frames, kept
from segmentation.warehouse.schema import append_relation, clear, replace_rows

FEW = 1_000_000  # of more customers times are taken in weeks, so that there are few groups
NO_MARGIN = "an order has no margin: give orders.margin in the source or campaigns.margin_rate in the settings"
NO_CONTACT_COST = "a piece has no cost: give campaigns.unit_cost in the source or the settings"
NO_CONTACTS = "the source brings no contacts, so profit is before contact cost"
NO_SERVICE_COST = "a request has no cost: give service_contacts.cost in the source or value.cost_per_minute"
NO_REQUESTS = "the source brings no service_contacts, so profit is before service cost"

log = logging.getLogger(__name__)


# One thread adds up in one order.
@threadpool_limits.wrap(limits=1)  # type: ignore[untyped-decorator]
def value_customers(
    connection: Connection, as_of: dt.date, settings: ValueSettings, campaigns: CampaignSettings
) -> None:
    """Write segments.value, its models, their check, and segments.portfolio.

    Where a model must not be used, the last 365 days are expected to come again; log and notes say why. Without an
    order by `as_of` the tables are left empty.
    """
    for table in (VALUE, VALUE_MODEL, VALUE_CHECK, PORTFOLIO_GROUPS):
        clear(connection, table)
    known = fetch(connection, "value_inputs", as_of_date=as_of).row(0, named=True)
    if known["first_order_on"] is None:
        log.warning("nobody has ordered by %s: no customer is valued", as_of)
        return
    purchases = {"margin_rate": campaigns.margin_rate, "step_days": 1 if known["customers"] <= FEW else WEEK}
    days = days_held_back(known["first_order_on"], as_of, settings.hold_back_share)
    calibration = _check_models(connection, as_of, days, purchases, settings) if days else None
    with kept(connection, "customer_purchases", as_of_date=as_of, days=YEAR, **purchases):
        groups, fitted = _fit(connection, YEAR, purchases, settings)
        models = judge_models(fitted, calibration, connection.sql(f"from {VALUE_CHECK.full_name}").pl())
        replace_rows(connection, VALUE_MODEL, list_parameters(models).with_columns(as_of_date=pl.lit(as_of)))
        with _forecasts(connection, groups, models, YEAR):
            _write_value(connection, as_of, models, known, settings, campaigns)
    _tell(models)


def _check_models(
    connection: Connection, as_of: dt.date, days: int, purchases: dict[str, Any], settings: ValueSettings
) -> Models:
    """Write segments.value_check: what models that knew nothing of the last `days` would have expected of them."""
    calibrated_to = as_of - dt.timedelta(days=days)
    with kept(connection, "customer_purchases", as_of_date=calibrated_to, days=days, **purchases):
        groups, models = _fit(connection, days, purchases, settings)
        with _forecasts(connection, groups, models, days):
            check = fetch(
                connection,
                "value_check",
                as_of_date=as_of,
                calibrated_to=calibrated_to,
                margin_rate=purchases["margin_rate"],
            )
    problem = (
        pl.when(pl.col("measure") == "orders")
        .then(pl.lit(models.orders.problem))
        .otherwise(pl.lit(models.orders.problem or models.margin.problem))
    )
    about = {"as_of_date": pl.lit(as_of), "calibrated_to": pl.lit(calibrated_to), "note": problem}
    replace_rows(connection, VALUE_CHECK, check.with_columns(**about))
    return models


def _fit(
    connection: Connection, days: int, purchases: dict[str, Any], settings: ValueSettings
) -> tuple[pl.DataFrame, Models]:
    """The groups of customer_purchases and the models fitted to them."""
    groups = fetch(connection, "purchase_groups", step_days=purchases["step_days"])
    margins = fetch(connection, "margin_groups")
    return groups, fit_models(groups, margins, days=days, fewest=settings.fewest_repeat_customers)


@contextmanager
def _forecasts(connection: Connection, groups: pl.DataFrame, models: Models, days: int) -> Iterator[None]:
    """Keep customer_forecast for a while: what is expected of each of customer_purchases in the next `days`."""
    margin = models.margin.usable if models.orders.usable else None
    parameters = {name: getattr(margin, name, None) for name in ("p", "q", "v")}
    with (
        frames(connection, group_forecasts=forecast_groups(groups, models.orders.usable, days=days)),
        kept(connection, "customer_forecast", **parameters),
    ):
        yield


def _write_value(
    connection: Connection,
    as_of: dt.date,
    models: Models,
    known: dict[str, Any],
    settings: ValueSettings,
    campaigns: CampaignSettings,
) -> None:
    there = {name: known[name] for name in ("has_contacts", "has_requests")}
    why_unknown = {
        "no_margin_note": NO_MARGIN,
        "contact_note": NO_CONTACT_COST if known["has_contacts"] else NO_CONTACTS,
        "service_note": NO_SERVICE_COST if known["has_requests"] else NO_REQUESTS,
    }
    with (
        _requests(connection, as_of, settings),
        kept(connection, "customer_costs", as_of_date=as_of, unit_cost=campaigns.unit_cost, **there),
        frames(connection, portfolio_rules=_rule_frame(settings.portfolio)),
    ):
        append_relation(
            connection,
            VALUE,
            "customer_value",
            as_of_date=as_of,
            method=models.method,
            orders_method=models.orders_method,
            orders_note=models.orders_note,
            margin_note=models.margin_note,
            **there,
            **why_unknown,
        )
        append_relation(connection, PORTFOLIO_GROUPS, "portfolio_groups", as_of_date=as_of, **there, **why_unknown)


def _rule_frame(rules: tuple[PortfolioRule, ...]) -> pl.DataFrame:
    bounds = {f"{measure}_{side}": pl.Float64 for measure in MEASURES for side in ("at_least", "below")}
    return pl.DataFrame(list_rules(rules), schema_overrides=bounds)


def _tell(models: Models) -> None:
    for note in (models.orders_note, models.margin_note):
        if note:
            log.warning("value: %s", note)
    log.info("%s customers valued by %s", f"{models.orders.customers:,}", models.method)


def cost_service(connection: Connection, as_of: dt.date, settings: ValueSettings) -> None:
    """Write segments.service_reasons and segments.service_by_segment; nothing where the source has no requests."""
    for table in (SERVICE_REASONS, SERVICE_BY_SEGMENT):
        clear(connection, table)
    with _requests(connection, as_of, settings):
        append_relation(connection, SERVICE_REASONS, "service_reasons", as_of_date=as_of, cost_note=NO_SERVICE_COST)
        reasons = connection.sql(f"from {SERVICE_REASONS.full_name}").pl()
        if reasons.is_empty():
            log.info("no service_contacts in the last %s days: nothing to say of the contact centre", YEAR)
            return
        append_relation(
            connection, SERVICE_BY_SEGMENT, "service_by_segment", as_of_date=as_of, cost_note=NO_SERVICE_COST
        )
    met = {reason.lower() for reason in reasons["reason"]}
    for reason in settings.self_service_reasons:
        if reason.strip().lower() not in met:
            log.warning("value.self_service_reasons: nobody has asked about %s in the last %s days", reason, YEAR)
    log.info("%s contact-centre requests in the last %s days", f"{reasons['requests'].sum():,}", YEAR)


@contextmanager
def _requests(connection: Connection, as_of: dt.date, settings: ValueSettings) -> Iterator[None]:
    reasons = [reason.strip().lower() for reason in settings.self_service_reasons]
    with kept(
        connection,
        "service_requests",
        as_of_date=as_of,
        cost_per_minute=settings.cost_per_minute,
        self_service_reasons=reasons,
    ):
        yield
