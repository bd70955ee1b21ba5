"""Bounds as published, and what they promise."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from segmentation.response.sequential import find_bounds, look_after, spend_error


def test_bounds_of_five_looks_as_published() -> None:
    # Lan and DeMets' spending function of the O'Brien-Fleming type, two-sided 5 %.
    assert [round(bound, 4) for bound in find_bounds(5)] == [4.8769, 3.3570, 2.6803, 2.2898, 2.0310]


def test_one_look_is_the_usual_test() -> None:
    assert find_bounds(1)[0] == pytest.approx(stats.norm.ppf(0.975))


@pytest.mark.parametrize("looks", [2, 3])
def test_all_looks_together_cross_as_often_as_promised_by_the_multivariate_normal(looks: int) -> None:
    times = np.arange(1, looks + 1) / looks
    correlation = np.sqrt(np.minimum.outer(times, times) / np.maximum.outer(times, times))
    bounds = np.array(find_bounds(looks))
    within = stats.multivariate_normal(cov=correlation).cdf(bounds, lower_limit=-bounds)
    assert 1 - within == pytest.approx(0.05, abs=2e-5)


def test_looking_every_night_of_a_window_errs_as_often_as_promised() -> None:
    looks = 60
    steps = np.random.default_rng(1).normal(size=(20_000, looks)) / np.sqrt(looks)
    z = steps.cumsum(axis=1) / np.sqrt(np.arange(1, looks + 1) / looks)
    bounds = np.array(find_bounds(looks))
    assert 0.045 < (np.abs(z) > bounds).any(axis=1).mean() < 0.055
    assert (np.abs(z) > stats.norm.ppf(0.975)).any(axis=1).mean() > 0.25  # what looking costs without bounds


@pytest.mark.parametrize("looks", [14, 60, 365])
def test_bounds_fall_from_out_of_reach_to_a_little_over_the_usual(looks: int) -> None:
    bounds = find_bounds(looks)
    assert all(earlier > later for earlier, later in pairwise(bounds))
    assert bounds[0] > 8
    assert 1.96 < bounds[-1] < 2.3


def test_error_is_spent_late_and_whole() -> None:
    assert 2 * spend_error(np.array([1.0]))[0] == pytest.approx(0.05)
    assert 2 * spend_error(np.array([0.5]))[0] < 0.004


def test_a_look_knows_its_day() -> None:
    look = look_after(3, of=5)
    assert (look.information, round(look.bound, 4)) == (0.6, 2.6803)


def test_a_window_of_years_has_no_more_looks_than_one_of_a_year() -> None:
    bounds = find_bounds(365)
    assert [look_after(days, of=3650).bound for days in (1, 19, 20, 3649)] == [bounds[i] for i in (0, 0, 1, 363)]
