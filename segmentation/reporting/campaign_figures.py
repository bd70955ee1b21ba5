"""What the page shows of the next mailing and of past campaigns."""

from typing import Any

import polars as pl

from segmentation.reporting.charts import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILION,
    Picture,
    draw_forest,
    draw_selection,
    draw_waterfall,
)
from segmentation.reporting.glance import show_estimate, show_response_rate
from segmentation.reporting.numbers import Writer, count, exact_money, points, rounded_money, show
from segmentation.reporting.segment_figures import in_rule_order
from segmentation.response.metrics import RESPONSE_METRICS

MOST_DRAWN = 40  # campaigns in one picture, the most recent
CERTAIN = 0.05
PICTURED = ("revenue", "conversion", "response")
MARKS = {
    "randomised": (BLUE, "circle"),
    "randomised_adjusted": (GREEN, "square"),
    "observational": (VERMILION, "diamond"),
}


def describe_waterfall(steps: pl.DataFrame) -> Picture | None:
    """From all customers to the mailed; None without a plan.

    Args:
        steps: rows of sql/plan_waterfall.sql.
    """
    if steps.is_empty():
        return None
    everybody, mailed = steps["customers_before"][0], steps["customers_after"][-1]
    bars = [("all customers", 0, everybody, count(everybody), GREY)]
    bars += [
        (row["reason"], row["customers_before"], row["customers_after"], count(-row["customers_removed"]), ORANGE)
        for row in steps.iter_rows(named=True)
    ]
    bars.append(("to be mailed", 0, mailed, count(mailed), BLUE))
    frame = pl.DataFrame(bars, schema=["step", "start", "end", "text", "colour"], orient="row")
    return Picture(draw_waterfall(frame), "; ".join(f"{step}: {text}" for step, _, _, text, _ in bars))


def describe_selection(selected: pl.DataFrame) -> Picture | None:
    """Customers selected by segment and arm; None without a plan.

    Args:
        selected: rows of sql/report_selection.sql.
    """
    if selected.is_empty():
        return None
    frame = selected.sort(in_rule_order("segment"), "segment").with_columns(
        total=pl.col("mailed") + pl.col("held_out"),
        text=pl.struct("mailed", "held_out").map_elements(
            lambda row: f"{count(row['mailed'])} + {count(row['held_out'])}", return_dtype=pl.String
        ),
    )
    alt = "; ".join(
        f"{segment}: {count(mailed)} to mail, {count(held_out)} held out"
        for segment, mailed, held_out in frame.select("segment", "mailed", "held_out").iter_rows()
    )
    return Picture(draw_selection(frame), alt)
