"""CUPED by its published arithmetic, and Lin's regression against statsmodels."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from segmentation.response.adjustment import adjust_cuped, regress_arms
from segmentation.response.arms import CONTROL, TREATED, compare_arms, group_customers, summarise
from tests.response.test_arms import fit_arm, household_world

BEFORE = np.array([10, 12, 8, 15, 20, 11, 9, 14], dtype=float)
AFTER = np.array([11, 14, 9, 17, 23, 12, 9, 15], dtype=float)


def eight() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "arm": ["control"] * 4 + ["treatment"] * 4,
            "level": ["all"] * 8,
            "cell": pl.Series([None] * 8, dtype=pl.String),
        }
    )


def test_cuped_by_hand() -> None:
    grouping = group_customers(eight(), by_household=False)
    raw = compare_arms(summarise(grouping, AFTER), "mean")
    adjusted = adjust_cuped(grouping, BEFORE, AFTER)
    theta = (AFTER - adjusted) / (BEFORE - BEFORE.mean())
    assert np.round(theta, 6).tolist() == [1.197166] * 8
    assert raw.estimate[0] == pytest.approx(2)
    assert round(float(compare_arms(summarise(grouping, adjusted), "mean").estimate[0]), 6) == -0.693625


def test_nothing_spent_before_changes_nothing() -> None:
    grouping = group_customers(eight(), by_household=False)
    assert adjust_cuped(grouping, np.zeros(8), AFTER).tolist() == AFTER.tolist()
    assert not regress_arms(grouping, np.zeros(8), AFTER)[1].any()


def lin_by_statsmodels(frame: pl.DataFrame) -> Any:
    import statsmodels.api as sm

    treated = (frame["arm"] == "treatment").to_numpy().astype(float)
    centred = frame["before"].to_numpy() - frame["before"].mean()
    x = np.column_stack([np.ones(len(treated)), treated, centred, treated * centred])
    return sm.OLS(frame["revenue"].to_numpy(), x).fit(cov_type="HC2")


def test_regression_agrees_with_statsmodels_level_by_level() -> None:
    frame = household_world(4, households=200)
    grouping = group_customers(frame, by_household=False)
    means, usable = regress_arms(grouping, frame["before"].to_numpy(), frame["revenue"].to_numpy())
    assert usable.all()
    for number, level in enumerate("ab"):
        oracle = lin_by_statsmodels(frame.filter(level=level))
        assert means.mean[number, TREATED] - means.mean[number, CONTROL] == pytest.approx(oracle.params[1])
        assert means.variance[number].sum() == pytest.approx(oracle.bse[1] ** 2)


def test_regression_by_household_agrees_with_statsmodels() -> None:
    frame = household_world(5, households=200).with_columns(level=pl.lit("all"))
    grouping = group_customers(frame, by_household=True)
    means, _ = regress_arms(grouping, frame["before"].to_numpy(), frame["revenue"].to_numpy())
    centred = frame.with_columns(centred=pl.col("before") - pl.col("before").mean())
    for arm, name in ((CONTROL, "control"), (TREATED, "treatment")):
        oracle = fit_arm(centred, "all", name, ["centred"])
        assert means.mean[0, arm] == pytest.approx(oracle.params[0])
        assert means.variance[0, arm] == pytest.approx(oracle.bse[0] ** 2)


def test_a_gain_in_exactness_where_earlier_spend_tells() -> None:
    frame = household_world(6, households=300).with_columns(level=pl.lit("all"))
    grouping = group_customers(frame, by_household=False)
    before, revenue = frame["before"].to_numpy(), frame["revenue"].to_numpy()
    raw, (lin, _) = summarise(grouping, revenue), regress_arms(grouping, before, revenue)
    cuped = summarise(grouping, adjust_cuped(grouping, before, revenue))
    assert lin.variance.sum() < 0.4 * raw.variance.sum()
    assert cuped.variance.sum() == pytest.approx(lin.variance.sum(), rel=0.05)


def test_one_customer_who_decides_the_slope_is_not_believed() -> None:
    frame = household_world(7, households=200).with_columns(level=pl.lit("all"))
    before = np.zeros(frame.height)
    before[0] = 100
    _, usable = regress_arms(group_customers(frame, by_household=False), before, frame["revenue"].to_numpy())
    assert not usable.any()
