"""What the page shows of the next mailing and of past campaigns."""

from typing import Any

import polars as pl

from segmentation.reporting.campaign_charts import draw_forest
from segmentation.reporting.catalogue import to_say
from segmentation.reporting.charts import BLUE, GREEN, GREY, ORANGE, VERMILION, Picture
from segmentation.reporting.experiment_figures import (
    ADJUSTED,
    describe_failed_arms,
    describe_levels,
    describe_looks,
)
from segmentation.reporting.glance import show_estimate, show_response_rate
from segmentation.reporting.plan_charts import draw_selection, draw_waterfall
from segmentation.reporting.words import Words
from segmentation.response.metrics import RESPONSE_METRICS

MOST_DRAWN = 40  # campaigns in one picture, the most recent
CERTAIN = 0.05
HAS_INTERVAL = pl.col("ci_low").is_not_null()  # where not, nothing is drawn
PICTURED = ("revenue", "conversion", "response")
TITLES = {
    "revenue": to_say("Revenue per head"),
    "conversion": to_say("Conversion"),
    "response": to_say("Response"),
}
MARKS = {
    "randomised": (BLUE, "circle"),
    "randomised_adjusted": (GREEN, "square"),
    "observational": (VERMILION, "diamond"),
}


def describe_waterfall(steps: pl.DataFrame, words: Words) -> Picture | None:
    """From all customers to the mailed; None without a plan.

    Args:
        steps: rows of sql/plan_waterfall.sql.
    """
    if steps.is_empty():
        return None
    everybody, mailed = steps["customers_before"][0], steps["customers_after"][-1]
    bars = [(words("all customers"), 0, everybody, everybody, words.count(everybody), GREY)]
    bars += [
        (
            words.stored(row["reason"]),
            before := row["customers_before"],
            row["customers_after"],
            before,
            words.count(-row["customers_removed"]),
            ORANGE,
        )
        for row in steps.iter_rows(named=True)
    ]
    bars.append((words("to be mailed"), 0, mailed, mailed, words.count(mailed), BLUE))
    frame = pl.DataFrame(bars, schema=["step", "start", "end", "right", "text", "colour"], orient="row")
    return Picture(draw_waterfall(frame, words), "; ".join(f"{step}: {text}" for step, _, _, _, text, _ in bars))


def describe_selection(selected: pl.DataFrame, words: Words) -> Picture | None:
    """Customers selected by segment and arm; None without a plan.

    Args:
        selected: rows of sql/report_selection.sql.
    """
    if selected.is_empty():
        return None
    frame = selected.with_columns(
        segment=pl.col("segment").map_elements(words.stored, return_dtype=pl.String),
        total=pl.col("mailed") + pl.col("held_out"),
        text=pl.struct("mailed", "held_out").map_elements(
            lambda row: f"{words.count(row['mailed'])} + {words.count(row['held_out'])}", return_dtype=pl.String
        ),
    )
    alt = "; ".join(
        words(
            "%(segment)s: %(mailed)s to mail, %(held_out)s held out",
            segment=segment,
            mailed=words.count(mailed),
            held_out=words.count(held_out),
        )
        for segment, mailed, held_out in frame.select("segment", "mailed", "held_out").iter_rows()
    )
    return Picture(draw_selection(frame, words), alt)


def describe_campaigns(
    campaigns: pl.DataFrame, uplift: pl.DataFrame, failures: pl.DataFrame, words: Words
) -> dict[str, Any]:
    """The forest plots and the table of campaigns, the latest first in the table.

    Args:
        campaigns: rows of sql/report_campaigns.sql.
        uplift: rows of sql/report_uplift.sql.
        failures: rows of sql/report_sample_ratio.sql.
    """
    whole = uplift.filter(pl.col("dimension") == "all").with_columns(
        label=pl.when(pl.col("method") == ADJUSTED)
        .then(pl.lit(words("given earlier spend")))
        .otherwise(pl.format("{}  {}", words.dates("starts_on"), "name"))
    )
    dimensions = uplift.filter(pl.col("dimension") != "all")["dimension"].unique().sort().to_list()
    rows = [_describe_campaign(row, words) for row in campaigns.reverse().iter_rows(named=True)]
    return {
        "rows": rows,
        "reasons": list(
            dict.fromkeys(shown.reason for row in rows for shown in row["figures"].values() if shown.reason)
        ),
        "failed_arms": describe_failed_arms(failures, words),
        "looks": describe_looks(uplift, PICTURED, words),
        "forests": _draw_metrics(whole, words),
        "has_adjusted": not whole.filter(pl.col("method") == ADJUSTED, HAS_INTERVAL).is_empty(),
        "most_drawn": MOST_DRAWN if campaigns.height > MOST_DRAWN else None,
        "parts": [
            part
            for dimension in sorted(dimensions, key=lambda name: name not in ("cell", "segment"))
            if (part := _describe_parts(uplift, dimension, words)) is not None
        ],
    }


def _describe_campaign(row: dict[str, Any], words: Words) -> dict[str, Any]:
    note = row["note"]
    figures = {
        "mailed": words.show(row["mailed"], words.count),
        "held_out": words.show(row["held_out"], words.count),
        "response_rate": show_response_rate(row, words),
        "cost": words.show(row["cost"], words.exact_money, reason=note),
        "cost_per_response": words.show(
            row["cost_per_response"], words.exact_money, reason=_why_no_cost_per_response(row, words)
        ),
        "incremental_revenue": show_estimate(row, "revenue", words, row["revenue_reason"]),
        "incremental_profit": show_estimate(row, "profit", words, row["profit_reason"]),
    }
    window, design = words.window(row["starts_on"], row["ends_on"]), words.stored(row["design"])
    return {
        "campaign_id": row["campaign_id"],
        "name": row["name"],
        "starts_on": words.date(row["starts_on"]),
        "window": window,
        "design": design,
        "provisional": row["provisional"],
        "has_failed_arms": row["has_failed_arms"],
        "figures": figures,
        "verdict": words("cannot be told") if row["profit"] is None else words.stored(row["pays"]),
    }


def _why_no_cost_per_response(row: dict[str, Any], words: Words) -> str | None:
    if row["cost"] is None:
        return str(row["note"])
    return words("no mailed customer has replied") if row["responders"] == 0 else row["response_reason"]


def _draw_metrics(estimates: pl.DataFrame, words: Words) -> list[dict[str, Any]]:
    """One entry per metric: its forest plot if there is an estimate, and what is not drawn with the reasons.

    Args:
        estimates: rows of sql/report_uplift.sql in the order to draw, with `label`.
    """
    metrics = {metric.name: metric for metric in RESPONSE_METRICS}
    return [
        {
            "title": words(TITLES[name]),
            "description": words.stored(metrics[name].description),
            "picture": _picture_forest(
                _latest(rows.filter(HAS_INTERVAL)), words, is_rate=metrics[name].kind == "proportion"
            ),
            "missing": _list_missing(rows, words),
        }
        for name in PICTURED
        if (rows := estimates.filter(pl.col("metric") == name)).height
    ]


def _latest(rows: pl.DataFrame) -> pl.DataFrame:
    """The last MOST_DRAWN estimates; an adjusted one goes with its raw one."""
    chosen = rows.select("campaign_id", "level").unique(maintain_order=True).tail(MOST_DRAWN)
    return rows.join(chosen, on=["campaign_id", "level"], how="semi", maintain_order="left")


def _list_missing(rows: pl.DataFrame, words: Words) -> list[tuple[str, list[str]]]:
    """Each reason for an estimate that is missing, or has no interval, with the labels it holds for."""
    missing = rows.filter(~HAS_INTERVAL, pl.col("method") != ADJUSTED)
    by_reason = missing.group_by("note", maintain_order=True).agg("label").iter_rows()
    return [(words.stored(note) or words("too few customers for an interval"), labels) for note, labels in by_reason]


def _picture_forest(estimates: pl.DataFrame, words: Words, *, is_rate: bool) -> Picture | None:
    """A forest plot of rates in percentage points, or of money."""
    if estimates.is_empty():
        return None
    scale, unit = (100, words("percentage points")) if is_rate else (1, words.per_head())
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
        text=pl.struct("value", "low", "high").map_elements(lambda row: words.estimate(**row), return_dtype=pl.String),
    )
    alt = "; ".join(f"{label}: {text}" for label, text in frame.select("label", "text").iter_rows())
    return Picture(draw_forest(frame, words, unit=unit), alt)


def _describe_parts(uplift: pl.DataFrame, dimension: str, words: Words) -> dict[str, Any] | None:
    """Uplift by level of `dimension`, of the campaign that finished last of those with an estimate by level."""
    rows = uplift.filter(pl.col("dimension") == dimension, ~pl.col("provisional"))
    estimated = rows.filter(HAS_INTERVAL).sort("ends_on", "starts_on", "campaign_id")
    if estimated.is_empty():
        return None
    campaign_id, name = estimated.select("campaign_id", "name").row(-1)
    levels = rows.filter(pl.col("campaign_id") == campaign_id).with_columns(
        label=pl.col("level").map_elements(words.stored, return_dtype=pl.String)
    )
    raw = levels.filter(pl.col("method") != ADJUSTED)
    return {
        "dimension": words.name(dimension),
        "title": words("By %(dimension)s: %(campaign)s", dimension=words.name(dimension), campaign=name),
        "forests": [forest for forest in _draw_metrics(raw, words) if forest["picture"]],
        "sentence": name_certain(raw, dimension, words),
        "levels": describe_levels(levels.filter(pl.col("metric") == PICTURED[0]), words),
    }


def name_certain(levels: pl.DataFrame, dimension: str, words: Words) -> str:
    """Which levels differ from no effect after allowing for how many were looked at, in words."""
    certain = levels.filter(pl.col("p_adjusted") < CERTAIN, pl.col("metric").is_in(PICTURED))
    of = words.name(dimension)
    if certain.is_empty():
        return words("After allowing for looking at every %(dimension)s, none differs from no effect.", dimension=of)
    found = certain.sort("metric", "level").group_by("metric", maintain_order=True).agg("level")
    named = "; ".join(
        words("%(levels)s in %(metric)s", levels=", ".join(map(words.stored, level)), metric=words.stored(metric))
        for metric, level in found.iter_rows()
    )
    return words(
        "After allowing for looking at every %(dimension)s, these differ from no effect: %(found)s.",
        dimension=of,
        found=named,
    )
