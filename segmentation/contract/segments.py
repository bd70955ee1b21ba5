"""Scores, segments and clusters of customers."""

from segmentation.contract.columns import AS_OF_DATE, CUSTOMER_ID, NOTE
from segmentation.contract.model import MONEY, Column, Table
from segmentation.segments.features import FEATURES

UNSCORED = Table(
    "segments",
    "unscored",
    "customer who is left out of scoring, clusters and rankings",
    (
        CUSTOMER_ID,
        AS_OF_DATE,
        Column("reason", "VARCHAR", "objection: a suppression with this reason holds on the as-of date"),
    ),
    key=("customer_id",),
)

RFM = Table(
    "segments",
    "rfm",
    "customer with an order by the as-of date, but for those of segments.unscored",
    (
        CUSTOMER_ID,
        AS_OF_DATE,
        Column("days_since_last_order", "INTEGER", "Days from the last order to the as-of date"),
        Column("order_count", "BIGINT", "Orders to date, returns not counted"),
        Column("spend", MONEY, "Money received to date, net of returns"),
        Column("recency_score", "TINYINT", "1 longest ago ... as many as there are bins, most recent"),
        Column("frequency_score", "TINYINT", "1 fewest orders ... as many as there are bins, most orders"),
        Column("monetary_score", "TINYINT", "1 least spend ... as many as there are bins, most spend"),
        Column("rfm_cell", "VARCHAR", "The three scores in a row, such as 555; 10-9-10 with ten bins"),
        Column("segment", "VARCHAR", "Named segment; see segments.rules"),
    ),
    key=("customer_id",),
)

RFM_THRESHOLDS = Table(
    "segments",
    "rfm_thresholds",
    "as-of date, measure, group of earlier scores and score",
    (
        AS_OF_DATE,
        Column("measure", "VARCHAR", "days_since_last_order, order_count or spend"),
        Column("score", "TINYINT", "1 worst ... best"),
        Column("lower", "DOUBLE", "Smallest value a customer with this score has"),
        Column("upper", "DOUBLE", "Largest value a customer with this score has"),
        Column("customers", "BIGINT", "Customers with this score"),
        NOTE,
        Column("method", "VARCHAR", "How the ranges were found; see rfm.method of the settings"),
        Column("within_recency", "TINYINT", "Recency score the range is for; empty where for all customers"),
        Column("within_frequency", "TINYINT", "Frequency score the range is for; empty where for all"),
        Column("starts_at", "DOUBLE", "Value the range begins with; it ends where the next begins. Empty: no range"),
    ),
    key=("as_of_date", "measure", "within_recency", "within_frequency", "score"),
)

RULES = Table(
    "segments",
    "rules",
    "segment",
    (
        Column("position", "INTEGER", "Order of the rules; the first that fits a customer gives the segment"),
        Column("segment", "VARCHAR", "Name of the segment"),
        Column("recency", "VARCHAR", "Recency scores it takes, such as 4-5; empty for any"),
        Column("frequency", "VARCHAR", "Frequency scores it takes; empty for any"),
        Column("monetary", "VARCHAR", "Monetary scores it takes; empty for any"),
        Column("description", "VARCHAR", "Who the customers are"),
        Column("advice", "VARCHAR", "What to do with them"),
    ),
    key=("segment",),
)

CLUSTERS = Table(
    "segments",
    "clusters",
    "customer with an order by the as-of date, but for those of segments.unscored",
    (
        CUSTOMER_ID,
        AS_OF_DATE,
        Column("cluster_id", "INTEGER", "Cluster; the same id means the same cluster on every night"),
        Column("cluster_name", "VARCHAR", "What sets the cluster apart"),
        Column("distance", "DOUBLE", "Distance to the cluster's centre in scaled features"),
    ),
    key=("customer_id",),
)

CLUSTER_PROFILES = Table(
    "segments",
    "cluster_profiles",
    "cluster",
    (
        Column("cluster_id", "INTEGER", "Cluster"),
        Column("cluster_name", "VARCHAR", "What sets the cluster apart"),
        Column("customers", "BIGINT", "Customers in the cluster"),
        Column("share", "DOUBLE", "Share of the clustered customers, 0-1"),
        Column("mean_spend", "DOUBLE", "Mean spend to date"),
        *(Column(f.name, "DOUBLE", f"Mean of: {f.description} ({f.unit})") for f in FEATURES),
    ),
    key=("cluster_id",),
)

CLUSTER_FITS = Table(
    "segments",
    "cluster_fits",
    "night that clusters were fitted on",
    (
        AS_OF_DATE,
        Column("method", "VARCHAR", "How clusters are found; see clusters.method of the settings"),
        Column("outcome", "VARCHAR", "first, refitted, kept (those before stay in use) or none"),
        Column("clusters", "INTEGER", "Number of clusters of the fit"),
        Column("stability", "DOUBLE", "Mean adjusted Rand index over bootstrap refits, 1 is the same clusters"),
        Column("agreement", "DOUBLE", "Adjusted Rand index with the clusters before, over the fitted customers"),
        Column("staying_share", "DOUBLE", "Share of the fitted customers whose cluster is the one they had, 0-1"),
        Column("same_clusters", "INTEGER", "Clusters that were there before, and have kept their id"),
        Column("settings", "VARCHAR", "Settings of the fit, as JSON; others make a refit due"),
        NOTE,
    ),
    key=("as_of_date",),
)

CLUSTER_MODEL = Table(
    "segments",
    "cluster_model",
    "fitted clusters, cluster and feature: enough to assign a customer; the newest are in use",
    (
        AS_OF_DATE,
        Column("method", "VARCHAR", "How the clusters were found"),
        Column("cluster_id", "INTEGER", "Cluster"),
        Column("cluster_name", "VARCHAR", "What sets the cluster apart"),
        Column("weight", "DOUBLE", "Share of the cluster before anything is known of a customer, 0-1"),
        Column("feature", "VARCHAR", "Feature used"),
        Column("position", "INTEGER", "Order of the features, from 0"),
        Column("named_for", "VARCHAR", "high or low, where the name tells of the feature"),
        Column("shape", "VARCHAR", "Done before scaling: plain, log (ln(1 + x)) or rank (share of knots below)"),
        Column("knots", "DOUBLE[]", "Values that ranks are taken among"),
        Column("filler", "DOUBLE", "Stands in for a missing value"),
        Column("mean", "DOUBLE", "Subtracted in scaling"),
        Column("scale", "DOUBLE", "Divided by in scaling"),
        Column("centre", "DOUBLE", "Centre of the cluster in the scaled feature"),
        Column("spread", "DOUBLE", "Standard deviation about it that assignment counts with; 1 for k-means"),
    ),
    key=("as_of_date", "cluster_id", "feature"),
)

CLUSTER_FEATURES = Table(
    "segments",
    "cluster_features",
    "night that clusters were fitted on and feature",
    (
        AS_OF_DATE,
        Column("feature", "VARCHAR", "Feature, or attribute of customers"),
        Column("description", "VARCHAR", "What it says of a customer"),
        Column("used", "BOOLEAN", "The clusters are made of it"),
        Column("shape", "VARCHAR", "Done before scaling: plain, log or rank"),
        NOTE,
    ),
    key=("as_of_date", "feature"),
)

CLUSTER_SELECTION = Table(
    "segments",
    "cluster_selection",
    "night that clusters were fitted on and candidate number of clusters",
    (
        AS_OF_DATE,
        Column("method", "VARCHAR", "How clusters are found"),
        Column("k", "INTEGER", "Number of clusters tried"),
        Column("silhouette", "DOUBLE", "Mean silhouette, -1 to 1, higher is better"),
        Column("davies_bouldin", "DOUBLE", "Davies-Bouldin index, lower is better"),
        Column("stability", "DOUBLE", "Mean adjusted Rand index over bootstrap refits, 1 is the same clusters"),
        Column("smallest_share", "DOUBLE", "Share of customers in the smallest cluster, 0-1"),
        Column("chosen", "BOOLEAN", "The best of the night; segments.cluster_fits says whether it is used"),
        NOTE,
    ),
    key=("as_of_date", "k"),
)

HISTORY = Table(
    "segments",
    "history",
    "customer on file and as-of date, but for those of segments.unscored",
    (
        CUSTOMER_ID,
        AS_OF_DATE,
        Column("segment", "VARCHAR", "Segment at that date; never bought for a customer without an order"),
        Column("cluster_id", "INTEGER", "Cluster at that date; the same id is the same cluster"),
    ),
    key=("customer_id", "as_of_date"),
)

MIGRATION = Table(
    "segments",
    "migration",
    "pair of dates that follow each other in segments.history, and of segments",
    (
        Column("from_date", "DATE", "As-of date"),
        Column("to_date", "DATE", "The next as-of date there is"),
        Column("from_segment", "VARCHAR", "Segment on from_date; not on file for customers who came later"),
        Column("to_segment", "VARCHAR", "Segment on to_date; not on file for customers who were taken out"),
        Column("customers", "BIGINT", "Customers who went from one to the other, or stayed"),
    ),
    key=("from_date", "to_date", "from_segment", "to_segment"),
)

DISTRIBUTION = Table(
    "segments",
    "distribution",
    "as-of date, measure and tenth of the scored customers",
    (
        AS_OF_DATE,
        Column("measure", "VARCHAR", "Feature of the customers, or spend"),
        Column("bin", "INTEGER", "Tenth, 1 lowest; equal values are in one, so some may be missing"),
        Column(
            "starts_at", "DOUBLE", "Value to three digits that the tenth begins with; it ends where the next begins"
        ),
        Column("customers", "BIGINT", "Customers in it"),
    ),
    key=("as_of_date", "measure", "bin"),
)

DRIFT = Table(
    "segments",
    "drift",
    "as-of date and measure",
    (
        AS_OF_DATE,
        Column("compared_with", "DATE", "The as-of date before"),
        Column("measure", "VARCHAR", "Feature of the customers, spend, or segment"),
        Column("psi", "DOUBLE", "Population stability index: 0 no change, above 0.25 a large one"),
        Column("warns", "BOOLEAN", "psi is above rfm.drift_limit of the settings"),
        NOTE,
    ),
    key=("as_of_date", "measure"),
)
