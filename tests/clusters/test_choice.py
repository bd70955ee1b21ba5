import numpy as np
import pytest

from segmentation.clusters.choice import Limits, choose_clusters
from segmentation.clusters.methods import CLUSTER_METHODS
from segmentation.clusters.scaling import fit_scalings
from segmentation.segments.features import FEATURE_NAMES
from tests.clusters.groups import four_groups

K_MEANS = CLUSTER_METHODS["k-means"]
LIMITS = Limits(2, 7, 0.01, 0.7)
GROUPS = four_groups()
POINTS = fit_scalings(GROUPS, FEATURE_NAMES).apply(GROUPS)
SHAPELESS = np.random.default_rng(0).uniform(0, 1, (400, 5))


def test_the_true_number_of_groups_is_chosen() -> None:
    choice = choose_clusters(POINTS, K_MEANS, LIMITS, seed=1)
    rows = choice.rows()
    assert rows["k"].to_list() == list(range(2, 8))
    assert rows.filter("chosen")["k"].to_list() == [4]
    assert choice.fault is None


def test_no_stable_number_says_so_and_takes_the_most_stable() -> None:
    choice = choose_clusters(SHAPELESS, K_MEANS, Limits(2, 7, 0.01, 0.999), seed=1)
    assert choice.chosen is not None
    assert choice.chosen.stability == max(one.stability for one in choice.tried)
    assert choice.fault == "stability under 0.999"


def test_a_small_cluster_is_dissolved() -> None:
    points = np.vstack([POINTS, [[30.0, 30.0]]])
    choice = choose_clusters(points, K_MEANS, LIMITS, seed=1)
    assert choice.chosen is not None
    assert (choice.chosen.candidate, choice.chosen.k) == (5, 4)
    assert choice.chosen.smallest_share == 100 / 401
    kept = K_MEANS.fit(points, 5, 1)
    assert kept is not None
    assert kept.without_small(points, 0.0).count(points).min() == 1


def test_two_clusters_stay_however_small() -> None:
    points = np.vstack([np.zeros((400, 2)) + np.linspace(0, 0.1, 400)[:, None], [[30.0, 30.0]]])
    choice = choose_clusters(points, K_MEANS, Limits(2, 2, 0.01, 0.0), seed=1)
    assert choice.fault == "a cluster under 1% of customers"


@pytest.mark.parametrize("in_use", [3, 5, 6])
def test_the_number_in_use_stays_where_it_is_nearly_as_good(in_use: int) -> None:
    limits = Limits(3, 6, 0.01, 0.0)
    choice = choose_clusters(SHAPELESS, K_MEANS, limits, seed=1, in_use=in_use)
    best = max(choice.tried, key=lambda one: one.silhouette)
    (of_use,) = [one for one in choice.tried if one.k == in_use]
    assert choice.chosen is (of_use if of_use.silhouette >= 0.9 * best.silhouette else best)


def test_the_number_in_use_goes_where_another_is_far_better() -> None:
    choice = choose_clusters(POINTS, K_MEANS, LIMITS, seed=1, in_use=7)
    assert choice.chosen is not None
    assert choice.chosen.k == 4


@pytest.mark.parametrize("customers", [0, 1, 3])
def test_too_few_different_customers_have_no_choice(customers: int) -> None:
    choice = choose_clusters(POINTS[:customers], K_MEANS, Limits(4, 7, 0.01, 0.7), seed=1)
    assert choice.chosen is None
    assert choice.rows().is_empty()
