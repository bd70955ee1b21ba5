"""What the page of a campaign says of all its customers and of parts of them, in tables."""

from typing import Any

import polars as pl

from segmentation.reporting.experiment_figures import ADJUSTED, LABELS, show_uplift
from segmentation.reporting.numbers import count, show

METRICS = ("revenue", "conversion", "response")
ALL = "all"


def describe_level_table(uplift: pl.DataFrame, currency: str) -> list[dict[str, Any]]:
    """A table per dimension, of all customers first; metrics without a figure at any level are left out.

    Args:
        uplift: rows of sql/report_uplift.sql of one campaign.
    """
    told = uplift.filter(pl.col("method") != ADJUSTED, pl.col("metric").is_in(METRICS))
    dimensions = told["dimension"].unique().sort().to_list()
    dimensions.sort(key=lambda name: (name != ALL, name not in ("cell", "segment"), name))
    return [_describe(told.filter(pl.col("dimension") == dimension), dimension, currency) for dimension in dimensions]


def _describe(rows: pl.DataFrame, dimension: str, currency: str) -> dict[str, Any]:
    known = set(rows.filter(pl.col("uplift").is_not_null())["metric"])
    metrics = [name for name in METRICS if name in known]
    return {
        "dimension": dimension,
        "metrics": [LABELS[name].capitalize() for name in metrics],
        "rows": [
            _describe_level(of.rows_by_key("metric", named=True, unique=True), metrics, currency)
            for of in rows.partition_by("level", maintain_order=True)
        ],
    }


def _describe_level(by_metric: dict[str, dict[str, Any]], metrics: list[str], currency: str) -> dict[str, Any]:
    first = next(iter(by_metric.values()))
    figures = [
        show_uplift(name, row["uplift"], row["ci_low"], row["ci_high"], currency, reason=row["note"])
        if (row := by_metric.get(name))
        else show(None, count)
        for name in metrics
    ]
    return {
        "level": first["level"],
        "treated": show(first["treated"], count),
        "control": show(first["control"], count),
        "figures": figures,
    }
