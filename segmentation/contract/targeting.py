"""Planned mailings."""

from segmentation.contract.columns import CAMPAIGN_ID, CUSTOMER_ID, NOTE, PLAN_ID, with_interval
from segmentation.contract.model import MONEY, Column, Table

PLANS = Table(
    "targeting",
    "plans",
    "planned campaign",
    (
        PLAN_ID,
        CAMPAIGN_ID,
        Column("as_of_date", "DATE", "Last day known to the plan"),
        Column("created_at", "TIMESTAMP", "Moment of planning"),
        Column("created_by", "VARCHAR", "Who or what planned", privacy="withheld"),
        Column("status", "VARCHAR", "draft, approved, rejected or exported"),
        Column("parameters", "VARCHAR", "Settings of the plan as JSON", privacy="withheld"),
        Column("mailed", "BIGINT", "Customers to be mailed"),
        Column("held_out", "BIGINT", "Customers held out as control"),
        Column("cost", MONEY, "Cost of the mailing"),
        Column("expected_response", "DOUBLE", "Expected response rate of the mailed, 0-1"),
        *with_interval("expected_incremental_profit", MONEY, "Expected incremental margin less cost"),
        Column("optimality_gap", "DOUBLE", "Share by which a better plan may exist, 0-1; empty without offers"),
        Column("minimum_detectable_uplift", "DOUBLE", "Smallest uplift of the response rate seen with power 80 %"),
        NOTE,
    ),
    key=("plan_id",),
)

SELECTION = Table(
    "targeting",
    "selection",
    "customer in a plan, hold-out included",
    (
        PLAN_ID,
        CUSTOMER_ID,
        Column("arm", "VARCHAR", "treatment (to be mailed) or control (held out)"),
        Column("cell", "VARCHAR", "Test cell"),
        Column("keycode", "VARCHAR", "Key code to print; empty for control", privacy="pseudonym"),
        Column("offer", "VARCHAR", "Offer to send; empty where there is one mailing only"),
        Column("channel", "VARCHAR", "Channel of the piece"),
        Column("in_home_on", "DATE", "Day the piece comes home; of control, the day it would"),
        Column("expected_response", "DOUBLE", "Expected response rate if mailed, 0-1"),
        Column("expected_uplift", "DOUBLE", "Expected incremental revenue per head if mailed"),
        Column("expected_profit", "DOUBLE", "Expected incremental margin less the cost of the piece"),
        Column("rank", "BIGINT", "1 is mailed first"),
    ),
    key=("plan_id", "customer_id"),
)

EXCLUSIONS = Table(
    "targeting",
    "exclusions",
    "customer left out of a plan",
    (PLAN_ID, CUSTOMER_ID, Column("reason", "VARCHAR", "The first reason that applied")),
    key=("plan_id", "customer_id"),
)

WATERFALL = Table(
    "targeting",
    "waterfall",
    "step of a plan, from all customers to the mailed",
    (
        PLAN_ID,
        Column("step", "INTEGER", "Order of the steps"),
        Column("reason", "VARCHAR", "Why customers leave at this step"),
        Column("customers_before", "BIGINT", "Customers before the step"),
        Column("customers_removed", "BIGINT", "Customers that leave"),
        Column("customers_after", "BIGINT", "Customers that remain"),
    ),
    key=("plan_id", "step"),
)
