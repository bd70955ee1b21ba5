"""What the page shows of the next mailing and of past campaigns."""

from typing import Any

import polars as pl

from segmentation.reporting.campaign_charts import draw_forest
from segmentation.reporting.charts import BLUE, GREEN, GREY, ORANGE, VERMILION, Picture
from segmentation.reporting.experiment_figures import (
    ADJUSTED,
    describe_failed_arms,
    describe_levels,
    describe_looks,
)
from segmentation.reporting.glance import show_estimate, show_response_rate
from segmentation.reporting.numbers import count, exact_money, show, signed
from segmentation.reporting.plan_charts import draw_selection, draw_waterfall
from segmentation.response.metrics import RESPONSE_METRICS

MOST_DRAWN = 40  # campaigns in one picture, the most recent
CERTAIN = 0.05
HAS_INTERVAL = pl.col("ci_low").is_not_null()  # where not, nothing is drawn
PICTURED = ("revenue", "conversion", "response")
ADJUSTED_LABEL = "given earlier spend"
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
    bars = [("all customers", 0, everybody, everybody, count(everybody), GREY)]
    bars += [
        (
            row["reason"],
            before := row["customers_before"],
            row["customers_after"],
            before,
            count(-row["customers_removed"]),
            ORANGE,
        )
        for row in steps.iter_rows(named=True)
    ]
    bars.append(("to be mailed", 0, mailed, mailed, count(mailed), BLUE))
    frame = pl.DataFrame(bars, schema=["step", "start", "end", "right", "text", "colour"], orient="row")
    return Picture(draw_waterfall(frame), "; ".join(f"{step}: {text}" for step, _, _, _, text, _ in bars))


def describe_selection(selected: pl.DataFrame) -> Picture | None:
    """Customers selected by segment and arm; None without a plan.

    Args:
        selected: rows of sql/report_selection.sql.
    """
    if selected.is_empty():
        return None
    frame = selected.with_columns(
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


def describe_campaigns(
    campaigns: pl.DataFrame, uplift: pl.DataFrame, failures: pl.DataFrame, currency: str
) -> dict[str, Any]:
    """The forest plots and the table of campaigns, the latest first in the table.

    Args:
        campaigns: rows of sql/report_campaigns.sql.
        uplift: rows of sql/report_uplift.sql.
        failures: rows of sql/report_sample_ratio.sql.
    """
    whole = uplift.filter(pl.col("dimension") == "all").with_columns(
        label=pl.when(pl.col("method") == ADJUSTED)
        .then(pl.lit(ADJUSTED_LABEL))
        .otherwise(pl.format("{}  {}", pl.col("starts_on").cast(pl.String), "name"))
    )
    dimensions = uplift.filter(pl.col("dimension") != "all")["dimension"].unique().sort().to_list()
    rows = [_describe_campaign(row, currency) for row in campaigns.reverse().iter_rows(named=True)]
    return {
        "rows": rows,
        "reasons": list(
            dict.fromkeys(shown.reason for row in rows for shown in row["figures"].values() if shown.reason)
        ),
        "failed_arms": describe_failed_arms(failures),
        "looks": describe_looks(uplift, PICTURED, currency),
        "forests": _draw_metrics(whole, currency),
        "has_adjusted": not whole.filter(pl.col("method") == ADJUSTED, HAS_INTERVAL).is_empty(),
        "most_drawn": MOST_DRAWN if campaigns.height > MOST_DRAWN else None,
        "parts": [
            part
            for dimension in sorted(dimensions, key=lambda name: name not in ("cell", "segment"))
            if (part := _describe_parts(uplift, dimension, currency)) is not None
        ],
    }


def _describe_campaign(row: dict[str, Any], currency: str) -> dict[str, Any]:
    note = row["note"]
    figures = {
        "mailed": show(row["mailed"], count),
        "held_out": show(row["held_out"], count),
        "response_rate": show_response_rate(row),
        "cost": show(row["cost"], exact_money(currency), reason=note),
        "cost_per_response": show(
            row["cost_per_response"], exact_money(currency), reason=_why_no_cost_per_response(row)
        ),
        "incremental_revenue": show_estimate(row, "revenue", currency, row["revenue_reason"]),
        "incremental_profit": show_estimate(row, "profit", currency, row["profit_reason"]),
    }
    verdict = row["pays"] if row["profit"] is not None else "cannot be told"
    names = ("campaign_id", "name", "starts_on", "ends_on", "design", "provisional", "has_failed_arms")
    kept = {name: row[name] for name in names}
    return kept | {"figures": figures, "verdict": verdict}


def _why_no_cost_per_response(row: dict[str, Any]) -> str | None:
    if row["cost"] is None:
        return str(row["note"])
    return "no mailed customer has replied" if row["responders"] == 0 else row["response_reason"]


def _draw_metrics(estimates: pl.DataFrame, currency: str) -> list[dict[str, Any]]:
    """One entry per metric: its forest plot if there is an estimate, and what is not drawn with the reasons.

    Args:
        estimates: rows of sql/report_uplift.sql in the order to draw, with `label`.
    """
    entries = []
    for name in PICTURED:
        metric = next(metric for metric in RESPONSE_METRICS if metric.name == name)
        rows = estimates.filter(pl.col("metric") == name)
        if rows.is_empty():
            continue
        drawn = _latest(rows.filter(HAS_INTERVAL))
        entries.append(
            {
                "title": f"{name.capitalize()} per head" if metric.kind == "mean" else name.capitalize(),
                "description": metric.description,
                "picture": _picture_forest(drawn, currency if metric.kind == "mean" else None),
                "missing": _list_missing(rows),
            }
        )
    return entries


def _latest(rows: pl.DataFrame) -> pl.DataFrame:
    """The last MOST_DRAWN estimates; an adjusted one goes with its raw one."""
    chosen = rows.select("campaign_id", "level").unique(maintain_order=True).tail(MOST_DRAWN)
    return rows.join(chosen, on=["campaign_id", "level"], how="semi", maintain_order="left")


def _list_missing(rows: pl.DataFrame) -> list[tuple[str, list[str]]]:
    """Each reason for an estimate that is missing, or has no interval, with the labels it holds for."""
    missing = rows.filter(~HAS_INTERVAL, pl.col("method") != ADJUSTED).with_columns(
        pl.col("note").fill_null("too few customers for an interval")
    )
    return list(missing.group_by("note", maintain_order=True).agg("label").iter_rows())


def _picture_forest(estimates: pl.DataFrame, currency: str | None) -> Picture | None:
    """A forest plot of money where `currency` is given (it may be empty), else of rates in percentage points."""
    if estimates.is_empty():
        return None
    scale, unit = (100, "percentage points") if currency is None else (1, f"{currency} per head".strip())
    frame = estimates.with_row_index("row").with_columns(
        value=scale * pl.col("uplift"),
        low=scale * pl.col("ci_low"),
        high=scale * pl.col("ci_high"),
        colour=pl.when("has_failed_arms")
        .then(pl.lit(GREY))
        .otherwise(pl.col("method").replace_strict({method: colour for method, (colour, _) in MARKS.items()})),
        shape=pl.col("method").replace_strict({method: shape for method, (_, shape) in MARKS.items()}),
    )
    frame = frame.select(
        "row",
        "label",
        "value",
        "low",
        "high",
        "colour",
        "shape",
        fill=pl.when("provisional").then(pl.lit("white")).otherwise("colour"),
        text=pl.struct("value", "low", "high").map_elements(_write_estimate, return_dtype=pl.String),
    )
    alt = "; ".join(f"{label}: {text}" for label, text in frame.select("label", "text").iter_rows())
    return Picture(draw_forest(frame, unit=unit), alt)


def _write_estimate(row: dict[str, float]) -> str:
    return f"{signed(row['value'])} ({signed(row['low'])} to {signed(row['high'])})"


def _describe_parts(uplift: pl.DataFrame, dimension: str, currency: str) -> dict[str, Any] | None:
    """Uplift by level of `dimension`, of the campaign that finished last of those with an estimate by level."""
    rows = uplift.filter(pl.col("dimension") == dimension, ~pl.col("provisional"))
    estimated = rows.filter(HAS_INTERVAL).sort("ends_on", "starts_on", "campaign_id")
    if estimated.is_empty():
        return None
    campaign_id, name = estimated.select("campaign_id", "name").row(-1)
    levels = rows.filter(pl.col("campaign_id") == campaign_id).with_columns(label=pl.col("level"))
    raw = levels.filter(pl.col("method") != ADJUSTED)
    forests = _draw_metrics(raw, currency)
    return {
        "dimension": dimension,
        "campaign": name,
        "forests": [forest for forest in forests if forest["picture"]],
        "sentence": name_certain(raw, dimension),
        "levels": describe_levels(levels.filter(pl.col("metric") == PICTURED[0]), currency),
    }


def name_certain(levels: pl.DataFrame, dimension: str) -> str:
    """Which levels differ from no effect after allowing for how many were looked at, in words."""
    certain = levels.filter(pl.col("p_adjusted") < CERTAIN, pl.col("metric").is_in(PICTURED))
    allowed = f"After allowing for looking at every {dimension}"
    if certain.is_empty():
        return f"{allowed}, none differs from no effect."
    found = certain.sort("metric", "level").group_by("metric", maintain_order=True).agg("level")
    named = "; ".join(f"{', '.join(level)} in {metric}" for metric, level in found.iter_rows())
    return f"{allowed}, these differ from no effect: {named}."
