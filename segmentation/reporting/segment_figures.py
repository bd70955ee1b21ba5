"""What the page shows of segments."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from segmentation.reporting.charts import BLUE, GREY, Picture
from segmentation.reporting.numbers import MISSING, count, percent, rounded_money
from segmentation.reporting.segment_charts import draw_rfm_grid, draw_segment_bars

SPEND = pl.sum("spend").cast(pl.Float64)  # summed as decimals: floats would depend on the order of the rows
PAIR = (("recency_score", "days_since_last_order"), ("frequency_score", "order_count"))
MOST_IN_COLUMN = 5  # scores of a map that has room beside the bars
MOST_LINES = 3  # segments named in a cell of the map


def describe_segments(
    rfm: pl.DataFrame, bounds: pl.DataFrame, rules: pl.DataFrame, outside: dict[str, int], currency: str
) -> dict[str, Any]:
    """The map of scores, the bars and the table of segments.

    Args:
        rfm: rows of sql/report_rfm.sql, in any order; `spend` is a decimal.
        bounds: rows of sql/report_rfm_bounds.sql.
        rules: rows of sql/report_rules.sql.
        outside: the row of sql/report_not_segmented.sql.
    """
    if rfm.is_empty():
        return {"rows": [], "outside": _describe_outside(outside)}
    segments = (
        rfm.group_by("segment")
        .agg(pl.sum("customers"), SPEND)
        .join(rules, on="segment", how="left")
        .sort("position", "segment", nulls_last=True)
        .with_columns(customer_share=_share("customers"), spend_share=_share("spend"))
    )
    scores = [
        max(rfm[name].to_list() + bounds.filter(pl.col("measure") == measure)["score"].to_list())
        for name, measure in PAIR
    ]
    return {
        "grid": _picture_grid(rfm, bounds, scores, currency),
        "is_wide": max(scores) > MOST_IN_COLUMN,
        "bars": _picture_bars(segments),
        "rows": [_describe_segment(row, currency) for row in segments.iter_rows(named=True)],
        "notes": _notes_on_scores(bounds),
        "outside": _describe_outside(outside),
    }


def _describe_outside(outside: dict[str, int]) -> list[str]:
    """Who is in no segment, in words."""
    said = []
    if outside["never_bought"]:
        said.append(f"Never bought, so without scores: {count(outside['never_bought'])}.")
    if outside["objected"]:
        said.append(f"Objected to marketing, so neither scored nor mailed: {count(outside['objected'])}.")
    return said


def _share(column: str) -> pl.Expr:
    total = pl.sum(column)
    return pl.when(total > 0).then(pl.col(column) / total)


def _describe_segment(row: dict[str, Any], currency: str) -> dict[str, Any]:
    mean = row["spend"] / row["customers"]
    return {
        "name": row["segment"],
        "customers": count(row["customers"]),
        "customer_share": percent(row["customer_share"]),
        "spend": rounded_money(currency)(row["spend"]),
        "spend_share": _percent_or_dash(row["spend_share"]),
        "mean_spend": rounded_money(currency, mean)(mean),
        "description": row["description"] or "",
        "advice": row["advice"] or "",
    }


def _percent_or_dash(share: float | None) -> str:
    return MISSING if share is None else percent(share)


def _picture_grid(rfm: pl.DataFrame, bounds: pl.DataFrame, scores: Sequence[int], currency: str) -> Picture:
    pairs = [name for name, _ in PAIR]
    filled = (
        rfm.group_by(*pairs, "segment")
        .agg(pl.sum("customers"), pl.sum("spend"))
        .sort("customers", "segment", descending=[True, False])
        .group_by(pairs, maintain_order=True)
        .agg(pl.sum("customers"), SPEND, pl.col("segment").alias("segments"))
    )
    recency, frequency = (
        pl.DataFrame({name: range(1, of + 1)}, schema={name: pl.Int8}) for name, of in zip(pairs, scores, strict=True)
    )
    mean = pl.col("spend") / pl.col("customers")
    cells = (
        recency.join(frequency, how="cross")
        .join(filled, on=pairs, how="left", maintain_order="left")
        .with_columns(
            recency=_label_scores(pairs[0], bounds, "days_since_last_order", "{}\n{}"),
            frequency=_label_scores(pairs[1], bounds, "order_count", "{}: {}"),
            mean_spend=mean,
            segments=pl.col("segments").map_elements(_write_segments, return_dtype=pl.String).fill_null(""),
            customers_text=pl.col("customers").fill_null(0).map_elements(count, return_dtype=pl.String),
            spend_text=mean.map_elements(
                lambda amount: rounded_money(currency, amount)(amount), return_dtype=pl.String
            ).fill_null(""),
        )
    )
    alt = "Recency by frequency. " + "; ".join(
        f"recency {row['recency_score']}, frequency {row['frequency_score']}: {count(row['customers'])} customers, "
        f"{' and '.join(row['segments'])}"
        for row in filled.sort(pairs).iter_rows(named=True)
    )
    return Picture(draw_rfm_grid(cells.drop("spend")), alt)


def _write_segments(names: pl.Series) -> str:
    shown = (
        names.to_list()
        if len(names) <= MOST_LINES
        else [*names.head(MOST_LINES - 1), f"{len(names) - MOST_LINES + 1} more"]
    )
    return "\n".join(shown)


def _label_scores(column: str, bounds: pl.DataFrame, measure: str, template: str) -> pl.Expr:
    labels = {
        row["score"]: template.format(row["score"], _write_range(row["lower"], row["upper"]))
        for row in bounds.filter(pl.col("measure") == measure, ~pl.col("is_nested")).iter_rows(named=True)
    }
    return pl.col(column).replace_strict(labels, default=pl.col(column).cast(pl.String), return_dtype=pl.String)


def _write_range(lower: float | None, upper: float | None) -> str:
    if lower is None or upper is None:
        return "nobody"
    return count(lower) if lower == upper else f"{count(lower)} to {count(upper)}"


def _notes_on_scores(bounds: pl.DataFrame) -> list[str]:
    """Why scores are missing, one sentence per measure and reason; and which are scored within groups."""
    missing = bounds.filter(pl.col("note").is_not_null())
    names = missing.group_by("measure", "note", maintain_order=True).agg(pl.col("score").cast(pl.String).str.join(", "))
    notes = [f"{measure.replace('_', ' ')}, score {scores}: {note}" for measure, note, scores in names.iter_rows()]
    nested = [
        measure.replace("_", " ") for measure in bounds.filter("is_nested")["measure"].unique(maintain_order=True)
    ]
    if nested:
        notes.append(
            f"{' and '.join(nested)}: scored among customers with the same earlier scores, see segments.rfm_thresholds"
        )
    return notes


def _picture_bars(segments: pl.DataFrame) -> Picture:
    kinds = (("customers", "customer_share", GREY), ("spend", "spend_share", BLUE))
    bars = pl.concat(
        segments.select(
            "segment", pl.lit(kind).alias("kind"), pl.col(column).alias("share"), pl.lit(colour).alias("colour")
        )
        for kind, column, colour in kinds
    ).with_columns(share_text=pl.col("share").map_elements(percent, return_dtype=pl.String).fill_null(MISSING))
    described = (
        f"{name} {percent(customers)} of customers, {_percent_or_dash(spend)} of spend"
        for name, customers, spend in segments.select("segment", "customer_share", "spend_share").iter_rows()
    )
    return Picture(draw_segment_bars(bars), "Share of customers and of spend by segment: " + "; ".join(described))
