"""Fitted clusters with their ids and names: written to a table, read again, and how customers are assigned."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from segmentation.clusters.methods import Fit
from segmentation.clusters.names import ClusterName
from segmentation.clusters.scaling import Scaling, Scalings


@dataclass(frozen=True)
class ClusterModel:
    """Clusters as they are until the next refit.

    Attributes:
        scalings: the features used, in the order of the columns of `fit`.
        fit: where the clusters are; a row of its arrays per cluster.
        ids, names: one per cluster.
    """

    fitted_on: dt.date
    method: str
    scalings: tuple[Scaling, ...]
    fit: Fit
    ids: tuple[int, ...]
    names: tuple[ClusterName, ...]

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features used."""
        return tuple(scaling.feature for scaling in self.scalings)

    def assign(self, customers: pl.DataFrame) -> pl.DataFrame:
        """The cluster of each customer: the likeliest of the model.

        Args:
            customers: `customer_id` and the features used.
        Returns: `customer_id`, `cluster_id`, `cluster_name`, `distance` to the centre; same rows, same order.
        """
        points = Scalings(self.scalings, {}).apply(customers)
        labels = self.fit.assign(points)
        names = np.array([name.text for name in self.names], dtype=object)
        return customers.select(
            "customer_id",
            pl.Series("cluster_id", np.array(self.ids)[labels], dtype=pl.Int32),
            pl.Series("cluster_name", names[labels], dtype=pl.String),
            pl.Series("distance", np.sqrt(((points - self.fit.centres[labels]) ** 2).sum(axis=1)), dtype=pl.Float64),
        )


def model_rows(model: ClusterModel) -> pl.DataFrame:
    """The model as a table: one row per cluster and feature."""
    return pl.DataFrame(
        [
            {
                "as_of_date": model.fitted_on,
                "method": model.method,
                "cluster_id": cluster_id,
                "cluster_name": name.text,
                "weight": float(model.fit.weights[row]),
                "feature": scaling.feature,
                "position": column,
                "named_for": name.side_of(scaling.feature),
                "shape": scaling.shape,
                "knots": list(scaling.knots),
                "filler": scaling.filler,
                "mean": scaling.mean,
                "scale": scaling.scale,
                "centre": float(model.fit.centres[row, column]),
                "spread": float(model.fit.spreads[row, column]),
            }
            for row, (cluster_id, name) in enumerate(zip(model.ids, model.names, strict=True))
            for column, scaling in enumerate(model.scalings)
        ],
        schema_overrides={"knots": pl.List(pl.Float64), "named_for": pl.String},
    )


def restore_model(rows: pl.DataFrame) -> ClusterModel | None:
    """The model from the rows of `model_rows`, in any order; None if there are none."""
    if rows.is_empty():
        return None
    rows = rows.sort("cluster_id", "position")
    clusters = rows.partition_by("cluster_id", maintain_order=True)
    by_cluster = rows.filter(pl.col("position") == 0)
    shape = (len(clusters), rows["position"].n_unique())
    fit = Fit(
        rows["centre"].to_numpy().reshape(shape),
        rows["spread"].to_numpy().reshape(shape),
        by_cluster["weight"].to_numpy(),
    )
    columns = ("feature", "shape", "mean", "scale", "filler", "knots")
    scalings = tuple(
        Scaling(**{**row, "knots": tuple(row["knots"])}) for row in clusters[0].select(columns).iter_rows(named=True)
    )
    names = tuple(
        ClusterName(
            cluster["cluster_name"][0],
            frozenset(cluster.filter(pl.col("named_for").is_not_null()).select("feature", "named_for").iter_rows()),
        )
        for cluster in clusters
    )
    return ClusterModel(rows["as_of_date"][0], rows["method"][0], scalings, fit, tuple(by_cluster["cluster_id"]), names)
