"""How far estimates of campaigns without hold-out may be believed."""

from segmentation.contract.columns import CAMPAIGN_ID, NOTE
from segmentation.contract.model import Column, Table

METRIC = Column("metric", "VARCHAR", "response, conversion, revenue or margin")

OVERLAP = Table(
    "response",
    "overlap",
    "campaign without hold-out and tenth of the probability of being mailed",
    (
        CAMPAIGN_ID,
        Column("propensity", "VARCHAR", "Modelled probability of being mailed, from and to; all for everybody"),
        Column("mailed", "BIGINT", "Customers mailed"),
        Column("unmailed", "BIGINT", "Customers not mailed"),
        Column("weight_share", "DOUBLE", "Share of the weight of all unmailed that these carry, 0-1"),
        Column("clipped_share", "DOUBLE", "Share of these customers whose probability is below 0.01 or above 0.99"),
        Column(
            "alone_share",
            "DOUBLE",
            "Share of these mailed customers without a counterpart: every unmailed one was less likely to be mailed, "
            "or they were all but certain to be (above 0.99)",
        ),
        Column("effective_unmailed", "DOUBLE", "How many unmailed customers of equal weight would tell as much (Kish)"),
        Column("largest_weight_share", "DOUBLE", "Share of all weight on the one that carries most, 0-1"),
        Column(
            "verdict",
            "VARCHAR",
            "Of all: pass, fail (fewer than 50 effective unmailed, more than 5 % of the mailed alone, or more than 5 % "
            "of the weight on one customer) or none (fewer than 20, or more than 20 % alone: nothing is estimated)",
        ),
        NOTE,
    ),
    key=("campaign_id", "propensity"),
)

BALANCE = Table(
    "response",
    "balance",
    "campaign without hold-out and covariate",
    (
        CAMPAIGN_ID,
        Column("covariate", "VARCHAR", "What was known before the mailing, in its own unit"),
        Column("mailed_mean", "DOUBLE", "Mean of the mailed"),
        Column("unmailed_mean", "DOUBLE", "Mean of the unmailed"),
        Column("weighted_mean", "DOUBLE", "Mean of the unmailed by the odds of having been mailed"),
        Column(
            "difference_before",
            "DOUBLE",
            "mailed_mean less unmailed_mean, in standard deviations (root of the mean of both variances)",
        ),
        Column("difference_after", "DOUBLE", "mailed_mean less weighted_mean, in the same standard deviations"),
        Column("verdict", "VARCHAR", "pass, or fail where difference_after is beyond 0.1 either way"),
        NOTE,
    ),
    key=("campaign_id", "covariate"),
)

SECOND_OPINION = Table(
    "response",
    "second_opinion",
    "campaign without hold-out and metric",
    (
        CAMPAIGN_ID,
        Column("metric", "VARCHAR", "conversion, revenue or margin"),
        Column(
            "method",
            "VARCHAR",
            "difference in differences: by how much more the mailed changed than unmailed alike, from the days before "
            "the mailing to as many from it on",
        ),
        Column("treated", "BIGINT", "Mailed customers who had bought before both periods"),
        Column("control", "BIGINT", "Unmailed customers who had"),
        Column("estimate", "DOUBLE", "Rate or money per head"),
        Column("ci_low", "DOUBLE", "Lower end of the 95 % interval"),
        Column("ci_high", "DOUBLE", "Upper end of the 95 % interval"),
        Column("difference", "DOUBLE", "The uplift of response.uplift less this estimate"),
        Column(
            "difference_ci_low", "DOUBLE", "Lower end of its 95 % interval, given that both have customers in common"
        ),
        Column("difference_ci_high", "DOUBLE", "Upper end"),
        Column("agrees", "VARCHAR", "yes if the interval of the difference contains 0, else no"),
        Column("placebo", "DOUBLE", "The same estimate a period earlier, before anything was mailed; 0 is expected"),
        Column("placebo_ci_low", "DOUBLE", "Lower end of its 95 % interval"),
        Column("placebo_ci_high", "DOUBLE", "Upper end"),
        Column("placebo_verdict", "VARCHAR", "pass if that interval contains 0, fail, or not known"),
        NOTE,
    ),
    key=("campaign_id", "metric"),
)

SENSITIVITY = Table(
    "response",
    "sensitivity",
    "campaign without hold-out and metric",
    (
        CAMPAIGN_ID,
        METRIC,
        Column("uplift", "DOUBLE", "As in response.uplift"),
        Column(
            "robustness_value",
            "DOUBLE",
            "Share of what is unexplained, of both the outcome and the mailing, that something unknown must explain to "
            "bring the estimate to 0",
        ),
        Column(
            "robustness_value_interval", "DOUBLE", "The same for the nearer end of the interval; 0 if it contains 0"
        ),
        Column("risk_ratio", "DOUBLE", "Of a rate: that of the mailed over what it would have been unmailed"),
        Column(
            "e_value",
            "DOUBLE",
            "Of a rate: by how much something unknown must multiply both the chance of being mailed and that of doing "
            "it to explain risk_ratio away",
        ),
        Column("e_value_interval", "DOUBLE", "The same for the nearer end of the interval; 1 if it contains no effect"),
        Column("benchmark", "VARCHAR", "Covariate that would bias the estimate most, were one as strong left out"),
        Column("benchmark_outcome", "DOUBLE", "What it explains of the outcome beyond all others, of the rest"),
        Column("benchmark_mailing", "DOUBLE", "What it explains of the mailing beyond all others, of the rest"),
        Column("benchmark_bias", "DOUBLE", "How far something as strong moves the estimate at most"),
        Column(
            "withstands",
            "VARCHAR",
            "yes if the interval stays on its side of 0 with something as strong as the benchmark left out, else no; "
            "empty where it contains 0",
        ),
        NOTE,
    ),
    key=("campaign_id", "metric"),
)

OBSERVATIONAL_TABLES = (OVERLAP, BALANCE, SECOND_OPINION, SENSITIVITY)
