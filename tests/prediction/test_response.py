import warnings

import numpy as np
import polars as pl
import pytest

from segmentation.prediction.foresight import FORESIGHT_SCHEMA, RANDOMISED, refine
from segmentation.prediction.money import fit_money
from segmentation.prediction.rates import LogisticRate
from segmentation.prediction.response import calibrate, fit_calibrated, fit_value, log_odds, tabulate_calibration


def test_the_slope_and_its_error_are_those_of_statsmodels() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import statsmodels.api as sm
    random = np.random.default_rng(1)
    odds = random.normal(-1, 1, 2000)
    y = (random.random(2000) < 1 / (1 + np.exp(-(0.2 + 0.7 * odds)))).astype(float)
    oracle = sm.Logit(y, sm.add_constant(odds)).fit(disp=0)
    slope, error, intercept = calibrate(odds, y)
    assert (intercept, slope) == pytest.approx(tuple(oracle.params), abs=2e-4)
    assert error == pytest.approx(oracle.bse[1], rel=1e-3)


def test_rates_are_right_on_average_and_in_every_tenth() -> None:
    random = np.random.default_rng(2)
    X = random.random((8000, 3))
    y = (random.random(8000) < 0.02 + 0.3 * X[:, 0] ** 2).astype(float)
    model, unseen = fit_calibrated(LogisticRate, X, y, np.arange(8000) % 5)
    table = tabulate_calibration(unseen, y)
    assert model.predict(X).mean() == pytest.approx(y.mean(), abs=0.003)
    assert table["customers"].sum() == 8000
    assert (table["customers"] * table["observed"]).sum() == pytest.approx(y.sum())
    assert table.filter(pl.col("expected").is_between("observed_ci_low", "observed_ci_high")).height >= 7


def test_equal_rates_are_in_one_tenth() -> None:
    table = tabulate_calibration(np.r_[np.full(50, 0.1), np.full(50, 0.3)], np.r_[np.zeros(50), np.ones(50)])
    assert table.select("tenth", "customers", "observed").rows() == [(5, 50, 0.0), (10, 50, 1.0)]


def test_a_model_without_knowledge_gives_the_rate() -> None:
    slope, error, intercept = calibrate(np.full(10, -3.0), np.r_[np.ones(3), np.zeros(7)])
    assert (slope, error) == (1.0, 0.0)
    assert 1 / (1 + np.exp(-(intercept - 3.0))) == pytest.approx(0.3)
    assert log_odds(np.array([0.0, 1.0])) == pytest.approx([-13.8155, 13.8155], abs=1e-3)


def test_values_are_right_on_average_zeros_included() -> None:
    random = np.random.default_rng(3)
    X = random.random((500, 2))
    money = np.where(random.random(500) < 0.8, np.exp(3 + X[:, 0]) * random.gamma(2, 0.5, 500), 0)
    value = fit_value(X, money)
    assert value.predict(X).mean() == pytest.approx(money.mean())
    assert np.corrcoef(value.predict(X), X[:, 0])[0, 1] > 0.9


def test_money_is_the_randomised_mean_and_no_steeper_than_seen() -> None:
    random = np.random.default_rng(4)
    rank, treated = random.random(20_000), random.random(20_000) < 0.5
    revenue = 10 * random.standard_normal(20_000) + treated * (1 + 4 * (rank - 0.5))
    weight = np.ones(20_000)
    line = fit_money(rank, revenue, treated, weight)
    assert line.mean == pytest.approx(revenue[treated].mean() - revenue[~treated].mean())
    assert 2.5 < line.slope < 4.8
    assert fit_money(1 - rank, revenue, treated, weight).slope == 0


def eligible() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d"],
            "segment": ["loyal", "loyal", "loyal", "lost"],
            "expected_response": [0.1, 0.1, 0.1, 0.02],
            "expected_uplift": [3.0, 3.0, 3.0, -1.0],
        }
    )


def test_the_uplift_of_a_segment_is_shared_out_by_expected_revenue() -> None:
    foreseen = pl.DataFrame(
        {
            "customer_id": ["a", "b", "d"],
            "model_response": [0.1, 0.3, 0.05],
            "model_value": [10.0, 10.0, 10.0],
            "model_uplift": [None, None, None],
        },
        schema=FORESIGHT_SCHEMA,
    )
    found = refine(eligible(), foreseen, method="observational", margin_rate=0.5, unit_cost=0.5)
    assert found["expected_uplift"].to_list() == pytest.approx([1.5, 4.5, 3.0, -1.0])  # 9 in all, as before
    assert found["expected_response"].to_list() == [0.1, 0.3, 0.1, 0.05]
    assert found["expected_profit"].to_list() == pytest.approx([0.25, 1.75, 1.0, -1.0])
    assert found["proven_profit"].null_count() == 4
    by_response = "observational uplift of the segment, by expected response"
    plain = "observational uplift of the segment"
    assert found["basis"].to_list() == [by_response, by_response, plain, plain]


def test_a_randomised_model_takes_the_place_of_the_segment() -> None:
    foreseen = pl.DataFrame({"customer_id": ["a"], "model_uplift": [2.0]}).with_columns(
        model_response=pl.lit(None, pl.Float64), model_value=pl.lit(None, pl.Float64)
    )
    found = refine(eligible(), foreseen, method="randomised", margin_rate=0.5, unit_cost=0.5)
    assert found.select("expected_uplift", "proven_profit", "basis").row(0) == (2.0, 0.5, RANDOMISED)


def test_without_anything_known_nothing_is_expected() -> None:
    bare = eligible().with_columns(expected_response=pl.lit(None, pl.Float64), expected_uplift=pl.lit(None, pl.Float64))
    found = refine(bare, pl.DataFrame(schema=FORESIGHT_SCHEMA), method=None, margin_rate=None, unit_cost=0.5)
    for name in ("expected_response", "expected_uplift", "expected_margin", "expected_profit", "basis"):
        assert found[name].null_count() == 4
