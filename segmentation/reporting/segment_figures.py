"""What the page shows of segments."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from segmentation.reporting.charts import BLUE, GREY, Picture
from segmentation.reporting.numbers import MISSING
from segmentation.reporting.segment_charts import draw_rfm_grid, draw_segment_bars
from segmentation.reporting.words import Words

SPEND = pl.sum("spend").cast(pl.Float64)  # summed as decimals: floats would depend on the order of the rows
PAIR = (("recency_score", "days_since_last_order"), ("frequency_score", "order_count"))
MOST_IN_COLUMN = 5  # scores of a map that has room beside the bars
MOST_LINES = 3  # segments named in a cell of the map


def describe_segments(
    rfm: pl.DataFrame, bounds: pl.DataFrame, rules: pl.DataFrame, outside: dict[str, int], words: Words
) -> dict[str, Any]:
    """The map of scores, the bars and the table of segments.

    Args:
        rfm: rows of sql/report_rfm.sql, in any order; `spend` is a decimal.
        bounds: rows of sql/report_rfm_bounds.sql.
        rules: rows of sql/report_rules.sql.
        outside: the row of sql/report_not_segmented.sql.
    """
    if rfm.is_empty():
        return {"rows": [], "outside": _describe_outside(outside, words)}
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
        "grid": _picture_grid(rfm, bounds, scores, words),
        "is_wide": max(scores) > MOST_IN_COLUMN,
        "bars": _picture_bars(segments, words),
        "rows": [_describe_segment(row, words) for row in segments.iter_rows(named=True)],
        "notes": _notes_on_scores(bounds, words),
        "outside": _describe_outside(outside, words),
    }


def _describe_outside(outside: dict[str, int], words: Words) -> list[str]:
    """Who is in no segment, in words."""
    never_bought, objected = (words.count(outside[name]) for name in ("never_bought", "objected"))
    said = []
    if outside["never_bought"]:
        said.append(words("Never bought, so without scores: %(customers)s.", customers=never_bought))
    if outside["objected"]:
        said.append(words("Objected to marketing, so neither scored nor mailed: %(customers)s.", customers=objected))
    return said


def _share(column: str) -> pl.Expr:
    total = pl.sum(column)
    return pl.when(total > 0).then(pl.col(column) / total)


def _describe_segment(row: dict[str, Any], words: Words) -> dict[str, Any]:
    mean = row["spend"] / row["customers"]
    return {
        "name": words.stored(row["segment"]),
        "customers": words.count(row["customers"]),
        "customer_share": words.percent(row["customer_share"]),
        "spend": words.rounded_money()(row["spend"]),
        "spend_share": _percent_or_dash(row["spend_share"], words),
        "mean_spend": words.rounded_money(mean)(mean),
        "description": words.stored(row["description"]),
        "advice": words.stored(row["advice"]),
    }


def _percent_or_dash(share: float | None, words: Words) -> str:
    return MISSING if share is None else words.percent(share)


def _picture_grid(rfm: pl.DataFrame, bounds: pl.DataFrame, scores: Sequence[int], words: Words) -> Picture:
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
            recency=_label_scores(pairs[0], bounds, "days_since_last_order", "{}\n{}", words),
            frequency=_label_scores(pairs[1], bounds, "order_count", "{}: {}", words),
            mean_spend=mean,
            segments=pl.col("segments")
            .map_elements(lambda names: _write_segments(names, words), return_dtype=pl.String)
            .fill_null(""),
            customers_text=pl.col("customers").fill_null(0).map_elements(words.count, return_dtype=pl.String),
            spend_text=mean.map_elements(
                lambda amount: words.rounded_money(amount)(amount), return_dtype=pl.String
            ).fill_null(""),
        )
    )
    told = "; ".join(
        words.plural(
            "recency %(recency)s, frequency %(frequency)s: %(number)s customer, %(segments)s",
            "recency %(recency)s, frequency %(frequency)s: %(number)s customers, %(segments)s",
            row["customers"],
            recency=row["recency_score"],
            frequency=row["frequency_score"],
            segments=words.series(map(words.stored, row["segments"])),
        )
        for row in filled.sort(pairs).iter_rows(named=True)
    )
    return Picture(draw_rfm_grid(cells.drop("spend"), words), words("Recency by frequency. %(told)s", told=told))


def _write_segments(names: pl.Series, words: Words) -> str:
    shown = [words.stored(name) for name in names]
    if len(shown) > MOST_LINES:
        more = len(shown) - MOST_LINES + 1
        shown = [*shown[: MOST_LINES - 1], words.plural("%(number)s more", "%(number)s more", more)]
    return "\n".join(shown)


def _label_scores(column: str, bounds: pl.DataFrame, measure: str, template: str, words: Words) -> pl.Expr:
    labels = {
        row["score"]: template.format(row["score"], _write_range(row["lower"], row["upper"], words))
        for row in bounds.filter(pl.col("measure") == measure, ~pl.col("is_nested")).iter_rows(named=True)
    }
    return pl.col(column).replace_strict(labels, default=pl.col(column).cast(pl.String), return_dtype=pl.String)


def _write_range(lower: float | None, upper: float | None, words: Words) -> str:
    if lower is None or upper is None:
        return words("nobody")
    return words.count(lower) if lower == upper else words.interval(words.count(lower), words.count(upper))


def _notes_on_scores(bounds: pl.DataFrame, words: Words) -> list[str]:
    """Why scores are missing, one sentence per measure and reason; and which are scored within groups."""
    missing = bounds.filter(pl.col("note").is_not_null())
    names = missing.group_by("measure", "note", maintain_order=True).agg(pl.col("score").cast(pl.String).str.join(", "))
    notes = [
        words(
            "%(measure)s, score %(scores)s: %(why)s",
            measure=words.name(measure),
            scores=scores,
            why=words.stored(note),
        )
        for measure, note, scores in names.iter_rows()
    ]
    nested = bounds.filter("is_nested")["measure"].unique(maintain_order=True).to_list()
    if nested:
        notes.append(
            words(
                "%(measures)s: scored among customers with the same earlier scores, see segments.rfm_thresholds",
                measures=words.series(map(words.name, nested)),
            )
        )
    return notes


def _picture_bars(segments: pl.DataFrame, words: Words) -> Picture:
    kinds = (("customers", "customer_share", GREY), ("spend", "spend_share", BLUE))
    named = segments.with_columns(pl.col("segment").map_elements(words.stored, return_dtype=pl.String))
    bars = pl.concat(
        named.select(
            "segment", pl.lit(kind).alias("kind"), pl.col(column).alias("share"), pl.lit(colour).alias("colour")
        )
        for kind, column, colour in kinds
    ).with_columns(share_text=pl.col("share").map_elements(words.percent, return_dtype=pl.String).fill_null(MISSING))
    told = "; ".join(
        words(
            "%(segment)s %(customers)s of customers, %(spend)s of spend",
            segment=name,
            customers=words.percent(customers),
            spend=_percent_or_dash(spend, words),
        )
        for name, customers, spend in named.select("segment", "customer_share", "spend_share").iter_rows()
    )
    alt = words("Share of customers and of spend by segment: %(told)s", told=told)
    return Picture(draw_segment_bars(bars, words), alt)
