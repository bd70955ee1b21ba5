"""What the page shows of campaigns against earlier ones, over time, and of what a planned hold-out can show."""

from typing import Any

import polars as pl

from segmentation.reporting.campaign_charts import draw_split, draw_trend
from segmentation.reporting.charts import BLUE, VERMILION, Picture
from segmentation.reporting.numbers import Shown, count, exact_money, percent, points, rounded_money, show, signed

PREFERRED = ("response", "revenue", "conversion")  # the metric that is shown, if there is an estimate of it
RATES = ("response", "conversion")
MOST_TOLD = 12  # campaigns in the table, the latest
MOST_SPLIT = 10  # campaigns in the picture of mix and rate, the latest
MOST_TRENDS = 6  # pictures over time, of the kinds mailed last
FEWEST_DRAWN = 2
FEWEST_BANDED = 3  # of two campaigns the interval of the mean is as wide as the picture
COLOURS = {"randomised": BLUE, "observational": VERMILION}
COSTS = {
    "cost_per_response": "Cost per reply",
    "cost_per_incremental_response": "Cost per incremental reply",
}
NO_COST = "see the table of campaigns"

Row = dict[str, Any]


def describe_comparison(comparison: pl.DataFrame, trend: pl.DataFrame, currency: str) -> dict[str, Any]:
    """Verdicts, the latest campaign first, the split of the raw change, and the trend by kind.

    Args:
        comparison: rows of sql/report_comparison.sql.
        trend: rows of sql/report_trend.sql.
    """
    chosen = [_choose_metric(of) for of in comparison.partition_by("campaign_id", maintain_order=True)]
    latest = chosen[::-1][:MOST_TOLD]
    return {
        "rows": [_tell_pair(row, currency) for row in latest],
        "costs": {name: label for name, label in COSTS.items() if any(row[name] is not None for row in latest)},
        "most_told": MOST_TOLD if len(chosen) > MOST_TOLD else None,
        "has_randomised": any(row["design"] == "randomised" for row in latest),
        "split": _picture_split(comparison),
        "trends": _describe_trends(trend, currency),
    }


def _choose_metric(of_campaign: pl.DataFrame) -> Row:
    """The preferred metric whose uplift can be compared, or else whose raw rates can be."""
    rows = {row["metric"]: row for row in of_campaign.iter_rows(named=True)}
    ordered = [rows[name] for name in PREFERRED if name in rows]
    for figure in ("uplift_change", "rate_change"):
        for row in ordered:
            if row[figure] is not None:
                return row
    return ordered[0]


def _tell_pair(row: Row, currency: str) -> Row:
    reason = "what the mailed of one of the two did was not counted"
    figures = {
        name: show(row[name], points if row["metric"] in RATES else rounded_money(currency, row[name]), reason=reason)
        for name in ("rate_change", "mix_effect", "rate_effect")
    }
    costs = {name: _show_costs(row[f"earlier_{name}"], row[name], currency) for name in COSTS}
    kept = {
        name: row[name] for name in ("campaign_id", "name", "starts_on", "earlier_name", "metric", "design", "sentence")
    }
    extra = [part for part in (row["note"] or "").split("; ") if part and part not in row["sentence"]]
    verdict = row["verdict"] if row["uplift_change"] is not None else "cannot be told"
    return kept | {"figures": figures, "costs": costs, "verdict": verdict, "note": "; ".join(extra)}


def _show_costs(earlier: float | None, now: float | None, currency: str) -> Shown:
    """Both costs as `earlier, then now`; a dash where neither is known."""
    if now is None:
        return show(None, exact_money(currency), reason=NO_COST)
    write = exact_money(currency)
    return Shown(write(now), "" if earlier is None else f"before {write(earlier)}")


def _picture_split(comparison: pl.DataFrame) -> Picture | None:
    """Mix and rate of the response rate of the latest campaigns; None where no response rate is known of two."""
    rows = comparison.filter(pl.col("metric") == "response", pl.col("rate_change").is_not_null()).tail(MOST_SPLIT)
    if rows.is_empty():
        return None
    parts = rows.reverse().select(
        pl.format("{}  {}", pl.col("starts_on").cast(pl.String), "name").alias("label"),
        (100 * pl.col("mix_effect")).alias("mix"),
        (100 * pl.col("rate_effect")).alias("rate"),
        (100 * pl.col("rate_change")).alias("change"),
    )
    told = [
        f"{label}: {signed(change)} in all, of which {signed(mix)} mix and {signed(rate)} rate"
        for label, mix, rate, change in parts.iter_rows()
    ]
    frame = parts.unpivot(on=["mix", "rate"], index=["label", "change"], variable_name="part").with_columns(
        text=pl.col("value").map_elements(signed, return_dtype=pl.String)
    )
    return Picture(draw_split(frame), "; ".join(told))


def _describe_trends(trend: pl.DataFrame, currency: str) -> list[dict[str, Any]]:
    """A picture by kind and design, the kind mailed last first."""
    entries = []
    for of_kind in trend.partition_by("kind", "design", maintain_order=True):
        for metric in PREFERRED:
            drawn = of_kind.filter(pl.col("metric") == metric, pl.col("ci_low").is_not_null())
            if drawn.height >= FEWEST_DRAWN:
                entries.append((drawn["starts_on"].max(), _describe_trend(drawn, currency)))
                break
    entries.sort(key=lambda entry: (entry[0], entry[1]["title"]), reverse=True)
    return [entry for _, entry in entries[:MOST_TRENDS]]


def _describe_trend(drawn: pl.DataFrame, currency: str) -> dict[str, Any]:
    first = drawn.row(0, named=True)
    metric, is_rate = first["metric"], first["metric"] in RATES
    scale, unit = (100, "percentage points") if is_rate else (1, f"{currency} per head".strip())
    estimate, mean = ("uplift", "ci_low", "ci_high"), ("pooled_uplift", "pooled_ci_low", "pooled_ci_high")
    banded = pl.col("pooled_campaigns") >= FEWEST_BANDED
    colour = COLOURS[first["design"]]
    frame = drawn.select(
        pl.col("starts_on").cast(pl.String).alias("date"),
        "name",
        *((scale * pl.col(name)).alias(name) for name in estimate),
        *(pl.when(banded).then(scale * pl.col(name)).alias(name) for name in mean),
        pl.lit(colour).alias("colour"),
        pl.when("provisional").then(pl.lit("white")).otherwise(pl.lit(colour)).alias("fill"),
    )
    told = [
        f"{date} {name}: {_write(value, low, high)}"
        for date, name, value, low, high in frame.select("date", "name", "uplift", "ci_low", "ci_high").iter_rows()
    ]
    return {
        "title": f"{first['kind']}: {metric}" + ("" if is_rate else " per head"),
        "design": first["design"],
        "picture": Picture(draw_trend(frame, unit=unit), "; ".join(told)),
        "sentence": _tell_trend(first, scale, unit),
    }


def _tell_trend(row: Row, scale: float, unit: str) -> str:
    """The mean and the slope in words."""
    if row["pooled_uplift"] is None:
        return "Too few campaigns have ended for a mean."
    mean = _write(*(scale * row[name] for name in ("pooled_uplift", "pooled_ci_low", "pooled_ci_high")))
    told = (
        f"Mean of {row['pooled_campaigns']} campaigns: {mean} {unit}; {percent(row['i2'])} of their spread is more "
        "than chance."
    )
    if row["slope_per_year"] is None:
        return f"{told} Too few for a trend."
    slope = _write(*(scale * row[name] for name in ("slope_per_year", "slope_ci_low", "slope_ci_high")))
    if row["slope_ci_low"] > 0:
        verdict = "Uplift rises"
    elif row["slope_ci_high"] < 0:
        verdict = "Uplift falls"
    else:
        verdict = "No trend is proven"
    return f"{told} {verdict}: {slope} a year."


def _write(value: float, low: float, high: float) -> str:
    return f"{signed(value)} ({signed(low)} to {signed(high)})"


def describe_power(power: pl.DataFrame) -> list[dict[str, Any]]:
    """What the hold-out of the plan can show, by cell.

    Args:
        power: rows of sql/plan_power.sql.
    """
    writers = {
        "mailed": count,
        "held_out": count,
        "base_rate": percent,
        "smallest_uplift": points,
        "expected_uplift": points,
        "power": percent,
        "mailed_needed": count,
        "held_out_needed": count,
    }
    return [
        {
            "cell": row["cell"],
            "figures": {name: show(row[name], write, reason=row["note"]) for name, write in writers.items()},
            "note": row["note"],
        }
        for row in power.iter_rows(named=True)
    ]
