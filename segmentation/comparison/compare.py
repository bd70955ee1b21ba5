"""Every pair of campaigns: change of uplift, change of the raw rate and its parts, and the verdict."""

import polars as pl

from segmentation.comparison.change import change_uplift
from segmentation.comparison.mix_rate import split_rate_change
from segmentation.comparison.pairs import PAIR
from segmentation.comparison.resampling import Resampled
from segmentation.comparison.verdict import judge, tell_verdict
from segmentation.reporting.catalogue import SOURCE_LANGUAGE
from segmentation.reporting.words import choose_words

OPEN = "a response window is still open"
WINDOWS = "the response windows have {} and {} days"
NO_ORDER = "the mailed without an order before the mailing are left out of the rates"


def compare_campaigns(
    pairs: pl.DataFrame, campaigns: pl.DataFrame, uplift: pl.DataFrame, resampled: Resampled
) -> pl.DataFrame:
    """One row per pair and metric.

    Args:
        pairs: PAIR and `shared_customers`, in the order wanted.
        campaigns: rows of sql/comparison_campaigns.sql.
        uplift: rows of sql/comparison_uplift.sql.
        resampled: see `change.change_uplift`.
    Returns: the columns of response.comparison.
    """
    whole = uplift.filter(pl.col("dimension") == "all")
    keys = [*PAIR, "metric"]
    now = campaigns.select(
        "campaign_id", "name", "kind", "provisional", "days", "mailed", pl.col("design").alias("own_design")
    )
    then = campaigns.select(pl.col("campaign_id", "name", "provisional", "days").name.prefix("earlier_"))
    rows = (
        change_uplift(pairs, whole, resampled)
        .join(split_rate_change(pairs, uplift), on=keys, how="left", maintain_order="left")
        .join(pairs.select(*PAIR, "shared_customers"), on=list(PAIR), maintain_order="left")
        .join(now, on="campaign_id", maintain_order="left")
        .join(then, on="earlier_campaign_id", maintain_order="left")
        .with_columns(pl.col("provisional") | pl.col("earlier_provisional"))
        .with_columns(judge().alias("verdict"))
        .with_columns(_note(whole).alias("note"))
    )
    words = choose_words(SOURCE_LANGUAGE)
    sentences = pl.Series("sentence", [tell_verdict(row, words) for row in rows.iter_rows(named=True)], dtype=pl.String)
    return rows.with_columns(sentences)


def _note(whole: pl.DataFrame) -> pl.Expr:
    partial = whole.filter(pl.col("method") == "observational", pl.col("treated") < pl.col("mailed"))["campaign_id"]
    left_out = pl.col("campaign_id").is_in(partial.implode()) | pl.col("earlier_campaign_id").is_in(partial.implode())
    parts = pl.concat_list(
        "change_note",
        pl.when("provisional").then(pl.lit(OPEN)),
        pl.when(pl.col("days") != pl.col("earlier_days")).then(pl.format(WINDOWS, "days", "earlier_days")),
        "split_note",
        pl.when(left_out).then(pl.lit(NO_ORDER)),
    )
    told = parts.list.drop_nulls().list.join("; ")
    return pl.when(told != "").then(told)
