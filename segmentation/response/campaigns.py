"""What each campaign cost and brought, from its uplift."""

import datetime as dt

import polars as pl

from segmentation.errors import UnknownCampaignError
from segmentation.response.intervals import wilson_interval
from segmentation.response.sample_ratio import FAIL

NO_COST = "no cost is known: give campaigns.unit_cost in the source or the settings"


def summarise_campaigns(campaigns: pl.DataFrame, uplift: pl.DataFrame) -> pl.DataFrame:
    """One row per campaign that has started.

    Increments are the uplift per head times the customers it was measured on; their interval is the uplift's. Cost is
    taken as exact. `pays` is yes or no only when the window has closed, neither the sample-ratio test nor comparability
    has failed, and the whole interval of the profit is on one side of 0.

    Args:
        campaigns: see sql/campaign_list.sql.
        uplift: all campaigns' rows of `response.uplift`.
    Returns: the columns of response.campaigns.
    """
    whole = uplift.filter(pl.col("dimension") == "all", pl.col("method") != "randomised_adjusted")
    rows = campaigns
    for metric, name in (("response", "responses"), ("revenue", "revenue"), ("margin", "margin")):
        rows = rows.join(_increment(whole, metric, f"incremental_{name}"), on="campaign_id", how="left")
    cost, mailed = pl.col("cost"), pl.col("mailed")
    ends = ("", "_ci_low", "_ci_high")
    return (
        _add_response_interval(rows)
        .with_columns(
            pl.when(pl.col("held_out") > 0)
            .then(pl.lit("randomised"))
            .otherwise(pl.lit("observational"))
            .alias("design"),
            pl.when(mailed > 0).then(pl.col("responders") / mailed).alias("response_rate"),
            _ratio(cost, pl.col("responders")).alias("cost_per_response"),
            *((pl.col(f"incremental_margin{end}") - cost).alias(f"incremental_profit{end}") for end in ends),
            *_cost_per_increment(cost),
            _note().alias("note"),
        )
        .with_columns(_ratio(pl.col("incremental_profit"), cost).alias("roi"), _pays().alias("pays"))
    )


def _increment(whole: pl.DataFrame, metric: str, name: str) -> pl.DataFrame:
    treated = pl.col("treated")
    return whole.filter(pl.col("metric") == metric).select(
        "campaign_id",
        (pl.col("uplift") * treated).alias(name),
        (pl.col("ci_low") * treated).alias(f"{name}_ci_low"),
        (pl.col("ci_high") * treated).alias(f"{name}_ci_high"),
        pl.col("note").alias(f"{metric}_note"),
        *([_is_biased().alias("is_biased")] if metric == "response" else []),
    )


def _is_biased() -> pl.Expr:
    return pl.any_horizontal(pl.col("sample_ratio", "comparability") == FAIL)


def _add_response_interval(rows: pl.DataFrame) -> pl.DataFrame:
    known = rows.filter(pl.col("responders").is_not_null() & (pl.col("mailed") > 0)).select(
        "campaign_id", "responders", "mailed"
    )
    low, high = wilson_interval(
        known["responders"].cast(pl.Float64).to_numpy(), known["mailed"].cast(pl.Float64).to_numpy()
    )
    interval = known.select(
        "campaign_id", pl.Series("response_rate_ci_low", low), pl.Series("response_rate_ci_high", high)
    )
    return rows.join(interval, on="campaign_id", how="left")


def _ratio(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    return pl.when(below > 0).then(above / below)


def _cost_per_increment(cost: pl.Expr) -> list[pl.Expr]:
    """Cost for each reply brought; more replies is cheaper, so the ends of the interval change places."""
    name = "cost_per_incremental_response"
    return [
        _ratio(cost, pl.col("incremental_responses")).alias(name),
        _ratio(cost, pl.col("incremental_responses_ci_high")).alias(f"{name}_ci_low"),
        _ratio(cost, pl.col("incremental_responses_ci_low")).alias(f"{name}_ci_high"),
    ]


def _note() -> pl.Expr:
    cost = pl.when(pl.col("cost").is_null(), pl.col("mailed") > 0).then(pl.lit(NO_COST))
    nobody = pl.when(pl.col("mailed") == 0).then(pl.lit("nobody was mailed"))
    notes = ("response_note", "revenue_note", "margin_note")
    said = pl.concat_list(nobody, cost, *notes).list.drop_nulls().list.join("; ")
    different = said.str.split("; ").list.unique(maintain_order=True).list.join("; ")
    return pl.when(different != "").then(different)


def _pays() -> pl.Expr:
    return (
        pl.when(pl.col("provisional") | pl.col("is_biased").fill_null(False))
        .then(pl.lit("not proven"))
        .when(pl.col("incremental_profit_ci_low") > 0)
        .then(pl.lit("yes"))
        .when(pl.col("incremental_profit_ci_high") < 0)
        .then(pl.lit("no"))
        .otherwise(pl.lit("not proven"))
    )


def find_campaign(campaigns: pl.DataFrame, campaign_id: str, as_of: dt.date) -> pl.DataFrame:
    """The row of one campaign.

    Raises:
        UnknownCampaignError: there is none.
    """
    found = campaigns.filter(pl.col("campaign_id") == campaign_id)
    if found.is_empty():
        known = ", ".join(campaigns["campaign_id"])
        raise UnknownCampaignError(
            f"campaign {campaign_id} has not started by {as_of} or is not known; there are: {known}"
        )
    return found
