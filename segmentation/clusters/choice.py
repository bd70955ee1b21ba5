"""Choose the number of clusters: every candidate is tried, and its quality and stability are told."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from sklearn.metrics import adjusted_rand_score, davies_bouldin_score, silhouette_score

from segmentation.clusters.methods import ClusterMethod, Fit, Labels
from segmentation.clusters.scaling import Matrix

PAIRED = 5_000  # customers a silhouette is computed on: it takes every pair
REFITS = 5  # bootstrap refits of each candidate
GOOD_ENOUGH = 0.9  # of the best silhouette: the number in use stays

SELECTION_SCHEMA = {
    "k": pl.Int32,
    "silhouette": pl.Float64,
    "davies_bouldin": pl.Float64,
    "stability": pl.Float64,
    "smallest_share": pl.Float64,
    "chosen": pl.Boolean,
    "note": pl.String,
}


@dataclass(frozen=True)
class Limits:
    """What is asked of clusters: how many, and the least share of customers and stability."""

    smallest: int
    largest: int
    minimum_share: float
    minimum_stability: float


@dataclass(frozen=True)
class Tried:
    """A candidate and what came of it."""

    candidate: float
    k: int
    silhouette: float
    davies_bouldin: float
    stability: float
    smallest_share: float

    def fault(self, limits: Limits) -> str | None:
        """Why it must not be used, or None."""
        faults = []
        if not limits.smallest <= self.k <= limits.largest:
            wanted = (
                f"{limits.smallest} to {limits.largest}" if limits.smallest < limits.largest else f"{limits.smallest}"
            )
            faults.append(f"{self.k} clusters where {wanted} are wanted")
        if self.smallest_share < limits.minimum_share:
            faults.append(f"a cluster under {limits.minimum_share:.0%} of customers")
        if self.stability < limits.minimum_stability:
            faults.append(f"stability under {limits.minimum_stability:g}")
        return ", ".join(faults) or None


@dataclass(frozen=True)
class Choice:
    """All candidates, by rising number of clusters, and the one to use; None if there are too few customers for any."""

    tried: tuple[Tried, ...]
    chosen: Tried | None
    fault: str | None
    limits: Limits

    def rows(self) -> pl.DataFrame:
        """SELECTION_SCHEMA, a row per candidate."""
        rows = [
            {name: getattr(one, name) for name in list(SELECTION_SCHEMA)[:5]}
            | {"chosen": one is self.chosen, "note": one.fault(self.limits)}
            for one in self.tried
        ]
        return pl.DataFrame(rows, schema=SELECTION_SCHEMA)


def choose_clusters(
    points: Matrix, method: ClusterMethod, limits: Limits, *, seed: int, in_use: int | None = None
) -> Choice:
    """Try every candidate of the method and say which to use.

    Chosen is the one with the highest silhouette among those within the limits, or the number in use if that is within
    them and nearly as good. Where none is, the most stable of all is, and `fault` says what it lacks. Stability is the
    mean adjusted Rand index (Hubert and Arabie, 1985) between the fit and refits on bootstrap samples, over all points.

    Args:
        points: customers x features, scaled; the same rows in the same order give the same choice.
        in_use: number of clusters there are.
    """
    different = len(np.unique(points, axis=0)) if points.shape[1] else 0
    found: dict[int, Tried] = {}
    for candidate in method.candidates(limits.smallest, limits.largest):
        if candidate >= different or different < limits.smallest:
            continue
        one = _try(points, method, candidate, limits, seed=seed)
        if one and (one.k not in found or one.stability > found[one.k].stability):
            found[one.k] = one
    tried = tuple(found[k] for k in sorted(found))
    eligible = [one for one in tried if one.fault(limits) is None]
    if eligible:
        finest = max(eligible, key=lambda one: one.silhouette)
        stays = (one for one in eligible if one.k == in_use and one.silhouette >= GOOD_ENOUGH * finest.silhouette)
        return Choice(tried, next(stays, finest), None, limits)
    best = max(tried, key=lambda one: one.stability, default=None)
    return Choice(tried, best, best.fault(limits) if best else None, limits)


def fit_candidate(points: Matrix, method: ClusterMethod, candidate: float, limits: Limits, seed: int) -> Fit | None:
    """The clusters of a candidate; those under the minimum share are dissolved, their customers go to the others."""
    fit = method.fit(points, candidate, seed)
    return fit.without_small(points, limits.minimum_share) if fit else None


def _try(points: Matrix, method: ClusterMethod, candidate: float, limits: Limits, *, seed: int) -> Tried | None:
    fit = fit_candidate(points, method, candidate, limits, seed)
    if fit is None or np.count_nonzero(sizes := fit.count(points)) < 2:
        return None
    labels = fit.assign(points)
    random = np.random.default_rng([seed, len(fit.centres)])
    refits = [
        fit_candidate(points[random.integers(0, len(points), len(points))], method, candidate, limits, seed + refit + 1)
        for refit in range(REFITS)
    ]
    return Tried(
        candidate,
        len(fit.centres),
        float(silhouette_score(points, labels, sample_size=min(PAIRED, len(points)), random_state=seed)),
        float(davies_bouldin_score(points, labels)),
        float(np.mean([_agreement(labels, refit, points) for refit in refits])),
        float(sizes.min() / len(points)),
    )


def _agreement(labels: Labels, refit: Fit | None, points: Matrix) -> float:
    return 0.0 if refit is None else float(adjusted_rand_score(labels, refit.assign(points)))
