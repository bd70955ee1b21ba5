"""RFM scores: equal values share a score, whatever the ties."""

import polars as pl

BINS = 5

# measure -> score; of days since the last order fewer is better.
MEASURES: dict[str, str] = {
    "days_since_last_order": "recency_score",
    "order_count": "frequency_score",
    "spend": "monetary_score",
}
FEWER_IS_BETTER = frozenset({"days_since_last_order"})


def score_rfm(customers: pl.DataFrame) -> pl.DataFrame:
    """Add the three scores, 1 worst to 5 best, and the cell that they make.

    A customer's score is the fifth of the customers in which the middle of those with the same value falls: with b
    customers worse and t no better, `1 + floor(5 (b + t) / 2n)`. So equal values share a score, turning a measure
    round turns its scores round, and no score is handed out by row order. Many equal values leave scores empty.

    Args:
        customers: one row per customer; see sql/customer_rfm.sql.
    Returns: the same rows in the same order, with `recency_score`, `frequency_score`, `monetary_score`, `rfm_cell`.
    """
    scored = customers.with_columns(
        _score(pl.col(measure), fewer_is_better=measure in FEWER_IS_BETTER).alias(score)
        for measure, score in MEASURES.items()
    )
    return scored.with_columns(
        pl.concat_str([pl.col(score).cast(pl.String) for score in MEASURES.values()]).alias("rfm_cell")
    )


def _score(measure: pl.Expr, *, fewer_is_better: bool) -> pl.Expr:
    worse = measure.rank("min", descending=fewer_is_better).cast(pl.Int64) - 1
    no_better = measure.rank("max", descending=fewer_is_better).cast(pl.Int64)
    score = 1 + (BINS * (worse + no_better)) // (2 * pl.len().cast(pl.Int64))
    return score.clip(1, BINS).cast(pl.Int8)


def measure_thresholds(scored: pl.DataFrame) -> pl.DataFrame:
    """What values each score stands for.

    Args:
        scored: the result of `score_rfm`, with `as_of_date`.
    Returns: one row per measure and score, all five of them: `lower` and `upper` value, `customers`, and a `note`
        where a score is empty because too many customers share a value.
    """
    return pl.concat(_thresholds(scored, measure, score) for measure, score in MEASURES.items())


def _thresholds(scored: pl.DataFrame, measure: str, score: str) -> pl.DataFrame:
    found = scored.group_by(pl.col(score).alias("score")).agg(
        pl.col(measure).min().cast(pl.Float64).alias("lower"),
        pl.col(measure).max().cast(pl.Float64).alias("upper"),
        pl.len().cast(pl.Int64).alias("customers"),
    )
    every = pl.DataFrame({"score": range(1, BINS + 1)}, schema={"score": pl.Int8})
    empty = pl.col("customers") == 0
    return (
        every.join(found, on="score", how="left")
        .with_columns(pl.col("customers").fill_null(0), pl.lit(measure).alias("measure"))
        .with_columns(
            pl.when(empty).then(pl.lit("no customer has this score: too many share a value")).alias("note"),
            pl.lit(scored["as_of_date"].first(), dtype=pl.Date).alias("as_of_date"),
        )
        .sort("score")
        .select("as_of_date", "measure", "score", "lower", "upper", "customers", "note")
    )
