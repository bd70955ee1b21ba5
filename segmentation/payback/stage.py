"""Weigh the programme: from the warehouse into response.payback and response.programme."""

import datetime as dt
import logging

import polars as pl

from segmentation.contract.payback import PAYBACK, PROGRAMME
from segmentation.payback.account import list_months, open_account
from segmentation.payback.costs import find_cost_problems, list_set_costs, spread_costs
from segmentation.payback.practice import draw_balance
from segmentation.payback.programme import choose_bases, sum_up
from segmentation.payback.timeline import Timeline, find_timeline
from segmentation.settings import CampaignSettings, ProgrammeSettings
from segmentation.warehouse.connection import Connection, fetch
from segmentation.warehouse.schema import append_rows, clear

log = logging.getLogger(__name__)


def weigh_programme(
    connection: Connection, as_of: dt.date, settings: ProgrammeSettings, campaigns: CampaignSettings
) -> None:
    """Write response.payback and response.programme from what campaigns have been measured to bring.

    Both are empty where the programme has not begun, or there is neither a cost nor a mailing.
    """
    for table in (PAYBACK, PROGRAMME):
        clear(connection, table)
    costs = pl.concat([fetch(connection, "programme_costs", as_of_date=as_of), list_set_costs(settings)])
    mailings = fetch(connection, "programme_campaigns")
    timeline = find_timeline(settings.starts_on, costs, mailings, as_of)
    if timeline is None:
        log.info("there is no programme to weigh: it has not begun, or programme.starts_on is not set")
        return
    orders = fetch(
        connection,
        "programme_orders",
        first_day=timeline.first,
        as_of_date=as_of,
        margin_rate=campaigns.margin_rate,
    )
    for basis in choose_bases(mailings, timeline):
        _weigh_basis(connection, basis, costs, mailings, timeline, settings, orders["margin_per_order"].item())


def _weigh_basis(
    connection: Connection,
    basis: str,
    costs: pl.DataFrame,
    mailings: pl.DataFrame,
    timeline: Timeline,
    settings: ProgrammeSettings,
    margin_per_order: float | None,
) -> None:
    problems = find_cost_problems(costs, settings.counts)
    spread = None if problems else spread_costs(costs, settings.counts, timeline)
    practice = settings.earlier_practice
    balance = draw_balance(mailings, timeline, basis, practice, unsent_margin_share=settings.unsent_margin_share)
    account = open_account(balance, spread, timeline, problems, together=basis == "observational", seed=settings.seed)
    running = mailings.filter(pl.col("provisional"), pl.col("starts_on") >= timeline.starts_on).height
    row = sum_up(
        account, balance, timeline, settings, basis=basis, running=running, margin_per_order=margin_per_order
    ) | {"basis": basis, "as_of_date": timeline.as_of}
    append_rows(connection, PAYBACK, list_months(account).with_columns(basis=pl.lit(basis)))
    append_rows(connection, PROGRAMME, pl.DataFrame([row]))
    log.info("whether the programme pays, %s: %s (%s months)", basis, row["pays"], timeline.months)
