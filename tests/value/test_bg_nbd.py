"""BG/NBD against its paper, direct integration, and itself."""

import math
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special

from segmentation.value.bg_nbd import BgNbd, fit_bg_nbd, log_likelihood

PAPER = BgNbd(0.243, 4.414, 0.793, 2.426)
NAMES = ("r", "alpha", "a", "b")


def group(x: int, last: float, age: float, customers: int = 1) -> pl.DataFrame:
    return pl.DataFrame(
        {"repeat_orders": [x], "last_order_weeks": [last], "age_weeks": [age], "customers": [customers]}
    )


def draw(random: np.random.Generator, model: BgNbd, customers: int) -> pl.DataFrame:
    """Customers who order as the model says, one after the other."""
    rows = []
    for rate, drops in zip(
        random.gamma(model.r, 1 / model.alpha, customers), random.beta(model.a, model.b, customers), strict=True
    ):
        age = float(random.uniform(10, 100))
        orders, last, time = 0, 0.0, float(random.exponential(1 / max(rate, 1e-12)))
        while time < age:
            orders, last = orders + 1, time
            if random.random() < drops:
                break
            time += float(random.exponential(1 / rate))
        rows.append((orders, last, age, 1))
    return pl.DataFrame(rows, schema=["repeat_orders", "last_order_weeks", "age_weeks", "customers"], orient="row")


def test_the_customer_of_the_paper() -> None:
    """Fader, Hardie and Lee (2005), section 4.2: two repeat orders, the last in week 30.43 of 38.86."""
    customer = group(2, 30.43, 38.86)
    assert PAPER.expected_orders(customer, weeks=39)[0] == pytest.approx(1.226, abs=5e-4)
    assert PAPER.probability_active(customer)[0] == pytest.approx(0.7266, abs=1e-4)


@pytest.mark.parametrize(("x", "last", "age"), [(0, 0.0, 20.0), (1, 5.0, 20.0), (4, 12.0, 30.0)])
def test_the_likelihood_is_that_of_its_story_integrated(x: int, last: float, age: float) -> None:
    """Over all rates and drop-out probabilities: either still active, or dropped out at the last order."""

    r, alpha, a, b = PAPER.r, PAPER.alpha, PAPER.a, PAPER.b
    constant = alpha**r / math.gamma(r) / special.beta(a, b)

    def customer(rate: float, drops: float) -> float:
        density = rate ** (r - 1) * math.exp(-alpha * rate) * drops ** (a - 1) * (1 - drops) ** (b - 1)
        dropped = drops * (1 - drops) ** (x - 1) * math.exp(-rate * last) if x else 0.0
        return float(constant * density * rate**x * ((1 - drops) ** x * math.exp(-rate * age) + dropped))

    # The densities have no bound at 0, so their logarithms are integrated over.
    integral, _ = integrate.dblquad(
        lambda u, v: customer(math.exp(v), math.exp(u)) * math.exp(u + v), -60, 3, -30, -1e-9, epsabs=0, epsrel=1e-5
    )
    each, _ = log_likelihood(np.array([r, alpha, a, b]), *_vectors(x, last, age))
    assert each[0] == pytest.approx(math.log(integral), abs=1e-4)


def _vectors(x: int, last: float, age: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.array([float(x)]), np.array([last]), np.array([age])


plausible = st.floats(0.05, 50)


@given(plausible, plausible, plausible, plausible, st.integers(0, 400), st.floats(0, 1), st.floats(0, 600))
def test_the_gradient_is_the_slope_of_the_likelihood(
    r: float, alpha: float, a: float, b: float, x: int, part: float, age: float
) -> None:
    parameters, customer = np.array([r, alpha, a, b]), _vectors(x, part * age if x else 0.0, age)
    each, gradient = log_likelihood(parameters, *customer)
    assert np.isfinite(each).all()
    for number in range(4):
        step = np.zeros(4)
        step[number] = 1e-4 * parameters[number]
        above, below = (log_likelihood(parameters + sign * step, *customer)[0][0] for sign in (1, -1))
        slope = (above - below) / (2 * step[number])
        assert gradient[number][0] == pytest.approx(slope, rel=1e-4, abs=1e-5 * max(1, abs(each[0])))


@given(plausible, plausible, plausible, plausible, st.floats(0, 1), st.floats(0, 1), st.floats(0, 300))
def test_expected_orders_are_those_of_the_posterior_integrated(
    r: float, alpha: float, a: float, b: float, share: float, part: float, age: float
) -> None:
    """Of a customer still active, the drop-out probability is beta(a, b + x) and the rate gamma(r + x, alpha + age)."""
    x = int(share * 7 * age)  # at most one a day
    model, customer, weeks = BgNbd(r, alpha, a, b), group(x, part * age if x else 0.0, age), 52.0

    def orders(quantile: float) -> float:
        drops = max(float(special.betaincinv(a, b + x, quantile)), 1e-300)
        return -math.expm1(-(r + x) * math.log1p(drops * weeks / (alpha + age))) / drops

    while_active, _ = integrate.quad(orders, 0, 1, limit=200, epsabs=0, epsrel=1e-9)
    expected = while_active * model.probability_active(customer)[0]
    assert model.expected_orders(customer, weeks=weeks)[0] == pytest.approx(expected, rel=1e-5, abs=1e-12)


@pytest.mark.parametrize(("a", "b"), [(1.0, 2.0), (0.4, 0.6), (1.0, 1.0)])
def test_the_formula_goes_through_its_poles(a: float, b: float) -> None:
    customers = pl.concat([group(0, 0.0, 30.0), group(3, 20.0, 30.0)])
    at = BgNbd(0.5, 4.0, a, b).expected_orders(customers, weeks=52)
    beside = BgNbd(0.5, 4.0, a + 1e-4, b + 1e-4).expected_orders(customers, weeks=52)
    assert at == pytest.approx(beside, rel=1e-3)


@given(st.integers(0, 50), st.floats(1, 100))
def test_expectations_are_in_order(x: int, age: float) -> None:
    """More weeks bring more orders, none bring none; a later last order makes a customer more likely to be active."""
    customers = pl.concat([group(x, part * age if x else 0.0, age) for part in (0.1, 0.5, 1.0)])
    ahead = [PAPER.expected_orders(customers, weeks=weeks) for weeks in (0, 1, 10, 100)]
    assert ahead[0] == pytest.approx(0, abs=1e-12)
    assert all((later >= sooner).all() for sooner, later in pairwise(ahead))
    active = PAPER.probability_active(customers)
    assert ((active >= 0) & (active <= 1)).all()
    assert (np.diff(active) >= 0).all()
    assert x > 0 or set(active) == {1.0}


def test_a_fit_finds_what_the_customers_were_drawn_from() -> None:
    truth = BgNbd(0.8, 12.0, 0.6, 2.0)
    fit = fit_bg_nbd(draw(np.random.default_rng(7), truth, 20_000), fewest=1, weeks=52)
    assert fit.problem is None
    for name in NAMES:
        assert getattr(fit.model, name) == pytest.approx(getattr(truth, name), rel=0.15), name


def test_groups_fit_as_their_customers_do() -> None:
    random = np.random.default_rng(3)
    each = draw(random, BgNbd(0.8, 12.0, 0.6, 2.0), 1500).with_columns(pl.col("last_order_weeks", "age_weeks").round(0))
    groups = (
        each.group_by("repeat_orders", "last_order_weeks", "age_weeks")
        .agg(pl.sum("customers"))
        .sort("repeat_orders", "last_order_weeks", "age_weeks")
    )
    assert groups.height < each.height
    alone, together = (fit_bg_nbd(rows, fewest=1, weeks=52) for rows in (each, groups))
    assert alone.customers == together.customers == 1500
    assert together.log_likelihood == pytest.approx(alone.log_likelihood, rel=1e-9)
    for name in NAMES:
        assert getattr(together.model, name) == pytest.approx(getattr(alone.model, name), rel=1e-4)


def test_too_few_repeat_customers_are_not_fitted() -> None:
    fit = fit_bg_nbd(pl.concat([group(0, 0.0, 9.0, 500), group(1, 2.0, 9.0, 3)]), fewest=4, weeks=52)
    assert fit.usable is None
    assert fit.problem == "bg/nbd needs at least 4 customers with a repeat order, there are 3"
    assert fit.parameters == dict.fromkeys(NAMES)


def test_customers_who_drop_out_alike_are_fitted() -> None:
    """Then a and b have no upper bound; their ratio is what counts."""
    truth = BgNbd(1.0, 10.0, 2000.0, 8000.0)
    fit = fit_bg_nbd(draw(np.random.default_rng(1), truth, 3000), fewest=1, weeks=52)
    assert isinstance(fit.usable, BgNbd)
    assert fit.usable.a / (fit.usable.a + fit.usable.b) == pytest.approx(0.2, abs=0.02)


def test_customers_who_never_drop_out_and_never_differ_have_implausible_parameters() -> None:
    fit = fit_bg_nbd(group(10, 10.0, 10.5, 300), fewest=1, weeks=52)
    assert fit.usable is None
    assert fit.problem is not None
    assert fit.problem.startswith("bg/nbd has implausible parameters, no larger than 0.001: ")


@given(st.lists(st.tuples(st.integers(0, 3000), st.floats(0, 1), st.floats(0, 3000)), min_size=1, max_size=8))
def test_whatever_the_customers_a_fit_is_usable_or_says_why_not(customers: list[tuple[int, float, float]]) -> None:
    groups = pl.concat([group(x, part * age if x else 0.0, age) for x, part, age in customers])
    fit = fit_bg_nbd(groups, fewest=1, weeks=52)
    if fit.usable is None:
        assert fit.problem
    else:
        assert np.isfinite(fit.usable.expected_orders(groups, weeks=52)).all()
        assert math.isfinite(fit.log_likelihood or math.nan)
