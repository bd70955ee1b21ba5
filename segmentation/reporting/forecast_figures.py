"""What the page shows of the sales of the coming weeks."""

from typing import Any

import polars as pl

from segmentation.forecast.check import ALL
from segmentation.reporting.catalogue import to_say
from segmentation.reporting.charts import BLUE, GREY, ORANGE, Picture
from segmentation.reporting.foresight_charts import draw_weeks
from segmentation.reporting.words import Words

Row = dict[str, Any]

NOT_MAILED = to_say("not known what the mailing adds")


def describe_forecast(
    forecast: pl.DataFrame, check: pl.DataFrame, backtest: pl.DataFrame, words: Words
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
        "method": words.stored(everybody["method"][0]),
        "total": words.rounded_money(total)(total),
        "mailing": _explain_mailing(everybody, words),
        "picture": _picture_weeks(everybody, backtest, words),
        "error": _explain_error(check.filter(pl.col("segment") == ALL), words),
        "segments": [
            _describe_segment(rows, errors, words)
            for rows in forecast.filter(pl.col("segment") != ALL).partition_by("segment", maintain_order=True)
        ],
        "notes": sorted({words.stored(note) for notes in forecast["note"].drop_nulls() for note in notes.split("; ")}),
    }


def _explain_mailing(everybody: pl.DataFrame, words: Words) -> str:
    """What the mailing adds in the 12 weeks; the ends of its weeks are those of one estimate, so they add up."""
    if everybody["mailing_adds"].null_count():
        return ""
    added, low, high = (float(everybody[f"mailing_adds{end}"].sum()) for end in ("", "_ci_low", "_ci_high"))
    money = words.rounded_money(added, low, high)
    return words(
        "The planned mailing is expected to change them by %(added)s (%(low)s to %(high)s).",
        added=money(added),
        low=money(low),
        high=money(high),
    )


def _explain_error(check: pl.DataFrame, words: Words) -> str:
    known = check.filter(pl.col("wape").is_not_null()).to_dicts()
    chosen = next((row for row in known if row["chosen"]), None)
    if chosen is None:
        return words("There are too few weeks to tell how far off it may be.")
    others = [
        words("%(error)s by %(method)s", error=words.percent(row["wape"]), method=words.stored(row["method"]))
        for row in known
        if not row["chosen"]
    ]
    said = words.plural(
        "Foreseen from %(number)s earlier date in the same way, a week's sales of all customers were off by %(error)s",
        "Foreseen from %(number)s earlier dates in the same way, a week's sales of all customers were off by %(error)s",
        chosen["origins"],
        error=words.percent(chosen["wape"]),
    )
    return f"{said}; {', '.join(others)}." if others else f"{said}."


def _describe_segment(rows: pl.DataFrame, errors: pl.DataFrame, words: Words) -> dict[str, Any]:
    first = rows.row(0, named=True)
    revenue = float(rows["revenue"].sum())
    mailed = None if rows["revenue_with_mailing"].null_count() else float(rows["revenue_with_mailing"].sum())
    found = errors.filter(pl.col("segment") == first["segment"]).to_dicts()
    wape = found[0]["wape"] if found else None
    return {
        "name": words.stored(first["segment"]),
        "customers": words.show(first["customers"], words.count, reason=words("they are yet to come")),
        "revenue": words.show(revenue, words.rounded_money(revenue)),
        "with_mailing": words.show(mailed, words.rounded_money(mailed), reason=first["note"] or words(NOT_MAILED)),
        "error": words.show(wape, words.percent, reason=words("nothing to check it with")),
    }


def _picture_weeks(everybody: pl.DataFrame, backtest: pl.DataFrame, words: Words) -> Picture:
    """What came, what was foreseen of it 12 weeks ago, and what comes."""
    nothing = pl.lit(None, dtype=pl.Float64)
    date = (pl.col("week_starts_on").cast(pl.String).alias("date"), words.dates("week_starts_on").alias("written"))
    ends = {"low": nothing, "high": nothing}
    came = backtest.unique("week_starts_on", keep="last").sort("week_starts_on")
    parts = [
        came.select(*date, pl.lit("came").alias("kind"), pl.col("came").alias("value"), colour=pl.lit(GREY), **ends),
        backtest.filter(pl.col("foreseen_on") == pl.col("foreseen_on").max()).select(
            *date,
            pl.lit("foreseen then").alias("kind"),
            pl.col("foreseen").alias("value"),
            colour=pl.lit(ORANGE),
            **ends,
        ),
        everybody.select(
            *date,
            pl.lit("foreseen").alias("kind"),
            pl.col("revenue").alias("value"),
            colour=pl.lit(BLUE),
            low=pl.col("revenue_ci_low"),
            high=pl.col("revenue_ci_high"),
        ),
    ]
    first, last = everybody.row(0, named=True), everybody.row(-1, named=True)
    money = words.rounded_money()
    said = words(
        "Weekly sales: %(first)s foreseen for the week of %(first_week)s, %(last)s for that of %(last_week)s",
        first=money(first["revenue"]),
        first_week=words.date(first["week_starts_on"]),
        last=money(last["revenue"]),
        last_week=words.date(last["week_starts_on"]),
    )
    unit = words("Sales a week (%(currency)s)", currency=words.currency) if words.currency else words("Sales a week")
    return Picture(draw_weeks(pl.concat(parts), words, unit=unit), said)
