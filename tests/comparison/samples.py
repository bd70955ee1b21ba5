"""Rows of response.uplift and campaigns as the comparison reads them: name only what the test is about."""

import datetime as dt
from typing import Any

import numpy as np
import polars as pl

from segmentation.response.intervals import compare_proportions

NOW, THEN = "now", "then"
PAIRS = pl.DataFrame({"campaign_id": [NOW], "earlier_campaign_id": [THEN], "shared_customers": [0]})


def campaign(campaign_id: str, **others: Any) -> dict[str, Any]:
    """A row of sql/comparison_campaigns.sql."""
    return {
        "campaign_id": campaign_id,
        "name": campaign_id.capitalize(),
        "kind": "mail",
        "starts_on": dt.date(2024, 3, 1),
        "days": 30,
        "design": "randomised",
        "mailed": 1000,
        "provisional": False,
        "cost_per_response": 5.0,
        "cost_per_incremental_response": 9.0,
        "cost_per_incremental_response_ci_low": 7.0,
        "cost_per_incremental_response_ci_high": 20.0,
    } | others


def campaigns(*rows: dict[str, Any]) -> pl.DataFrame:
    """Those of PAIRS unless given."""
    return pl.DataFrame(list(rows) or [campaign(THEN, starts_on=dt.date(2023, 3, 1)), campaign(NOW)])


def uplift_row(campaign_id: str, **others: Any) -> dict[str, Any]:
    """A row of sql/comparison_uplift.sql: of the whole, without estimate unless given."""
    return {
        "campaign_id": campaign_id,
        "dimension": "all",
        "level": "all",
        "metric": "response",
        "method": "randomised",
        "mailed": 1000,
        "treated": 1000,
        "treated_mean": None,
        "uplift": None,
        "ci_low": None,
        "ci_high": None,
        "note": None,
    } | others


def uplift(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows with the types of response.uplift."""
    floats = dict.fromkeys(("treated_mean", "uplift", "ci_low", "ci_high"), pl.Float64)
    return pl.DataFrame(rows, schema_overrides=floats | {"note": pl.String}, infer_schema_length=None)


def counted(campaign_id: str, replies: int, mailed: int, control: int, held_out: int, **others: Any) -> dict[str, Any]:
    """The response of a campaign against its hold-out, with Newcombe's interval."""
    of = [np.array([value], dtype=np.float64) for value in (replies, mailed, control, held_out)]
    found = compare_proportions(*of)
    return uplift_row(
        campaign_id,
        mailed=mailed,
        treated=mailed,
        treated_mean=replies / mailed,
        uplift=float(found.estimate[0]),
        ci_low=float(found.low[0]),
        ci_high=float(found.high[0]),
        **others,
    )


def segment(campaign_id: str, level: str, mailed: int, rate: float | None, **others: Any) -> dict[str, Any]:
    """What the mailed of a segment did."""
    return uplift_row(campaign_id, dimension="segment", level=level, treated=mailed, treated_mean=rate, **others)
