"""What the page shows of segments."""

from typing import Any

import polars as pl

from segmentation.reporting.charts import (
    BLUE,
    GREY,
    Picture,
    draw_rfm_grid,
    draw_segment_bars,
)
from segmentation.reporting.numbers import MISSING, count, percent, rounded_money
from segmentation.segments.rules import SEGMENT_RULES

SCORES = (1, 2, 3, 4, 5)
SPEND = pl.sum("spend").cast(pl.Float64)  # summed as decimals: floats would depend on the order of the rows
SEGMENT_ORDER = [rule.name for rule in SEGMENT_RULES]


def in_rule_order(column: str) -> pl.Expr:
    """Sorts segments as SEGMENT_RULES has them, others last."""
    ranks = {name: rank for rank, name in enumerate(SEGMENT_ORDER)}
    return pl.col(column).replace_strict(ranks, default=len(ranks), return_dtype=pl.Int32)


def describe_segments(rfm: pl.DataFrame, bounds: pl.DataFrame, currency: str) -> dict[str, Any]:
    """The map of scores, the bars and the table of segments.

    Args:
        rfm: rows of sql/report_rfm.sql, in any order; `spend` is a decimal.
        bounds: rows of sql/report_rfm_bounds.sql.
    """
    if rfm.is_empty():
        return {"rows": []}
    segments = (
        rfm.group_by("segment")
        .agg(pl.sum("customers"), SPEND)
        .sort(in_rule_order("segment"), "segment")
        .with_columns(customer_share=_share("customers"), spend_share=_share("spend"))
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
    return MISSING if share is None else percent(share)


def _picture_grid(rfm: pl.DataFrame, bounds: pl.DataFrame, currency: str) -> Picture:
    pairs = ["recency_score", "frequency_score"]
    filled = (
        rfm.sort("customers", "segment", descending=[True, False])
        .group_by(pairs, maintain_order=True)
        .agg(pl.sum("customers"), SPEND, pl.col("segment").str.join("\n").alias("segments"))
    )
    scores = pl.DataFrame({"score": SCORES}, schema={"score": pl.Int8})
    every = scores.rename({"score": pairs[0]}).join(scores.rename({"score": pairs[1]}), how="cross")
    mean = pl.col("spend") / pl.col("customers")
    cells = every.join(filled, on=pairs, how="left", maintain_order="left").with_columns(
        recency=_label_scores(pairs[0], bounds, "days_since_last_order", "{}\n{}"),
        frequency=_label_scores(pairs[1], bounds, "order_count", "{}: {}"),
        mean_spend=mean,
        segments=pl.col("segments").fill_null(""),
        customers_text=pl.col("customers").fill_null(0).map_elements(count, return_dtype=pl.String),
        spend_text=mean.map_elements(
            lambda amount: rounded_money(currency, amount)(amount), return_dtype=pl.String
        ).fill_null(""),
    )
    alt = "Recency by frequency. " + "; ".join(
        f"recency {row['recency_score']}, frequency {row['frequency_score']}: {count(row['customers'])} customers, "
        f"{row['segments'].replace(chr(10), ' and ')}"
        for row in filled.sort(pairs).iter_rows(named=True)
    )
    return Picture(draw_rfm_grid(cells.drop("spend")), alt)


def _label_scores(column: str, bounds: pl.DataFrame, measure: str, template: str) -> pl.Expr:
    labels = {score: str(score) for score in SCORES}
    for row in bounds.filter(pl.col("measure") == measure).iter_rows(named=True):
        labels[row["score"]] = template.format(row["score"], _write_range(row["lower"], row["upper"]))
    return pl.col(column).replace_strict(labels, return_dtype=pl.String)


def _write_range(lower: float | None, upper: float | None) -> str:
    if lower is None or upper is None:
        return "nobody"
    return count(lower) if lower == upper else f"{count(lower)} to {count(upper)}"


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
    ).with_columns(share_text=pl.col("share").map_elements(percent, return_dtype=pl.String).fill_null(MISSING))
    described = (
        f"{name} {percent(customers)} of customers, {_percent_or_dash(spend)} of spend"
        for name, customers, spend in segments.select("segment", "customer_share", "spend_share").iter_rows()
    )
    return Picture(draw_segment_bars(bars), "Share of customers and of spend by segment: " + "; ".join(described))
