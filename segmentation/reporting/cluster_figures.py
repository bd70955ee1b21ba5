"""What the page shows of clusters."""

import textwrap
from typing import Any

import polars as pl

from segmentation.reporting.charts import BLUE, GREEN, Picture
from segmentation.reporting.numbers import MISSING
from segmentation.reporting.segment_charts import draw_cluster_choice, draw_cluster_heatmap
from segmentation.reporting.words import Words
from segmentation.segments.features import FEATURES

UNITS = {feature.name: feature.unit for feature in FEATURES}
LABEL_WIDTH = 13
MEASURES = (("stability", BLUE), ("silhouette", GREEN))


def describe_clusters(
    profiles: pl.DataFrame, selection: pl.DataFrame, fits: pl.DataFrame, words: Words
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
        "heatmap": _picture_heatmap(profiles, words),
        "choice": _picture_choice(selection, words),
        "lasting": [sentence for fit in fits.iter_rows(named=True) for sentence in explain_fit(fit, words)],
        "sentences": explain_choice(selection, words),
        "rows": [
            {
                "id": row["cluster_id"],
                "name": name_cluster(row["cluster_name"], words),
                "customers": words.count(row["customers"]),
                "share": words.percent(row["share"]),
                "mean_spend": MISSING
                if row["mean_spend"] is None
                else words.rounded_money(row["mean_spend"])(row["mean_spend"]),
            }
            for row in clusters.iter_rows(named=True)
        ],
    }


def name_cluster(name: str, words: Words) -> str:
    """A name made of traits, such as `Frequent, big baskets (2)`, trait by trait."""
    traits, gap, number = name.partition(" (")
    return ", ".join(words.stored(trait) for trait in traits.lower().split(", ")).capitalize() + gap + number


def _picture_heatmap(profiles: pl.DataFrame, words: Words) -> Picture:
    known = profiles.filter(pl.col("feature").is_in(list(UNITS)) | pl.col("centre").is_not_null())
    order = [*UNITS, *sorted(set(known["feature"]) - set(UNITS))]
    rows = [
        {
            "cluster": f"{row['cluster_id']} {name_cluster(row['cluster_name'], words)}",
            "feature": "\n".join(textwrap.wrap(words.name(row["feature"]), LABEL_WIDTH)),
            "difference": row["centre"],
            "mean_text": _write_mean(row["feature"], row["mean"], words),
        }
        for row in known.sort("cluster_id", pl.col("feature").cast(pl.Enum(order))).iter_rows(named=True)
    ]
    told = "; ".join(f"{row['cluster']}, {row['feature']}: {row['mean_text']}".replace("\n", " ") for row in rows)
    drawn = pl.DataFrame(rows, schema_overrides={"difference": pl.Float64})
    return Picture(draw_cluster_heatmap(drawn, words), words("Mean of each feature by cluster: %(told)s", told=told))


def _write_mean(feature: str, mean: float | None, words: Words) -> str:
    if mean is None:
        return MISSING
    if UNITS.get(feature) == "share":
        return words.percent(mean)
    if UNITS.get(feature) == "money":
        return words.rounded_money(mean)(mean)
    return words.count(mean) if abs(mean) >= 100 else words.about(mean)


def _picture_choice(selection: pl.DataFrame, words: Words) -> Picture | None:
    if selection.is_empty():
        return None
    measures = pl.concat(
        selection.select("k", "chosen", pl.col(name).alias("value"), pl.lit(colour).alias("colour"))
        for name, colour in MEASURES
    )
    alt = "; ".join(
        words.plural(
            "%(number)s cluster: stability %(stability)s, silhouette %(silhouette)s",
            "%(number)s clusters: stability %(stability)s, silhouette %(silhouette)s",
            row["k"],
            **_write_measures(row, words),
        )
        for row in selection.iter_rows(named=True)
    )
    return Picture(draw_cluster_choice(measures, words), alt)


def _write_measures(row: dict[str, Any], words: Words) -> dict[str, str]:
    return {name: words.decimal(row[name], 2) for name, _ in MEASURES}


def explain_fit(fit: dict[str, Any], words: Words) -> list[str]:
    """Since when the clusters are there, and what has stayed, in words."""
    said = [_tell_fit(fit, words)]
    if fit["left_out"]:
        left_out = "; ".join(words.stored(left_out.replace("_", " ")) for left_out in fit["left_out"])
        said.append(words("Left out: %(left_out)s.", left_out=left_out))
    return said


def _tell_fit(fit: dict[str, Any], words: Words) -> str:
    method, date = words.stored(fit["method"]), words.date(fit["as_of_date"])
    if fit["outcome"] == "first":
        return words("Found by %(method)s on %(date)s.", method=method, date=date)
    if fit["outcome"] == "kept":
        return words(
            "Found on %(found)s; those of %(date)s are not used: %(why)s.",
            found=words.date(fit["in_use_since"]),
            date=date,
            why=words.stored(fit["note"]),
        )
    if fit["same_clusters"] is None:
        return words(
            "Found by %(method)s, anew on %(date)s: nothing is left to compare with those of before.",
            method=method,
            date=date,
        )
    return words(
        "Found by %(method)s, anew on %(date)s: %(same)s of %(clusters)s are clusters of before, and %(staying)s of "
        "customers are in the one they were in.",
        method=method,
        date=date,
        same=fit["same_clusters"],
        clusters=fit["clusters"],
        staying=words.percent(fit["staying_share"]),
    )


def explain_choice(selection: pl.DataFrame, words: Words) -> list[str]:
    """Why this number of clusters, in words."""
    chosen = selection.filter("chosen")
    if chosen.is_empty():
        return []
    row = chosen.row(0, named=True)
    said = {"k": row["k"], "first": selection["k"][0], "last": selection["k"][-1], **_write_measures(row, words)}
    if row["note"]:
        return [
            words(
                "No number from %(first)s to %(last)s passed the checks (%(why)s); %(k)s, the most stable, is used: "
                "stability %(stability)s (1: the same clusters every time), silhouette %(silhouette)s.",
                **said,
                why=words.stored(row["note"]),
            )
        ]
    passed_over = selection.filter(~pl.col("chosen"), pl.col("note").is_not_null())
    why = [
        words("Passed over: %(numbers)s (%(why)s).", numbers=", ".join(map(str, ks)), why=words.stored(note))
        for note, ks in passed_over.group_by("note", maintain_order=True).agg("k").iter_rows()
    ]
    best = selection.filter(pl.col("note").is_null())["silhouette"].max()
    return [_tell_choice(said, words, is_best=row["silhouette"] == best), *why]


def _tell_choice(said: dict[str, Any], words: Words, *, is_best: bool) -> str:
    if is_best:
        return words(
            "Of the numbers from %(first)s to %(last)s whose clusters come out alike in resampled data, %(k)s tells "
            "them apart best: stability %(stability)s (1: the same clusters every time), silhouette %(silhouette)s.",
            **said,
        )
    return words(
        "Of the numbers from %(first)s to %(last)s whose clusters come out alike in resampled data, %(k)s is in use "
        "and nearly as good as the best: stability %(stability)s (1: the same clusters every time), silhouette "
        "%(silhouette)s.",
        **said,
    )
