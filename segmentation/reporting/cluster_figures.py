"""What the page shows of clusters."""

import textwrap
from typing import Any

import polars as pl

from segmentation.reporting.charts import BLUE, GREEN, Picture, draw_cluster_choice, draw_cluster_heatmap
from segmentation.reporting.numbers import MISSING, count, percent, rounded_money
from segmentation.segments.features import FEATURES

UNITS = {feature.name: feature.unit for feature in FEATURES}
LABEL_WIDTH = 13
MEASURES = (("stability", BLUE), ("silhouette", GREEN))


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
    known = profiles.filter(pl.col("feature").is_in(list(UNITS)))
    rows = [
        {
            "cluster": f"{row['cluster_id']} {row['cluster_name']}",
            "feature": "\n".join(textwrap.wrap(row["feature"].replace("_", " "), LABEL_WIDTH)),
            "difference": row["centre"],
            "mean_text": _write_mean(row["feature"], row["mean"], currency),
        }
        for row in known.sort("cluster_id", pl.col("feature").cast(pl.Enum(list(UNITS)))).iter_rows(named=True)
    ]
    alt = "Mean of each feature by cluster: " + "; ".join(
        f"{row['cluster']}, {row['feature']}: {row['mean_text']}".replace("\n", " ") for row in rows
    )
    return Picture(draw_cluster_heatmap(pl.DataFrame(rows, schema_overrides={"difference": pl.Float64})), alt)


def _write_mean(feature: str, mean: float | None, currency: str) -> str:
    if mean is None:
        return MISSING
    if UNITS[feature] == "share":
        return percent(mean)
    if UNITS[feature] == "money":
        return rounded_money(currency, mean)(mean)
    return count(mean) if abs(mean) >= 100 else f"{mean:,.1f}"


def _picture_choice(selection: pl.DataFrame) -> Picture | None:
    if selection.is_empty():
        return None
    measures = pl.concat(
        selection.select("k", "chosen", pl.col(name).alias("value"), pl.lit(colour).alias("colour"))
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
    k, tried = row["k"], f"{selection['k'][0]} to {selection['k'][-1]}"
    figures = f"stability {row['stability']:.2f} (1: the same clusters every time), silhouette {row['silhouette']:.2f}"
    if row["note"]:
        return [f"No number from {tried} passed the checks ({row['note']}); {k}, the most stable, is used: {figures}."]
    passed_over = selection.filter(~pl.col("chosen"), pl.col("note").is_not_null())
    why = [
        f"Passed over: {', '.join(map(str, ks))} ({note})."
        for note, ks in passed_over.group_by("note", maintain_order=True).agg("k").iter_rows()
    ]
    best = f"Of the numbers from {tried} whose clusters come out alike in resampled data, {k} tells them apart best"
    return [f"{best}: {figures}.", *why]
