"""The bootstrap against a plain one, SciPy's where arms are alike, and what grouping equal values may not change."""

import numpy as np
import pytest
from scipy import stats

from segmentation.response.bootstrap import MOST_VALUES, Units, bootstrap_difference, group_alike


def units(values: np.ndarray, size: np.ndarray | None = None) -> Units:
    ones = np.ones(len(values))
    return Units(values, ones if size is None else size, ones)


def skewed(seed: int, n: int, share: float = 0.3) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.round(random.lognormal(3, 1, n) * (random.random(n) < share), 2)


def plain(one: np.ndarray, two: np.ndarray, resamples: int) -> tuple[float, float]:
    """The same interval, customer by customer."""
    random = np.random.default_rng(4)
    bought = np.concatenate([one[one != 0], two[two != 0]])
    means, variances = [], []
    for arm in (one, two):
        share = np.count_nonzero(arm) / len(arm)
        drawn = np.where(
            random.random((resamples, len(arm))) < share, random.choice(bought, (resamples, len(arm))), 0.0
        )
        means.append(drawn.mean(axis=1) - share * bought.mean())
        variances.append(drawn.var(axis=1, ddof=1) / len(arm))
    ratios = (means[0] - means[1]) / np.sqrt(variances[0] + variances[1])
    estimate = one.mean() - two.mean()
    error = np.sqrt(one.var(ddof=1) / len(one) + two.var(ddof=1) / len(two))
    high, low = estimate - error * np.quantile(ratios, [0.025, 0.975])
    return low, high


def test_interval_agrees_with_a_plain_one() -> None:
    one, two = skewed(1, 300), skewed(2, 90)
    found = bootstrap_difference(units(one), units(two), np.random.default_rng(3), resamples=20_000)
    low, high = plain(one, two, 20_000)
    assert found == (pytest.approx(low, abs=0.02 * (high - low)), pytest.approx(high, abs=0.02 * (high - low)))


def test_interval_of_what_is_not_skewed_is_that_of_welch() -> None:
    random = np.random.default_rng(5)
    one, two = random.normal(10, 2, 400), random.normal(9, 2, 300)
    found = bootstrap_difference(units(one), units(two), np.random.default_rng(6), resamples=20_000)
    oracle = stats.ttest_ind(one, two, equal_var=False).confidence_interval()
    assert found == (pytest.approx(oracle.low, abs=0.02), pytest.approx(oracle.high, abs=0.02))


def test_a_skewed_arm_has_a_longer_side() -> None:
    values = skewed(5, 60, share=1)
    low, high = bootstrap_difference(units(values), units(np.tile([0.0, 1.0], 500)), np.random.default_rng(6))
    middle = values.mean() - 0.5
    assert high - middle > 1.2 * (middle - low)


def test_a_small_arm_learns_from_the_other_that_sums_are_skewed() -> None:
    control = np.tile([0.0, 0.0, 9.0, 10.0, 11.0], 20)  # by chance nobody spent much
    low, high = bootstrap_difference(units(skewed(7, 5000)), units(control), np.random.default_rng(8))
    middle = skewed(7, 5000).mean() - control.mean()
    assert middle - low > 1.1 * (high - middle)  # the control may well be worth more than it shows


def test_same_seed_same_interval() -> None:
    arms = units(skewed(1, 100)), units(skewed(2, 100))
    one, other, third = (bootstrap_difference(*arms, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one == other != third


def test_households_are_drawn_whole() -> None:
    random = np.random.default_rng(7)
    arms = []
    for _ in range(2):
        size = random.integers(1, 5, 300).astype(float)
        arms.append(units(size * random.gamma(1, 20, 300), size=size))
    low, high = bootstrap_difference(*arms, np.random.default_rng(8), resamples=4000)
    means = [arm.total.sum() / arm.size.sum() for arm in arms]
    variances = [
        ((arm.total - mean * arm.size) ** 2).sum() / arm.size.sum() ** 2 for arm, mean in zip(arms, means, strict=True)
    ]
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(sum(variances)), rel=0.05)
    assert low < means[0] - means[1] < high


def test_grouping_neighbours_keeps_sums_and_spread() -> None:
    values = skewed(9, 40_000, share=0.9)
    total, size, count = group_alike(values, np.ones(len(values)), np.ones(len(values)))
    assert len(np.unique(values)) > 10 * len(total)
    assert len(total) <= MOST_VALUES + 1
    assert count.sum() == len(values)
    assert count @ total == pytest.approx(values.sum())
    assert count @ size == len(values)
    mean = values.mean()
    assert count @ (total - mean) ** 2 == pytest.approx(((values - mean) ** 2).sum(), rel=1.5e-2)
    assert count @ (total - mean) ** 3 == pytest.approx(((values - mean) ** 3).sum(), rel=1.5e-2)
    assert total.max() == pytest.approx(values.max(), rel=0.01)


def test_equal_values_are_one_group() -> None:
    total, size, count = group_alike(np.array([0.0, 5, 0, 5, 0]), np.array([1.0, 1, 1, 2, 1]), np.ones(5))
    assert list(zip(total, size, count, strict=True)) == [(0, 1, 3), (5, 1, 1), (5, 2, 1)]


def test_where_all_are_alike_there_is_no_interval() -> None:
    arm = units(np.full(200, 7.0))
    assert np.isnan(bootstrap_difference(arm, arm, np.random.default_rng(1))).all()
