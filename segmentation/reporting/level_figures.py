"""What the page of a campaign says of all its customers and of parts of them, in tables."""

from typing import Any

import polars as pl

from segmentation.reporting.experiment_figures import ADJUSTED, LABELS, show_uplift
from segmentation.reporting.words import Words

METRICS = ("revenue", "conversion", "response")
ALL = "all"


def describe_level_table(uplift: pl.DataFrame, words: Words) -> list[dict[str, Any]]:
    """A table per dimension, of all customers first; metrics without a figure at any level are left out.

    Args:
        uplift: rows of sql/report_uplift.sql of one campaign.
    """
    told = uplift.filter(pl.col("method") != ADJUSTED, pl.col("metric").is_in(METRICS))
    dimensions = told["dimension"].unique().sort().to_list()
    dimensions.sort(key=lambda name: (name != ALL, name not in ("cell", "segment"), name))
    return [_describe(told.filter(pl.col("dimension") == dimension), dimension, words) for dimension in dimensions]


def _describe(rows: pl.DataFrame, dimension: str, words: Words) -> dict[str, Any]:
    known = set(rows.filter(pl.col("uplift").is_not_null())["metric"])
    metrics = [name for name in METRICS if name in known]
    return {
        "dimension": dimension,
        "metrics": [words(LABELS[name]) for name in metrics],
        "rows": [
            _describe_level(of.rows_by_key("metric", named=True, unique=True), metrics, words)
            for of in rows.partition_by("level", maintain_order=True)
        ],
    }


def _describe_level(by_metric: dict[str, dict[str, Any]], metrics: list[str], words: Words) -> dict[str, Any]:
    first = next(iter(by_metric.values()))
    figures = [
        show_uplift(name, row["uplift"], row["ci_low"], row["ci_high"], words, reason=row["note"])
        if (row := by_metric.get(name))
        else words.show(None, words.count)
        for name in metrics
    ]
    return {
        "level": words.stored(first["level"]),
        "treated": words.show(first["treated"], words.count),
        "control": words.show(first["control"], words.count),
        "figures": figures,
    }
