"""Fitted clusters: how features are scaled, where the centres are, and how customers are assigned."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from segmentation.segments.features import FEATURES, Feature

Matrix = npt.NDArray[np.float64]

CLOSE_TO_CONSTANT = 1e-9


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


def fit_scaling(customers: pl.DataFrame) -> tuple[Scaling, ...]:
    """Scaling of every feature that is not constant over `customers`."""
    fitted = (Scaling.fit(feature, customers[feature.name].to_numpy().astype(np.float64)) for feature in FEATURES)
    return tuple(scaling for scaling in fitted if scaling.scale > CLOSE_TO_CONSTANT)


def scale_features(customers: pl.DataFrame, scalings: tuple[Scaling, ...]) -> Matrix:
    """Customers x features, scaled; same rows, same order."""
    columns = [s.apply(customers[s.feature.name].to_numpy().astype(np.float64)) for s in scalings]
    return np.column_stack(columns) if columns else np.empty((customers.height, 0))


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
        squared = _squared_distances(scale_features(customers, self.scalings), self.centres)
        nearest = squared.argmin(axis=1)
        return customers.select(
            "customer_id",
            pl.Series("cluster_id", nearest + 1, dtype=pl.Int32),
            pl.Series("cluster_name", np.array(self.names, dtype=object)[nearest], dtype=pl.String),
            pl.Series("distance", np.sqrt(squared.min(axis=1)), dtype=pl.Float64),
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


def _squared_distances(points: Matrix, centres: Matrix) -> Matrix:
    return np.stack([((points - centre) ** 2).sum(axis=1) for centre in centres], axis=1)
