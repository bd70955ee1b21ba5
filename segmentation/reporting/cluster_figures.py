"""What the page shows of clusters."""

import textwrap
from typing import Any

import polars as pl

from segmentation.reporting.charts import BLUE, GREEN, Picture
from segmentation.reporting.numbers import MISSING, count, percent, rounded_money
from segmentation.reporting.segment_charts import draw_cluster_choice, draw_cluster_heatmap
from segmentation.segments.features import FEATURES

UNITS = {feature.name: feature.unit for feature in FEATURES}
LABEL_WIDTH = 13
MEASURES = (("stability", BLUE), ("silhouette", GREEN))


def describe_clusters(
    profiles: pl.DataFrame, selection: pl.DataFrame, fits: pl.DataFrame, currency: str
) -> dict[str, Any]:
    """The heat map of clusters, their table, how their number was chosen, and since when they are there.

    Args:
        profiles: rows of sql/report_cluster_profiles.sql.
        selection: rows of sql/report_cluster_selection.sql.
        fits: the row of sql/report_cluster_fits.sql.
    """
    if profiles.is_empty():
        return {"rows": []}
    clusters = profiles.unique("cluster_id", keep="first", maintain_order=True)
    return {
        "heatmap": _picture_heatmap(profiles, currency),
        "choice": _picture_choice(selection),
        "lasting": [sentence for fit in fits.iter_rows(named=True) for sentence in explain_fit(fit)],
        "sentences": explain_choice(selection),
        "rows": [
            {
                "id": row["cluster_id"],
                "name": row["cluster_name"],
                "customers": count(row["customers"]),
                "share": percent(row["share"]),
                "mean_spend": MISSING
                if row["mean_spend"] is None
                else rounded_money(currency, row["mean_spend"])(row["mean_spend"]),
            }
            for row in clusters.iter_rows(named=True)
        ],
    }


def _picture_heatmap(profiles: pl.DataFrame, currency: str) -> Picture:
    known = profiles.filter(pl.col("feature").is_in(list(UNITS)) | pl.col("centre").is_not_null())
    order = [*UNITS, *sorted(set(known["feature"]) - set(UNITS))]
    rows = [
        {
            "cluster": f"{row['cluster_id']} {row['cluster_name']}",
            "feature": "\n".join(textwrap.wrap(row["feature"].replace("_", " "), LABEL_WIDTH)),
            "difference": row["centre"],
            "mean_text": _write_mean(row["feature"], row["mean"], currency),
        }
        for row in known.sort("cluster_id", pl.col("feature").cast(pl.Enum(order))).iter_rows(named=True)
    ]
    alt = "Mean of each feature by cluster: " + "; ".join(
        f"{row['cluster']}, {row['feature']}: {row['mean_text']}".replace("\n", " ") for row in rows
    )
    return Picture(draw_cluster_heatmap(pl.DataFrame(rows, schema_overrides={"difference": pl.Float64})), alt)


def _write_mean(feature: str, mean: float | None, currency: str) -> str:
    if mean is None:
        return MISSING
    if UNITS.get(feature) == "share":
        return percent(mean)
    if UNITS.get(feature) == "money":
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


def explain_fit(fit: dict[str, Any]) -> list[str]:
    """Since when the clusters are there, and what has stayed, in words."""
    sentences = {
        "first": f"Found by {fit['method']} on {fit['as_of_date']}.",
        "refitted": f"Found by {fit['method']}, anew on {fit['as_of_date']}: {_write_same(fit)}.",
        "kept": f"Found on {fit['in_use_since']}; those of {fit['as_of_date']} are not used: {fit['note']}.",
    }
    said = [sentences[fit["outcome"]]]
    if fit["left_out"]:
        said.append(f"Left out: {'; '.join(fit['left_out'])}.".replace("_", " "))
    return said


def _write_same(fit: dict[str, Any]) -> str:
    if fit["same_clusters"] is None:
        return "nothing is left to compare with those of before"
    return (
        f"{fit['same_clusters']} of {fit['clusters']} are clusters of before, "
        f"and {percent(fit['staying_share'])} of customers are in the one they were in"
    )


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
    best = selection.filter(pl.col("note").is_null())["silhouette"].max()
    why_chosen = "tells them apart best" if row["silhouette"] == best else "is in use and nearly as good as the best"
    alike = f"Of the numbers from {tried} whose clusters come out alike in resampled data, {k} {why_chosen}"
    return [f"{alike}: {figures}.", *why]
