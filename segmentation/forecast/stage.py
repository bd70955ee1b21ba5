"""Foresee the sales of 12 weeks: from orders into targeting.sales_forecast and targeting.forecast_check."""

import datetime as dt
import logging

import numpy as np
import polars as pl

from segmentation.contract.forecast import FORECAST_BACKTEST, FORECAST_CHECK, SALES_FORECAST
from segmentation.forecast.check import ALL, backtest, checked_origins, choose_way, half_widths, judge_forecasts
from segmentation.forecast.mailing import NO_PLAN, NO_TIMING, add_mailing, increments, share_by_week
from segmentation.forecast.tables import METRICS, backtest_rows, forecast_rows
from segmentation.forecast.ways import AHEAD, BEFORE, STEP, Array, Sales, foresee
from segmentation.segments.rules import NEVER_BOUGHT
from segmentation.segments.stage import segments_at
from segmentation.settings import CampaignSettings, RfmSettings
from segmentation.targeting.expectation import pool_uplift
from segmentation.warehouse.connection import Connection, execute, fetch, kept
from segmentation.warehouse.schema import clear, replace_rows

MOST_ORIGINS = 13  # tonight and a year before it
LEFT_OUT = "left out of scoring"

log = logging.getLogger(__name__)


def forecast_sales(connection: Connection, as_of: dt.date, rfm: RfmSettings, campaigns: CampaignSettings) -> None:
    """Write targeting.forecast_check and targeting.sales_forecast; neither with less than 24 weeks of sales."""
    for table in (SALES_FORECAST, FORECAST_CHECK, FORECAST_BACKTEST):
        clear(connection, table)
    first = execute(
        connection, "select min(ordered_at)::date from crm.orders where ordered_at < $day::date + 1", day=as_of
    )
    full_weeks = ((as_of - first[0][0]).days + 1) // 7 if first[0][0] else 0
    if full_weeks < 2 * AHEAD:
        log.info("no sales forecast: it needs %s weeks of sales, there are %s", 2 * AHEAD, full_weeks)
        return
    by_metric = _read_sales(connection, as_of, rfm, campaigns.margin_rate, full_weeks)
    revenue = by_metric["revenue"]
    assert revenue is not None
    foreseen = backtest(revenue, full_weeks)
    about = {"as_of_date": pl.lit(as_of)}
    replace_rows(connection, FORECAST_CHECK, judge_forecasts(revenue, foreseen).with_columns(**about))
    method = choose_way(revenue, foreseen)
    weeks = {name: foresee(method, sales, 0) if sales else None for name, sales in by_metric.items()}
    widths = {name: _half_widths(method, sales) if sales else None for name, sales in by_metric.items()}
    if method in foreseen:
        replace_rows(
            connection, FORECAST_BACKTEST, backtest_rows(revenue, foreseen[method], method=method, as_of=as_of)
        )
    worst = {name: float(sales.weeks.min()) if sales else 0.0 for name, sales in by_metric.items()}
    rows = forecast_rows(revenue, weeks, widths, worst=worst, method=method, as_of=as_of)
    replace_rows(connection, SALES_FORECAST, _with_mailing(connection, rows, as_of, campaigns))
    log.info("sales of %s weeks foreseen by %s", AHEAD, method)


def _half_widths(method: str, sales: Sales) -> Array | None:
    origins = checked_origins(len(sales.customers))
    return half_widths(sales, np.stack([foresee(method, sales, origin) for origin in origins])) if origins else None


def _read_sales(
    connection: Connection, as_of: dt.date, rfm: RfmSettings, margin_rate: float | None, full_weeks: int
) -> dict[str, Sales | None]:
    """Sales about each origin by metric; None for a metric that is not known of every order."""
    origins = min((full_weeks - AHEAD) // STEP + 1, MOST_ORIGINS)
    groups = {"left_out": LEFT_OUT}
    sales, customers = [], []
    with kept(connection, "weekly_sales", as_of_date=as_of, margin_rate=margin_rate, weeks=full_weeks):
        for origin in range(origins):
            ago = {"weeks_ago": STEP * origin}
            with segments_at(connection, as_of - dt.timedelta(weeks=STEP * origin), rfm):
                about = pl.lit(origin).alias("origin")
                part = fetch(
                    connection, "origin_sales", never_bought=NEVER_BOUGHT, after=AHEAD, before=BEFORE, **ago, **groups
                )
                sales.append(part.with_columns(about))
                customers.append(fetch(connection, "origin_customers", **ago, **groups).with_columns(about))
    return arrange_sales(pl.concat(sales), pl.concat(customers), origins)


def arrange_sales(sales: pl.DataFrame, customers: pl.DataFrame, origins: int) -> dict[str, Sales | None]:
    """The rows of sql/origin_sales.sql and sql/origin_customers.sql of all origins (`origin`) as arrays, by metric."""
    names = {*sales["segment"], *customers.filter(pl.col("customers") > 0)["segment"]} - {NEVER_BOUGHT}
    segments = (*sorted(names), NEVER_BOUGHT)
    place = {name: number for number, name in enumerate(segments)}
    counts = np.zeros((origins, len(segments)))
    for origin, segment, count in customers.select("origin", "segment", "customers").iter_rows():
        if count:
            counts[origin, place[segment]] = count
    at = (
        sales["origin"].to_numpy(),
        np.array([place[segment] for segment in sales["segment"]], dtype=np.int64),
        sales["week"].to_numpy() + BEFORE - 1,
    )
    found: dict[str, Sales | None] = {}
    for metric in METRICS:
        weeks = np.zeros((origins, len(segments), BEFORE + AHEAD))
        weeks[at] = sales[metric].cast(pl.Float64).fill_null(np.nan).to_numpy()
        found[metric] = None if np.isnan(weeks).any() else Sales(segments, counts, weeks)
    return found


def _with_mailing(
    connection: Connection, rows: pl.DataFrame, as_of: dt.date, campaigns: CampaignSettings
) -> pl.DataFrame:
    """The rows with what the next mailing planned adds; see sql/planned_mailing.sql."""
    planned = fetch(connection, "planned_mailing", as_of_date=as_of)
    if planned.is_empty():
        return add_mailing(rows, None, None, NO_PLAN)
    mailing = planned.row(0, named=True)
    named = rows.with_columns(plan_id=pl.lit(mailing["plan_id"]))
    pieces = fetch(connection, "planned_pieces", plan_id=mailing["plan_id"], left_out=LEFT_OUT)
    timing = fetch(
        connection,
        "response_timing",
        as_of_date=as_of,
        channel=mailing["channel"],
        response_window_days=campaigns.response_window_days,
    )
    if timing.is_empty():
        return add_mailing(named, None, None, NO_TIMING)
    uplift = fetch(connection, "channel_uplift", channel=mailing["channel"])
    pooled = (pool_uplift(uplift, metric="revenue", dimension=of) for of in ("segment", "all"))
    shares = share_by_week(timing, starts_on=mailing["starts_on"], as_of=as_of)
    return add_mailing(named, increments(pieces, *pooled, all_together=ALL), shares, None)
