"""Doubts about the hold-out of one campaign, from the warehouse."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import polars as pl

from segmentation.contract.model import Table
from segmentation.contract.validity import CONCURRENT, CONTAMINATION
from segmentation.validity.cautions import tell_both_arms, tell_spill_over, tell_window
from segmentation.validity.concurrent import are_alike, compare_mailed, tell_concurrent
from segmentation.validity.contamination import count_contaminated, tell_contaminated
from segmentation.warehouse.connection import Connection, fetch, kept


@dataclass(frozen=True)
class Doubts:
    """What may be wrong with the arms of a campaign.

    Attributes:
        tables: rows of the campaign by table.
        cautions: for the note of every figure.
        arms_alike: no other campaign is known to have mailed one arm more than the other.
        by_household: whole households were drawn.
    """

    tables: dict[Table, pl.DataFrame]
    cautions: list[str]
    arms_alike: bool
    by_household: bool


@contextmanager
def receipts_kept(connection: Connection, campaign: dict[str, Any], as_of: dt.date) -> Iterator[None]:
    """Keep who did not get what the arm says, as table campaign_receipts.

    Args:
        campaign: a row of sql/campaign_list.sql.
    """
    ids = {"campaign_id": campaign["campaign_id"], "starts_on": campaign["starts_on"], "as_of_date": as_of}
    with kept(connection, "campaign_receipts", **ids):
        yield


def doubt_campaign(connection: Connection, campaign: dict[str, Any], as_of: dt.date, *, window_days: int) -> Doubts:
    """Look for what makes the arms unlike, where `receipts_kept`.

    Args:
        campaign: a row of sql/campaign_list.sql.
        window_days: days of a response window that the source does not end.
    """
    campaign_id, treated, control = (campaign[name] for name in ("campaign_id", "mailed", "held_out"))
    period = {"campaign_id": campaign_id, "starts_on": campaign["starts_on"], "ends_on": campaign["ends_on"]}
    known = period | {"as_of_date": as_of, "response_window_days": window_days}
    eve = campaign["starts_on"] - dt.timedelta(days=1)
    homes = fetch(connection, "selected_households", campaign_id=campaign_id, as_of_date=eve).row(0, named=True)
    by_household = homes["of_several"] > 0 and homes["in_both_arms"] == 0
    contamination = count_contaminated(fetch(connection, "receipt_counts", **known))
    concurrent = compare_mailed(
        fetch(connection, "concurrent_campaigns", **known),
        treated=treated,
        control=control,
        design_effect=homes["design_effect"] if by_household else 1,
    )
    days = (campaign["ends_on"] - campaign["starts_on"]).days + 1
    cautions = [
        *tell_window(days, is_assumed=campaign["window_is_assumed"]),
        *tell_both_arms(campaign["both_arms"]),
    ]
    if control:
        cautions += [
            *tell_contaminated(contamination),
            *tell_concurrent(concurrent),
            *tell_spill_over(
                in_both_arms=homes["in_both_arms"],
                held_out_with_mailed=homes["held_out_with_mailed"],
                held_out=control,
            ),
        ]
    tables = {CONTAMINATION: contamination, CONCURRENT: concurrent}
    return Doubts(tables, cautions, are_alike(concurrent), by_household)
