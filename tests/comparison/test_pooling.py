"""Against statsmodels: the pooled mean by combine_effects, the slope by weighted least squares."""

import numpy as np
import pytest

from segmentation.comparison.pooling import pool, regress
from segmentation.response.intervals import Array


def campaigns(seed: int, spread: float, count: int = 9) -> tuple[Array, Array, Array]:
    random = np.random.default_rng(seed)
    years = np.sort(random.uniform(2020, 2024, count))
    variances = random.uniform(0.5, 1.5, count) ** 2
    return random.normal(2, spread, count) + random.normal(0, np.sqrt(variances)), variances, years


@pytest.mark.parametrize("seed", range(5))
def test_the_pooled_mean_agrees_with_statsmodels(seed: int) -> None:
    from statsmodels.stats.meta_analysis import combine_effects

    estimates, variances, _ = campaigns(seed, spread=3.0)
    found = pool(estimates, variances)
    oracle = combine_effects(estimates, variances, method_re="iterated", use_t=True)
    low, high = oracle.conf_int()[3]  # random effects, scaled as Hartung and Knapp do
    assert found
    assert oracle.tau2 > 0
    assert found.tau2 == pytest.approx(oracle.tau2, rel=1e-4)  # it stops near the root
    assert found.i2 == pytest.approx(oracle.i2)
    assert found.mean.value == pytest.approx(oracle.mean_effect_re, rel=1e-5)
    assert (found.mean.low, found.mean.high) == (pytest.approx(low, rel=1e-4), pytest.approx(high, rel=1e-4))


def test_campaigns_no_more_different_than_chance_allows_are_pooled_as_one() -> None:
    estimates, variances = np.array([1.0, 1.1, 0.9, 1.0]), np.full(4, 0.25)
    found = pool(estimates, variances)
    assert found
    assert (found.tau2, found.i2) == (0, 0)
    assert found.mean.value == pytest.approx(1.0)
    # The factor of Hartung and Knapp is kept at 1: t with 3 degrees of freedom times 0.5 / sqrt(4).
    assert found.mean.high - found.mean.value == pytest.approx(3.182446 * 0.25, rel=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_the_slope_agrees_with_weighted_least_squares(seed: int) -> None:
    import statsmodels.api as sm

    estimates, variances, years = campaigns(seed, spread=3.0)
    found = regress(estimates, variances, years)
    assert found
    design = sm.add_constant(years - 2022)

    def fit(tau2: float) -> "sm.regression.linear_model.RegressionResultsWrapper":
        return sm.WLS(estimates, design, weights=1 / (variances + tau2)).fit()

    # Paule and Mandel by halving: at the right variance the weighted spread is its degrees of freedom.
    low, high = 0.0, 1000.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if fit(middle).scale > 1 else (low, middle)
    oracle = fit(low)
    assert low > 0
    assert found.value == pytest.approx(oracle.params[1], rel=1e-6)
    assert [found.low, found.high] == pytest.approx(oracle.conf_int()[1], rel=1e-5)


def test_exact_trends_are_found() -> None:
    years = np.array([2020.0, 2021.0, 2023.0])
    found = regress(3 - 0.5 * years, np.full(3, 0.01), years)
    assert found
    assert found.value == pytest.approx(-0.5)
    assert found.low < -0.5 < found.high


def test_too_few_campaigns_have_no_mean_and_no_slope() -> None:
    one = np.ones(1)
    assert pool(one, one) is None
    assert regress(np.ones(2), np.ones(2), np.array([2020.0, 2021.0])) is None
    assert regress(np.arange(3.0), np.ones(3), np.array([2020.0, 2020.0, 2021.0])) is None


def test_money_and_rates_are_pooled_alike_whatever_their_unit() -> None:
    estimates, variances, _ = campaigns(2, spread=3.0)
    for unit in (1e-4, 1e6):
        pooled, scaled = pool(estimates, variances), pool(unit * estimates, unit**2 * variances)
        assert pooled
        assert scaled
        assert scaled.tau2 == pytest.approx(unit**2 * pooled.tau2, rel=1e-6)
        assert scaled.mean.high == pytest.approx(unit * pooled.mean.high, rel=1e-6)
