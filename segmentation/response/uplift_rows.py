"""Rows of response.uplift, and p-values adjusted for how many are looked at together."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from segmentation.response.arms import CONTROL, TREATED, Grouping, Means
from segmentation.response.intervals import Array, adjust_benjamini_hochberg, adjust_holm
from segmentation.response.question import Question

FIGURES = (
    "treated_mean",
    "control_mean",
    "uplift",
    "ci_low",
    "ci_high",
    "p_value",
    "p_adjusted",
    "bootstrap_ci_low",
    "bootstrap_ci_high",
    "cuped_uplift",
    "cuped_ci_low",
    "cuped_ci_high",
    "variance_reduction",
    "shrunk_uplift",
    "shrunk_ci_low",
    "shrunk_ci_high",
    "shrinkage",
    "information",
    "sequential_ci_low",
    "sequential_ci_high",
    "complier_uplift",
    "complier_ci_low",
    "complier_ci_high",
)
UPLIFT_SCHEMA = {
    "dimension": pl.String,
    "level": pl.String,
    "metric": pl.String,
    "method": pl.String,
    "interval_method": pl.String,
    "treated": pl.Int64,
    "control": pl.Int64,
    **{name: pl.Float64 for name in FIGURES},
    "note": pl.String,
}


def tell_levels(
    question: Question,
    grouping: Grouping,
    means: Means,
    method: str,
    interval_method: str,
    figures: dict[str, Array],
    note: npt.NDArray[np.str_],
) -> pl.DataFrame:
    """One row per level, in UPLIFT_SCHEMA; figures not given are NULL."""
    drawn = ", by household" if grouping.by_household else ""
    known = pl.DataFrame(
        {
            "level": grouping.levels,
            "treated": means.n[:, TREATED],
            "control": means.n[:, CONTROL],
            **figures,
            "note": note,
        },
        schema_overrides={"level": pl.String, "note": pl.String},
    ).with_columns(
        pl.lit(question.dimension).alias("dimension"),
        pl.lit(question.metric.name).alias("metric"),
        pl.lit(method).alias("method"),
        pl.when(pl.col("ci_low").is_not_nan()).then(pl.lit(interval_method + drawn)).alias("interval_method"),
        pl.when(pl.col("note") != "").then("note").alias("note"),
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in FIGURES if name not in figures),
    )
    return known.select(pl.col(name).cast(dtype) for name, dtype in UPLIFT_SCHEMA.items()).with_columns(
        pl.col(pl.Float64).fill_nan(None)
    )


def adjust_p_values(rows: pl.DataFrame) -> pl.DataFrame:
    """Fill `p_adjusted` of each method: Holm over the metrics for all, Benjamini-Hochberg over the levels of others."""
    adjusted = []
    for part in _families(rows):
        adjust = adjust_holm if part["dimension"][0] == "all" else adjust_benjamini_hochberg
        p_values = part["p_value"].fill_null(np.nan).to_numpy().astype(np.float64)
        adjusted.append(part.with_columns(pl.Series("p_adjusted", adjust(p_values), dtype=pl.Float64).fill_nan(None)))
    return pl.concat(adjusted) if adjusted else rows


def _families(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Tests that are looked at together."""
    whole = pl.col("dimension") == "all"
    yield from rows.filter(whole).partition_by("method", maintain_order=True)
    yield from rows.filter(~whole).partition_by("dimension", "metric", "method", maintain_order=True)
