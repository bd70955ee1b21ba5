"""Which campaigns are compared with which."""

import polars as pl

PAIR = ("campaign_id", "earlier_campaign_id")


def choose_pairs(campaigns: pl.DataFrame, *, days: int | None, most: int) -> tuple[pl.DataFrame, int]:
    """Each campaign with each earlier one of its kind, the latest campaign first, and for it the latest earlier one.

    Campaigns that mailed nobody are left out. Of two that started on one day neither is the earlier.

    Args:
        campaigns: `campaign_id`, `kind`, `starts_on`, `mailed`.
        days: campaigns that started more days before are left out; none are where None.
        most: pairs kept.
    Returns: the pairs, as PAIR, and how many beyond `most` were left out.
    """
    mailing = campaigns.filter(pl.col("mailed") > 0).select("kind", "campaign_id", "starts_on")
    earlier = mailing.select(
        "kind", pl.col("campaign_id").alias("earlier_campaign_id"), pl.col("starts_on").alias("earlier_starts_on")
    )
    between = (pl.col("starts_on") - pl.col("earlier_starts_on")).dt.total_days()
    near = between <= days if days is not None else pl.lit(True)
    pairs = (
        mailing.join(earlier, on="kind")
        .filter((between > 0) & near)
        .sort("starts_on", "campaign_id", "earlier_starts_on", "earlier_campaign_id", descending=True)
        .select(PAIR)
    )
    return pairs.head(most), max(pairs.height - most, 0)
