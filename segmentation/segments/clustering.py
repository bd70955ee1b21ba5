"""Choose the number of clusters, fit them, describe them."""

import numpy as np
import polars as pl
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, davies_bouldin_score, silhouette_score

from segmentation.segments.cluster_model import ClusterModel, Matrix, fit_scaling, scale_features
from segmentation.segments.cluster_names import name_clusters
from segmentation.segments.features import FEATURES

SAMPLE = 10_000  # customers the number of clusters is chosen on
PAIRED = 5_000  # of these, customers a silhouette is computed on: it takes every pair
REFITS = 5  # bootstrap refits per number of clusters
STARTS = 5  # starts of k-means; the best is kept


def choose_k(
    customers: pl.DataFrame, *, smallest: int, largest: int, minimum_share: float, minimum_stability: float, seed: int
) -> pl.DataFrame:
    """Try every number of clusters and say which to use.

    Chosen is the number with the highest silhouette among those that are stable: no cluster has less than the minimum
    share of customers and the stability is at least the minimum. Where no number is, the most stable of all is.
    Stability is the mean adjusted Rand index (Hubert and Arabie, 1985) between the fit and refits on bootstrap
    samples, over all customers.

    Args:
        customers: one row per customer with the features, sorted by customer_id; of more than 10,000 a sample drawn
            by `seed` is used.
    Returns: one row per `k` that there are enough different customers for: `silhouette`, `davies_bouldin`,
        `stability`, `smallest_share`, `chosen`, `note`. No row if there are not enough customers for any.
    """
    scalings = fit_scaling(customers)
    sample = customers.sample(SAMPLE, seed=seed) if customers.height > SAMPLE else customers
    points = scale_features(sample, scalings)
    different = len(np.unique(points, axis=0)) if points.shape[1] else 0
    candidates = [k for k in range(smallest, largest + 1) if k < different]
    rows = [_try_k(points, k, seed=seed) for k in candidates]
    tried = pl.DataFrame(rows, schema=_SELECTION_SCHEMA, orient="row")
    fits = (pl.col("smallest_share") >= minimum_share) & (pl.col("stability") >= minimum_stability)
    eligible = tried.filter(fits)
    best = eligible.sort("silhouette", descending=True) if len(eligible) else tried.sort("stability", descending=True)
    why_not = pl.when(~fits).then(
        pl.lit(f"a cluster under {minimum_share:.0%} of customers, or stability under {minimum_stability:g}")
    )
    chosen = best["k"].first()
    return tried.with_columns(pl.col("k").eq(pl.lit(chosen)).alias("chosen"), why_not.alias("note"))


_SELECTION_SCHEMA = {
    "k": pl.Int32,
    "silhouette": pl.Float64,
    "davies_bouldin": pl.Float64,
    "stability": pl.Float64,
    "smallest_share": pl.Float64,
}


def _try_k(points: Matrix, k: int, *, seed: int) -> tuple[int, float, float, float, float]:
    fit = _fit(points, k, seed)
    labels = fit.labels_
    random = np.random.default_rng([seed, k])
    refits = [
        _fit(points[random.integers(0, len(points), len(points))], k, seed + refit + 1) for refit in range(REFITS)
    ]
    stability = np.mean([adjusted_rand_score(labels, refit.predict(points)) for refit in refits])
    return (
        k,
        float(silhouette_score(points, labels, sample_size=min(PAIRED, len(points)), random_state=seed)),
        float(davies_bouldin_score(points, labels)),
        float(stability),
        float(np.bincount(labels, minlength=k).min() / len(points)),
    )


def _fit(points: Matrix, k: int, seed: int) -> KMeans:
    return KMeans(k, n_init=STARTS, random_state=seed).fit(points)


def fit_clusters(customers: pl.DataFrame, k: int, *, seed: int) -> ClusterModel:
    """k-means with `k` clusters on the scaled features.

    Args:
        customers: `customer_id`, `spend` and the features, sorted by customer_id; the same rows and seed give the
            same clusters.
    """
    scalings = fit_scaling(customers)
    points = scale_features(customers, scalings)
    fit = _fit(points, k, seed)
    spend = customers["spend"].to_numpy()
    mean_spend = [spend[fit.labels_ == cluster].mean() for cluster in range(k)]
    centres = fit.cluster_centers_[np.argsort(mean_spend)[::-1]]
    return ClusterModel(scalings, centres, name_clusters(centres, scalings))


def profile_clusters(customers: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """One row per cluster: customers, share, mean spend and the mean of every feature.

    Args:
        customers: `customer_id`, `spend` and the features.
        clusters: the result of `ClusterModel.assign` on the same customers.
    """
    return (
        customers.join(clusters, on="customer_id")
        .group_by("cluster_id", "cluster_name", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("customers"),
            (pl.len() / customers.height).alias("share"),
            pl.col("spend").mean().alias("mean_spend"),
            *(pl.col(feature.name).mean() for feature in FEATURES),
        )
        .sort("cluster_id")
    )
