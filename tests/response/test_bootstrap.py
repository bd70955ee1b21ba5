"""The bootstrap against SciPy's, and what grouping equal values may not change."""

import numpy as np
import pytest
from scipy import stats

from segmentation.response.bootstrap import MOST_VALUES, Units, bootstrap_difference, group_alike, resample_means


def units(values: np.ndarray, stratum: np.ndarray | None = None, size: np.ndarray | None = None) -> Units:
    ones = np.ones(len(values))
    strata = (ones if stratum is None else stratum).astype(np.int64)
    return Units(values, ones if size is None else size, strata, ones)


def skewed(seed: int, n: int, share: float = 0.3) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.round(random.lognormal(3, 1, n) * (random.random(n) < share), 2)


def test_interval_agrees_with_scipy() -> None:
    one, two = skewed(1, 150), skewed(2, 90)
    found = bootstrap_difference(units(one), units(two), np.random.default_rng(3), resamples=20_000)
    oracle = stats.bootstrap(
        (one, two),
        lambda x, y, axis: x.mean(axis=axis) - y.mean(axis=axis),
        n_resamples=20_000,
        method="BCa",
        rng=np.random.default_rng(4),
        vectorized=True,
    ).confidence_interval
    width = oracle.high - oracle.low
    assert found == (pytest.approx(oracle.low, abs=0.02 * width), pytest.approx(oracle.high, abs=0.02 * width))


def test_a_skewed_arm_has_a_longer_side() -> None:
    values = skewed(5, 60, share=1)
    low, high = bootstrap_difference(units(values), units(np.tile([0.0, 1.0], 500)), np.random.default_rng(6))
    middle = values.mean() - 0.5
    assert high - middle > 1.2 * (middle - low)


def test_same_seed_same_interval() -> None:
    arms = units(skewed(1, 100)), units(skewed(2, 100))
    one, other, third = (bootstrap_difference(*arms, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one == other != third


def test_cells_keep_their_size() -> None:
    # Between cells everything differs, within them nothing: with strata nothing is left to chance.
    values, cell = np.repeat([1.0, 100.0], 50), np.repeat([1, 2], 50)
    assert set(resample_means(units(values, cell), np.random.default_rng(1), 100)) == {50.5}
    assert len(set(resample_means(units(values), np.random.default_rng(1), 100))) > 5


def test_households_are_drawn_whole() -> None:
    random = np.random.default_rng(7)
    size = random.integers(1, 5, 300).astype(float)
    total = size * random.gamma(1, 20, 300)
    means = resample_means(units(total, size=size), np.random.default_rng(8), 4000)
    mean = total.sum() / size.sum()
    error = np.sqrt(((total - mean * size) ** 2).sum()) / size.sum()
    assert means.std() == pytest.approx(error, rel=0.05)
    assert means.mean() == pytest.approx(mean, abs=3 * error / np.sqrt(4000) + 0.01 * error)


def test_grouping_neighbours_keeps_sums_and_spread() -> None:
    values = skewed(9, 40_000, share=0.9)
    total, size, count = group_alike(values, np.ones(len(values)), np.ones(len(values)))
    assert len(np.unique(values)) > 10 * len(total)
    assert len(total) <= MOST_VALUES + 1
    assert count.sum() == len(values)
    assert count @ total == pytest.approx(values.sum())
    assert count @ size == len(values)
    mean = values.mean()
    assert count @ (total - mean) ** 2 == pytest.approx(((values - mean) ** 2).sum(), rel=3e-3)
    assert count @ (total - mean) ** 3 == pytest.approx(((values - mean) ** 3).sum(), rel=3e-3)
    assert total.max() == pytest.approx(values.max(), rel=0.01)


def test_equal_values_are_one_group() -> None:
    total, size, count = group_alike(np.array([0.0, 5, 0, 5, 0]), np.array([1.0, 1, 1, 2, 1]), np.ones(5))
    assert list(zip(total, size, count, strict=True)) == [(0, 1, 3), (5, 1, 1), (5, 2, 1)]


@pytest.mark.parametrize("values", [[*range(1, 20), *[0] * 500], [7] * 200])
def test_too_few_buyers_or_all_alike_have_no_interval(values: list[float]) -> None:
    arm = units(np.array(values, dtype=float))
    assert np.isnan(bootstrap_difference(arm, arm, np.random.default_rng(1))).all()
