import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.response.arms import Means
from segmentation.response.shrinkage import find_spread, moderate, shrink

# Eight coaching experiments: D. B. Rubin (1981), Journal of Educational Statistics 6, 377-401, table 1.
EFFECTS = np.array([28.39, 7.94, -2.75, 6.82, -0.64, 0.63, 18.01, 12.16])
VARIANCES = np.array([14.9, 10.2, 16.3, 11.0, 9.4, 11.4, 10.4, 17.6]) ** 2
NOTHING = np.zeros(8)


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0.01, 20)), min_size=3, max_size=12))
def test_spread_explains_what_chance_leaves(levels: list[tuple[float, float]]) -> None:
    effects, errors = np.array(levels).T
    weights = 1 / (errors**2 + (spread := find_spread(effects, errors**2)))
    left = (weights * (effects - np.average(effects, weights=weights)) ** 2).sum()
    expected = len(levels) - 1
    assert left == pytest.approx(expected, rel=1e-6) if spread > 0 else left <= expected


@pytest.mark.parametrize("seed", range(6))
def test_spread_agrees_with_statsmodels(seed: int) -> None:
    from statsmodels.stats.meta_analysis import combine_effects

    random = np.random.default_rng(seed)
    variances = random.uniform(1, 10, 8) ** 2
    effects = random.normal(0, 8, 8) + random.normal(0, np.sqrt(variances))
    oracle = combine_effects(effects, variances, method_re="iterated")
    assert find_spread(effects, variances) == pytest.approx(oracle.tau2, rel=1e-4)


def test_levels_no_more_different_than_chance_are_drawn_as_far_as_eight_can_tell() -> None:
    found = shrink(EFFECTS, VARIANCES, NOTHING)
    mean = np.average(EFFECTS, weights=1 / VARIANCES)
    assert round(mean, 1) == 7.9  # the common mean of that study
    assert find_spread(EFFECTS, VARIANCES) == 0
    assert found.shrinkage == pytest.approx(np.full(8, 5 / 7))
    assert found.estimate == pytest.approx(mean + 2 / 7 * (EFFECTS - mean))


def test_interval_by_hand() -> None:
    # Four levels with variance 1 at -3, -1, 1, 3: spread 20/3 - 1, shrinkage 1/3 of 3/20.
    found = shrink(np.array([-3.0, -1, 1, 3]), np.ones(4), np.zeros(4))
    drawn = 1 / 3 * 3 / 20
    assert found.shrinkage == pytest.approx(np.full(4, drawn))
    assert found.estimate[3] == pytest.approx(3 * (1 - drawn))
    variance = 1 - 3 / 4 * drawn + 2 * drawn**2 * 9
    assert found.high[3] - found.estimate[3] == pytest.approx(1.959964 * np.sqrt(variance))


def test_levels_far_apart_stay_where_they_are() -> None:
    found = shrink(100 * EFFECTS, VARIANCES, NOTHING)
    assert found.shrinkage.max() < 0.001
    assert found.estimate == pytest.approx(100 * EFFECTS, rel=0.01)


def test_the_least_known_level_is_drawn_most() -> None:
    found = shrink(np.array([1.0, 1.5, 2.0, 9.0]), np.array([0.01, 0.01, 0.01, 40.0]), np.zeros(4))
    assert found.shrinkage.argmax() == 3
    assert 2 < found.estimate[3] < 9


def test_what_levels_have_in_common_widens_their_intervals_and_moves_nothing() -> None:
    alone, common = shrink(3 * EFFECTS, VARIANCES, NOTHING), shrink(3 * EFFECTS, VARIANCES, np.full(8, 50.0))
    assert (alone.estimate == common.estimate).all()
    assert (common.high - common.low > alone.high - alone.low).all()


def test_three_levels_are_too_few() -> None:
    assert np.isnan(shrink(EFFECTS[:3], VARIANCES[:3], NOTHING[:3]).estimate).all()


def test_a_small_level_without_any_variation_is_not_taken_as_known() -> None:
    n = np.array([[1000.0, 1000.0], [4.0, 4.0]])
    own = np.array([[25.0, 16.0], [0.0, 0.0]])
    found = moderate(Means(n, n, np.zeros((2, 2)), own / n, np.ones((2, 2)), n, np.zeros(2)))
    pooled = 999 * 25 / 1002
    assert found[1, 0] == pytest.approx(20 * pooled / 23 / 4)
    assert found[0, 0] == pytest.approx((999 * 25 + 20 * pooled) / 1019 / 1000)
