from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.comparison.mix_rate import split_rate_change
from segmentation.response.intervals import compare_proportions
from tests.comparison.samples import NOW, PAIRS, THEN, segment, uplift, uplift_row

Segments = dict[str, tuple[int, float | None]]


def mailing(
    campaign_id: str, segments: Segments, *, rest: tuple[int, float] = (0, 0.0), **of: Any
) -> list[dict[str, Any]]:
    """The whole and its segments: customers mailed, and what each did on average."""
    known = [(mailed, rate) for mailed, rate in [*segments.values(), rest] if rate is not None]
    treated = sum(mailed for mailed, _ in known)
    mean = sum(mailed * rate for mailed, rate in known) / treated
    whole = uplift_row(campaign_id, treated=treated, treated_mean=mean, **of)
    return [whole, *(segment(campaign_id, level, mailed, rate, **of) for level, (mailed, rate) in segments.items())]


def split(now: list[dict[str, Any]], then: list[dict[str, Any]]) -> dict[str, Any]:
    found = split_rate_change(PAIRS, uplift(*now, *then))
    assert found.height == 1
    return found.row(0, named=True)


def test_a_change_by_hand() -> None:
    # Loyal 50 % of the mailed at 4 %, then 25 % at 2 %; others 50 % at 1 %, then 75 % at 1 %: 2.5 % after 1.25 %.
    # Mix: 0.25 * 3 % - 0.25 * 1 % = 0.5; rate: 2 % * 0.375 + 0 = 0.75 points.
    found = split(
        mailing(NOW, {"loyal": (200, 0.04), "others": (200, 0.01)}),
        mailing(THEN, {"loyal": (100, 0.02), "others": (300, 0.01)}),
    )
    assert (found["rate"], found["earlier_rate"]) == (pytest.approx(0.025), pytest.approx(0.0125))
    assert (found["mix_effect"], found["rate_effect"]) == (pytest.approx(0.005), pytest.approx(0.0075))
    assert found["rate_change"] == pytest.approx(0.0125)
    assert found["split_note"] is None


def test_the_same_segments_mailed_alike_are_all_rate_and_the_same_rates_all_mix() -> None:
    one = mailing(NOW, {"a": (10, 0.5), "b": (90, 0.1)})
    rates = split(one, mailing(THEN, {"a": (20, 0.4), "b": (180, 0.05)}))
    assert rates["mix_effect"] == pytest.approx(0, abs=1e-15)
    mix = split(one, mailing(THEN, {"a": (50, 0.5), "b": (50, 0.1)}))
    assert mix["rate_effect"] == pytest.approx(0, abs=1e-15)
    assert mix["mix_effect"] == pytest.approx(0.14 - 0.3)


def test_a_segment_that_one_campaign_left_out_is_mix_and_named() -> None:
    found = split(mailing(NOW, {"a": (50, 0.1), "new": (50, 0.3)}), mailing(THEN, {"a": (100, 0.1)}))
    assert found["rate_effect"] == pytest.approx(0, abs=1e-15)
    assert found["mix_effect"] == pytest.approx(0.1)
    assert found["split_note"] == "mailed in one of the two only, so counted as mix: new"


def test_customers_without_a_segment_are_a_segment_of_their_own() -> None:
    found = split(mailing(NOW, {"a": (50, 0.1)}, rest=(50, 0.5)), mailing(THEN, {"a": (100, 0.1)}))
    assert found["rate_change"] == pytest.approx(0.2)
    assert "customers without a segment" in found["split_note"]
    both = split(mailing(NOW, {"a": (50, 0.1)}, rest=(50, 0.5)), mailing(THEN, {"a": (50, 0.1)}, rest=(50, 0.1)))
    assert (both["rate_effect"], both["split_note"]) == (pytest.approx(0.2), None)


def test_a_segment_of_the_hold_out_alone_has_no_part() -> None:
    found = split(mailing(NOW, {"a": (50, 0.1), "held": (0, None)}), mailing(THEN, {"a": (100, 0.1)}))
    assert (found["rate_change"], found["split_note"]) == (pytest.approx(0), None)


def test_raw_rates_have_the_interval_of_two_samples_and_money_has_none() -> None:
    found = split(mailing(NOW, {"a": (500, 0.1)}), mailing(THEN, {"a": (400, 0.05)}))
    import numpy as np

    oracle = compare_proportions(*(np.array([value]) for value in (50.0, 500.0, 20.0, 400.0)))
    assert (found["rate_change_ci_low"], found["rate_change_ci_high"]) == (
        pytest.approx(oracle.low[0]),
        pytest.approx(oracle.high[0]),
    )
    money = split(mailing(NOW, {"a": (500, 9.0)}, metric="revenue"), mailing(THEN, {"a": (400, 7.0)}, metric="revenue"))
    assert (money["rate_change"], money["rate_change_ci_low"]) == (pytest.approx(2), None)


def test_what_one_campaign_did_not_count_is_not_compared() -> None:
    rows = uplift(*mailing(NOW, {"a": (500, 0.1)}), uplift_row(THEN))
    assert split_rate_change(PAIRS, rows).is_empty()


segments = st.dictionaries(
    st.sampled_from("abcde"), st.tuples(st.integers(1, 10**6), st.floats(0, 1)), min_size=1, max_size=5
)
rest = st.tuples(st.integers(0, 10**6), st.floats(0, 1))


@given(now=segments, then=segments, now_rest=rest, then_rest=rest)
def test_mix_and_rate_add_up_whatever_was_mailed(
    now: Segments, then: Segments, now_rest: tuple[int, float], then_rest: tuple[int, float]
) -> None:
    found = split(mailing(NOW, now, rest=now_rest), mailing(THEN, then, rest=then_rest))
    assert found["mix_effect"] + found["rate_effect"] == found["rate_change"]
    assert found["rate_change"] == pytest.approx(found["rate"] - found["earlier_rate"], abs=1e-9)


def test_the_order_of_rows_changes_no_digit() -> None:
    rows = uplift(
        *mailing(NOW, {level: (7 * n + 1, 0.1 / (n + 1)) for n, level in enumerate("abcdefg")}),
        *mailing(THEN, {level: (3 * n + 2, 0.2 / (n + 3)) for n, level in enumerate("gfedcba")}),
    )
    found = [split_rate_change(PAIRS, rows.sample(fraction=1, shuffle=True, seed=seed)) for seed in range(5)]
    assert all(pl.DataFrame.equals(found[0], other) for other in found)
