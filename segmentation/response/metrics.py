"""RESPONSE_METRICS: what is counted of a mailing. Add a metric here and its column in sql/campaign_outcomes.sql."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ResponseMetric:
    """One number per customer; `proportion` is 0 or 1, `mean` is money."""

    name: str
    column: str
    kind: Literal["proportion", "mean"]
    description: str


RESPONSE_METRICS: tuple[ResponseMetric, ...] = (
    ResponseMetric("response", "responded", "proportion", "Has a recorded reply, visit or redemption in the window"),
    ResponseMetric("conversion", "converted", "proportion", "Has an order in the window, whatever led to it"),
    ResponseMetric("revenue", "revenue", "mean", "Money ordered in the window, net of returns, per head"),
    ResponseMetric("margin", "margin", "mean", "Margin of the orders in the window, per head"),
)
