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
            "all, cell, segment, tonight's cluster, or an attribute of customers named in campaigns.dimensions; by "
            "what was known of the customer before the mailing",
        ),
        Column("level", "VARCHAR", "Value of the dimension; all for all"),
        Column("metric", "VARCHAR", "response, conversion, revenue or margin"),
        Column(
            "method",
            "VARCHAR",
            "randomised (against the hold-out), randomised_adjusted (the same, given what customers spent in a window "
            "of the same length before the mailing; money only) or observational (a model's estimate)",
        ),
        Column(
            "interval_method",
            "VARCHAR",
            "How ci_low and ci_high are found: Newcombe, Welch, regression with HC2 or CR1 errors, influence function; "
            "by household where whole households were drawn",
        ),
        Column("treated", "BIGINT", "Customers mailed"),
        Column("control", "BIGINT", "Customers compared with: held out, or not mailed by choice"),
        Column("treated_mean", "DOUBLE", "Rate or money per head of the mailed"),
        Column("control_mean", "DOUBLE", "The same of the hold-out, or what the mailed would have done unmailed"),
        Column("uplift", "DOUBLE", "treated_mean less control_mean"),
        Column("ci_low", "DOUBLE", "Lower end of the 95 % interval"),
        Column("ci_high", "DOUBLE", "Upper end of the 95 % interval"),
        Column("p_value", "DOUBLE", "Two-sided, of no uplift"),
        Column("p_adjusted", "DOUBLE", "all: Holm over the metrics; else Benjamini-Hochberg over the levels"),
        Column(
            "bootstrap_ci_low",
            "DOUBLE",
            "Lower end of the 95 % bootstrap interval (BCa, 2,000 resamples by arm and cell) of randomised money; "
            "empty where an arm is expected to have fewer than 20 buyers",
        ),
        Column("bootstrap_ci_high", "DOUBLE", "Upper end of the 95 % bootstrap interval"),
        Column("cuped_uplift", "DOUBLE", "Of randomised_adjusted: the uplift with one slope for both arms (CUPED)"),
        Column("cuped_ci_low", "DOUBLE", "Lower end of the 95 % interval of cuped_uplift"),
        Column("cuped_ci_high", "DOUBLE", "Upper end of the 95 % interval of cuped_uplift"),
        Column(
            "variance_reduction",
            "DOUBLE",
            "Of randomised_adjusted: part of the raw variance that the adjustment takes away; below 0 it adds",
        ),
        Column(
            "shrunk_uplift",
            "DOUBLE",
            "Uplift of the level drawn to the mean of all levels (empirical Bayes); of four levels or more",
        ),
        Column("shrunk_ci_low", "DOUBLE", "Lower end of the 95 % interval of shrunk_uplift"),
        Column("shrunk_ci_high", "DOUBLE", "Upper end of the 95 % interval of shrunk_uplift"),
        Column("shrinkage", "DOUBLE", "How far it is drawn: 0 not at all, 1 would be to the mean itself"),
        Column("provisional", "BOOLEAN", "The response window is still open at the as-of date"),
        Column("information", "DOUBLE", "Share of the window's days that have passed; where provisional"),
        Column(
            "sequential_ci_low",
            "DOUBLE",
            "Lower end of the interval that holds with 95 % over looks on every night of the window; where provisional",
        ),
        Column("sequential_ci_high", "DOUBLE", "Upper end of that interval"),
        Column(
            "complier_uplift",
            "DOUBLE",
            "Of randomised: effect of being mailed on those whom being drawn moved (Wald's instrumental variable "
            "estimate); where somebody did not get what the arm says (response.contamination)",
        ),
        Column("complier_ci_low", "DOUBLE", "Lower end of the 95 % interval of complier_uplift"),
        Column("complier_ci_high", "DOUBLE", "Upper end of the 95 % interval of complier_uplift"),
        Column(
            "sample_ratio",
            "VARCHAR",
            "pass, fail or not known: whether the campaign's arms are of the planned size; empty without hold-out",
        ),
        Column(
            "comparability",
            "VARCHAR",
            "pass or fail: whether there are unmailed customers like the mailed (response.overlap, response.balance); "
            "with a hold-out fail where another campaign mailed one arm more than the other (response.concurrent); "
            "empty where it is not known",
        ),
        Column("caution", "VARCHAR", "What is to be known of all figures of the campaign; every note ends with it"),
        NOTE,
    ),
    key=("campaign_id", "dimension", "level", "metric", "method"),
)

SAMPLE_RATIO = Table(
    "response",
    "sample_ratio",
    "campaign with a hold-out, or with a planned one, and cell",
    (
        CAMPAIGN_ID,
        Column("cell", "VARCHAR", "Test cell; all for the campaign as a whole"),
        Column("treated", "BIGINT", "Customers mailed"),
        Column("control", "BIGINT", "Customers held out"),
        Column("expected_share", "DOUBLE", "Planned share of both together that is held out, 0-1"),
        Column(
            "p_value",
            "DOUBLE",
            "Of the arms being as planned: chi-square, or binomial for few; of all where cell sizes are known, of all "
            "cells and the hold-out at once",
        ),
        Column(
            "verdict", "VARCHAR", "pass, fail (p below 0.001: no figure of the campaign can be relied on) or not known"
        ),
        NOTE,
    ),
    key=("campaign_id", "cell"),
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
        Column(
            "pays",
            "VARCHAR",
            "yes or no when the window is over, the arms have not failed the sample-ratio test (without hold-out: "
            "comparability has not failed), and the interval of the profit says so; else not proven",
        ),
        Column("provisional", "BOOLEAN", "The response window is still open at the as-of date"),
        NOTE,
    ),
    key=("campaign_id",),
)
