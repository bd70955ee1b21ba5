"""How many are mailed, and which offer to whom."""

from segmentation.contract.columns import AS_OF_DATE, NOTE, PLAN_ID, with_interval
from segmentation.contract.model import MONEY, Column, Table

OFFERS = Table(
    "targeting",
    "offers",
    "offer of a plan, where several compete",
    (
        PLAN_ID,
        AS_OF_DATE,
        Column("offer", "VARCHAR", "Name of the offer"),
        Column("cell", "VARCHAR", "Its test cell"),
        Column("channel", "VARCHAR", "Channel it goes out by"),
        Column("unit_cost", "DOUBLE", "Cost of one piece"),
        Column("pieces", "BIGINT", "Customers to be mailed with it"),
        Column("cost", MONEY, "Cost of its pieces, and its fixed cost if there are any"),
        Column("expected_profit", MONEY, "Expected incremental margin of its pieces less cost"),
        Column("basis", "VARCHAR", "Where its expectation comes from: earlier mailings, or the settings"),
    ),
    key=("plan_id", "offer"),
)

PROFIT_CURVE = Table(
    "targeting",
    "profit_curve",
    "plan and cost of the pieces, from none to all",
    (
        PLAN_ID,
        AS_OF_DATE,
        Column("pieces", "BIGINT", "Customers mailed, the first in the plan's order; with offers, the best so many"),
        Column("cost", MONEY, "Cost of so many"),
        *with_interval("expected_profit", MONEY, "Expected incremental margin of so many, less cost"),
        Column("is_plan", "BOOLEAN", "The plan's own number of pieces"),
        Column("is_break_even", "BOOLEAN", "The most expected profit: from here on pieces cost more than they bring"),
        NOTE,
    ),
    key=("plan_id", "cost"),
)

ALTERNATIVES = Table(
    "targeting",
    "alternatives",
    "plan and rule by which customers could have been chosen",
    (
        PLAN_ID,
        AS_OF_DATE,
        Column("position", "INTEGER", "Order in which to show"),
        Column(
            "rule",
            "VARCHAR",
            "this plan, everybody eligible, last year's rule (RFM), best response, random or nobody",
        ),
        Column("pieces", "BIGINT", "Customers mailed by the rule"),
        Column("cost", MONEY, "Cost of mailing them"),
        *with_interval("expected_profit", MONEY, "Expected incremental margin less cost, added up over customers"),
        NOTE,
    ),
    key=("plan_id", "rule"),
)

CONSTRAINTS = Table(
    "targeting",
    "constraints",
    "plan and limit it keeps to",
    (
        PLAN_ID,
        AS_OF_DATE,
        Column("constraint", "VARCHAR", "Setting that limits"),
        Column("limit", "DOUBLE", "Money for the budget, pieces for all others"),
        Column("used", "DOUBLE", "What the plan takes of it"),
        Column("shadow_price", "DOUBLE", "Expected profit that one more unit of the limit would bring or cost"),
        Column("binding", "BOOLEAN", "The plan would be another with another limit"),
        NOTE,
    ),
    key=("plan_id", "constraint"),
)

ALLOCATION_TABLES = (OFFERS, PROFIT_CURVE, ALTERNATIVES, CONSTRAINTS)
