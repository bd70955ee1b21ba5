"""Every method of CLUSTER_METHODS keeps the same promises."""

import datetime as dt
from typing import get_args

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from segmentation.clusters.choice import Limits
from segmentation.clusters.features import cluster_features
from segmentation.clusters.methods import CLUSTER_METHODS, SMALLEST_SPREAD, STARTS
from segmentation.clusters.model import ClusterModel, model_rows, restore_model
from segmentation.clusters.refit import refit_clusters
from segmentation.clusters.scaling import fit_scalings
from segmentation.segments.features import FEATURE_NAMES
from segmentation.settings.kinds import ClusterMethodName
from tests.clusters.groups import four_groups, group_of

TODAY = dt.date(2024, 6, 30)
LIMITS = Limits(2, 7, 0.01, 0.7)
METHODS = pytest.mark.parametrize("method", CLUSTER_METHODS)


def fitted(customers: pl.DataFrame, method: str) -> ClusterModel:
    refit = refit_clusters(
        customers, cluster_features(()), None, method=method, limits=LIMITS, last_id=0, seed=1, today=TODAY
    )
    assert refit.model is not None
    return refit.model


def test_settings_know_every_method() -> None:
    assert set(get_args(ClusterMethodName)) == set(CLUSTER_METHODS)


@METHODS
def test_plain_groups_are_found(method: str) -> None:
    customers = four_groups()
    clusters = fitted(customers, method).assign(customers)
    assert adjusted_rand_score(group_of(customers), clusters["cluster_id"].to_numpy()) > 0.99


@METHODS
def test_the_same_customers_give_the_same_clusters(method: str) -> None:
    customers = four_groups()
    first, second = (model_rows(fitted(customers, method)) for _ in range(2))
    assert first.equals(second)


@METHODS
def test_a_model_written_and_read_again_assigns_the_same(method: str) -> None:
    customers = four_groups()
    model = fitted(customers, method)
    restored = restore_model(model_rows(model).sample(fraction=1, shuffle=True, seed=4))
    assert restored is not None
    assert restored.assign(customers).equals(model.assign(customers))
    assert restored.names == model.names


@METHODS
def test_customers_who_are_new_are_assigned(method: str) -> None:
    model = fitted(four_groups(), method)
    new = four_groups(40, seed=9)
    assigned = model.assign(new)["cluster_id"].to_numpy()
    assert adjusted_rand_score(group_of(new), assigned) > 0.99
    assert set(assigned) <= set(model.ids)


@METHODS
def test_customers_who_are_all_alike_are_no_clusters(method: str) -> None:
    alike = four_groups().with_columns(pl.lit(1.0).alias(name) for name in FEATURE_NAMES)
    refit = refit_clusters(
        alike, cluster_features(()), None, method=method, limits=LIMITS, last_id=0, seed=1, today=TODAY
    )
    assert refit.model is None
    assert refit.note == f"{method} finds no clusters in 400 customers"


def test_the_mixture_assigns_as_scikit_learn_does() -> None:
    random = np.random.default_rng(2)
    points = np.vstack([random.normal(m, s, (200, 2)) for m, s in ((0, 1), (4, 0.5), (8, 2))])
    ours = CLUSTER_METHODS["gaussian mixture"].fit(points, 3, 7)
    theirs = GaussianMixture(
        3, covariance_type="diag", reg_covar=SMALLEST_SPREAD**2, n_init=STARTS, max_iter=500, random_state=7
    ).fit(points)
    assert ours is not None
    assert (ours.assign(points) == theirs.predict(points)).all()


def test_k_means_assigns_to_the_nearest_centre() -> None:
    customers = four_groups()
    points = fit_scalings(customers, FEATURE_NAMES).apply(customers)
    fit = CLUSTER_METHODS["k-means"].fit(points, 4, 1)
    assert fit is not None
    nearest = ((points[:, None] - fit.centres) ** 2).sum(axis=2).argmin(axis=1)
    assert (fit.assign(points) == nearest).all()
