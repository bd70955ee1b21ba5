"""Population stability index by hand and against an independent computation."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.history.drift import LEAST_SHARE, count_in_tenths, measure_drift, split_tenths


def values(*counted: tuple[float, int], measure: str = "m") -> pl.DataFrame:
    return pl.DataFrame(
        [(measure, float(value), customers) for value, customers in counted],
        schema={"measure": pl.String, "value": pl.Float64, "customers": pl.Int64},
        orient="row",
    ).sort("value")


def shares(*customers: int, measure: str = "m") -> pl.DataFrame:
    return pl.DataFrame({"measure": measure, "bin": range(len(customers)), "customers": customers})


def test_by_hand() -> None:
    # 50 and 50 % become 40 and 60 %: -0.1 ln(0.8) + 0.1 ln(1.2).
    psi = measure_drift(shares(50, 50), shares(8, 12))["psi"].item()
    assert psi == pytest.approx(-0.1 * math.log(0.8) + 0.1 * math.log(1.2))
    assert round(psi, 6) == 0.040547


def test_no_change_is_zero_and_a_bin_of_nobody_counts_as_a_small_share() -> None:
    assert measure_drift(shares(3, 7), shares(30, 70))["psi"].to_list() == [pytest.approx(0)]
    empty = measure_drift(shares(10, 10), shares(20, 0))["psi"].item()
    expected = 0.5 * math.log(2) + (LEAST_SHARE - 0.5) * math.log(LEAST_SHARE / 0.5)
    assert empty == pytest.approx(expected)


def test_a_measure_of_one_date_only_is_left_out() -> None:
    found = measure_drift(
        pl.concat([shares(1, 2), shares(5, measure="old")]), pl.concat([shares(2, 1), shares(5, measure="fresh")])
    )
    assert found["measure"].to_list() == ["m"]


def test_tenths_of_a_hundred_and_of_ties() -> None:
    tenths = split_tenths(values(*((v, 1) for v in range(1, 101))))
    assert tenths["customers"].to_list() == [10] * 10
    assert tenths["starts_at"].to_list() == [float("-inf"), *range(11, 101, 10)]
    tied = split_tenths(values((1, 60), (2, 30), (3, 10)))
    assert tied.select("bin", "starts_at", "customers").rows() == [(4, float("-inf"), 60), (8, 2, 30), (10, 3, 10)]


@given(
    st.dictionaries(st.integers(0, 40), st.integers(1, 30), min_size=1),
    st.dictionaries(st.integers(-5, 60), st.integers(1, 30), min_size=1),
)
def test_drift_of_values_agrees_with_numpy(before: dict[int, int], after: dict[int, int]) -> None:
    """Every customer a number, digitised into the tenths of the earlier date."""
    tenths = split_tenths(values(*before.items()))
    psi = measure_drift(tenths, count_in_tenths(values(*after.items()), tenths))["psi"].item()
    edges = tenths["starts_at"].to_numpy()[1:]
    b, a = (
        np.bincount(np.digitize(np.repeat(list(d), list(d.values())), edges), minlength=len(edges) + 1)
        / sum(d.values())
        for d in (before, after)
    )
    b, a = (np.maximum(part, LEAST_SHARE) for part in (b, a))
    assert psi == pytest.approx(((a - b) * np.log(a / b)).sum(), abs=1e-12)
    assert psi >= 0
