"""What the planned mailing adds to each week."""

import datetime as dt

import numpy as np
import polars as pl

from segmentation.forecast.ways import AHEAD, Array

NO_PLAN = "no mailing is planned"
NO_TIMING = "no mailing of this channel has credited orders that tell when they come"
NO_UPLIFT = "no earlier mailing has a measured revenue uplift of these customers"
LATER = "the mailing reaches customers after these weeks"


def share_by_week(timing: pl.DataFrame, *, starts_on: dt.date, as_of: dt.date) -> Array:
    """Share of what a mailing brings that comes in each of the 12 weeks; adds up to less than 1 if some comes later.

    Args:
        timing: rows of sql/response_timing.sql, at least one.
    """
    shares = np.zeros(AHEAD)
    total = timing["amount"].sum()
    for day, amount in timing.select("day", "amount").iter_rows():
        week = ((starts_on - as_of).days + day - 1) // 7
        if 0 <= week < AHEAD:
            shares[week] += amount / total
    return shares


def increments(
    pieces: pl.DataFrame, by_segment: pl.DataFrame, overall: pl.DataFrame, *, all_together: str
) -> pl.DataFrame:
    """Revenue that the mailing adds in its response window, by segment and in all.

    Args:
        pieces: rows of sql/planned_pieces.sql.
        by_segment, overall: pooled uplift of revenue per head, see targeting.expectation.pool_uplift.
    Returns: one row per segment to be mailed, and one for all: `segment`, `added`, `low`, `high` (NULL where no earlier
        mailing tells), `method`. The row for all has the uplift of all customers, and so is not the sum of segments.
    """
    mailed = pieces.select("segment", "mailed").vstack(
        pl.DataFrame({"segment": [all_together], "mailed": [int(pieces["mailed"].sum())]}, schema=pieces.schema)
    )
    known = pl.concat(
        [
            part.select(level, "uplift", "ci_low", "ci_high", "method")
            for part, level in (
                (by_segment, pl.col("level").alias("segment")),
                (overall, pl.lit(all_together).alias("segment")),
            )
        ]
    )
    return mailed.join(known, on="segment", how="left", maintain_order="left").select(
        "segment",
        *(
            (pl.col("mailed") * pl.col(column)).alias(name)
            for name, column in (("added", "uplift"), ("low", "ci_low"), ("high", "ci_high"))
        ),
        "method",
    )


def add_mailing(
    forecast: pl.DataFrame, added: pl.DataFrame | None, shares: Array | None, why: str | None
) -> pl.DataFrame:
    """Add `mailing_adds`, `revenue_with_mailing`, their intervals, and to `note` why they are missing.

    The mailing adds its share of the week; both uncertainties are taken as independent, so their squares add up. In a
    segment that is not mailed nothing is added.

    Args:
        forecast: rows of targeting.sales_forecast.
        added: see `increments`; None without a plan.
        shares: see `share_by_week`; None where timing is not known.
        why: what is missing, where `added` or `shares` is None.
    """
    if added is None or shares is None:
        return forecast.with_columns(
            *(
                pl.lit(None, dtype=pl.Float64).alias(f"{name}{end}")
                for name in ("mailing_adds", "revenue_with_mailing")
                for end in ("", "_ci_low", "_ci_high")
            ),
            note=_and_note(pl.lit(why)),
        )
    timed = forecast.join(
        added.with_columns(is_mailed=pl.lit(True)), on="segment", how="left", suffix="_added", maintain_order="left"
    ).with_columns(share=pl.Series(shares).gather(forecast["week"] - 1))
    part = {
        name: pl.when(pl.col("is_mailed").is_null()).then(0.0).otherwise(pl.col(name) * pl.col("share"))
        for name in ("added", "low", "high")
    }
    revenue = pl.col("revenue") + part["added"]
    below = ((pl.col("revenue") - pl.col("revenue_ci_low")).pow(2) + (part["added"] - part["low"]).pow(2)).sqrt()
    above = ((pl.col("revenue_ci_high") - pl.col("revenue")).pow(2) + (part["high"] - part["added"]).pow(2)).sqrt()
    observational = pl.when(pl.col("method_added") == "observational").then(
        pl.lit("what the mailing adds is an observational estimate")
    )
    unknown = pl.when(pl.col("is_mailed") & pl.col("added").is_null()).then(pl.lit(NO_UPLIFT))
    return timed.with_columns(
        mailing_adds=part["added"],
        mailing_adds_ci_low=part["low"],
        mailing_adds_ci_high=part["high"],
        revenue_with_mailing=revenue,
        revenue_with_mailing_ci_low=revenue - below,
        revenue_with_mailing_ci_high=revenue + above,
        note=_and_note(unknown, observational, pl.lit(None if shares.any() else LATER)),
    ).select(*forecast.columns, pl.col("^(mailing_adds|revenue_with_mailing).*$"))


def _and_note(*more: pl.Expr) -> pl.Expr:
    return pl.concat_str("note", *(part.cast(pl.String) for part in more), separator="; ", ignore_nulls=True).replace(
        "", None
    )
