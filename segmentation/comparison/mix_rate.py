"""Why the raw rate changed: other customers mailed (mix), or customers of the same segment doing otherwise (rate).

References: E. M. Kitagawa (1955), JASA 50, 1168-1194: each part weighted with the mean of both campaigns, so that
nothing is left over.
"""

import polars as pl

from segmentation.comparison.pairs import PAIR
from segmentation.response.intervals import compare_proportions
from segmentation.response.metrics import RESPONSE_METRICS

REST = ""  # level of the mailed without a segment
PROPORTIONS = tuple(metric.name for metric in RESPONSE_METRICS if metric.kind == "proportion")
ONE_SIDED = "mailed in one of the two only, so counted as mix: {}"


def split_rate_change(pairs: pl.DataFrame, uplift: pl.DataFrame) -> pl.DataFrame:
    """The change of what the mailed did, split over the segments that they were in on the eve of each mailing.

    The mailed without a segment are a segment of their own. Where only one campaign mailed a segment, its rate in the
    other is not known: it is taken as the same, so that all of the segment's part is mix.

    Args:
        pairs: PAIR.
        uplift: rows of response.uplift of dimensions all and segment, one method per campaign: `campaign_id`,
            `dimension`, `level`, `metric`, `treated`, `treated_mean`.
    Returns: one row per pair and metric that both campaigns counted: PAIR, `metric`, `rate`, `earlier_rate`,
        `rate_change`, `rate_change_ci_low`, `rate_change_ci_high` (of proportions, as of different people),
        `mix_effect`, `rate_effect`, `split_note`. rate_change is the sum of both effects to the last digit.
    """
    counted = uplift.filter(pl.col("treated_mean").is_not_null() & (pl.col("treated") > 0))
    whole = counted.filter(pl.col("dimension") == "all").select("campaign_id", "metric", "treated", "treated_mean")
    rows = _rates(pairs, whole).join(_effects(pairs, _shares(counted, whole)), on=[*PAIR, "metric"])
    return rows.with_columns((pl.col("mix_effect") + pl.col("rate_effect")).alias("rate_change")).select(
        *PAIR,
        "metric",
        "rate",
        "earlier_rate",
        "rate_change",
        "rate_change_ci_low",
        "rate_change_ci_high",
        "mix_effect",
        "rate_effect",
        "split_note",
    )


def _rates(pairs: pl.DataFrame, whole: pl.DataFrame) -> pl.DataFrame:
    """Both raw rates, and the interval of their difference where it can be had."""
    now = whole.select("campaign_id", "metric", pl.col("treated").alias("mailed"), pl.col("treated_mean").alias("rate"))
    then = now.select(
        "metric",
        pl.col("campaign_id").alias("earlier_campaign_id"),
        pl.col("mailed", "rate").name.prefix("earlier_"),
    )
    rows = pairs.select(PAIR).join(now, on="campaign_id").join(then, on=["earlier_campaign_id", "metric"])
    proportions = rows.filter(pl.col("metric").is_in(PROPORTIONS))
    of = {
        name: proportions[name].cast(pl.Float64).to_numpy()
        for name in ("rate", "mailed", "earlier_rate", "earlier_mailed")
    }
    found = compare_proportions(
        of["rate"] * of["mailed"], of["mailed"], of["earlier_rate"] * of["earlier_mailed"], of["earlier_mailed"]
    )
    intervals = proportions.select(
        *PAIR,
        "metric",
        pl.Series("rate_change_ci_low", found.low, dtype=pl.Float64),
        pl.Series("rate_change_ci_high", found.high, dtype=pl.Float64),
    )
    return rows.join(intervals, on=[*PAIR, "metric"], how="left", maintain_order="left")


def _shares(counted: pl.DataFrame, whole: pl.DataFrame) -> pl.DataFrame:
    """By campaign, metric and segment: share of the mailed and their rate; those without a segment as REST."""
    segments = counted.filter(pl.col("dimension") == "segment").select(
        "campaign_id", "metric", "level", "treated", (pl.col("treated") * pl.col("treated_mean")).alias("total")
    )
    summed = (
        segments.sort("campaign_id", "metric", "level")
        .group_by("campaign_id", "metric", maintain_order=True)
        .agg(pl.col("treated").sum().alias("in_segments"), pl.col("total").sum().alias("of_segments"))
    )
    rest = (
        whole.join(summed, on=["campaign_id", "metric"], how="left")
        .with_columns(pl.col("in_segments").fill_null(0), pl.col("of_segments").fill_null(0.0))
        .select(
            "campaign_id",
            "metric",
            pl.lit(REST).alias("level"),
            (pl.col("treated") - pl.col("in_segments")).alias("treated"),
            (pl.col("treated") * pl.col("treated_mean") - pl.col("of_segments")).alias("total"),
        )
        .filter(pl.col("treated") > 0)
    )
    mailed = whole.select("campaign_id", "metric", pl.col("treated").alias("mailed"))
    return (
        pl.concat([segments, rest])
        .join(mailed, on=["campaign_id", "metric"])
        .select(
            "campaign_id",
            "metric",
            "level",
            (pl.col("treated") / pl.col("mailed")).alias("share"),
            (pl.col("total") / pl.col("treated")).alias("rate"),
        )
    )


def _effects(pairs: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    keys = [*PAIR, "metric", "level"]
    now = pairs.select(PAIR).join(shares, on="campaign_id").select(*keys, "share", "rate")
    then = (
        pairs.select(PAIR)
        .join(shares, left_on="earlier_campaign_id", right_on="campaign_id")
        .select(*keys, pl.col("share", "rate").name.prefix("earlier_"))
    )
    share, earlier_share = pl.col("share").fill_null(0.0), pl.col("earlier_share").fill_null(0.0)
    rate, earlier_rate = pl.coalesce("rate", "earlier_rate"), pl.coalesce("earlier_rate", "rate")
    one_sided = pl.col("level").filter(pl.col("share").is_null() | pl.col("earlier_share").is_null())
    named = pl.when(one_sided == REST).then(pl.lit("customers without a segment")).otherwise(one_sided)
    return (
        now.join(then, on=keys, how="full", coalesce=True)
        .sort(keys)
        .group_by(*PAIR, "metric", maintain_order=True)
        .agg(
            ((share - earlier_share) * (rate + earlier_rate) / 2).sum().alias("mix_effect"),
            ((rate - earlier_rate) * (share + earlier_share) / 2).sum().alias("rate_effect"),
            named.str.join(", ").alias("one_sided"),
        )
        .with_columns(pl.when(pl.col("one_sided") != "").then(pl.format(ONE_SIDED, "one_sided")).alias("split_note"))
    )
