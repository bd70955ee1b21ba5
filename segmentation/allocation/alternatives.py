"""What other rules would have brought with as many pieces, side by side with the plan."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from segmentation.allocation.outlook import (
    BEST_RESPONSE,
    EVERYBODY,
    LAST_YEAR,
    NOBODY,
    RANDOM,
    THIS_PLAN,
    Outlook,
    Prospects,
    foresee,
    foresee_random,
)
from segmentation.allocation.problem import Longs
from segmentation.settings import PolicyName
from segmentation.targeting.policies import TARGET_POLICIES, rank_customers

RULES: Mapping[str, PolicyName] = {LAST_YEAR: "rfm", BEST_RESPONSE: "response"}
NOTES = {
    EVERYBODY: "without a hold-out",
    LAST_YEAR: "as many pieces",
    RANDOM: "as many pieces, on average over all draws",
    BEST_RESPONSE: "as many pieces",
}
NO_RESPONSE = "no response is known, so the same as last year's rule"


def order_by_rules(customers: pl.DataFrame) -> dict[str, Longs]:
    """Positions of the customers, best first, by each rule that has an order."""
    numbered = customers.drop("rank").with_row_index("position")
    return {
        rule: rank_customers(numbered, TARGET_POLICIES[policy])["position"].to_numpy().astype(np.int64)
        for rule, policy in RULES.items()
    }


def note_rules(customers: pl.DataFrame) -> dict[str, str]:
    """What there is to say of each rule."""
    return NOTES | ({BEST_RESPONSE: NO_RESPONSE} if customers["expected_response"].is_null().all() else {})


def weigh_rules(
    plan: Outlook, everybody: Prospects, mailed: Prospects, orders: Mapping[str, Longs], *, fixed_cost: float
) -> dict[str, Outlook]:
    """The plan and the other rules, in the order to show.

    Args:
        everybody: all who are eligible.
        mailed: those of them who are not held out; rules with as many pieces as the plan choose from them.
        orders: of `mailed`, by rule.
    """
    pieces = plan.pieces
    paid = fixed_cost if pieces else 0.0
    by_rule = {rule: foresee(mailed.take(order[:pieces]), fixed_cost=paid) for rule, order in orders.items()}
    return {
        THIS_PLAN: plan,
        EVERYBODY: foresee(everybody, fixed_cost=fixed_cost),
        LAST_YEAR: by_rule[LAST_YEAR],
        BEST_RESPONSE: by_rule[BEST_RESPONSE],
        RANDOM: foresee_random(mailed, pieces, fixed_cost=paid),
        NOBODY: Outlook(0, 0.0, 0.0, None, None, None),
    }
