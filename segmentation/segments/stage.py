"""Tonight's segments and clusters, and what they were on any earlier day."""

import datetime as dt
import logging

import polars as pl
from threadpoolctl import threadpool_limits

from segmentation.contract.segments import (
    CLUSTER_MODEL,
    CLUSTER_PROFILES,
    CLUSTER_SELECTION,
    CLUSTERS,
    HISTORY,
    RFM,
    RFM_THRESHOLDS,
    UNSCORED,
)
from segmentation.segments.cluster_model import ClusterModel, model_rows, restore_model
from segmentation.segments.clustering import choose_k, fit_clusters, profile_clusters
from segmentation.segments.rfm import measure_thresholds, score_rfm
from segmentation.segments.rules import assign_segments
from segmentation.settings import ClusterSettings
from segmentation.warehouse.connection import Connection, execute, fetch
from segmentation.warehouse.schema import replace_matching, replace_rows

log = logging.getLogger(__name__)


def segment_customers(connection: Connection, as_of: dt.date) -> None:
    """Write segments.unscored, segments.rfm and the thresholds of `as_of`."""
    leave_out_objectors(connection, as_of)
    segmented = rfm_segments(connection, as_of)
    replace_rows(connection, RFM, segmented)
    replace_matching(connection, RFM_THRESHOLDS, measure_thresholds(segmented), as_of_date=as_of)
    log.info("%s customers in %s segments", f"{segmented.height:,}", segmented["segment"].n_unique())


def leave_out_objectors(connection: Connection, as_of: dt.date) -> None:
    """Write segments.unscored, and take its customers out of segments.history, earlier dates included.

    Nobody may be profiled for marketing who has objected to it (GDPR, article 21).
    """
    objected = fetch(connection, "suppressed_customers", on_date=as_of).filter("has_objected")
    rows = objected.select("customer_id", as_of_date=pl.lit(as_of), reason=pl.lit("objection"))
    replace_rows(connection, UNSCORED, rows)
    execute(
        connection,
        f"delete from {HISTORY.full_name} where customer_id in (select customer_id from {UNSCORED.full_name})",
    )
    if rows.height:
        log.info("%s customers have objected to marketing and are not scored", f"{rows.height:,}")


def rfm_segments(connection: Connection, as_of: dt.date) -> pl.DataFrame:
    """Scores and segments as known at the end of `as_of`; one row per customer with an order by then."""
    return assign_segments(score_rfm(fetch(connection, "customer_rfm", as_of_date=as_of)))


# Small fits lose more by waiting for each other than they gain, and one thread adds up in one order.
@threadpool_limits.wrap(limits=1)  # type: ignore[untyped-decorator]
def cluster_customers(connection: Connection, as_of: dt.date, settings: ClusterSettings) -> None:
    """Write segments.clusters, their profiles, model and the table of the choice.

    With fewer different customers than clusters nothing can be fitted: the tables are left empty.
    """
    customers = fetch(connection, "customer_features", as_of_date=as_of, with_unscored=False)
    selection = choose_k(
        customers,
        smallest=settings.smallest,
        largest=settings.largest,
        minimum_share=settings.minimum_share,
        minimum_stability=settings.minimum_stability,
        seed=settings.seed,
    )
    replace_rows(connection, CLUSTER_SELECTION, selection)
    chosen = selection.filter("chosen")["k"]
    if chosen.is_empty():
        log.warning("too few different customers for %s clusters: none are made", settings.smallest)
        for table in (CLUSTERS, CLUSTER_PROFILES, CLUSTER_MODEL):
            replace_rows(connection, table, pl.DataFrame(schema={"cluster_id": pl.Int32}))
        return
    model = fit_clusters(customers, chosen[0], seed=settings.seed)
    clusters = model.assign(customers)
    day = pl.lit(as_of).alias("as_of_date")
    replace_rows(connection, CLUSTERS, clusters.with_columns(day))
    replace_rows(connection, CLUSTER_PROFILES, profile_clusters(customers, clusters))
    replace_rows(connection, CLUSTER_MODEL, model_rows(model).with_columns(day))
    log.info("%s clusters: %s", chosen[0], "; ".join(model.names))


def keep_history(connection: Connection, as_of: dt.date) -> None:
    """Let segments.history have tonight's segment and cluster of every customer."""
    replace_matching(connection, HISTORY, fetch(connection, "segment_membership"), as_of_date=as_of)


def cluster_model(connection: Connection) -> ClusterModel | None:
    """Tonight's fitted clusters."""
    return restore_model(connection.sql(f"from {CLUSTER_MODEL.full_name}").pl())


def customers_known(connection: Connection, as_of: dt.date) -> pl.DataFrame:
    """Features, segment and cluster of each customer with an order by the end of `as_of`, from those orders alone.

    Clusters are tonight's, to which the customer is assigned by the features of that day. Those of segments.unscored
    are here with their features, so that results of mailings count everybody, but without segment and cluster.

    Returns: one row per customer, sorted: `customer_id`, the features, `spend`, `segment` (NULL if not scored),
        `cluster` (NULL if not scored, or without a model).
    """
    customers = fetch(connection, "customer_features", as_of_date=as_of, with_unscored=True)
    segments = rfm_segments(connection, as_of).select("customer_id", "segment")
    model = cluster_model(connection)
    scored = customers.join(segments, on="customer_id", how="semi", maintain_order="left")
    clusters = (
        model.assign(scored).select("customer_id", pl.col("cluster_name").alias("cluster"))
        if model
        else scored.select("customer_id", pl.lit(None, dtype=pl.String).alias("cluster"))
    )
    return (
        customers.join(segments, on="customer_id", how="left")
        .join(clusters, on="customer_id", how="left")
        .sort("customer_id")
    )
