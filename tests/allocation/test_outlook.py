import numpy as np
import pytest

from segmentation.allocation.outlook import (
    Outlook,
    Prospects,
    draw_curve,
    foresee,
    foresee_counts,
    foresee_random,
    look_ahead,
    tabulate_curve,
)
from segmentation.payback.break_even import break_even_response
from segmentation.response.intervals import NORMAL


def prospects(profit: list[float], segment: list[int], error: float = 0.5) -> Prospects:
    number = len(profit)
    return Prospects(
        np.array(segment, dtype=np.int32),
        np.array(profit),
        np.full(number, 2.0),
        np.full(number, error),
        np.zeros(number, dtype=bool),
    )


def test_errors_of_a_segment_add_up_and_segments_err_independently() -> None:
    # Two pieces of one segment err by 1.0 together, one of another by 0.5.
    found = foresee(prospects([3.0, 1.0, 2.0], [0, 0, 1]), fixed_cost=1.0)
    assert (found.pieces, found.cost, found.profit) == (3, 7.0, 5.0)
    assert found.high is not None
    assert found.high - 5 == pytest.approx(NORMAL * np.sqrt(1.0**2 + 0.5**2))


def test_segments_without_an_error_of_their_own_share_that_of_all_and_err_together() -> None:
    """Three of segment 0 err by 2 each, together by 6; of segments 1 and 2 one each by 1, together by 2."""
    error = np.array([2, 2, 2, np.nan, np.nan])
    segment, ones = np.array([0, 0, 0, 1, 2]), np.ones(5)
    found = foresee(
        look_ahead(segment, ones, ones, error, error_of_all=1.0, stands_in=np.zeros(5, dtype=bool)), fixed_cost=0
    )
    assert found.high == pytest.approx(5 + NORMAL * np.sqrt(6**2 + 2**2))
    assert found.note == "2 are of segments not measured alone; what all customers brought stands in"
    counts, errors = np.array([[3.0], [1.0], [1.0]]), np.array([[2.0], [np.nan], [np.nan]])
    offers = foresee_counts(counts, 5.0, np.ones(1), errors, np.ones(1), fixed_cost=0)
    assert (offers.low, offers.high, offers.note) == (found.low, found.high, found.note)


def test_what_is_not_known_of_one_is_not_known_of_all() -> None:
    found = foresee(prospects([3.0, np.nan], [0, 1]), fixed_cost=0.0)
    assert (found.profit, found.low) == (None, None)
    assert found.note
    without = foresee(prospects([3.0, 1.0], [0, 1], error=np.nan), fixed_cost=0.0)
    assert (without.profit, without.low) == (4, None)


def test_chance_brings_the_mean() -> None:
    everybody = prospects([3.0, 1.0, -1.0, 5.0], [0, 0, 1, 1])
    found = foresee_random(everybody, 2, fixed_cost=1.0)
    assert (found.profit, found.cost) == (pytest.approx(4 - 1), pytest.approx(5))
    pairs = [foresee(everybody.take(np.array([i, j])), fixed_cost=1.0) for i in range(4) for j in range(i)]
    assert found.profit == pytest.approx(np.mean([pair.profit for pair in pairs if pair.profit is not None]))


def test_the_curve_is_most_where_the_last_piece_breaks_even() -> None:
    ordered = prospects([3.0, 2.0, 0.5, -1.0], [0, 0, 1, 1])
    plan = foresee(ordered.take(np.arange(2)), fixed_cost=1.0)
    rows = tabulate_curve(draw_curve(ordered, fixed_cost=1.0), plan)
    assert rows["pieces"].to_list() == [0, 1, 2, 3, 4]
    assert rows["expected_profit"].to_list() == [0, 2, 4, 4.5, 3.5]
    assert rows.filter("is_break_even")["pieces"].to_list() == [3]
    assert rows.filter("is_plan")["pieces"].to_list() == [2]


def test_nothing_is_marked_where_nothing_is_known() -> None:
    rows = tabulate_curve([], Outlook(2, 4.0, None, None, None, "why"))
    assert rows["is_break_even"].to_list() == [False]


def test_break_even_of_the_page() -> None:
    assert break_even_response(0.55, 40) == pytest.approx(0.01375)
    assert break_even_response(0.55, 40, fixed_cost=2000, pieces=50_000) == pytest.approx(0.01475)
