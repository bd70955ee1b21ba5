"""What the page says of campaigns with a hold-out: arms as planned or not, looks, adjusted and drawn figures."""

import datetime as dt
from typing import Any

import polars as pl

from segmentation.reporting.numbers import Shown, count, percent, points, rounded_money, show
from segmentation.response.metrics import RESPONSE_METRICS

TINY = 0.0001
LABELS = {
    metric.name: f"{metric.name} per head" if metric.kind == "mean" else f"{metric.name} rate"
    for metric in RESPONSE_METRICS
}
KINDS = {metric.name: metric.kind for metric in RESPONSE_METRICS}
ADJUSTED = "randomised_adjusted"


def describe_failed_arms(failures: pl.DataFrame) -> list[dict[str, str]]:
    """Campaigns whose arms are not of the planned size, and by how much.

    Args:
        failures: rows of sql/report_sample_ratio.sql.
    """
    return [
        {"name": row["name"], "part": "" if row["cell"] == "all" else f"cell {row['cell']}", "text": _compare_arms(row)}
        for row in failures.iter_rows(named=True)
    ]


def _compare_arms(row: dict[str, Any]) -> str:
    selected = row["treated"] + row["control"]
    p_value = f"p below {TINY}" if row["p_value"] < TINY else f"p = {row['p_value']:.4f}"
    return (
        f"{percent(row['expected_share'])} were to be held out, {percent(row['control'] / selected)} are "
        f"({count(row['control'])} of {count(selected)}); {p_value}"
    )


def describe_looks(uplift: pl.DataFrame, metrics: tuple[str, ...], currency: str) -> list[str]:
    """What can be said of each campaign with a hold-out whose window is open, in sentences.

    Args:
        uplift: rows of sql/report_uplift.sql.
        metrics: in the order to tell.
    """
    looks = uplift.filter(
        pl.col("dimension") == "all",
        pl.col("method") == "randomised",
        pl.col("sequential_ci_low").is_not_null(),
        pl.col("metric").is_in(metrics),
    ).sort(
        pl.col("starts_on"),
        "campaign_id",
        pl.col("metric").replace_strict({name: number for number, name in enumerate(metrics)}, default=None),
    )
    return [_write_look(part, currency) for part in looks.partition_by("campaign_id", maintain_order=True)]


def _write_look(rows: pl.DataFrame, currency: str) -> str:
    first = rows.row(0, named=True)
    of = _days(first["starts_on"], first["ends_on"])
    over = f"{first['name']}: {round(first['information'] * of)} of {of} days are over."
    return " ".join([over, *(_write_bounds(row, currency) for row in rows.iter_rows(named=True))])


def _days(starts_on: dt.date, ends_on: dt.date) -> int:
    return (ends_on - starts_on).days + 1


def _write_bounds(row: dict[str, Any], currency: str) -> str:
    low, high = row["sequential_ci_low"], row["sequential_ci_high"]
    shown = show_uplift(row["metric"], row["uplift"], low, high, currency)
    proven = "a gain is proven" if low > 0 else "a loss is proven" if high < 0 else "neither gain nor loss is proven"
    return f"{LABELS[row['metric']].capitalize()}: {shown.text} so far, bounds {shown.interval}: {proven}."


def describe_levels(levels: pl.DataFrame, currency: str) -> list[dict[str, Any]]:
    """By level what was measured, adjusted and drawn to the mean; only of levels drawn together.

    Args:
        levels: rows of sql/report_uplift.sql of one campaign, dimension and metric, in the order to show.
    """
    adjusted = {row["level"]: row for row in levels.filter(pl.col("method") == ADJUSTED).iter_rows(named=True)}
    drawn = levels.filter(pl.col("method") == "randomised", pl.col("shrunk_uplift").is_not_null())
    return [
        {
            "level": row["level"],
            "treated": show(row["treated"], count),
            "control": show(row["control"], count),
            "measured": show_uplift(row["metric"], row["uplift"], row["ci_low"], row["ci_high"], currency),
            "adjusted": _show_adjusted(adjusted.get(row["level"]), currency),
            "drawn": show_uplift(
                row["metric"], row["shrunk_uplift"], row["shrunk_ci_low"], row["shrunk_ci_high"], currency
            ),
            "shrinkage": show(row["shrinkage"], percent),
        }
        for row in drawn.iter_rows(named=True)
    ]


def _show_adjusted(row: dict[str, Any] | None, currency: str) -> Shown:
    if row is None:
        return show(None, count, reason="only money is adjusted")
    return show_uplift(row["metric"], row["uplift"], row["ci_low"], row["ci_high"], currency, reason=row["note"])


def show_uplift(
    metric: str,
    value: float | None,
    low: float | None,
    high: float | None,
    currency: str,
    *,
    reason: str | None = None,
) -> Shown:
    """An uplift with its interval: money, or percentage points."""
    write = points if KINDS[metric] == "proportion" else rounded_money(currency, value, low, high)
    return show(value, write, low=low, high=high, reason=reason)
