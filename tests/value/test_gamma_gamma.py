"""Gamma-Gamma against direct integration and itself; its published figures are in test_cdnow.py."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from segmentation.value.gamma_gamma import GammaGamma, fit_gamma_gamma, log_likelihood

PAPER = np.array([6.25, 3.74, 15.44])
positive = st.floats(0.05, 50)


def draw(seed: int, customers: int = 4000, *, q: float = PAPER[1]) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    orders = random.integers(1, 8, customers)
    means = random.gamma(PAPER[0] * orders) / orders / random.gamma(q, 1 / PAPER[2], customers)
    return pl.DataFrame({"orders": orders, "mean_value": means, "customers": np.ones(customers, np.int64)})


@pytest.mark.parametrize(("orders", "mean"), [(1, 20.0), (3, 75.5), (40, 31.0)])
def test_the_likelihood_is_that_of_its_story_integrated(orders: int, mean: float) -> None:
    """The mean of orders scattered as gamma(p, nu), over customers whose nu is gamma(q, v)."""
    p, q, v = PAPER

    def customer(nu: float) -> float:
        return float(stats.gamma.pdf(mean, p * orders, scale=1 / (nu * orders)) * stats.gamma.pdf(nu, q, scale=1 / v))

    integral, _ = integrate.quad(customer, 0, 5, limit=200, points=[p / mean], epsabs=0)
    each, _ = log_likelihood(PAPER, np.array([float(orders)]), np.array([mean]))
    assert each[0] == pytest.approx(math.log(integral), abs=1e-7)


@given(positive, positive, positive, st.integers(1, 400), st.floats(0.01, 1e4))
def test_the_gradient_is_the_slope_of_the_likelihood(p: float, q: float, v: float, orders: int, mean: float) -> None:
    parameters, customer = np.array([p, q, v]), (np.array([float(orders)]), np.array([mean]))
    each, gradient = log_likelihood(parameters, *customer)
    for number in range(3):
        step = np.zeros(3)
        step[number] = 1e-4 * parameters[number]
        above, below = (log_likelihood(parameters + sign * step, *customer)[0][0] for sign in (1, -1))
        slope = (above - below) / (2 * step[number])
        assert gradient[number][0] == pytest.approx(slope, rel=1e-4, abs=1e-5 * max(1, abs(each[0])))


def test_a_fit_finds_what_the_orders_were_drawn_from() -> None:
    fit = fit_gamma_gamma(draw(5, 40_000), fewest=1)
    assert fit.problem is None
    assert list(fit.parameters.values()) == pytest.approx(PAPER, rel=0.1)


def test_the_currency_does_not_matter() -> None:
    one = draw(6)
    other = one.with_columns(pl.col("mean_value") * 4.2e9)
    first, second = (fit_gamma_gamma(rows, fewest=1).model for rows in (one, other))
    assert isinstance(first, GammaGamma)
    assert isinstance(second, GammaGamma)
    assert (second.p, second.q) == pytest.approx((first.p, first.q), rel=1e-3)
    assert second.v == pytest.approx(4.2e9 * first.v, rel=1e-3)


def test_groups_fit_as_their_customers_do() -> None:
    each = draw(8).with_columns(pl.col("mean_value").round(0).clip(1))
    groups = each.group_by("orders", "mean_value").agg(pl.sum("customers")).sort("orders", "mean_value")
    assert groups.height < each.height
    alone, together = (fit_gamma_gamma(rows, fewest=1) for rows in (each, groups))
    assert together.log_likelihood == pytest.approx(alone.log_likelihood, rel=1e-9)
    assert list(together.parameters.values()) == pytest.approx(list(alone.parameters.values()), rel=1e-4)


def test_too_few_customers_and_a_mean_without_end_are_said() -> None:
    few = pl.DataFrame({"orders": [2], "mean_value": [5.0], "customers": [3]})
    assert fit_gamma_gamma(few, fewest=4).problem == (
        "gamma-gamma needs at least 4 customers with a margin above 0, there are 3"
    )
    heavy = fit_gamma_gamma(draw(9, q=0.6), fewest=1)
    assert heavy.usable is None
    assert heavy.problem is not None
    assert heavy.problem.endswith(", not above 1")
    assert heavy.parameters["q"] == pytest.approx(0.6, rel=0.1)


@given(st.lists(st.tuples(st.integers(1, 3000), st.floats(1e-2, 1e16)), min_size=1, max_size=8))
def test_whatever_the_customers_a_fit_is_usable_or_says_why_not(customers: list[tuple[int, float]]) -> None:
    groups = pl.DataFrame(customers, schema=["orders", "mean_value"], orient="row").with_columns(customers=1)
    fit = fit_gamma_gamma(groups, fewest=1)
    assert fit.problem or all(value is not None and math.isfinite(value) for value in fit.parameters.values())
