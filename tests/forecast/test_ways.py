"""Ways to foresee 12 weeks, worked by hand; and that none looks beyond its date."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.forecast.check import backtest, checked_origins
from segmentation.forecast.ways import (
    AHEAD,
    BEFORE,
    MEAN,
    PATH,
    PER_CUSTOMER,
    SEASON,
    STEP,
    WAYS,
    Array,
    Sales,
    foresee,
    origins_learnt,
)

ORIGINS = 13


def sales(weeks: Array, customers: tuple[float, ...] = (10, 20, 0)) -> Sales:
    """Two segments and newcomers."""
    return Sales(("a", "b", "never bought"), np.tile(np.array(customers, dtype=float), (ORIGINS, 1)), weeks)


def steady(a: float, b: float, newcomers: float, *, fades: float = 1.0) -> Sales:
    """`a` and `b` a week before every origin, of which `fades` goes on; newcomers bring the same every week."""
    weeks = np.zeros((ORIGINS, 3, BEFORE + AHEAD))
    weeks[:, 0, :BEFORE], weeks[:, 1, :BEFORE] = a, b
    weeks[:, 0, BEFORE:], weeks[:, 1, BEFORE:], weeks[:, 2, BEFORE:] = fades * a, fades * b, newcomers
    return sales(weeks)


def random_sales(seed: int = 1) -> Sales:
    """Sales that are about each origin what they are by the calendar."""
    return sales(np.random.default_rng(seed).uniform(10, 20, (ORIGINS, 3, BEFORE + AHEAD)))


@pytest.mark.parametrize("method", WAYS)
def test_what_never_changes_goes_on(method: str) -> None:
    foreseen = foresee(method, steady(30, 60, 9), 0)
    assert foreseen == pytest.approx(np.repeat([[30.0], [60.0], [9.0]], AHEAD, axis=1))


def test_paths_know_that_a_segment_goes_on_with_less() -> None:
    fading = steady(30, 60, 9, fades=0.5)
    assert foresee(MEAN, fading, 0)[:2, 0].tolist() == [30, 60]
    assert foresee(PATH, fading, 0)[:2, 0] == pytest.approx([15, 30])
    assert foresee(PER_CUSTOMER, fading, 0)[:2, 0] == pytest.approx([15, 30])


def test_a_path_keeps_to_the_level_and_one_per_customer_to_their_number() -> None:
    grown = steady(30, 60, 9)
    grown.weeks[0, 0, :BEFORE] = 90  # tonight's customers have bought three times as much as such customers used to
    grown.customers[0, 0] = 20  # and are twice as many
    assert foresee(PATH, grown, 0)[0, 0] == pytest.approx(90)
    assert foresee(PER_CUSTOMER, grown, 0)[0, 0] == pytest.approx(60)
    # Newcomers are in proportion to the level of all: 150 in place of 90.
    assert foresee(PATH, grown, 0)[2, 0] == pytest.approx(9 * 150 / 90)


def test_the_path_of_those_who_did_not_buy_is_that_per_customer() -> None:
    lost = steady(0, 60, 9)
    lost.weeks[:, 0, BEFORE:] = 5
    assert foresee(PATH, lost, 0)[0] == pytest.approx(np.full(AHEAD, 5.0))


def test_a_segment_that_is_new_goes_on_with_its_level() -> None:
    one = steady(30, 60, 9)
    one.customers[1:, 0] = 0
    one.weeks[1:, 0] = 0
    assert foresee(PER_CUSTOMER, one, 0)[0] == pytest.approx(np.full(AHEAD, 30.0))


def test_last_year_is_52_weeks_before_each_week() -> None:
    one = random_sales()
    one.weeks[0, 0] = np.arange(BEFORE + AHEAD)
    assert foresee(SEASON, one, 0)[0].tolist() == list(range(BEFORE - 52, BEFORE - 52 + AHEAD))


@pytest.mark.parametrize("method", WAYS)
@pytest.mark.parametrize("origin", [0, 3, 6])
def test_nothing_after_an_origin_is_looked_at(method: str, origin: int) -> None:
    one = random_sales()
    before = foresee(method, one, origin)
    week = np.arange(BEFORE + AHEAD) - BEFORE + 1  # 1 is the first after an origin
    for other in range(ORIGINS):
        later = week - STEP * other > -STEP * origin
        one.weeks[other][:, later] = 1e9
    one.customers[:origin] = 1e9
    assert np.array_equal(foresee(method, one, origin), before)


def test_origins_learnt_from_have_their_weeks_behind_them() -> None:
    assert origins_learnt(0, 6) == [3, 4, 5]
    assert origins_learnt(3, 6) == []
    assert checked_origins(10) == [3, 4, 5, 6]
    assert checked_origins(6) == []


def test_last_year_is_a_way_only_where_every_origin_has_one() -> None:
    last = checked_origins(ORIGINS)[-1]
    assert SEASON not in backtest(random_sales(), STEP * last + 51)
    assert SEASON in backtest(random_sales(), STEP * last + 52)


@given(seed=st.integers(0, 10_000), method=st.sampled_from(list(WAYS)), scale=st.floats(0.01, 100))
def test_another_currency_gives_the_same_forecast(seed: int, method: str, scale: float) -> None:
    one = random_sales(seed)
    other = Sales(one.segments, one.customers, one.weeks * scale)
    assert foresee(method, other, 0) == pytest.approx(scale * foresee(method, one, 0))
