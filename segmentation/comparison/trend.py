"""Uplift over campaigns of one kind and design: the pooled mean, how much they differ, and the slope in time."""

import numpy as np
import polars as pl

from segmentation.comparison.pooling import FEWEST_POOLED, FEWEST_TREND, pool, regress
from segmentation.response.intervals import NORMAL

DAYS_A_YEAR = 365.25
NOT_POOLED = f"fewer than {FEWEST_POOLED} campaigns of the kind and design with an interval, so none are pooled"
NO_SLOPE = f"fewer than {FEWEST_TREND} starting days, so there is no slope"
COSTS = (
    "cost_per_response",
    "cost_per_incremental_response",
    "cost_per_incremental_response_ci_low",
    "cost_per_incremental_response_ci_high",
)
POOLED_SCHEMA = {
    "pooled_campaigns": pl.Int64,
    "pooled_uplift": pl.Float64,
    "pooled_ci_low": pl.Float64,
    "pooled_ci_high": pl.Float64,
    "tau2": pl.Float64,
    "i2": pl.Float64,
    "slope_per_year": pl.Float64,
    "slope_ci_low": pl.Float64,
    "slope_ci_high": pl.Float64,
    "pooled_note": pl.String,
}
GROUP = ("kind", "design", "metric")


def follow_uplift(campaigns: pl.DataFrame, uplift: pl.DataFrame) -> pl.DataFrame:
    """One row per campaign and metric, beside the mean and slope of all campaigns of its kind and design.

    Campaigns whose response window is still open are rows, but in no mean and no slope. Randomised and observational
    uplifts are never pooled together.

    Args:
        campaigns: rows of sql/comparison_campaigns.sql.
        uplift: rows of sql/comparison_uplift.sql.
    Returns: the columns of response.trend, by kind, design, metric and date.
    """
    whole = uplift.filter(pl.col("dimension") == "all").select(
        "campaign_id", "metric", "uplift", "ci_low", "ci_high", "note"
    )
    rows = campaigns.select("campaign_id", "kind", "design", "starts_on", "provisional", *COSTS).join(
        whole, on="campaign_id"
    )
    pooled = [_pool_group(group) for group in rows.sort(*GROUP, "starts_on", "campaign_id").partition_by(GROUP)]
    schema = {name: pl.String for name in GROUP} | POOLED_SCHEMA
    told = pl.concat_list("note", "pooled_note").list.drop_nulls().list.join("; ")
    return (
        rows.join(pl.DataFrame(pooled, schema=schema), on=list(GROUP))
        .with_columns(pl.when(told != "").then(told).alias("note"))
        .sort(*GROUP, "starts_on", "campaign_id")
    )


def _pool_group(group: pl.DataFrame) -> dict[str, object]:
    """The mean and slope of one kind, design and metric, whose rows are sorted by date."""
    used = group.filter(~pl.col("provisional"), pl.col("ci_high") > pl.col("ci_low"))
    estimates = used["uplift"].to_numpy()
    variances = ((used["ci_high"] - used["ci_low"]) / (2 * NORMAL)).to_numpy() ** 2
    years = used["starts_on"].cast(pl.Int32).to_numpy() / DAYS_A_YEAR
    pooled, slope = pool(estimates, variances), regress(estimates, variances, np.asarray(years))
    found: dict[str, object] = {name: group[name][0] for name in GROUP} | {"pooled_campaigns": used.height}
    if pooled:
        found |= {
            "pooled_uplift": pooled.mean.value,
            "pooled_ci_low": pooled.mean.low,
            "pooled_ci_high": pooled.mean.high,
            "tau2": pooled.tau2,
            "i2": pooled.i2,
        }
    if slope:
        found |= {"slope_per_year": slope.value, "slope_ci_low": slope.low, "slope_ci_high": slope.high}
    return found | {"pooled_note": NOT_POOLED if pooled is None else NO_SLOPE if slope is None else None}
