"""What a mailing may bring, from what earlier ones brought."""

import polars as pl

from segmentation.response.intervals import NORMAL

PRIOR_MAILED = 100  # a segment's rate is drawn to the overall rate as if so many more had been mailed


def expected_response(uplift: pl.DataFrame) -> pl.DataFrame:
    """Response rate of each segment over the mailings given, drawn to the overall rate where few were mailed.

    Args:
        uplift: rows of response.uplift of finished campaigns.
    Returns: one row per segment, sorted: `segment`, `expected_response` = (replies + m p) / (mailed + m), with the
        overall rate p and m = PRIOR_MAILED. No row if no mailing recorded replies.
    """
    rates = uplift.filter(
        (pl.col("metric") == "response") & (pl.col("dimension") == "segment") & pl.col("treated_mean").is_not_null()
    )
    by_segment = rates.group_by(pl.col("level").alias("segment"), maintain_order=True).agg(
        pl.col("treated").sum(), (pl.col("treated") * pl.col("treated_mean")).sum().alias("replies")
    )
    overall = pl.col("replies").sum() / pl.col("treated").sum()
    return by_segment.select(
        "segment",
        ((pl.col("replies") + PRIOR_MAILED * overall) / (pl.col("treated") + PRIOR_MAILED)).alias("expected_response"),
    ).sort("segment")


def pool_uplift(uplift: pl.DataFrame, *, metric: str, dimension: str) -> pl.DataFrame:
    """Uplift per head by level over campaigns, with the spread between campaigns in the interval.

    Only randomised results are pooled where there are any of the metric and dimension, else observational ones.

    Args:
        uplift: rows of response.uplift of finished campaigns.
    Returns: one row per level with at least one interval, sorted: `level`, `uplift`, `ci_low`, `ci_high`, `method`,
        `campaigns`.
    References: R. DerSimonian, N. Laird (1986), Controlled Clinical Trials 7, 177-188.
    """
    known = uplift.filter(
        (pl.col("metric") == metric) & (pl.col("dimension") == dimension) & (pl.col("ci_high") > pl.col("ci_low"))
    )
    randomised = known.filter(pl.col("method") != "observational")
    used = randomised if randomised.height else known
    fixed = 1 / pl.col("variance")
    random = 1 / (pl.col("variance") + pl.col("between"))
    pooled, error = (random * pl.col("uplift")).sum() / random.sum(), 1 / random.sum().sqrt()
    return (
        used.with_columns(((pl.col("ci_high") - pl.col("ci_low")) / (2 * NORMAL)).pow(2).alias("variance"))
        .with_columns(((fixed * pl.col("uplift")).sum() / fixed.sum()).over("level").alias("fixed_mean"))
        .with_columns(_between_campaigns().over("level").alias("between"))
        .group_by("level", maintain_order=True)
        .agg(
            pooled.alias("uplift"),
            (pooled - NORMAL * error).alias("ci_low"),
            (pooled + NORMAL * error).alias("ci_high"),
            pl.col("method").first(),
            pl.len().alias("campaigns"),
        )
        .sort("level")
    )


def _between_campaigns() -> pl.Expr:
    weight = 1 / pl.col("variance")
    heterogeneity = (weight * (pl.col("uplift") - pl.col("fixed_mean")).pow(2)).sum()
    scale = weight.sum() - weight.pow(2).sum() / weight.sum()
    return pl.when(pl.len() > 1).then(((heterogeneity - (pl.len() - 1)) / scale).clip(0)).otherwise(0.0)
