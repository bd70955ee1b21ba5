"""What is asked of a campaign, and why there may be no answer."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from segmentation.response.adjustment import FEWEST, LARGEST_LEVERAGE
from segmentation.response.arms import FEWEST_ACTIVE, Means
from segmentation.response.metrics import ResponseMetric
from segmentation.response.sequential import Look

Mask = npt.NDArray[np.bool_]

MINIMUM_ARM = 2
NO_REPLIES = "no reply is recorded for this campaign"
NO_MARGIN = "orders have no margin and campaigns.margin_rate is not set"
TOO_FEW = f"fewer than {MINIMUM_ARM} customers in an arm"
NOT_ADJUSTED = (
    f"not adjusted: an arm has fewer than {FEWEST} customers, or what they spent before the mailing is all alike, or "
    f"that of one customer decides (leverage over {LARGEST_LEVERAGE})"
)
TOO_FEW_BUYERS = (
    f"no interval: an arm is expected to have fewer than {FEWEST_ACTIVE} buyers, too few for one that holds 95 %"
)
NO_VARIATION = "nobody in either arm differs from the others, so there is no interval"


@dataclass(frozen=True)
class Question:
    """One metric of one dimension.

    Attributes:
        missing: why it cannot be computed for the campaign at all, if so.
        look: of a window that is open.
        shares_control: all levels have one and the same control.
    """

    dimension: str
    metric: ResponseMetric
    missing: str | None
    look: Look | None
    shares_control: bool
    seed: int


def missing_reason(metric: ResponseMetric, outcomes: pl.DataFrame, *, has_replies: bool) -> str | None:
    """Why `metric` cannot be computed for a campaign at all, or None if it can."""
    if metric.name == "response" and not has_replies:
        return NO_REPLIES
    if metric.name == "margin" and outcomes["has_unknown_margin"].any():
        return NO_MARGIN
    return None


def are_enough(means: Means) -> Mask:
    """By level, whether both arms are expected to have FEWEST_ACTIVE buyers."""
    return means.expected_active >= FEWEST_ACTIVE


def why_no_interval(question: Question, means: Means) -> npt.NDArray[np.str_]:
    """By level; empty where there is one."""
    if question.metric.kind == "proportion":
        return np.full(len(means.n), "")
    varies = means.variance.sum(axis=1) > 0
    return np.where(varies, np.where(are_enough(means), "", TOO_FEW_BUYERS), NO_VARIATION)
