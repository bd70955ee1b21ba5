"""Measure every campaign that has started, from the warehouse into the warehouse."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

import polars as pl
from threadpoolctl import threadpool_limits

from segmentation.contract.inputs import CUSTOMERS
from segmentation.contract.model import Table
from segmentation.contract.observational import BALANCE, OBSERVATIONAL_TABLES, OVERLAP, SECOND_OPINION, SENSITIVITY
from segmentation.contract.response import CAMPAIGN_RESULTS, SAMPLE_RATIO, UPLIFT
from segmentation.contract.validity import VALIDITY_TABLES
from segmentation.crediting.stage import compare_credits
from segmentation.errors import SettingsError
from segmentation.response.campaigns import find_campaign, summarise_campaigns
from segmentation.response.dimensions import MOST_LEVELS, usable_attributes
from segmentation.response.observational import observe_campaign
from segmentation.response.sample_ratio import FAIL, check_campaign, judge_campaign, mark_figures
from segmentation.response.sequential import look_after
from segmentation.response.uplift import estimate_uplift
from segmentation.response.window import Window
from segmentation.segments.rules import NEVER_BOUGHT
from segmentation.segments.stage import customers_known, groups_known
from segmentation.settings import CampaignSettings, RfmSettings
from segmentation.validity.cautions import add_cautions
from segmentation.validity.stage import doubt_campaign, receipts_kept
from segmentation.warehouse.connection import Connection, ask, fetch, read_sql
from segmentation.warehouse.schema import clear, replace_rows, stored_attributes

log = logging.getLogger(__name__)

SELECTED = "select customer_id from crm.contacts where campaign_id = $campaign_id"
TABLES = (UPLIFT, SAMPLE_RATIO, *OBSERVATIONAL_TABLES, *VALIDITY_TABLES)


# Small fits lose more by waiting for each other than they gain, and one thread adds up in one order.
@threadpool_limits.wrap(limits=1)  # type: ignore[untyped-decorator]
def measure_campaigns(
    connection: Connection,
    as_of: dt.date,
    settings: CampaignSettings,
    rfm: RfmSettings,
    *,
    seed: int,
    only: str | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> None:
    """Write what campaigns brought and what is credited to them, and how far to believe it: tables of `response`.

    Every campaign that has started by `as_of` is measured, or `only` one.

    Args:
        seed: of folds and resamples.
        progress: is told after each campaign which share of them is done, 0-1.

    Raises:
        UnknownCampaignError: `only` is no campaign, or has not started.
        SettingsError: a dimension of the settings is no attribute of customers.
    """
    _refuse_unknown_attributes(connection, settings.dimensions)
    campaigns = fetch(
        connection,
        "campaign_list",
        as_of_date=as_of,
        response_window_days=settings.response_window_days,
        unit_cost=settings.unit_cost,
    )
    chosen = campaigns if only is None else find_campaign(campaigns, only, as_of)
    if only is None:
        for table in TABLES:
            clear(connection, table)
    arms = fetch(connection, "campaign_arms", as_of_date=as_of)
    for number, campaign in enumerate(chosen.iter_rows(named=True), start=1):
        ratios = _check_arms(arms, campaign, settings)
        found = measure_campaign(connection, campaign, as_of, settings, rfm, seed=seed)
        rows = found.pop(UPLIFT).with_columns(provisional=pl.lit(campaign["provisional"]))
        written = {UPLIFT: mark_figures(rows, ratios), SAMPLE_RATIO: ratios} | found
        for table in TABLES:
            _replace_campaign(connection, table, written.get(table), campaign["campaign_id"])
        log.info("measured campaign %s of %s: %s", number, chosen.height, campaign["name"])
        progress(number / chosen.height)
    uplift = connection.sql(f"from {UPLIFT.full_name}").pl()
    replace_rows(connection, CAMPAIGN_RESULTS, summarise_campaigns(campaigns, uplift))
    compare_credits(connection, as_of, settings)


def _replace_campaign(connection: Connection, table: Table, rows: pl.DataFrame | None, campaign_id: str) -> None:
    """Write the rows of one campaign; None is no row."""
    new = pl.DataFrame(schema={"campaign_id": pl.String}) if rows is None else rows
    named = new.with_columns(pl.lit(campaign_id).alias("campaign_id"))
    replace_rows(connection, table, named, campaign_id=campaign_id)


def _refuse_unknown_attributes(connection: Connection, names: tuple[str, ...]) -> None:
    known = stored_attributes(connection, CUSTOMERS)
    if unknown := [name for name in names if name not in known]:
        raise SettingsError(
            f"campaigns.dimensions: {CUSTOMERS.name} have no attribute {', '.join(unknown)}; "
            f"there are: {', '.join(known) or 'none'}"
        )


def _check_arms(arms: pl.DataFrame, campaign: dict[str, Any], settings: CampaignSettings) -> pl.DataFrame:
    """Sample ratios of a campaign that has a hold-out, or should have one; of others no row."""
    campaign_id = campaign["campaign_id"]
    counts = arms.filter(pl.col("campaign_id") == campaign_id)
    tests = check_campaign(
        counts,
        set_share=settings.control_shares.get(campaign_id),
        cell_shares=settings.cell_shares.get(campaign_id, {}),
    )
    if judge_campaign(tests) == FAIL:
        log.warning(
            "campaign %s: its arms are not of the planned size (response.sample_ratio), so its figures may be biased",
            campaign["name"],
        )
    return tests


def measure_campaign(
    connection: Connection,
    campaign: dict[str, Any],
    as_of: dt.date,
    settings: CampaignSettings,
    rfm: RfmSettings,
    *,
    seed: int,
) -> dict[Table, pl.DataFrame]:
    """Rows of one campaign by table: against its hold-out if it has one, else estimated from the unmailed.

    Segments, clusters, attributes, households and everything adjusted for are those of the eve of the mailing.
    Customers who have objected to marketing count in the whole, but in no segment and no cluster.

    Args:
        campaign: a row of sql/campaign_list.sql.
    """
    with receipts_kept(connection, campaign, as_of):
        doubts = doubt_campaign(connection, campaign, as_of, window_days=settings.response_window_days)
        if campaign["held_out"] > 0:
            found = _compare(connection, campaign, as_of, settings, rfm, by_household=doubts.by_household, seed=seed)
        else:
            found = _observe(connection, campaign, as_of, settings, rfm, seed=seed)
    alike = doubts.arms_alike
    return found | doubts.tables | {UPLIFT: add_cautions(found[UPLIFT], doubts.cautions, arms_alike=alike)}


def _compare(
    connection: Connection,
    campaign: dict[str, Any],
    as_of: dt.date,
    settings: CampaignSettings,
    rfm: RfmSettings,
    *,
    by_household: bool,
    seed: int,
) -> dict[Table, pl.DataFrame]:
    """Rows of a campaign with a hold-out. Unless households were drawn, DuckDB counts customers alike together."""
    campaign_id, window = campaign["campaign_id"], Window(campaign["starts_on"], campaign["ends_on"], as_of)
    with groups_known(connection, window.eve, rfm, SELECTED, campaign_id=campaign_id):
        customers = ask(
            connection,
            _selected_query("campaign_customers" if by_household else "campaign_groups"),
            campaign_id=campaign_id,
            starts_on=window.starts_on,
            ends_on=window.known_until,
            margin_rate=settings.margin_rate,
            everybody=False,
            as_of_date=window.eve,
            days=window.days,
            names=["household_id", *settings.dimensions],
            with_attributes=by_household or bool(settings.dimensions),
            never_bought=NEVER_BOUGHT,
        )
    if by_household:
        customers = customers.rename({"attribute household_id": "household_id"}).sort("customer_id")
    rows = estimate_uplift(
        customers,
        has_replies=campaign["has_replies"],
        seed=seed,
        attributes=_usable(customers, campaign["name"], settings.dimensions),
        look=look_after(window.days_known, of=window.days) if campaign["provisional"] else None,
    )
    return {UPLIFT: rows}


def _selected_query(relation: str) -> str:
    """SELECT of sql/`relation`.sql with all that it is made of."""
    parts = ("campaign_outcomes", "earlier_spend", "customers_at", "customer_attributes", "campaign_customers")
    made_of = ",\n".join(f"{name} as (\n{read_sql(name)})" for name in parts)
    return f"with {made_of}\n" + (f"from {relation}" if relation in parts else read_sql(relation))


def _observe(
    connection: Connection,
    campaign: dict[str, Any],
    as_of: dt.date,
    settings: CampaignSettings,
    rfm: RfmSettings,
    *,
    seed: int,
) -> dict[Table, pl.DataFrame]:
    """Rows of a campaign without hold-out by table."""
    window = Window(campaign["starts_on"], campaign["ends_on"], as_of)
    found = observe_campaign(
        _observed_customers(connection, campaign["campaign_id"], window, settings, rfm),
        _orders_of(connection, window.starts_on, window, settings),
        _orders_of(connection, window.starts_on - dt.timedelta(days=window.days_known), window, settings),
        has_replies=campaign["has_replies"],
        seed=seed,
    )
    return {
        UPLIFT: found.uplift,
        OVERLAP: found.overlap,
        BALANCE: found.balance,
        SECOND_OPINION: found.second_opinion,
        SENSITIVITY: found.sensitivity,
    }


def _observed_customers(
    connection: Connection, campaign_id: str, window: Window, settings: CampaignSettings, rfm: RfmSettings
) -> pl.DataFrame:
    """Everybody known on the eve: what they did in the window, and what tells them apart before it."""
    outcomes = fetch(
        connection,
        "campaign_outcomes",
        campaign_id=campaign_id,
        starts_on=window.starts_on,
        ends_on=window.known_until,
        margin_rate=settings.margin_rate,
        everybody=True,
    )
    known = customers_known(connection, window.eve, rfm)
    engagement = fetch(
        connection, "customer_engagement", as_of_date=window.eve, days=window.days, but_campaign_id=campaign_id
    )
    return outcomes.join(known, on="customer_id").join(engagement, on="customer_id").sort("customer_id")


def _orders_of(connection: Connection, starts_on: dt.date, window: Window, settings: CampaignSettings) -> pl.DataFrame:
    """What customers did in a period from `starts_on` that is as long as what is known of the window."""
    period = {"starts_on": starts_on, "days": window.days_known}
    return fetch(connection, "campaign_periods", **period, margin_rate=settings.margin_rate)


def _usable(customers: pl.DataFrame, campaign: str, attributes: tuple[str, ...]) -> tuple[str, ...]:
    usable = usable_attributes(customers, attributes)
    for name in sorted({*attributes} - {*usable}):
        log.warning("campaign %s is not told by %s, which has more than %s values", campaign, name, MOST_LEVELS)
    return usable
