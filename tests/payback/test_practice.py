import datetime as dt
from typing import Any

import polars as pl

from segmentation.payback.practice import (
    HOLD_OUT,
    NO_COST,
    NO_HOLD_OUT,
    NO_INTERVAL,
    NO_YEAR_BEFORE,
    NOT_PLANNED,
    Balance,
    draw_balance,
)
from segmentation.payback.timeline import Timeline
from segmentation.settings import EarlierPractice

D = dt.date
TIMELINE = Timeline(D(2024, 1, 1), D(2024, 1, 1), D(2024, 6, 30))


def mailing(campaign_id: str, starts_on: dt.date, ends_on: dt.date, **others: Any) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "basis": "randomised",
        "provisional": False,
        "mailed": 1000,
        "cost": 700.0,
        "piece_cost": 0.5,
        "estimate": 2000.0,
        "low": 1000.0,
        "high": 3000.0,
        "eligible": None,
        "margin_note": None,
    } | others


FEBRUARY = (D(2024, 2, 1), D(2024, 2, 29))


def balance(
    *rows: dict[str, Any],
    practice: EarlierPractice | None = None,
    basis: str = "randomised",
    share: float = 1.0,
    timeline: Timeline = TIMELINE,
) -> Balance:
    campaigns = pl.DataFrame(rows, schema_overrides={"eligible": pl.Int64, "margin_note": pl.String})
    return draw_balance(campaigns, timeline, basis, practice, unsent_margin_share=share)


def reasons(found: Balance) -> dict[str, str]:
    return dict(found.left_out.select("campaign_id", "reason").iter_rows())


def test_a_mailing_counts_in_the_month_its_window_ends() -> None:
    found = balance(mailing("a", D(2024, 1, 20), D(2024, 3, 20)))
    assert found.effects.select("number", "of_programme", "of_earlier").rows() == [(2, 1.0, 0.0)]
    assert found.saved is None


def test_each_basis_has_its_own_mailings_only() -> None:
    rows = mailing("a", *FEBRUARY), mailing("b", *FEBRUARY, basis="observational")
    assert balance(*rows).effects["campaign_id"].to_list() == ["a"]
    assert reasons(balance(*rows)) == {"b": NO_HOLD_OUT}
    assert balance(*rows, basis="observational").effects["campaign_id"].to_list() == ["b"]
    assert reasons(balance(*rows, basis="observational")) == {"a": HOLD_OUT}


def test_what_cannot_be_counted_is_left_out_with_its_reason() -> None:
    found = balance(
        mailing("a", *FEBRUARY, estimate=None, margin_note="no margin"),
        mailing("b", *FEBRUARY, low=None, high=None),
        mailing("d", *FEBRUARY, low=None, high=None, margin_note="too few buyers"),
        mailing("c", *FEBRUARY, cost=None),
        mailing("d", *FEBRUARY),
    )
    assert reasons(found) == {"a": "no margin", "b": NO_INTERVAL, "c": NO_COST, "d": "too few buyers"}
    assert found.unmeasured is None


def test_where_nothing_can_be_counted_it_is_said_once_for_all() -> None:
    found = balance(*(mailing(i, *FEBRUARY, estimate=None, margin_note="no margin") for i in "ab"))
    assert found.unmeasured == "no mailing can be counted: 2 since no margin"


def test_mailings_still_running_and_those_before_the_programme_are_neither_counted_nor_left_out() -> None:
    found = balance(
        mailing("running", D(2024, 6, 1), D(2024, 7, 31), provisional=True),
        mailing("straddling", D(2023, 12, 20), D(2024, 1, 20)),
        mailing("before", D(2023, 1, 1), D(2023, 2, 1)),
    )
    assert found.mailings.is_empty()
    assert found.left_out.is_empty()
    assert found.unmeasured is None


def test_against_mailing_all_the_mailed_cancel_and_the_others_save_their_piece_and_lose_its_margin() -> None:
    """2,500 could be mailed, 1,000 were: 1,500 pieces at 0.5 saved, and 1,500 x 2.0 x 0.4 of margin lost."""
    found = balance(mailing("a", *FEBRUARY, eligible=2500), practice="mail all", share=0.4)
    assert found.saved is not None
    assert found.saved.rows() == [(1, 1500, 750.0)]
    effect = found.effects.row(0, named=True)
    lost = effect["estimate"] * (effect["of_earlier"] - effect["of_programme"])
    assert round(lost, 9) == 1500 * 2.0 * 0.4


def test_nobody_is_unmailed_where_more_were_mailed_than_the_plan_had() -> None:
    found = balance(mailing("a", *FEBRUARY, eligible=900), practice="mail all")
    assert found.saved is not None
    assert found.saved.rows() == [(1, 0, 0.0)]


def test_without_a_plan_mailing_all_cannot_be_told() -> None:
    found = balance(mailing("a", *FEBRUARY, eligible=2500), mailing("b", *FEBRUARY), practice="mail all")
    assert reasons(found) == {"b": NOT_PLANNED}


def test_the_year_before_comes_again_on_the_same_days_until_the_as_of_date() -> None:
    timeline = Timeline(D(2024, 1, 1), D(2024, 1, 1), D(2025, 4, 15))
    found = balance(
        mailing("b", D(2023, 3, 1), D(2023, 4, 15), mailed=4000, cost=2000.0),
        mailing("too late", D(2023, 3, 1), D(2023, 4, 16)),
        mailing("long ago", D(2022, 3, 1), D(2022, 4, 15)),
        mailing("a", *FEBRUARY),
        practice="as last year",
        timeline=timeline,
    )
    earlier = found.effects.filter(pl.col("of_earlier") > 0).select("campaign_id", "number").rows()
    assert earlier == [("b", 3), ("b", 15), ("too late", 3)]
    assert found.saved is not None
    assert found.saved.sort("number").rows() == [(1, -1000, -700.0), (3, 5000, 2700.0), (15, 4000, 2000.0)]


def test_a_year_before_without_mailings_or_with_ones_that_cannot_be_counted_is_no_earlier_practice() -> None:
    assert balance(mailing("a", *FEBRUARY), practice="as last year").uncompared == NO_YEAR_BEFORE
    before = mailing("b", D(2023, 3, 1), D(2023, 4, 15), basis="observational")
    found = balance(before, mailing("a", *FEBRUARY), practice="as last year")
    assert found.uncompared == (
        "not all mailings of the year before the programme can be counted: 1 since they have no hold-out"
    )
    assert reasons(found) == {}
