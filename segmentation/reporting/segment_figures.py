"""What the page shows of segments and clusters."""

import textwrap
from typing import Any

import polars as pl

from segmentation.reporting.charts import (
    BLUE,
    GREEN,
    GREY,
    Picture,
    draw_cluster_choice,
    draw_cluster_heatmap,
    draw_rfm_grid,
    draw_segment_bars,
)
from segmentation.reporting.numbers import count, percent, rounded_money
from segmentation.segments.features import FEATURES
from segmentation.segments.rules import SEGMENT_RULES

SCORES = (1, 2, 3, 4, 5)
SEGMENT_ORDER = [rule.name for rule in SEGMENT_RULES]
FEATURE_ORDER = [feature.name for feature in FEATURES]
LABEL_WIDTH = 26
MEASURES = (("stability", BLUE), ("silhouette", GREEN))


def in_rule_order(column: str) -> pl.Expr:
    """Sorts segments as SEGMENT_RULES has them, others last."""
    ranks = {name: rank for rank, name in enumerate(SEGMENT_ORDER)}
    return pl.col(column).replace_strict(ranks, default=len(ranks), return_dtype=pl.Int32)


def describe_segments(rfm: pl.DataFrame, bounds: pl.DataFrame, currency: str) -> dict[str, Any]:
    """The map of scores, the bars and the table of segments.

    Args:
        rfm: rows of sql/report_rfm.sql.
        bounds: rows of sql/report_rfm_bounds.sql.
    """
    if rfm.is_empty():
        return {"rows": []}
    segments = (
        rfm.group_by("segment")
        .agg(pl.sum("customers"), pl.sum("spend"))
        .with_columns(customer_share=_share("customers"), spend_share=_share("spend"))
        .sort(in_rule_order("segment"), "segment")
    )
    return {
        "grid": _picture_grid(rfm, bounds, currency),
        "bars": _picture_bars(segments),
        "rows": [_describe_segment(row, currency) for row in segments.iter_rows(named=True)],
        "notes": _notes_on_scores(bounds),
    }


def _share(column: str) -> pl.Expr:
    total = pl.sum(column)
    return pl.when(total > 0).then(pl.col(column) / total)


def _describe_segment(row: dict[str, Any], currency: str) -> dict[str, Any]:
    rule = next((rule for rule in SEGMENT_RULES if rule.name == row["segment"]), None)
    mean = row["spend"] / row["customers"]
    return {
        "name": row["segment"],
        "customers": count(row["customers"]),
        "customer_share": percent(row["customer_share"]),
        "spend": rounded_money(currency)(row["spend"]),
        "spend_share": _percent_or_dash(row["spend_share"]),
        "mean_spend": rounded_money(currency, mean)(mean),
        "description": rule.description if rule else "",
        "advice": rule.advice if rule else "",
    }


def _percent_or_dash(share: float | None) -> str:
    return "–" if share is None else percent(share)


def _picture_grid(rfm: pl.DataFrame, bounds: pl.DataFrame, currency: str) -> Picture:
    pairs = ["recency_score", "frequency_score"]
    filled = (
        rfm.sort("customers", "segment", descending=[True, False])
        .group_by(pairs, maintain_order=True)
        .agg(pl.sum("customers"), pl.sum("spend"), pl.col("segment").str.join("\n").alias("segments"))
    )
    scores = pl.DataFrame({"score": SCORES}, schema={"score": pl.Int8})
    every = scores.rename({"score": pairs[0]}).join(scores.rename({"score": pairs[1]}), how="cross")
    mean = pl.col("spend") / pl.col("customers")
    cells = every.join(filled, on=pairs, how="left", maintain_order="left").with_columns(
        recency=_label_scores(pairs[0], bounds, "days_since_last_order", " days"),
        frequency=_label_scores(pairs[1], bounds, "order_count", ""),
        mean_spend=mean,
        customers_text=pl.col("customers").fill_null(0).map_elements(count, return_dtype=pl.String),
        spend_text=mean.map_elements(lambda amount: rounded_money(currency, amount)(amount), return_dtype=pl.String),
    )
    alt = "Recency by frequency. " + "; ".join(
        f"recency {row['recency_score']}, frequency {row['frequency_score']}: {count(row['customers'])} customers, "
        f"{row['segments'].replace(chr(10), ' and ')}"
        for row in filled.sort(pairs).iter_rows(named=True)
    )
    return Picture(draw_rfm_grid(cells.drop("spend")), alt)


def _label_scores(column: str, bounds: pl.DataFrame, measure: str, unit: str) -> pl.Expr:
    labels = {score: str(score) for score in SCORES}
    for row in bounds.filter(pl.col("measure") == measure).iter_rows(named=True):
        labels[row["score"]] += f"\n{_range(row['lower'], row['upper'], unit)}"
    return pl.col(column).replace_strict(labels, return_dtype=pl.String)


def _range(lower: float | None, upper: float | None, unit: str) -> str:
    if lower is None or upper is None:
        return "nobody"
    return f"{count(lower)}{unit}" if lower == upper else f"{count(lower)}–{count(upper)}{unit}"


def _notes_on_scores(bounds: pl.DataFrame) -> list[str]:
    """Why scores are missing, one sentence per measure and reason."""
    missing = bounds.filter(pl.col("note").is_not_null())
    names = missing.group_by("measure", "note", maintain_order=True).agg(pl.col("score").cast(pl.String).str.join(", "))
    return [f"{measure.replace('_', ' ')}, score {scores}: {note}" for measure, note, scores in names.iter_rows()]


def _picture_bars(segments: pl.DataFrame) -> Picture:
    kinds = (("customers", "customer_share", GREY), ("spend", "spend_share", BLUE))
    bars = pl.concat(
        segments.select(
            "segment", pl.lit(kind).alias("kind"), pl.col(column).alias("share"), pl.lit(colour).alias("colour")
        )
        for kind, column, colour in kinds
    ).with_columns(share_text=pl.col("share").map_elements(percent, return_dtype=pl.String).fill_null("–"))
    described = (
        f"{row['segment']} {percent(row['customer_share'])} of customers, {_percent_or_dash(row['spend_share'])} of spend"
        for row in segments.iter_rows(named=True)
    )
    return Picture(draw_segment_bars(bars), "Share of customers and of spend by segment: " + "; ".join(described))


def describe_clusters(profiles: pl.DataFrame, selection: pl.DataFrame, currency: str) -> dict[str, Any]:
    """The heat map of clusters, their table, and how their number was chosen.

    Args:
        profiles: rows of sql/report_cluster_profiles.sql.
        selection: rows of sql/report_cluster_selection.sql.
    """
    if profiles.is_empty():
        return {"rows": []}
    clusters = profiles.unique("cluster_id", keep="first", maintain_order=True)
    return {
        "heatmap": _picture_heatmap(profiles, currency),
        "choice": _picture_choice(selection),
        "sentences": explain_choice(selection),
        "rows": [
            {
                "id": row["cluster_id"],
                "name": row["cluster_name"],
                "customers": count(row["customers"]),
                "share": percent(row["share"]),
                "mean_spend": rounded_money(currency, row["mean_spend"])(row["mean_spend"]),
            }
            for row in clusters.iter_rows(named=True)
        ],
    }


def _picture_heatmap(profiles: pl.DataFrame, currency: str) -> Picture:
    known = profiles.filter(pl.col("feature").is_in(FEATURE_ORDER))
    rows = [
        {
            "cluster": "\n".join(textwrap.wrap(f"{row['cluster_id']} {row['cluster_name']}", LABEL_WIDTH)),
            "feature": "\n".join(textwrap.wrap(row["feature"].replace("_", " "), 13)),
            "difference": row["centre"],
            "mean_text": _write_mean(row["feature"], row["mean"], currency),
        }
        for row in known.sort("cluster_id", pl.col("feature").cast(pl.Enum(FEATURE_ORDER))).iter_rows(named=True)
    ]
    alt = "Mean of each feature by cluster: " + "; ".join(
        f"{row['cluster']}, {row['feature']}: {row['mean_text']}".replace("\n", " ") for row in rows
    )
    return Picture(draw_cluster_heatmap(pl.DataFrame(rows, schema_overrides={"difference": pl.Float64})), alt)


def _write_mean(feature: str, mean: float | None, currency: str) -> str:
    unit = next(known.unit for known in FEATURES if known.name == feature)
    if mean is None:
        return "–"
    if unit == "share":
        return percent(mean)
    if unit == "money":
        return rounded_money(currency, mean)(mean)
    return count(mean) if abs(mean) >= 100 else f"{mean:,.1f}"


def _picture_choice(selection: pl.DataFrame) -> Picture | None:
    if selection.is_empty():
        return None
    measures = pl.concat(
        selection.select(
            "k", "chosen", pl.lit(name).alias("measure"), pl.col(name).alias("value"), pl.lit(colour).alias("colour")
        )
        for name, colour in MEASURES
    )
    alt = "; ".join(
        f"{row['k']} clusters: stability {row['stability']:.2f}, silhouette {row['silhouette']:.2f}"
        for row in selection.iter_rows(named=True)
    )
    return Picture(draw_cluster_choice(measures), alt)


def explain_choice(selection: pl.DataFrame) -> list[str]:
    """Why this number of clusters, in words."""
    chosen = selection.filter("chosen")
    if chosen.is_empty():
        return []
    row = chosen.row(0, named=True)
    k, tried = row["k"], f"{selection['k'].min()} to {selection['k'].max()}"
    figures = f"stability {row['stability']:.2f} (1: the same clusters every time), silhouette {row['silhouette']:.2f}"
    if row["note"]:
        return [f"No number from {tried} passed the checks ({row['note']}); {k}, the most stable, is used: {figures}."]
    passed_over = selection.filter(~pl.col("chosen"), pl.col("note").is_not_null())
    why = [
        f"Passed over: {', '.join(map(str, ks))} ({note})."
        for note, ks in passed_over.group_by("note", maintain_order=True).agg("k").iter_rows()
    ]
    return [f"{k} is the largest number from {tried} whose clusters come out alike in resampled data: {figures}.", *why]
