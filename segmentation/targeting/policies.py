"""TARGET_POLICIES: in which order customers are mailed. Add a policy here; a budget cuts the list."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from segmentation.settings import PolicyName


@dataclass(frozen=True)
class TargetPolicy:
    """An order of customers.

    Attributes:
        keys: columns to sort by, largest first; ties are broken by customer_id.
    """

    name: PolicyName
    description: str
    keys: tuple[str, ...]


def rank_customers(eligible: pl.DataFrame, policy: TargetPolicy) -> pl.DataFrame:
    """Add `rank`, 1 for the customer to mail first, and sort by it; a missing key comes last.

    Args:
        eligible: one row per customer with the policy's keys.
    """
    return (
        eligible.sort([*policy.keys, "customer_id"], descending=[True] * len(policy.keys) + [False], nulls_last=True)
        .with_row_index("rank", offset=1)
        .with_columns(pl.col("rank").cast(pl.Int64))
    )


SCORES = ("recency_score", "frequency_score", "monetary_score", "spend")

TARGET_POLICIES: Mapping[PolicyName, TargetPolicy] = {
    policy.name: policy
    for policy in (
        TargetPolicy(
            "profit",
            "Largest expected profit first where hold-outs prove it, else likeliest to respond first",
            ("proven_profit", "expected_response", *SCORES),
        ),
        TargetPolicy(
            "response",
            "Likeliest to respond first, by the model or else by segment; of equals the best RFM scores",
            ("expected_response", *SCORES),
        ),
        TargetPolicy("rfm", "Best recency first, then frequency, then spend", SCORES),
    )
}
