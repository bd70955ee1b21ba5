"""What a planned mailing adds, worked by hand."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from segmentation.forecast.mailing import LATER, NO_PLAN, NO_UPLIFT, add_mailing, increments, share_by_week

AS_OF = dt.date(2024, 6, 30)
PIECES = pl.DataFrame({"segment": ["champions", "lost"], "mailed": [100, 50]})
UPLIFT = {"uplift": [2.0], "ci_low": [1.0], "ci_high": [4.0], "method": ["observational"], "campaigns": [3]}
BY_SEGMENT = pl.DataFrame({"level": ["champions"], **UPLIFT})
OVERALL = pl.DataFrame({"level": ["all"], **UPLIFT})


def forecast() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "segment": ["champions", "lost", "loyal", "all"],
            "week": [2, 2, 2, 2],
            "revenue": [1000.0, 10.0, 500.0, 1510.0],
            "revenue_ci_low": [970.0, 0.0, 400.0, 1400.0],
            "revenue_ci_high": [1040.0, 20.0, 600.0, None],
            "method": ["mean of 12 weeks"] * 4,
            "note": [None, None, None, "careful"],
        }
    )


def test_money_comes_in_the_weeks_in_which_credited_orders_came() -> None:
    timing = pl.DataFrame({"day": [0, 4, 5, 100], "amount": [10.0, 20.0, 30.0, 40.0]})
    shares = share_by_week(timing, starts_on=AS_OF + dt.timedelta(days=10), as_of=AS_OF)
    # In-home on the third day of the second week, so day 4 is its last; day 100 is beyond the 12 weeks.
    assert shares == pytest.approx([0, 0.3, 0.3, *[0] * 9])


def test_a_mailing_adds_its_share_and_both_uncertainties() -> None:
    added = increments(PIECES, BY_SEGMENT, OVERALL, all_together="all")
    assert added.rows() == [
        ("champions", 200.0, 100.0, 400.0, "observational"),
        ("lost", None, None, None, None),
        ("all", 300.0, 150.0, 600.0, "observational"),
    ]
    shares = np.zeros(12)
    shares[1] = 0.2
    champions, lost, loyal, everybody = add_mailing(forecast(), added, shares, None).to_dicts()
    assert champions["mailing_adds"] == pytest.approx(40)
    assert champions["revenue_with_mailing"] == pytest.approx(1040)
    assert champions["revenue_with_mailing_ci_low"] == pytest.approx(1040 - np.hypot(30, 20))
    assert champions["revenue_with_mailing_ci_high"] == pytest.approx(1040 + np.hypot(40, 40))
    assert champions["note"] == "what the mailing adds is an observational estimate"
    assert lost["revenue_with_mailing"] is None
    assert lost["note"] == NO_UPLIFT
    assert loyal["revenue_with_mailing"] == 500
    assert loyal["revenue_with_mailing_ci_low"] == pytest.approx(400)
    assert loyal["note"] is None
    assert everybody["revenue_with_mailing"] == pytest.approx(1570)
    assert everybody["revenue_with_mailing_ci_high"] is None
    assert everybody["note"] == "careful; what the mailing adds is an observational estimate"


def test_without_a_plan_nothing_is_added_and_the_reason_is_said() -> None:
    rows = add_mailing(forecast(), None, None, NO_PLAN)
    assert rows["revenue_with_mailing"].null_count() == 4
    assert rows["note"].to_list() == [NO_PLAN, NO_PLAN, NO_PLAN, f"careful; {NO_PLAN}"]


def test_a_mailing_beyond_the_weeks_is_said_to_be() -> None:
    added = increments(PIECES, BY_SEGMENT, OVERALL, all_together="all")
    rows = add_mailing(forecast(), added, np.zeros(12), None)
    assert rows["revenue_with_mailing"][0] == 1000
    assert rows["note"][0].endswith(LATER)
