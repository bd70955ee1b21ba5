"""Compare campaigns, follow their trend, and foresee what a plan can show: from the warehouse into the warehouse."""

import datetime as dt
import logging

import polars as pl
from threadpoolctl import threadpool_limits

from segmentation.comparison.compare import compare_campaigns
from segmentation.comparison.pairs import choose_pairs
from segmentation.comparison.planning import foresee_power
from segmentation.comparison.resampling import GROUPS, Resampled, draw_groups, resample_uplift
from segmentation.comparison.trend import follow_uplift
from segmentation.contract.comparison import COMPARISON, PLAN_POWER, TREND
from segmentation.settings import CampaignSettings, ComparisonSettings
from segmentation.targeting.expectation import pool_uplift
from segmentation.warehouse.connection import Connection, fetch, frames, kept
from segmentation.warehouse.schema import replace_rows

log = logging.getLogger(__name__)


# One thread adds up in one order.
@threadpool_limits.wrap(limits=1)  # type: ignore[untyped-decorator]
def compare_measured(
    connection: Connection,
    as_of: dt.date,
    campaign_settings: CampaignSettings,
    settings: ComparisonSettings,
    *,
    seed: int,
) -> None:
    """Write response.comparison and response.trend from response.uplift and response.campaigns.

    Args:
        seed: of the resampled customers.
    """
    campaigns, uplift = fetch(connection, "comparison_campaigns"), fetch(connection, "comparison_uplift")
    pairs, left_out = choose_pairs(campaigns, days=settings.days, most=settings.most_pairs)
    with frames(connection, campaign_pairs=pairs):
        shared = fetch(connection, "shared_customers")
    pairs = pairs.join(shared, on=pairs.columns, maintain_order="left")
    resampled = _resample(connection, campaigns, pairs, as_of, campaign_settings, seed=seed)
    replace_rows(connection, COMPARISON, compare_campaigns(pairs, campaigns, uplift, resampled))
    replace_rows(connection, TREND, follow_uplift(campaigns, uplift))
    log.info("%s pairs of campaigns compared", f"{pairs.height:,}")
    if left_out:
        log.warning(
            "%s earlier pairs were not compared: comparison.most_pairs = %s", f"{left_out:,}", settings.most_pairs
        )


def _resample(
    connection: Connection,
    campaigns: pl.DataFrame,
    pairs: pl.DataFrame,
    as_of: dt.date,
    settings: CampaignSettings,
    *,
    seed: int,
) -> Resampled:
    """Uplift over resamples of the randomised campaigns that have customers in common with another."""
    with_shared = pairs.filter(pl.col("shared_customers") > 0)
    needed = pl.concat([with_shared["campaign_id"], with_shared["earlier_campaign_id"]]).unique()
    asked = campaigns.filter(pl.col("design") == "randomised", pl.col("campaign_id").is_in(needed.implode()))
    if asked.is_empty():
        return {}
    drawn, resampled = draw_groups(seed), Resampled()
    for campaign_id, starts_on, ends_on in asked.select("campaign_id", "starts_on", "ends_on").iter_rows():
        with kept(
            connection,
            "campaign_outcomes",
            campaign_id=campaign_id,
            starts_on=starts_on,
            ends_on=min(ends_on, as_of),
            margin_rate=settings.margin_rate,
            everybody=False,
        ):
            groups = fetch(connection, "outcome_groups", groups=GROUPS)
        resampled |= {(campaign_id, metric): values for metric, values in resample_uplift(groups, drawn).items()}
    return resampled


def foresee_plan(connection: Connection, plan_id: str) -> None:
    """Write targeting.power of a plan: what its hold-out can show, by cell."""
    ((as_of, channel),) = fetch(connection, "plan_channel", plan_id=plan_id).iter_rows()
    earlier = fetch(connection, "channel_uplift", channel=channel).filter(pl.col("method") == "randomised")
    pooled = pool_uplift(earlier, metric="response", dimension="all")
    power = foresee_power(
        fetch(connection, "plan_cells", plan_id=plan_id), pooled["uplift"][0] if pooled.height else None
    )
    rows = power.with_columns(pl.lit(plan_id).alias("plan_id"), pl.lit(as_of).alias("as_of_date"))
    replace_rows(connection, PLAN_POWER, rows, plan_id=plan_id)
