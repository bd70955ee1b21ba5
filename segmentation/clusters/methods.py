"""CLUSTER_METHODS: how clusters are found. Add a method here; `clusters.method` of the settings names it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.mixture import GaussianMixture

from segmentation.clusters.scaling import Matrix

Labels = npt.NDArray[np.int64]

STARTS = 5  # starts of k-means and of the mixture; the best is kept
SMALLEST_SPREAD = 0.1  # standard deviations; a value that many customers share would draw a component to itself
DENSE_SHARES = (0.005, 0.01, 0.02, 0.04, 0.08)  # of the customers: the smallest crowd that is a cluster
FEWEST_IN_CROWD = 5


@dataclass(frozen=True)
class Fit:
    """Clusters as found: a customer belongs to the likeliest one.

    Attributes:
        centres: clusters x features, scaled.
        spreads: standard deviations, clusters x features; all 1 where the nearest centre decides.
        weights: shares of the clusters before anything is known of a customer; all alike where the nearest decides.
    """

    centres: Matrix
    spreads: Matrix
    weights: Matrix

    def assign(self, points: Matrix) -> Labels:
        """Row of the likeliest cluster of each point, under normal features that are independent within a cluster."""
        likelihoods = [
            np.log(weight) - np.log(spread).sum() - ((((points - centre) / spread) ** 2).sum(axis=1)) / 2
            for centre, spread, weight in zip(self.centres, self.spreads, self.weights, strict=True)
        ]
        labels: Labels = np.argmax(likelihoods, axis=0)
        return labels

    def count(self, points: Matrix) -> Labels:
        """Points of each cluster."""
        return np.bincount(self.assign(points), minlength=len(self.centres))

    def take(self, rows: "Labels | slice") -> "Fit":
        """Some of the clusters, in the order given."""
        return Fit(self.centres[rows], self.spreads[rows], self.weights[rows])

    def without_small(self, points: Matrix, minimum_share: float) -> "Fit":
        """Clusters with fewer than that share of the points are dissolved, the smallest first, while there are two."""
        sizes = self.count(points)
        if len(sizes) <= 2 or sizes.min() >= max(minimum_share * len(points), 1):
            return self
        return self.take(np.delete(np.arange(len(sizes)), sizes.argmin())).without_small(points, minimum_share)


@dataclass(frozen=True)
class ClusterMethod:
    """A way to find clusters.

    Attributes:
        most_customers: a fit is made on a sample of at most so many.
        candidates: from the fewest and most clusters wanted to the values that `fit` is tried with.
        fit: from points (customers x features), a candidate and a seed to the clusters, or None if there are none.
    """

    most_customers: int
    candidates: Callable[[int, int], Sequence[float]]
    fit: Callable[[Matrix, float, int], Fit | None]


def _every_number(smallest: int, largest: int) -> Sequence[int]:
    return range(smallest, largest + 1)


def _fit_k_means(points: Matrix, candidate: float, seed: int) -> Fit:
    fitted = KMeans(int(candidate), n_init=STARTS, random_state=seed).fit(points)
    centres = fitted.cluster_centers_
    return Fit(centres, np.ones_like(centres), np.full(len(centres), 1 / len(centres)))


def _fit_mixture(points: Matrix, candidate: float, seed: int) -> Fit:
    fitted = GaussianMixture(
        int(candidate),
        covariance_type="diag",
        reg_covar=SMALLEST_SPREAD**2,
        n_init=STARTS,
        max_iter=500,
        random_state=seed,
    ).fit(points)
    return Fit(fitted.means_, np.sqrt(fitted.covariances_), fitted.weights_)


def _fit_crowds(points: Matrix, candidate: float, seed: int) -> Fit | None:
    """Crowds divided by emptier space (HDBSCAN); who stands apart goes to the likeliest.

    References: R. J. G. B. Campello, D. Moulavi, J. Sander (2013), PAKDD, LNCS 7819, 160-172.
    """
    crowd = max(FEWEST_IN_CROWD, round(candidate * len(points)))
    if crowd > len(points):
        return None
    labels = HDBSCAN(min_cluster_size=crowd, min_samples=FEWEST_IN_CROWD, copy=True).fit(points).labels_
    members = [points[labels == label] for label in range(labels.max() + 1)]
    if not members:
        return None
    spreads = np.array([np.sqrt(crowd.var(axis=0) + SMALLEST_SPREAD**2) for crowd in members])
    sizes = np.array([len(crowd) for crowd in members])
    return Fit(np.array([crowd.mean(axis=0) for crowd in members]), spreads, sizes / sizes.sum())


CLUSTER_METHODS: dict[str, ClusterMethod] = {
    "k-means": ClusterMethod(100_000, _every_number, _fit_k_means),
    "gaussian mixture": ClusterMethod(100_000, _every_number, _fit_mixture),
    "hdbscan": ClusterMethod(10_000, lambda *_: DENSE_SHARES, _fit_crowds),
}
