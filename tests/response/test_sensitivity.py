"""Published worked examples, and what the bounds promise."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.response.covariates import know
from segmentation.response.doubly_robust import Effect
from segmentation.response.sensitivity import (
    CONTAINS_ZERO,
    STRONGEST,
    confounding_bias,
    e_value,
    explained_alone,
    judge_sensitivity,
    robustness_value,
)

# The violence in Darfur example of Cinelli and Hazlett (2020), table 1: estimate 0.097, error 0.023, 783 degrees.
T_VALUE, FREEDOM = 4.18, 783
CRITICAL = 1.963  # t of 0.975
SCALE = np.sqrt(FREEDOM)  # in units of the standard error


@pytest.mark.parametrize(
    ("risk_ratio", "published"),
    [
        (10.73, 20.95),  # smoking and lung cancer, and the lower end of its interval
        (8.02, 15.52),
        (3.9, 7.26),  # breast-feeding and deaths by infection, and the lower end
        (1.8, 3.0),
        (0.80, 1.81),  # breast-feeding and leukaemia, and the upper end
        (0.91, 1.43),
    ],
)
def test_e_values_of_vanderweele_and_ding(risk_ratio: float, published: float) -> None:
    assert e_value(risk_ratio) == pytest.approx(published, abs=0.01)


def test_no_effect_needs_no_confounder() -> None:
    assert e_value(1) == 1
    assert robustness_value(0, 1) == 0


@given(st.floats(0.05, 20))
def test_an_e_value_is_the_same_for_a_risk_and_its_inverse(ratio: float) -> None:
    assert e_value(ratio) == pytest.approx(e_value(1 / ratio))
    assert e_value(ratio) >= max(ratio, 1 / ratio)


def test_robustness_values_of_cinelli_and_hazlett() -> None:
    assert round(robustness_value(T_VALUE, SCALE), 3) == 0.139
    assert round(robustness_value(T_VALUE - CRITICAL, SCALE), 3) == 0.076


def test_the_bound_of_cinelli_and_hazlett_for_a_confounder_as_strong_as_female() -> None:
    # It explains 0.9164 % of the treatment and 12.4641 % of the outcome: the estimate falls from 0.097 to 0.075.
    bias = confounding_bias(0.023258 * SCALE, outcome=0.124641, mailing=0.009164)
    assert 0.09725 - bias == pytest.approx(0.0752, abs=0.0002)


@given(st.floats(0.01, 10), st.floats(0.1, 10))
def test_a_confounder_as_strong_as_the_robustness_value_reaches_zero(distance: float, scale: float) -> None:
    value = robustness_value(distance, scale)
    assert 0 < value < 1
    assert confounding_bias(scale, outcome=value, mailing=value) == pytest.approx(distance, rel=1e-6)


def world() -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    first, second = random.exponential(1, 4000), random.exponential(1, 4000)
    treated = random.random(4000) < np.where(first > 0.7, 0.7, 0.3)
    return pl.DataFrame({"first": first, "second": second}), treated, 2 * first + random.normal(0, 1, 4000)


def effect(estimate: float, error: float) -> Effect:
    influence = np.full(4000, error / np.sqrt(4000))
    return Effect(estimate, 10.0, influence, error * np.sqrt(4000), 500.0)


def test_the_benchmark_is_what_drives_both_mailing_and_outcome() -> None:
    frame, treated, outcome = world()
    known = know(frame, ("first", "second"))
    of_mailing = explained_alone(known, treated.astype(float))
    assert of_mailing[0] > 20 * of_mailing[1]
    strong, weak = (
        judge_sensitivity(effect(size, 0.1), known, treated, outcome, of_mailing, kind="mean") for size in (5.0, 0.3)
    )
    assert strong["benchmark"] == weak["benchmark"] == "first"
    assert (strong["withstands"], weak["withstands"]) == ("yes", "no")
    assert "e_value" not in strong


def test_partial_shares_are_those_of_least_squares() -> None:
    import statsmodels.api as sm

    frame, treated, outcome = world()
    known = know(frame, ("first", "second"))
    of_mailing = explained_alone(known, treated.astype(float))
    judged = judge_sensitivity(effect(5.0, 0.1), known, treated, outcome, of_mailing, kind="mean")
    mailed = treated.astype(float)
    whole = sm.OLS(outcome, sm.add_constant(np.column_stack([known.columns, mailed]))).fit()
    less = sm.OLS(outcome, sm.add_constant(np.column_stack([known.columns_without(0), mailed]))).fit()
    expected = (whole.rsquared - less.rsquared) / (1 - whole.rsquared)
    assert judged["benchmark_outcome"] == pytest.approx(min(expected, STRONGEST))
    whole = sm.OLS(mailed, sm.add_constant(known.columns)).fit()
    less = sm.OLS(mailed, sm.add_constant(known.columns_without(0))).fit()
    assert judged["benchmark_mailing"] == pytest.approx((whole.rsquared - less.rsquared) / (1 - whole.rsquared))


def test_an_interval_that_contains_zero_needs_no_confounder() -> None:
    frame, treated, outcome = world()
    known = know(frame, ("first", "second"))
    judged = judge_sensitivity(
        effect(0.1, 0.1), known, treated, outcome, explained_alone(known, treated.astype(float)), kind="proportion"
    )
    assert (judged["robustness_value_interval"], judged["e_value_interval"]) == (0, 1)
    assert (judged["withstands"], judged["note"]) == (None, CONTAINS_ZERO)
    assert judged["e_value"] == pytest.approx(e_value(10 / 9.9))
