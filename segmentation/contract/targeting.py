"""Planned mailings."""

from segmentation.contract.columns import AS_OF_DATE, CAMPAIGN_ID, CUSTOMER_ID, NOTE, PLAN_ID, with_interval
from segmentation.contract.model import MONEY, Column, Table

PLANS = Table(
    "targeting",
    "plans",
    "planned campaign",
    (
        PLAN_ID,
        CAMPAIGN_ID,
        Column("as_of_date", "DATE", "Last day known to the plan"),
        Column("starts_on", "DATE", "In-home date"),
        Column("created_at", "TIMESTAMP", "Moment of planning"),
        Column("created_by", "VARCHAR", "Who or what planned", privacy="withheld"),
        Column("status", "VARCHAR", "draft, approved, rejected or exported"),
        Column("approved_at", "TIMESTAMP", "Moment of the approval"),
        Column("approved_by", "VARCHAR", "Who approved", privacy="withheld"),
        Column("rejected_at", "TIMESTAMP", "Moment of the rejection"),
        Column("rejected_by", "VARCHAR", "Who rejected", privacy="withheld"),
        Column("rejected_why", "VARCHAR", "Why, in the words of who rejected", privacy="withheld"),
        Column("exported_at", "TIMESTAMP", "Moment of the first export"),
        Column("exported_by", "VARCHAR", "Who exported", privacy="withheld"),
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
        Column("cell", "VARCHAR", "Test cell; empty for a hold-out that all cells share"),
        Column(
            "keycode", "VARCHAR", "Key code to print, its last character checks; empty for control", privacy="pseudonym"
        ),
        Column("offer", "VARCHAR", "Offer to send; empty where there is one mailing only"),
        Column("channel", "VARCHAR", "Channel of the piece"),
        Column("in_home_on", "DATE", "Day the piece comes home; of control, the day it would"),
        Column("expected_response", "DOUBLE", "Expected response rate if mailed, 0-1"),
        Column("expected_uplift", "DOUBLE", "Expected incremental revenue per head if mailed"),
        Column("expected_margin", "DOUBLE", "Expected incremental margin per head if mailed"),
        Column("expected_profit", "DOUBLE", "Expected incremental margin less the cost of the piece"),
        Column(
            "basis",
            "VARCHAR",
            "What the expected uplift rests on: randomised uplift model, or the (observational) uplift of the segment, "
            "by expected response where a model shares it out",
        ),
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
        NOTE,
    ),
    key=("plan_id", "step"),
)

SUPPRESSION_LISTS = Table(
    "targeting",
    "suppression_lists",
    "list that a plan was checked against: rows_read = rows_used + rows_not_usable",
    (
        PLAN_ID,
        Column("list_number", "INTEGER", "Order in the settings; 0 is crm.suppressions"),
        Column("list_file", "VARCHAR", "File of the list", privacy="withheld"),
        Column("list_reason", "VARCHAR", "What the list is; empty for crm.suppressions, whose rows have their own"),
        Column("rows_read", "BIGINT", "Rows of the list; of crm.suppressions those that hold on the in-home date"),
        Column("rows_used", "BIGINT", "Rows that name somebody"),
        Column("rows_not_usable", "BIGINT", "Rows that cannot be read, or name nobody"),
        Column("customers_matched", "BIGINT", "Customers whom the list names"),
        NOTE,
    ),
    key=("plan_id", "list_number"),
)

DUPLICATES = Table(
    "targeting",
    "duplicates",
    "customer who seems to be the same person as another",
    (
        PLAN_ID,
        CUSTOMER_ID,
        Column("group_number", "BIGINT", "Customers with the same number seem to be one person"),
        Column("matched_by", "VARCHAR", "What is the same: name and address, email, phone; or probable"),
        Column("score", "DOUBLE", "Probability to be the same person; 1 where what is compared is the same"),
    ),
    key=("plan_id", "customer_id"),
)

GLOBAL_CONTROL = Table(
    "targeting",
    "global_control",
    "customer whom no campaign may mail for a while",
    (
        CUSTOMER_ID,
        Column("since", "DATE", "First in-home date on which the customer may not be mailed"),
        Column("until", "DATE", "Last such date"),
        AS_OF_DATE,
    ),
    key=("customer_id",),
)

ADDRESS_CHECKS = Table(
    "targeting",
    "address_checks",
    "problem with the address of a customer to be mailed, as found when the plan was exported",
    (
        PLAN_ID,
        CUSTOMER_ID,
        Column("problem", "VARCHAR", "What is missing, or what the postcode does not fit"),
    ),
    key=("plan_id", "customer_id", "problem"),
)
