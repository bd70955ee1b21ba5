"""FEATURES: what clusters are made of. Add a feature here and its expression in sql/customer_features.sql."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    """One number about a customer, as known at the end of the as-of date.

    Attributes:
        unit: what one unit of the number is.
        high, low: words a marketer would use of customers far above or below the mean.
    """

    name: str
    description: str
    unit: str
    high: str
    low: str


FEATURES: tuple[Feature, ...] = (
    Feature("days_since_last_order", "Days since the last order", "days", "lapsed", "recent"),
    Feature("order_count", "Orders to date", "orders", "frequent", "rare"),
    Feature("mean_order_value", "Money per order, net of returns", "money", "big baskets", "small baskets"),
    Feature("tenure_days", "Days since the first order", "days", "long-standing", "new"),
    Feature(
        "recent_order_share",
        "Share of the orders to date placed in the last 90 days",
        "share",
        "picking up",
        "slowing down",
    ),
    Feature("category_count", "Different categories bought", "categories", "broad taste", "narrow taste"),
)

FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
