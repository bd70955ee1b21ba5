"""Clusters of a night beside k-means of scikit-learn on all customers at once.

Both have the same features, scaled alike, the same number of clusters and as many starts. The night's step also finds
the features, the number of clusters and their names; scikit-learn is given them.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans

from benchmarks.measuring import Rows, measured
from benchmarks.population.make import NIGHTS
from segmentation.clusters.methods import STARTS
from segmentation.clusters.scaling import Scalings
from segmentation.clusters.stage import cluster_customers, feature_batches, feature_query, model_in_force
from segmentation.segments.stage import segment_customers
from segmentation.settings import ClusterSettings, RfmSettings
from segmentation.warehouse.connection import Connection, execute, kept, open_database
from segmentation.warehouse.schema import create_tables

Points = npt.NDArray[np.float64]


def run(source: Path, folder: Path) -> Rows:
    """Cluster the customers of `source/before` both ways; the last row has both sums of squares."""
    rows: Rows = []
    day = NIGHTS["before"]
    with open_database(folder / "w.duckdb") as connection:
        create_tables(connection)
        for table in ("customers", "orders"):
            execute(connection, f"insert into crm.{table} by name from '{source / 'before' / table}.parquet'")
        segment_customers(connection, day, RfmSettings())
        with measured(rows, "cluster"):
            cluster_customers(connection, day, ClusterSettings())
        points, centres = points_and_centres(connection)
    with measured(rows, "scikit-learn"):
        fitted = KMeans(len(centres), n_init=STARTS, random_state=0).fit(points)
    rows.append({"step": "squares", "cluster": squares(points, centres), "scikit-learn": float(fitted.inertia_)})
    return rows


def points_and_centres(connection: Connection) -> tuple[Points, Points]:
    """Customers x features, scaled, and the centres in use."""
    model = model_in_force(connection)
    assert model is not None
    with kept(connection, "customer_features", feature_query(()), as_of_date=NIGHTS["before"], with_unscored=False):
        points = np.concatenate(
            [Scalings(model.scalings, {}).apply(customers) for customers in feature_batches(connection)]
        )
    return points, model.fit.centres


def squares(points: Points, centres: Points) -> float:
    """Sum of the squared distances to the nearest centre."""
    parts = np.array_split(points, max(1, len(points) // 100_000))
    return float(sum(((part[:, None] - centres) ** 2).sum(axis=2).min(axis=1).sum() for part in parts))
