"""From arrays of weeks to the rows of targeting.sales_forecast."""

import datetime as dt

import numpy as np
import polars as pl

from segmentation.forecast.check import ALL, checked_origins, with_all
from segmentation.forecast.ways import AHEAD, STEP, Array, Sales

METRICS = ("orders", "revenue", "margin")
NO_INTERVAL = "too few earlier dates to tell how far off it may be"
NO_MARGIN = "an order has no margin: give orders.margin or campaigns.margin_rate"


def forecast_rows(
    sales: Sales,
    weeks: dict[str, Array | None],
    widths: dict[str, Array | None],
    *,
    worst: dict[str, float],
    method: str,
    as_of: dt.date,
) -> pl.DataFrame:
    """One row per segment and week, the segments in order and then all together.

    Args:
        weeks: by metric, segments x weeks; None where not known.
        widths: half the width of the interval by metric, of segments and all together; None where not known.
        worst: by metric the least that a segment brought in a week so far; no interval goes below that, or 0.
    """
    count = len(sales.segments) + 1
    customers = [*map(int, sales.customers[0][:-1]), None, int(sales.customers[0].sum())]
    rows = pl.DataFrame(
        {
            "as_of_date": [as_of] * count * AHEAD,
            "segment": np.repeat(np.array([*sales.segments, ALL], dtype=object), AHEAD),
            "week": np.tile(np.arange(1, AHEAD + 1, dtype=np.int32), count),
            "customers": [of for of in customers for _ in range(AHEAD)],
            "method": [method] * count * AHEAD,
        },
        schema_overrides={"segment": pl.String},
    ).with_columns(week_starts_on=pl.col("as_of_date") + pl.duration(days=7 * (pl.col("week").cast(pl.Int64) - 1) + 1))
    columns = {}
    for metric in METRICS:
        value, width = weeks[metric], widths[metric]
        known = None if value is None else np.concatenate([value, value.sum(axis=0, keepdims=True)]).ravel()
        off = None if known is None or width is None else width.ravel()
        lowest = min(0.0, worst[metric])
        columns[metric] = known
        columns[f"{metric}_ci_low"] = None if known is None or off is None else np.maximum(known - off, lowest)
        columns[f"{metric}_ci_high"] = None if known is None or off is None else known + off
    notes = [NO_INTERVAL] if widths["revenue"] is None else []
    notes += [NO_MARGIN] if weeks["margin"] is None else []
    nothing = pl.lit(None, dtype=pl.Float64)
    return rows.with_columns(
        *((nothing if of is None else pl.Series(of)).alias(name) for name, of in columns.items()),
        note=pl.lit("; ".join(notes) or None, dtype=pl.String),
    )


def backtest_rows(sales: Sales, foreseen: Array, *, method: str, as_of: dt.date) -> pl.DataFrame:
    """The rows of targeting.forecast_backtest.

    Args:
        foreseen: origins checked x segments x weeks, see check.backtest.
    """
    origins = checked_origins(len(sales.customers))
    segments = [*sales.segments, ALL]
    said, came = with_all(foreseen), with_all(sales.after[origins])
    shape = (len(origins), len(segments), AHEAD)
    days = [as_of - dt.timedelta(weeks=STEP * origin) for origin in origins]
    return pl.DataFrame(
        {
            "foreseen_on": [days[number] for number in np.indices(shape)[0].ravel()],
            "segment": [segments[number] for number in np.indices(shape)[1].ravel()],
            "week": np.indices(shape)[2].ravel().astype(np.int32) + 1,
            "foreseen": said.ravel(),
            "came": came.ravel(),
        }
    ).with_columns(
        as_of_date=pl.lit(as_of),
        week_starts_on=pl.col("foreseen_on") + pl.duration(days=7 * (pl.col("week").cast(pl.Int64) - 1) + 1),
        method=pl.lit(method),
    )
