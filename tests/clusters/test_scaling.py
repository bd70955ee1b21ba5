import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from segmentation.clusters.scaling import Scaling, fit_scalings

RANDOM = np.random.default_rng(1)
NORMAL = RANDOM.normal(10, 2, 2000)
AMOUNTS = np.exp(RANDOM.normal(3, 1, 2000))
HEAVY = np.r_[np.exp(np.exp(RANDOM.normal(0, 1, 500))), np.ones(1500)]


@pytest.mark.parametrize(
    ("values", "shape"), [(NORMAL, "plain"), (AMOUNTS, "log"), (HEAVY, "rank"), (-AMOUNTS, "plain")]
)
def test_a_feature_is_straightened_as_it_needs(values: np.ndarray, shape: str) -> None:
    scaling = Scaling.fit("x", values)
    assert scaling.shape == shape
    scaled = scaling.apply(values)
    assert scaled.mean() == pytest.approx(0, abs=1e-9)
    assert scaled.std() == pytest.approx(1)


def test_plain_and_log_are_those_of_scikit_learn() -> None:
    for values, straight in ((NORMAL, NORMAL), (AMOUNTS, np.log1p(AMOUNTS))):
        expected = StandardScaler().fit_transform(straight[:, None])[:, 0]
        assert Scaling.fit("x", values).apply(values) == pytest.approx(expected)


def test_ranks_keep_the_order_and_ties_share_one() -> None:
    scaling = Scaling.fit("x", HEAVY)
    few = scaling.apply(np.array([0.0, 1.0, 1.0, 50.0, 1e9]))
    assert few[1] == few[2]
    assert (np.diff(few[[0, 1, 3, 4]]) > 0).all()


def test_who_has_no_value_has_the_median() -> None:
    scaling = Scaling.fit("x", np.array([1.0, 2.0, 3.0, 4.0, 9.0, np.nan]))
    assert scaling.filler == 3
    assert scaling.apply(np.array([np.nan])) == scaling.apply(np.array([3.0]))


def test_what_says_nothing_or_the_same_is_left_out_and_why() -> None:
    customers = pl.DataFrame(
        {
            "a": NORMAL,
            "constant": np.full(2000, 7.0),
            "opposite": -NORMAL + RANDOM.normal(0, 0.1, 2000),
            "other": RANDOM.normal(0, 1, 2000),
            "unknown": pl.Series([None] * 2000, dtype=pl.Float64),
        }
    )
    scalings = fit_scalings(customers, customers.columns)
    assert [scaling.feature for scaling in scalings.used] == ["a", "other"]
    assert scalings.left_out["constant"] == "the same for all customers"
    assert scalings.left_out["unknown"] == "no customer has a value"
    assert scalings.left_out["opposite"].startswith("goes with a (correlation -1.0")


@given(st.lists(st.floats(-1e16, 1e16) | st.just(float("nan")), min_size=1, max_size=50))
def test_any_values_are_scaled_to_finite_numbers_or_left_out(values: list[float]) -> None:
    customers = pl.DataFrame({"x": values}, schema={"x": pl.Float64})
    scalings = fit_scalings(customers, ["x"])
    assert len(scalings.used) + len(scalings.left_out) == 1
    assert np.isfinite(scalings.apply(customers)).all()
