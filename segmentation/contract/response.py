"""What mailings brought."""

from segmentation.contract.columns import CAMPAIGN_ID, NOTE, with_interval
from segmentation.contract.model import MONEY, Column, Table

UPLIFT = Table(
    "response",
    "uplift",
    "campaign, dimension, level, metric and method",
    (
        CAMPAIGN_ID,
        Column(
            "dimension",
            "VARCHAR",
            "all, cell, segment, or tonight's cluster; by what was known of the customer before the mailing",
        ),
        Column("level", "VARCHAR", "Value of the dimension; all for all"),
        Column("metric", "VARCHAR", "response, conversion, revenue or margin"),
        Column("method", "VARCHAR", "randomised (against the hold-out) or observational (a model's estimate)"),
        Column("treated", "BIGINT", "Customers mailed"),
        Column("control", "BIGINT", "Customers compared with: held out, or not mailed by choice"),
        Column("treated_mean", "DOUBLE", "Rate or money per head of the mailed"),
        Column("control_mean", "DOUBLE", "The same of the hold-out, or what the mailed would have done unmailed"),
        Column("uplift", "DOUBLE", "treated_mean less control_mean"),
        Column("ci_low", "DOUBLE", "Lower end of the 95 % interval"),
        Column("ci_high", "DOUBLE", "Upper end of the 95 % interval"),
        Column("p_value", "DOUBLE", "Two-sided, of no uplift"),
        Column("p_adjusted", "DOUBLE", "all: Holm over the metrics; else Benjamini-Hochberg over the levels"),
        Column("provisional", "BOOLEAN", "The response window is still open at the as-of date"),
        NOTE,
    ),
    key=("campaign_id", "dimension", "level", "metric", "method"),
)

CAMPAIGN_RESULTS = Table(
    "response",
    "campaigns",
    "campaign that has started",
    (
        CAMPAIGN_ID,
        Column("name", "VARCHAR", "Name people use for the campaign"),
        Column("starts_on", "DATE", "First day of the response window"),
        Column("ends_on", "DATE", "Last day of the response window"),
        Column("design", "VARCHAR", "randomised (there was a hold-out) or observational (there was none)"),
        Column("mailed", "BIGINT", "Customers mailed"),
        Column("held_out", "BIGINT", "Customers held out"),
        Column("responders", "BIGINT", "Mailed customers with a recorded reply"),
        Column("response_rate", "DOUBLE", "responders / mailed"),
        Column("response_rate_ci_low", "DOUBLE", "Lower end of the 95 % Wilson interval"),
        Column("response_rate_ci_high", "DOUBLE", "Upper end of the 95 % Wilson interval"),
        Column("cost", MONEY, "Cost of the mailing"),
        Column("cost_per_response", "DOUBLE", "cost / responders"),
        *with_interval("incremental_responses", "DOUBLE", "Replies that would not have come without the mailing"),
        *with_interval("cost_per_incremental_response", "DOUBLE", "cost / incremental_responses"),
        *with_interval("incremental_revenue", "DOUBLE", "Revenue that would not have come without the mailing"),
        *with_interval("incremental_margin", "DOUBLE", "Margin that would not have come without the mailing"),
        *with_interval("incremental_profit", "DOUBLE", "incremental_margin less cost"),
        Column("roi", "DOUBLE", "incremental_profit / cost"),
        Column("pays", "VARCHAR", "yes or no when the interval of the profit says so, else not proven"),
        Column("provisional", "BOOLEAN", "The response window is still open at the as-of date"),
        NOTE,
    ),
    key=("campaign_id",),
)
