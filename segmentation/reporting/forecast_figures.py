"""What the page shows of the sales of the coming weeks."""

from typing import Any

import polars as pl

from segmentation.forecast.check import ALL
from segmentation.reporting.charts import BLUE, GREY, ORANGE, Picture
from segmentation.reporting.foresight_charts import draw_weeks
from segmentation.reporting.numbers import count, percent, rounded_money, show

Row = dict[str, Any]

NOT_MAILED = "not known what the mailing adds"


def describe_forecast(
    forecast: pl.DataFrame, check: pl.DataFrame, backtest: pl.DataFrame, currency: str
) -> dict[str, Any] | None:
    """The forecast of all and by segment, and how far off it was before; None without one.

    Args:
        forecast: rows of sql/report_forecast.sql.
        check: rows of sql/report_forecast_check.sql.
        backtest: rows of sql/report_forecast_backtest.sql.
    """
    if forecast.is_empty():
        return None
    everybody = forecast.filter(pl.col("segment") == ALL)
    total = float(everybody["revenue"].sum())
    errors = check.filter("chosen")
    return {
        "method": everybody["method"][0],
        "total": rounded_money(currency, total)(total),
        "mailing": _explain_mailing(everybody, currency),
        "picture": _picture_weeks(everybody, backtest, currency),
        "error": _explain_error(check.filter(pl.col("segment") == ALL)),
        "segments": [
            _describe_segment(rows, errors, currency)
            for rows in forecast.filter(pl.col("segment") != ALL).partition_by("segment", maintain_order=True)
        ],
        "notes": sorted({note for notes in forecast["note"].drop_nulls() for note in notes.split("; ")}),
    }


def _explain_mailing(everybody: pl.DataFrame, currency: str) -> str:
    """What the mailing adds in the 12 weeks; the ends of its weeks are those of one estimate, so they add up."""
    if everybody["mailing_adds"].null_count():
        return ""
    added, low, high = (float(everybody[f"mailing_adds{end}"].sum()) for end in ("", "_ci_low", "_ci_high"))
    money = rounded_money(currency, added, low, high)
    return f"The planned mailing is expected to change them by {money(added)} ({money(low)} to {money(high)})."


def _explain_error(check: pl.DataFrame) -> str:
    known = check.filter(pl.col("wape").is_not_null()).to_dicts()
    chosen = next((row for row in known if row["chosen"]), None)
    if chosen is None:
        return "There are too few weeks to tell how far off it may be."
    said = (
        f"Foreseen from {chosen['origins']} earlier dates in the same way, a week's sales of all customers were off "
        f"by {percent(chosen['wape'])}"
    )
    others = [f"{percent(row['wape'])} by {row['method']}" for row in known if not row["chosen"]]
    return f"{said}; {', '.join(others)}." if others else f"{said}."


def _describe_segment(rows: pl.DataFrame, errors: pl.DataFrame, currency: str) -> dict[str, Any]:
    first = rows.row(0, named=True)
    revenue = float(rows["revenue"].sum())
    mailed = None if rows["revenue_with_mailing"].null_count() else float(rows["revenue_with_mailing"].sum())
    found = errors.filter(pl.col("segment") == first["segment"]).to_dicts()
    wape = found[0]["wape"] if found else None
    return {
        "name": first["segment"],
        "customers": show(first["customers"], count, reason="they are yet to come"),
        "revenue": show(revenue, rounded_money(currency, revenue)),
        "with_mailing": show(mailed, rounded_money(currency, mailed), reason=first["note"] or NOT_MAILED),
        "error": show(wape, percent, reason="nothing to check it with"),
    }


def _picture_weeks(everybody: pl.DataFrame, backtest: pl.DataFrame, currency: str) -> Picture:
    """What came, what was foreseen of it 12 weeks ago, and what comes."""
    nothing = pl.lit(None, dtype=pl.Float64)
    date = pl.col("week_starts_on").cast(pl.String).alias("date")
    ends = {"low": nothing, "high": nothing}
    came = backtest.unique("week_starts_on", keep="last").sort("week_starts_on")
    parts = [
        came.select(date, pl.lit("came").alias("kind"), pl.col("came").alias("value"), colour=pl.lit(GREY), **ends),
        backtest.filter(pl.col("foreseen_on") == pl.col("foreseen_on").max()).select(
            date,
            pl.lit("foreseen then").alias("kind"),
            pl.col("foreseen").alias("value"),
            colour=pl.lit(ORANGE),
            **ends,
        ),
        everybody.select(
            date,
            pl.lit("foreseen").alias("kind"),
            pl.col("revenue").alias("value"),
            colour=pl.lit(BLUE),
            low=pl.col("revenue_ci_low"),
            high=pl.col("revenue_ci_high"),
        ),
    ]
    first, last = everybody.row(0, named=True), everybody.row(-1, named=True)
    money = rounded_money(currency)
    said = (
        f"Weekly sales: {money(first['revenue'])} foreseen for the week of {first['week_starts_on']}, "
        f"{money(last['revenue'])} for that of {last['week_starts_on']}"
    )
    return Picture(draw_weeks(pl.concat(parts), unit=f"Sales a week{f' ({currency})' if currency else ''}"), said)
