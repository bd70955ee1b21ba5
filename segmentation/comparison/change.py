"""The change of uplift from one campaign to another, with its interval."""

import numpy as np
import polars as pl

from segmentation.comparison.pairs import PAIR
from segmentation.comparison.resampling import Resampled
from segmentation.response.intervals import CONFIDENCE, Array

MOVER, PAIRED = "MOVER", "paired bootstrap"
MIXED = (
    "one of the two had no hold-out, and the difference between an estimate and a randomised result is no change of "
    "the mailings"
)
NO_INTERVAL = "the uplift of {} has no interval, so the change has none"
TOO_FEW = "{} customers are in both, but too few replied or bought to resample them, so they are taken as different"
DEPENDENT = "{} customers are in both, and what their estimates have in common is not in the interval"


def combine_intervals(
    now: Array, now_low: Array, now_high: Array, then: Array, then_low: Array, then_high: Array
) -> tuple[Array, Array]:
    """Interval of the difference of two independent estimates from the interval of each, which may be uneven (MOVER).

    References: A. Donner, G. Y. Zou (2012), Statistical Methods in Medical Research 21, 347-359; R. G. Newcombe (1998),
    Statistics in Medicine 17, 873-890, of which it is the general form.
    """
    change = now - then
    return (
        change - np.hypot(now - now_low, then_high - then),
        change + np.hypot(now_high - now, then - then_low),
    )


def change_uplift(pairs: pl.DataFrame, uplift: pl.DataFrame, resampled: Resampled) -> pl.DataFrame:
    """The change of uplift of every pair and metric.

    Args:
        pairs: PAIR and `shared_customers`.
        uplift: one row per campaign and metric: `campaign_id`, `metric`, `method`, `uplift`, `ci_low`, `ci_high`,
            `note`.
        resampled: uplift of resampled customers, by campaign and metric, where it can be had.
    Returns: one row per pair and metric: PAIR, `metric`, `design`, `uplift`, `earlier_uplift`, `uplift_change`,
        `ci_low`, `ci_high`, `method`, `change_note`. No row where either campaign has none of the metric.
    """
    joined = _beside(pairs, uplift)
    estimates = _combine(joined)
    intervals = _resampled_intervals(joined, resampled)
    rows = estimates.join(intervals, on=[*PAIR, "metric"], how="left", maintain_order="left")
    paired = pl.col("paired_low").is_not_null()
    known = pl.col("ci_low").is_not_null()
    return rows.with_columns(
        pl.when(paired).then("paired_low").otherwise("ci_low").alias("ci_low"),
        pl.when(paired).then("paired_high").otherwise("ci_high").alias("ci_high"),
        pl.when(paired).then(pl.lit(PAIRED)).when(known).then(pl.lit(MOVER)).alias("method"),
        _note(paired).alias("change_note"),
    ).select(
        *PAIR,
        "metric",
        "design",
        "uplift",
        "earlier_uplift",
        "uplift_change",
        "ci_low",
        "ci_high",
        "method",
        "change_note",
    )


def _beside(pairs: pl.DataFrame, uplift: pl.DataFrame) -> pl.DataFrame:
    """Both uplifts in one row; those of the earlier campaign as `earlier_...`."""
    of = uplift.select("campaign_id", "metric", "method", "uplift", "ci_low", "ci_high", "note")
    then = of.select(pl.col("metric"), pl.exclude("metric").name.prefix("earlier_"))
    both_same = pl.col("method") == pl.col("earlier_method")
    return (
        pairs.join(of, on="campaign_id", maintain_order="left")
        .join(then, on=["earlier_campaign_id", "metric"], maintain_order="left")
        .with_columns(pl.when(both_same).then("method").otherwise(pl.lit("mixed")).alias("design"))
    )


def _combine(joined: pl.DataFrame) -> pl.DataFrame:
    names = ("uplift", "ci_low", "ci_high", "earlier_uplift", "earlier_ci_low", "earlier_ci_high")
    values = {name: joined[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in names}
    low, high = combine_intervals(*values.values())
    comparable = pl.col("design") != "mixed"
    return joined.with_columns(
        pl.when(comparable).then(pl.col("uplift") - pl.col("earlier_uplift")).alias("uplift_change"),
        pl.Series("low", low).fill_nan(None),
        pl.Series("high", high).fill_nan(None),
    ).with_columns(
        pl.when(comparable).then("low").alias("ci_low"),
        pl.when(comparable).then("high").alias("ci_high"),
        pl.col("ci_low").is_null().alias("now_open"),
        pl.col("earlier_ci_low").is_null().alias("earlier_open"),
    )


def _resampled_intervals(joined: pl.DataFrame, resampled: Resampled) -> pl.DataFrame:
    """Percentiles of the change over the resamples, of pairs that share customers and have an interval each."""
    known = pl.all_horizontal(pl.col("ci_low", "earlier_ci_low").is_not_null())
    asked = joined.filter(pl.col("shared_customers") > 0, pl.col("design") == "randomised", known)
    tails = (50 * (1 - CONFIDENCE), 50 * (1 + CONFIDENCE))
    rows = []
    for campaign_id, earlier_id, metric in asked.select(*PAIR, "metric").iter_rows():
        now, then = resampled.get((campaign_id, metric)), resampled.get((earlier_id, metric))
        if now is not None and then is not None:
            low, high = np.percentile(now - then, tails)
            rows.append((campaign_id, earlier_id, metric, float(low), float(high)))
    schema = {name: pl.String for name in (*PAIR, "metric")} | {"paired_low": pl.Float64, "paired_high": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _note(paired: pl.Expr) -> pl.Expr:
    shared = pl.col("shared_customers") > 0
    known = pl.col("uplift_change").is_not_null()
    missing = pl.concat_list("note", "earlier_note").list.drop_nulls().list.unique(maintain_order=True).list.join("; ")
    return (
        pl.when(pl.col("design") == "mixed")
        .then(pl.lit(MIXED))
        .when(~known)
        .then(missing)
        .when(pl.col("now_open"))
        .then(pl.format(NO_INTERVAL, "campaign_id"))
        .when(pl.col("earlier_open"))
        .then(pl.format(NO_INTERVAL, "earlier_campaign_id"))
        .when(shared & (pl.col("design") == "observational"))
        .then(pl.format(DEPENDENT, "shared_customers"))
        .when(shared & ~paired)
        .then(pl.format(TOO_FEW, "shared_customers"))
    )
