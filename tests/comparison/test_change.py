from typing import Any

import numpy as np
import polars as pl
import pytest

from segmentation.comparison.change import MIXED, change_uplift, combine_intervals
from tests.comparison.samples import NOW, PAIRS, THEN, counted, uplift, uplift_row


def change(*rows: dict[str, Any], shared: int = 0, **resampled: Any) -> dict[str, Any]:
    pairs = PAIRS.with_columns(shared_customers=pl.lit(shared))
    of = {(campaign_id, "response"): values for campaign_id, values in resampled.items()}
    found = change_uplift(pairs, uplift(*rows), of)
    assert found.height == 1
    return found.row(0, named=True)


def test_published_change_of_uplift() -> None:
    # 960 of 40,000 v 150 of 10,000, before 1,000 of 50,000 v 140 of 10,000.
    found = change(counted(NOW, 960, 40_000, 150, 10_000), counted(THEN, 1_000, 50_000, 140, 10_000))
    assert found["uplift_change"] == pytest.approx(0.003)
    assert (round(found["ci_low"], 5), round(found["ci_high"], 5)) == (-0.00085, 0.00686)
    assert (found["method"], found["design"], found["change_note"]) == ("MOVER", "randomised", None)


def test_even_intervals_combine_as_squares_do() -> None:
    now, then, half, other = (np.array([value]) for value in (5.0, 3.0, 0.3, 0.4))
    low, high = combine_intervals(now, now - half, now + half, then, then - other, then + other)
    assert (low[0], high[0]) == (pytest.approx(1.5), pytest.approx(2.5))


def test_an_uneven_interval_lends_each_end_its_own_side() -> None:
    now, then = np.array([5.0]), np.array([3.0])
    low, high = combine_intervals(now, now - 3, now + 8, then, then - 6, then + 4)
    assert (low[0], high[0]) == (2 - 5, 2 + 10)


def test_the_change_back_is_the_change_with_its_ends_exchanged() -> None:
    one, other = counted(NOW, 50, 1_000, 3, 200), counted(THEN, 20, 700, 9, 300)
    there = change(one, other)
    back = change(one | {"campaign_id": THEN}, other | {"campaign_id": NOW})
    assert (back["uplift_change"], back["ci_low"], back["ci_high"]) == (
        pytest.approx(-there["uplift_change"]),
        pytest.approx(-there["ci_high"]),
        pytest.approx(-there["ci_low"]),
    )


def test_a_randomised_result_and_an_estimate_are_never_subtracted() -> None:
    estimate = counted(THEN, 1_000, 50_000, 140, 10_000, method="observational")
    found = change(counted(NOW, 960, 40_000, 150, 10_000), estimate, shared=9)
    assert [found[name] for name in ("uplift_change", "ci_low", "ci_high", "method")] == [None] * 4
    assert (found["design"], found["change_note"]) == ("mixed", MIXED)


def test_reasons_of_missing_uplifts_are_told_once() -> None:
    found = change(uplift_row(NOW, note="no replies"), uplift_row(THEN, note="no replies"))
    assert (found["uplift_change"], found["change_note"]) == (None, "no replies")


def test_an_uplift_without_interval_gives_a_change_without() -> None:
    found = change(counted(NOW, 960, 40_000, 150, 10_000), uplift_row(THEN, uplift=0.0))
    assert found["uplift_change"] == pytest.approx(0.009)
    assert (found["ci_low"], found["method"]) == (None, None)
    assert found["change_note"] == "the uplift of then has no interval, so the change has none"


def test_customers_in_both_are_resampled_together() -> None:
    rows = (counted(NOW, 960, 40_000, 150, 10_000), counted(THEN, 1_000, 50_000, 140, 10_000))
    random = np.random.default_rng(1)
    common = random.normal(0, 5, 2000)
    resampled = {NOW: 0.009 + common + random.normal(0, 0.1, 2000), THEN: 0.006 + common}
    found = change(*rows, shared=1, **resampled)
    assert found["method"] == "paired bootstrap"
    assert (found["ci_low"], found["ci_high"]) == (pytest.approx(-0.193, abs=0.02), pytest.approx(0.199, abs=0.02))
    alone = change(*rows, shared=0, **resampled)
    assert alone["method"] == "MOVER"  # nobody is in both
    without = change(*rows, shared=7)
    assert (without["method"], without["ci_low"]) == ("MOVER", alone["ci_low"])
    assert without["change_note"].startswith("7 customers are in both, but too few")
    few = change(rows[0] | {"ci_low": None, "ci_high": None}, rows[1], shared=1, **resampled)
    assert (few["ci_low"], few["change_note"]) == (None, "the uplift of now has no interval, so the change has none")


def test_estimates_of_the_same_people_say_what_their_interval_leaves_out() -> None:
    rows = [counted(name, 90, 4_000, 15, 1_000, method="observational") for name in (NOW, THEN)]
    found = change(*rows, shared=12, now=np.zeros(2000), then=np.zeros(2000))
    assert (found["design"], found["method"]) == ("observational", "MOVER")
    assert "12 customers are in both" in found["change_note"]
