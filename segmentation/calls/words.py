"""Why a customer is to be called, in words."""

import datetime as dt

import polars as pl


def explain_calls(details: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """Add `reason`, `last_contact_on` and `last_contact`.

    Args:
        details: rows of sql/call_details.sql.
    """
    has_rhythm = pl.col("repeat_orders") > 0
    every, ago = pl.col("days_between_orders").round().cast(pl.Int64), pl.col("days_since_last_order")
    rhythm = (
        pl.when(has_rhythm & (every > 1))
        .then(pl.format("buys every {} days, last {}", every, _ago(ago)))
        .when(has_rhythm)
        .then(pl.format("buys almost every day, last {}", _ago(ago)))
        .otherwise(pl.format("has bought once, {}", _ago(ago)))
    )
    asked_ago = pl.lit(as_of).sub(pl.col("asked_on")).dt.total_days()
    about = (
        pl.when(pl.col("asked_about") != "").then(pl.format(" about {}", pl.col("asked_about"))).otherwise(pl.lit(""))
    )
    asked = pl.format("asked{} {}", about, _ago(asked_ago))
    usually = pl.format("usually buys {}", pl.col("usual_item"))
    asked_last = pl.col("asked_on") >= pl.col("piece_on").fill_null(pl.col("asked_on"))
    return details.with_columns(
        reason=pl.concat_str(rhythm, usually, asked, separator="; ", ignore_nulls=True),
        last_contact_on=pl.max_horizontal("piece_on", "asked_on"),
        last_contact=pl.when(asked_last).then(pl.lit("request")).otherwise("piece"),
    )


def _ago(days: pl.Expr) -> pl.Expr:
    return (
        pl.when(days == 0)
        .then(pl.lit("today"))
        .when(days == 1)
        .then(pl.lit("yesterday"))
        .when(days > 1)
        .then(pl.format("{} days ago", days))
    )
