"""Campaigns against earlier ones, over time, and what a planned hold-out can show."""

from segmentation.contract.columns import AS_OF_DATE, CAMPAIGN_ID, NOTE, PLAN_ID
from segmentation.contract.model import Column, Table

METRIC = Column("metric", "VARCHAR", "response, conversion, revenue or margin")
KIND = Column("kind", "VARCHAR", "Channel and, where the source names one, campaign type; only one kind is compared")
PROVISIONAL = Column("provisional", "BOOLEAN", "A response window is still open at the as-of date")

COMPARISON = Table(
    "response",
    "comparison",
    "campaign, earlier campaign of its kind and metric",
    (
        CAMPAIGN_ID,
        Column("earlier_campaign_id", "VARCHAR", "Campaign it is compared with, which started earlier"),
        METRIC,
        KIND,
        Column(
            "design",
            "VARCHAR",
            "Of both uplifts: randomised, observational, or mixed, where one had no hold-out: no change is given then",
        ),
        Column("uplift", "DOUBLE", "Uplift of the campaign; see response.uplift"),
        Column("earlier_uplift", "DOUBLE", "Uplift of the earlier campaign"),
        Column("uplift_change", "DOUBLE", "uplift less earlier_uplift: what the mailing itself brought more"),
        Column("ci_low", "DOUBLE", "Lower end of the 95 % interval of uplift_change"),
        Column("ci_high", "DOUBLE", "Upper end of the 95 % interval of uplift_change"),
        Column(
            "method",
            "VARCHAR",
            "Of the interval: MOVER, from the intervals of both uplifts, or paired bootstrap, by customer, "
            "where the same people were in both",
        ),
        Column("rate", "DOUBLE", "What the mailed did, as it was counted: a rate, or money per head"),
        Column("earlier_rate", "DOUBLE", "The same of the earlier campaign"),
        Column("rate_change", "DOUBLE", "rate less earlier_rate, which is mix_effect and rate_effect added up"),
        Column("rate_change_ci_low", "DOUBLE", "Lower end of the 95 % interval of rate_change; money has none"),
        Column("rate_change_ci_high", "DOUBLE", "Upper end of the 95 % interval of rate_change; money has none"),
        Column("mix_effect", "DOUBLE", "Part of rate_change from mailing other segments: whom we mailed"),
        Column("rate_effect", "DOUBLE", "Part of rate_change from segments doing otherwise: how they replied"),
        Column("shared_customers", "BIGINT", "Customers selected for both campaigns, hold-out included"),
        PROVISIONAL,
        Column(
            "verdict",
            "VARCHAR",
            "better or worse when the interval of a randomised uplift_change says so, else not proven",
        ),
        Column("sentence", "VARCHAR", "The verdict in words"),
        NOTE,
    ),
    key=("campaign_id", "earlier_campaign_id", "metric"),
)

TREND = Table(
    "response",
    "trend",
    "campaign that has started and metric, beside all campaigns of its kind and design",
    (
        CAMPAIGN_ID,
        METRIC,
        KIND,
        Column("design", "VARCHAR", "randomised (there was a hold-out) or observational: never pooled together"),
        Column("starts_on", "DATE", "First day of the response window"),
        Column("uplift", "DOUBLE", "Uplift of the campaign; see response.uplift"),
        Column("ci_low", "DOUBLE", "Lower end of the 95 % interval of uplift"),
        Column("ci_high", "DOUBLE", "Upper end of the 95 % interval of uplift"),
        Column("pooled_campaigns", "BIGINT", "Campaigns of the kind and design with an interval and a closed window"),
        Column("pooled_uplift", "DOUBLE", "Their mean uplift, by random effects (Paule-Mandel)"),
        Column("pooled_ci_low", "DOUBLE", "Lower end of its 95 % interval (Hartung-Knapp)"),
        Column("pooled_ci_high", "DOUBLE", "Upper end of its 95 % interval (Hartung-Knapp)"),
        Column("tau2", "DOUBLE", "Variance of the true uplifts between these campaigns"),
        Column("i2", "DOUBLE", "Share of the spread of the uplifts that chance does not explain, 0-1"),
        Column("slope_per_year", "DOUBLE", "Change of the uplift in a year (365.25 days), by meta-regression"),
        Column("slope_ci_low", "DOUBLE", "Lower end of the 95 % interval of slope_per_year"),
        Column("slope_ci_high", "DOUBLE", "Upper end of the 95 % interval of slope_per_year"),
        Column("cost_per_response", "DOUBLE", "Of the campaign: cost / responders, whatever the metric"),
        Column("cost_per_incremental_response", "DOUBLE", "Of the campaign: cost / incremental responses"),
        Column("cost_per_incremental_response_ci_low", "DOUBLE", "Lower end of its 95 % interval"),
        Column("cost_per_incremental_response_ci_high", "DOUBLE", "Upper end of its 95 % interval"),
        PROVISIONAL,
        NOTE,
    ),
    key=("campaign_id", "metric"),
)

PLAN_POWER = Table(
    "targeting",
    "power",
    "plan and test cell, and one of the whole plan where it has cells",
    (
        PLAN_ID,
        AS_OF_DATE,
        Column("cell", "VARCHAR", "Test cell, or all"),
        Column("mailed", "BIGINT", "Customers to be mailed"),
        Column("held_out", "BIGINT", "Customers held out that it is compared with"),
        Column("base_rate", "DOUBLE", "Response rate around which uplift is sought: that expected of the mailed, 0-1"),
        Column("smallest_uplift", "DOUBLE", "Smallest uplift of the response rate seen with power 80 %"),
        Column("expected_uplift", "DOUBLE", "Uplift of the response rate in earlier randomised mailings, pooled"),
        Column("power", "DOUBLE", "Probability that this hold-out shows the expected uplift, 0-1"),
        Column("mailed_needed", "BIGINT", "Customers to mail to show it with power 80 %, at the same shares"),
        Column("held_out_needed", "BIGINT", "Customers to hold out to show it with power 80 %, at the same shares"),
        NOTE,
    ),
    key=("plan_id", "cell"),
)
