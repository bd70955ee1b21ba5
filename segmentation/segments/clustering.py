"""Clusters: scale the features, choose their number, fit, name, assign."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, davies_bouldin_score, silhouette_score

from segmentation.segments.features import FEATURES, Feature

Matrix = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int32]

SAMPLE = 10_000  # customers the number of clusters is chosen on
PAIRED = 5_000  # of these, customers a silhouette is computed on: it takes every pair
REFITS = 5  # bootstrap refits per number of clusters
STARTS = 5  # starts of k-means; the best is kept
CLOSE_TO_CONSTANT = 1e-9
TRAITS = 2  # words in the name of a cluster
TRAIT_STANDS_OUT = 0.35  # standard deviations from the mean


@dataclass(frozen=True)
class Scaling:
    """How a feature is brought to mean 0 and standard deviation 1."""

    feature: Feature
    mean: float
    scale: float

    def apply(self, values: Matrix) -> Matrix:
        """Scaled values; a skewed feature is taken as ln(1 + x) first."""
        return (self._straighten(values) - self.mean) / self.scale

    def _straighten(self, values: Matrix) -> Matrix:
        return np.log1p(np.maximum(values, 0)) if self.feature.logarithm else values

    @classmethod
    def fit(cls, feature: Feature, values: Matrix) -> "Scaling":
        """Mean and population standard deviation of the straightened values."""
        straight = cls(feature, 0.0, 1.0)._straighten(values)
        return cls(feature, float(straight.mean()), float(straight.std()))


@dataclass(frozen=True)
class ClusterModel:
    """Fitted clusters, numbered from 1 by falling mean spend.

    Attributes:
        scalings: the features used; constant ones are not.
        centres: clusters x features, scaled.
        names: one per cluster.
    """

    scalings: tuple[Scaling, ...]
    centres: Matrix
    names: tuple[str, ...]

    def assign(self, customers: pl.DataFrame) -> pl.DataFrame:
        """The nearest cluster of each customer.

        Args:
            customers: `customer_id` and the features; see sql/customer_features.sql.
        Returns: `customer_id`, `cluster_id`, `cluster_name`, `distance`; same rows, same order.
        """
        squared = _squared_distances(_scale(customers, self.scalings), self.centres)
        nearest = squared.argmin(axis=1)
        return customers.select(
            "customer_id",
            pl.Series("cluster_id", nearest + 1, dtype=pl.Int32),
            pl.Series("cluster_name", np.array(self.names, dtype=object)[nearest], dtype=pl.String),
            pl.Series("distance", np.sqrt(squared.min(axis=1)), dtype=pl.Float64),
        )


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
    points = _scale(sample, scalings)
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


def fit_scaling(customers: pl.DataFrame) -> tuple[Scaling, ...]:
    """Scaling of every feature that is not constant over `customers`."""
    fitted = (Scaling.fit(feature, customers[feature.name].to_numpy().astype(np.float64)) for feature in FEATURES)
    return tuple(scaling for scaling in fitted if scaling.scale > CLOSE_TO_CONSTANT)


def fit_clusters(customers: pl.DataFrame, k: int, *, seed: int) -> ClusterModel:
    """k-means with `k` clusters on the scaled features.

    Args:
        customers: `customer_id`, `spend` and the features, sorted by customer_id; the same rows and seed give the
            same clusters.
    """
    scalings = fit_scaling(customers)
    points = _scale(customers, scalings)
    fit = _fit(points, k, seed)
    spend = customers["spend"].to_numpy()
    mean_spend = [spend[fit.labels_ == cluster].mean() for cluster in range(k)]
    centres = fit.cluster_centers_[np.argsort(mean_spend)[::-1]]
    return ClusterModel(scalings, centres, name_clusters(centres, scalings))


def name_clusters(centres: Matrix, scalings: tuple[Scaling, ...]) -> tuple[str, ...]:
    """A different name for each cluster, from the features in which it is farthest from the mean.

    Two traits at first; clusters that would share a name get further traits, and a number if those run out.
    """
    words = [_traits(centre, scalings) for centre in centres]
    for length in range(TRAITS, len(scalings) + 1):
        names = [", ".join(traits[:length]) for traits in words]
        if len(set(names)) == len(names):
            break
        words = [t if names.count(name) > 1 else t[:length] for t, name in zip(words, names, strict=True)]
    return tuple(
        name.capitalize() if names.count(name) == 1 else f"{name.capitalize()} ({names[: i + 1].count(name)})"
        for i, name in enumerate(names)
    )


def _traits(centre: Matrix, scalings: tuple[Scaling, ...]) -> list[str]:
    order = np.argsort(-np.abs(centre), kind="stable")
    strong = [i for i in order if abs(centre[i]) >= TRAIT_STANDS_OUT]
    words = [scalings[i].feature.high if centre[i] > 0 else scalings[i].feature.low for i in strong]
    return words or ["average"]


def profile_clusters(customers: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """One row per cluster: customers, share, mean spend and the mean of every feature.

    Args:
        customers: `customer_id`, `spend` and the features.
        clusters: the result of `ClusterModel.assign` on the same customers.
    """
    return (
        customers.join(clusters, on="customer_id")
        .group_by("cluster_id", "cluster_name")
        .agg(
            pl.len().cast(pl.Int64).alias("customers"),
            (pl.len() / customers.height).alias("share"),
            pl.col("spend").mean().alias("mean_spend"),
            *(pl.col(feature.name).mean() for feature in FEATURES),
        )
        .sort("cluster_id")
    )


def model_rows(model: ClusterModel) -> pl.DataFrame:
    """The model as a table: one row per cluster and feature."""
    return pl.DataFrame(
        [
            {
                "cluster_id": cluster + 1,
                "cluster_name": name,
                "feature": scaling.feature.name,
                "logarithm": scaling.feature.logarithm,
                "mean": scaling.mean,
                "scale": scaling.scale,
                "centre": float(model.centres[cluster, column]),
            }
            for cluster, name in enumerate(model.names)
            for column, scaling in enumerate(model.scalings)
        ]
    )


def restore_model(rows: pl.DataFrame) -> ClusterModel | None:
    """The model from its table, or None if the table is empty."""
    if rows.is_empty():
        return None
    features: Mapping[str, Feature] = {feature.name: feature for feature in FEATURES}
    rows = rows.sort("cluster_id", "feature")
    names = rows.unique("cluster_id").sort("cluster_id")["cluster_name"].to_list()
    first = rows.filter(pl.col("cluster_id") == 1)
    scalings = tuple(
        Scaling(features[row["feature"]], row["mean"], row["scale"]) for row in first.iter_rows(named=True)
    )
    return ClusterModel(scalings, rows["centre"].to_numpy().reshape(len(names), len(scalings)), tuple(names))


def _scale(customers: pl.DataFrame, scalings: tuple[Scaling, ...]) -> Matrix:
    columns = [s.apply(customers[s.feature.name].to_numpy().astype(np.float64)) for s in scalings]
    return np.column_stack(columns) if columns else np.empty((customers.height, 0))


def _squared_distances(points: Matrix, centres: Matrix) -> Matrix:
    return np.stack([((points - centre) ** 2).sum(axis=1) for centre in centres], axis=1)
