"""Uplift against a hold-out: every level of every dimension, intention to treat."""

import numpy as np
import polars as pl

from segmentation.response.intervals import adjust_benjamini_hochberg, adjust_holm, compare_means, compare_proportions
from segmentation.response.metrics import RESPONSE_METRICS, ResponseMetric

DIMENSIONS = ("all", "cell", "segment", "cluster")
MINIMUM_ARM = 2
NO_REPLIES = "no reply is recorded for this campaign"
NO_MARGIN = "orders have no margin and campaigns.margin_rate is not set"

UPLIFT_SCHEMA = {
    "dimension": pl.String,
    "level": pl.String,
    "metric": pl.String,
    "method": pl.String,
    "treated": pl.Int64,
    "control": pl.Int64,
    "treated_mean": pl.Float64,
    "control_mean": pl.Float64,
    "uplift": pl.Float64,
    "ci_low": pl.Float64,
    "ci_high": pl.Float64,
    "p_value": pl.Float64,
    "p_adjusted": pl.Float64,
    "note": pl.String,
}
ESTIMATES = ("uplift", "ci_low", "ci_high", "p_value", "p_adjusted")


def missing_reason(metric: ResponseMetric, outcomes: pl.DataFrame, *, has_replies: bool) -> str | None:
    """Why `metric` cannot be computed for a campaign at all, or None if it can."""
    if metric.name == "response" and not has_replies:
        return NO_REPLIES
    if metric.name == "margin" and outcomes["has_unknown_margin"].any():
        return NO_MARGIN
    return None


def estimate_uplift(outcomes: pl.DataFrame, *, has_replies: bool) -> pl.DataFrame:
    """Treatment less control for every metric, dimension and level.

    Proportions have Newcombe's interval, money Welch's; customers who did nothing count as zero. A control customer
    without a cell is control for every cell. Customers whose level is unknown are left out of that dimension only.

    Args:
        outcomes: one row per selected customer: `arm`, `cell`, `segment`, `cluster`, the metrics' columns,
            `has_unknown_margin`.
        has_replies: replies were recorded for the campaign.
    Returns: UPLIFT_SCHEMA. A figure that cannot be computed is NULL with a note.
    """
    parts = [
        _compare(
            _with_level(outcomes, dimension),
            dimension,
            metric,
            missing_reason(metric, outcomes, has_replies=has_replies),
        )
        for dimension in DIMENSIONS
        for metric in RESPONSE_METRICS
    ]
    return adjust_p_values(pl.concat(parts))


def _with_level(outcomes: pl.DataFrame, dimension: str) -> pl.DataFrame:
    if dimension == "all":
        return outcomes.with_columns(pl.lit("all").alias("level"))
    levels = outcomes.with_columns(pl.col(dimension).alias("level"))
    if dimension == "cell":
        shared = levels.filter((pl.col("arm") == "control") & pl.col("level").is_null()).drop("level")
        cells = levels.select("level").drop_nulls().unique()
        levels = pl.concat([levels, shared.join(cells, how="cross").select(levels.columns)])
    return levels.filter(pl.col("level").is_not_null())


def _compare(customers: pl.DataFrame, dimension: str, metric: ResponseMetric, missing: str | None) -> pl.DataFrame:
    value = pl.col(metric.column)
    treated, control = pl.col("arm") == "treatment", pl.col("arm") == "control"
    levels = (
        customers.group_by("level", maintain_order=True)
        .agg(
            treated.sum().cast(pl.Int64).alias("treated"),
            control.sum().cast(pl.Int64).alias("control"),
            value.filter(treated).mean().alias("treated_mean"),
            value.filter(control).mean().alias("control_mean"),
            value.filter(treated).var().alias("treated_variance"),
            value.filter(control).var().alias("control_variance"),
        )
        .sort("level")
    )
    comparable = (
        levels.filter(pl.min_horizontal("treated", "control") >= MINIMUM_ARM) if missing is None else levels.clear()
    )
    estimates = comparable.select("level", *_difference(comparable, metric))
    rows = levels.join(estimates, on="level", how="left").with_columns(
        pl.lit(dimension).alias("dimension"),
        pl.lit(metric.name).alias("metric"),
        pl.lit("randomised").alias("method"),
        _note(missing).alias("note"),
        pl.lit(None, dtype=pl.Float64).alias("p_adjusted"),
        *([pl.lit(None, dtype=pl.Float64).alias(name) for name in ("treated_mean", "control_mean")] if missing else []),
    )
    return rows.select(pl.col(name).cast(dtype) for name, dtype in UPLIFT_SCHEMA.items())


def _difference(levels: pl.DataFrame, metric: ResponseMetric) -> list[pl.Series]:
    of = {name: levels[name].cast(pl.Float64).to_numpy() for name in levels.columns if name != "level"}
    if metric.kind == "proportion":
        found = compare_proportions(
            of["treated_mean"] * of["treated"], of["treated"], of["control_mean"] * of["control"], of["control"]
        )
    else:
        found = compare_means(
            of["treated_mean"],
            of["treated_variance"],
            of["treated"],
            of["control_mean"],
            of["control_variance"],
            of["control"],
        )
    columns = {"uplift": found.estimate, "ci_low": found.low, "ci_high": found.high, "p_value": found.p_value}
    return [pl.Series(name, values, dtype=pl.Float64).fill_nan(None) for name, values in columns.items()]


def _note(missing: str | None) -> pl.Expr:
    if missing is not None:
        return pl.lit(missing)
    return (
        pl.when(pl.min_horizontal("treated", "control") < MINIMUM_ARM)
        .then(pl.lit(f"fewer than {MINIMUM_ARM} customers in an arm"))
        .when(pl.col("ci_low").is_null())
        .then(pl.lit("nobody in either arm differs from the others, so there is no interval"))
    )


def adjust_p_values(rows: pl.DataFrame) -> pl.DataFrame:
    """Fill `p_adjusted`: Holm over the metrics for all, Benjamini-Hochberg over the levels of each other dimension."""
    whole = pl.col("dimension") == "all"
    decisions = rows.filter(whole)
    if decisions.height:
        decisions = decisions.with_columns(pl.Series("p_adjusted", adjust_holm(_p_values(decisions))).fill_nan(None))
    explored = [
        part.with_columns(pl.Series("p_adjusted", adjust_benjamini_hochberg(_p_values(part))).fill_nan(None))
        for part in rows.filter(~whole).partition_by("dimension", "metric", maintain_order=True)
    ]
    return pl.concat([decisions, *explored])


def _p_values(rows: pl.DataFrame) -> "np.typing.NDArray[np.float64]":
    return rows["p_value"].fill_null(np.nan).to_numpy().astype(np.float64)
