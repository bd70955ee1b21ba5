"""RFM scores: from thresholds to the steps that score customers, and to what is published of them."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from segmentation.segments.rfm_methods import LOWEST, WITHIN
from segmentation.segments.rules import SegmentRule, assign_cells, write_range
from segmentation.segments.scores import MEASURES, Measure, write_cell

NOT_YET = 0  # the score of a measure without thresholds
STEPS_SCHEMA: dict[str, pl.DataType] = {
    "within_recency": pl.Int8(),
    "within_frequency": pl.Int8(),
    "starts": pl.List(pl.Float64),
    "scores": pl.List(pl.Int8),
}


def count_bins(thresholds: pl.DataFrame) -> tuple[int, ...]:
    """Number of scores of each measure; 0 without thresholds."""
    highest = dict(thresholds.group_by("measure").agg(pl.max("score")).iter_rows())
    return tuple(highest.get(measure.name, 0) for measure in MEASURES)


def build_steps(thresholds: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The steps that sql/scored_customers.sql climbs, by the name it knows them by.

    Args:
        thresholds: see rfm_methods.THRESHOLDS_SCHEMA. Everybody has score 0 of a measure that is not in it.
    Returns: `<kind>_steps` of each measure: one row per group of earlier scores, with the values at which steps start,
        ascending, and their scores.
    """
    bins = count_bins(thresholds)
    recency, frequency = (
        pl.DataFrame({name: range(1, of + 1) if of else [NOT_YET]}) for name, of in zip(WITHIN, bins, strict=False)
    )
    groups = [pl.DataFrame({name: [None] for name in WITHIN}), recency.with_columns(within_frequency=None)]
    groups.append(recency.join(frequency, how="cross"))
    return {
        f"{measure.kind}_steps": _build_steps(thresholds, measure, of, group.cast(pl.Int8))
        for measure, of, group in zip(MEASURES, bins, groups, strict=True)
    }


def _build_steps(thresholds: pl.DataFrame, measure: Measure, bins: int, groups: pl.DataFrame) -> pl.DataFrame:
    known = (
        thresholds.filter(pl.col("measure") == measure.name, pl.col("starts_at").is_not_null())
        .sort("starts_at")
        .group_by(WITHIN, maintain_order=True)
        .agg(pl.col("starts_at").alias("starts"), pl.col("score").alias("scores"))
    )
    if not bins:
        known = pl.DataFrame({name: [None] for name in WITHIN} | {"starts": [[LOWEST]], "scores": [[NOT_YET]]})
    is_nested = known["within_recency"].null_count() < known.height
    steps = (
        groups.join(known, on=WITHIN, nulls_equal=True) if is_nested else groups.join(known.drop(WITHIN), how="cross")
    )
    return steps.select(pl.col(name).cast(dtype) for name, dtype in STEPS_SCHEMA.items())


def build_cells(rules: Sequence[SegmentRule], bins: Sequence[int]) -> pl.DataFrame:
    """Every cell with its segment: the three scores, `rfm_cell`, `segment`."""
    scores = [measure.score for measure in MEASURES]
    rows = [(*cell, write_cell(cell, bins), segment) for cell, segment in assign_cells(rules, bins).items()]
    schema = dict.fromkeys(scores, pl.Int8) | {"rfm_cell": pl.String, "segment": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def describe_thresholds(thresholds: pl.DataFrame, cells: pl.DataFrame, *, as_of: dt.date, method: str) -> pl.DataFrame:
    """The rows of segments.rfm_thresholds.

    Args:
        cells: rows of sql/rfm_cells_found.sql.
    Returns: the thresholds, each with the smallest and largest value that a customer has, and how many have the score.
    """
    found = pl.concat(_observe(thresholds, cells, measure) for measure in MEASURES)
    nobody = pl.when(pl.col("customers").is_null()).then(pl.lit("no customer has this score"))
    return thresholds.join(
        found, on=["measure", *WITHIN, "score"], how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(
        pl.col("note").fill_null(nobody),
        pl.col("customers").fill_null(0),
        as_of_date=pl.lit(as_of),
        method=pl.lit(method),
    )


def _observe(thresholds: pl.DataFrame, cells: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    groups = thresholds.filter(pl.col("measure") == measure.name)
    within = [
        pl.col(score).cast(pl.Int8) if groups[name].null_count() == 0 else pl.lit(None, dtype=pl.Int8)
        for name, score in zip(WITHIN, ("recency_score", "frequency_score"), strict=True)
    ]
    return (
        cells.with_columns(expression.alias(name) for name, expression in zip(WITHIN, within, strict=True))
        .group_by(*WITHIN, pl.col(measure.score).alias("score"))
        .agg(
            pl.min(f"lowest_{measure.kind}").alias("lower"),
            pl.max(f"highest_{measure.kind}").alias("upper"),
            pl.sum("customers"),
        )
        .with_columns(measure=pl.lit(measure.name))
    )


def describe_rules(rules: Sequence[SegmentRule]) -> pl.DataFrame:
    """The rows of segments.rules."""
    return pl.DataFrame(
        [
            {
                "position": position,
                "segment": rule.name,
                **{m.kind: write_range(wanted) for m, wanted in zip(MEASURES, rule.ranges, strict=True)},
                "description": rule.description,
                "advice": rule.advice,
            }
            for position, rule in enumerate(rules, start=1)
        ]
    )
