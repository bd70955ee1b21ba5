"""Who is drawn together, where cells begin, and what a plan is called."""

import datetime as dt
from collections.abc import Mapping

import polars as pl

from segmentation.settings import HoldOutBy


def add_unit(customers: pl.DataFrame, by: HoldOutBy) -> pl.DataFrame:
    """Add `unit`, what arm and cell are drawn for: the customer, or the household of those who have one.

    Args:
        customers: with `customer_id` and `household_id`.
    """
    in_household = pl.col("household_id").str.strip_chars().fill_null("") != ""
    household = pl.when(in_household & (by == "household")).then(pl.lit("household ") + pl.col("household_id"))
    return customers.with_columns(pl.coalesce(household, "customer_id").alias("unit"))


def place_cells(shares: Mapping[str, float]) -> pl.DataFrame:
    """Where the draws of each cell begin: `cell`, `lower`, in the order given.

    Args:
        shares: of the mailed, by cell; they add up to 1.
    """
    cells = pl.DataFrame({"cell": list(shares), "share": list(shares.values())})
    return cells.select("cell", lower=pl.col("share").cum_sum().shift(1, fill_value=0.0))


def name_plan(campaign_id: str, as_of: dt.date, parameters: str, plans: pl.DataFrame) -> str:
    """The id of a plan: that of the draft with the same parameters, which it replaces, or else the next that is free.

    Args:
        parameters: settings of the plan as JSON.
        plans: rows of targeting.plans.
    """
    same = plans.filter(
        pl.col("campaign_id") == campaign_id,
        pl.col("as_of_date") == as_of,
        pl.col("status") == "draft",
        pl.col("parameters") == parameters,
    )
    if same.height:
        return str(same["plan_id"].min())
    first, taken = f"{campaign_id}@{as_of}", set(plans["plan_id"])
    names = (first, *(f"{first}#{number}" for number in range(2, len(taken) + 2)))
    return next(name for name in names if name not in taken)
