"""Published figures, and agreement with statsmodels and SciPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from segmentation.response.intervals import (
    Difference,
    adjust_benjamini_hochberg,
    adjust_holm,
    compare_means,
    compare_proportions,
    remove_skewness,
    restore_skewness,
    wilson_interval,
)

# Benjamini and Hochberg (1995), section 3.2.
P_VALUES = np.array(
    [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1]
)


def arrays(*values: float) -> list[np.ndarray]:
    return [np.array([value], dtype=float) for value in values]


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (17, 500, 0.02133, 0.05377),
    ],
)
def test_wilson_as_newcombe_1998_prints_it(successes: int, n: int, low: float, high: float) -> None:
    found_low, found_high = wilson_interval(*arrays(successes, n))
    digits = 5 if n == 500 else 4
    assert round(float(found_low[0]), digits) == low
    assert round(float(found_high[0]), digits) == high


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_difference_as_newcombe_1998_prints_it(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = compare_proportions(*arrays(*first, *second))
    assert (round(float(found.low[0]), 4), round(float(found.high[0]), 4)) == (low, high)


counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, counts)
def test_difference_agrees_with_statsmodels(first: tuple[int, int], second: tuple[int, int]) -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

    found = compare_proportions(*arrays(*first, *second))
    low, high = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff")
    assert (found.low[0], found.high[0]) == (pytest.approx(low), pytest.approx(high))
    successes = [first[0], second[0]]
    if 0 < sum(successes) < first[1] + second[1]:
        assert found.p_value[0] == pytest.approx(proportions_ztest(successes, [first[1], second[1]])[1])
    else:
        assert found.p_value[0] == 1


def test_welch_agrees_with_scipy() -> None:
    random = np.random.default_rng(1)
    one, two = random.exponential(3, 40), random.exponential(2, 90)
    summary = [f(x) for x in (one, two) for f in (np.mean, lambda v: v.var(ddof=1), len)]
    found = compare_means(*arrays(*summary))
    oracle = stats.ttest_ind(one, two, equal_var=False)
    interval = oracle.confidence_interval(0.95)
    assert found.p_value[0] == pytest.approx(oracle.pvalue)
    assert (found.low[0], found.high[0]) == (pytest.approx(interval.low), pytest.approx(interval.high))


def test_removing_skewness_is_hall_s_cubic_and_restoring_it_its_inverse() -> None:
    ratio, skewness = np.array([-4.0, -1.96, 0.0, 1.0, 3.0]), np.array([-0.9, 0.5, 0.3, 0.0, 1e-12])
    removed = remove_skewness(ratio, skewness)
    # -1.96 + 0.5 * 3.8416 / 3 - 0.25 * 7.529536 / 27 + 0.5 / 6
    assert removed[1] == pytest.approx(-1.3061179, abs=1e-7)
    assert removed[3] == 1.0
    assert restore_skewness(removed, skewness) == pytest.approx(ratio)


def test_a_skewed_difference_has_a_longer_side_and_a_p_value_to_match() -> None:
    def compare(mean: float, skewness: float) -> Difference:
        return compare_means(*arrays(mean, 100, 400, 0, 100, 400), skewness=np.array([skewness]))

    found = compare(0, -0.4)
    assert -found.low[0] > found.high[0] > 0
    edge = float(compare(0, 0.4).low[0])  # moved so far its interval begins at 0
    assert compare(-edge, 0.4).p_value[0] == pytest.approx(0.05)
    assert compare(-edge, 0.4).low[0] == pytest.approx(0)


def test_the_correction_makes_intervals_of_skewed_means_hold() -> None:
    # 20,000 small samples: exponential sums of 400 against 40 customers.
    random = np.random.default_rng(1)
    one = random.gamma(400, 1, 20_000) / 400
    two = random.exponential(1, (20_000, 40))
    parts = (
        one,
        np.ones(20_000),
        np.full(20_000, 400.0),
        two.mean(axis=1),
        two.var(axis=1, ddof=1),
        np.full(20_000, 40.0),
    )
    skewness = -2 / np.sqrt(40) * (1 + 40 / 400) ** -1.5

    def missed(found: Difference) -> float:
        return abs(1 - float(((found.low <= 0) & (found.high >= 0)).mean()) - 0.05)

    assert missed(compare_means(*parts, skewness=skewness)) < 0.5 * missed(compare_means(*parts))


def test_arms_without_any_variation_have_no_interval() -> None:
    found = compare_means(*arrays(0, 0, 10, 0, 0, 20))
    assert found.estimate[0] == 0
    assert np.isnan([found.low[0], found.high[0], found.p_value[0]]).all()


def test_adjusted_p_values_reject_as_published() -> None:
    assert (adjust_benjamini_hochberg(P_VALUES) <= 0.05).sum() == 4
    assert (adjust_holm(P_VALUES) <= 0.05).sum() == 3


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_adjusted_p_values_agree_with_statsmodels(values: list[float]) -> None:
    from statsmodels.stats.multitest import multipletests

    p_values = np.array(values)
    assert adjust_holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])
    assert adjust_benjamini_hochberg(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1])


def test_a_missing_p_value_stays_missing_and_does_not_count() -> None:
    adjusted = adjust_holm(np.array([0.01, np.nan, 0.04]))
    assert adjusted[[0, 2]] == pytest.approx([0.02, 0.04])
    assert np.isnan(adjusted[1])
    assert np.isnan(adjust_benjamini_hochberg(np.array([np.nan]))).all()
