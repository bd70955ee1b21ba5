import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.response.power import Money, Rate, Sizes, minimum_detectable_uplift, power_of, size_arms


@pytest.mark.parametrize(
    ("base_rate", "uplift", "an_arm"), [(0.02, 0.005, 13_809), (0.05, 0.005, 31_234), (0.2, 0.05, 1_094)]
)
def test_published_sizes_of_two_arms_alike(base_rate: float, uplift: float, an_arm: int) -> None:
    # Two-sided 5 %, power 80 %: the figures of Fleiss, Levin and Paik's formula without continuity correction.
    assert size_arms(Rate(base_rate), uplift) == Sizes(an_arm, an_arm)


def test_smallest_uplift_that_a_hold_out_of_ten_thousand_sees() -> None:
    assert round(minimum_detectable_uplift(Rate(0.01), mailed=90_000, held_out=10_000) * 100, 3) == 0.294


@pytest.mark.parametrize("uplift", [0.004, -0.004, 0.02])
@pytest.mark.parametrize(("mailed", "held_out"), [(5_000, 5_000), (18_000, 2_000), (700, 4_000)])
def test_power_for_rates_agrees_with_statsmodels(uplift: float, mailed: int, held_out: int) -> None:
    from statsmodels.stats.proportion import power_proportions_2indep

    oracle = power_proportions_2indep(uplift, 0.03, mailed, ratio=held_out / mailed, return_results=False)
    assert power_of(Rate(0.03), uplift, mailed=mailed, held_out=held_out) == pytest.approx(oracle, rel=1e-9)


@pytest.mark.parametrize(("mailed", "held_out"), [(5_000, 5_000), (18_000, 2_000)])
def test_power_for_means_agrees_with_statsmodels(mailed: int, held_out: int) -> None:
    from statsmodels.stats.power import NormalIndPower

    oracle = NormalIndPower().power(2.0 / 40.0, mailed, 0.05, ratio=held_out / mailed)
    assert power_of(Money(40.0), 2.0, mailed=mailed, held_out=held_out) == pytest.approx(oracle, rel=1e-9)


def test_size_for_means_agrees_with_statsmodels() -> None:
    from statsmodels.stats.power import NormalIndPower

    oracle = NormalIndPower().solve_power(2.0 / 40.0, alpha=0.05, power=0.9, ratio=0.25)
    found = size_arms(Money(40.0), 2.0, control_share=0.2, power=0.9)
    assert found.mailed == math.ceil(oracle)
    assert found.held_out == math.ceil(oracle / 4)


@given(
    base_rate=st.floats(0.001, 0.5),
    relative=st.floats(0.05, 0.9),
    control_share=st.floats(0.02, 0.98),
    power=st.floats(0.5, 0.99),
)
def test_the_size_has_the_power_and_clearly_fewer_customers_have_not(
    base_rate: float, relative: float, control_share: float, power: float
) -> None:
    uplift = base_rate * relative
    sizes = size_arms(Rate(base_rate), uplift, control_share=control_share, power=power)
    assert power_of(Rate(base_rate), uplift, mailed=sizes.mailed, held_out=sizes.held_out) >= power - 1e-3
    if min(sizes.mailed, sizes.held_out) > 200:
        mailed, held_out = (int(0.98 * arm) for arm in (sizes.mailed, sizes.held_out))
        assert power_of(Rate(base_rate), uplift, mailed=mailed, held_out=held_out) < power


def test_the_smallest_uplift_of_money_is_seen_with_the_power_asked_for() -> None:
    smallest = minimum_detectable_uplift(Money(40.0), mailed=9_000, held_out=1_000, power=0.9)
    assert power_of(Money(40.0), smallest, mailed=9_000, held_out=1_000) == pytest.approx(0.9, abs=1e-6)


def test_more_certainty_or_power_needs_more_customers() -> None:
    usual = size_arms(Rate(0.02), 0.005)
    assert size_arms(Rate(0.02), 0.005, confidence=0.99).mailed > usual.mailed
    assert size_arms(Rate(0.02), 0.005, power=0.9).mailed > usual.mailed
