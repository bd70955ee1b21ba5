"""A few experiments whose controls are discarded by a rule: `make recovery-observational` does hundreds."""

import numpy as np
import pytest

from tests.recovery_observational import Found, simulate

SIMULATIONS = 8


@pytest.fixture(scope="module", params=["hillstrom", "made up"])
def found(request: pytest.FixtureRequest) -> list[Found]:
    return [simulation for seed in range(SIMULATIONS) for simulation in simulate(request.param, seed)]


@pytest.mark.parametrize("metric", ["response", "conversion", "revenue"])
def test_the_truth_comes_back(found: list[Found], metric: str) -> None:
    of_metric = [one for one in found if one.metric == metric]
    assert sum(one.holds for one in of_metric) >= SIMULATIONS - 2  # fewer has a probability under 1 % if 95 % is true


def test_the_estimate_is_nearer_to_the_truth_than_what_is_left_of_the_arms(found: list[Found]) -> None:
    estimated, left = (
        np.mean([getattr(one, name) - one.truth for one in found if one.metric == "response"])
        for name in ("estimate", "unadjusted")
    )
    assert left > 0.004
    assert abs(estimated) < left
