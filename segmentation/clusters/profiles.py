"""What the customers of each cluster are like."""

from collections.abc import Sequence

import polars as pl

from segmentation.clusters.model import ClusterModel


def sum_clusters(customers: pl.DataFrame, clusters: pl.DataFrame, features: Sequence[str]) -> pl.DataFrame:
    """Customers and sums by cluster, of a part of the customers.

    Args:
        customers: `customer_id`, `spend` and the features.
        clusters: the result of `ClusterModel.assign` on the same rows.
    Returns: `cluster_id`, `customers`, and for spend and each feature its sum and, as `<name>_known`, the customers
        who have it.
    """
    columns = ["spend", *features]
    return (
        customers.with_columns(cluster_id=clusters["cluster_id"])
        .group_by("cluster_id", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("customers"),
            *(pl.col(name).sum() for name in columns),
            *(pl.col(name).count().cast(pl.Int64).alias(f"{name}_known") for name in columns),
        )
        .sort("cluster_id")
    )


def sum_types(features: Sequence[str]) -> dict[str, str]:
    """The types of the columns of `sum_clusters`, in DuckDB's words."""
    columns = ["spend", *features]
    return (
        {"cluster_id": "INTEGER", "customers": "BIGINT"}
        | dict.fromkeys(columns, "DOUBLE")
        | {f"{name}_known": "BIGINT" for name in columns}
    )


def profile_clusters(sums: Sequence[pl.DataFrame], model: ClusterModel, features: Sequence[str]) -> pl.DataFrame:
    """One row per cluster of the model: customers, share, mean spend and the mean of every feature.

    Args:
        sums: results of `sum_clusters`, in a fixed order.
    """
    names = [name.text for name in model.names]
    clusters = pl.DataFrame({"cluster_id": model.ids, "cluster_name": names}, schema_overrides={"cluster_id": pl.Int32})
    totals = pl.concat(sums).group_by("cluster_id", maintain_order=True).agg(pl.exclude("cluster_id").sum())
    customers = pl.col("customers").fill_null(0)
    return (
        clusters.join(totals, on="cluster_id", how="left")
        .select(
            "cluster_id",
            "cluster_name",
            customers,
            (customers / customers.sum()).alias("share"),
            _mean("spend").alias("mean_spend"),
            *(_mean(feature) for feature in features),
        )
        .sort("cluster_id")
    )


def _mean(name: str) -> pl.Expr:
    return pl.when(pl.col(f"{name}_known") > 0).then(pl.col(name) / pl.col(f"{name}_known"))
