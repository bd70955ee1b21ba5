"""The tables a run publishes beside `crm.*`, column by column as analysts see them."""

from segmentation.contract.inputs import INPUT_TABLES
from segmentation.contract.model import MONEY, Column, Table
from segmentation.segments.features import FEATURES

RUN_ID = Column("run_id", "VARCHAR", "Run that wrote the row; see ops.runs")
AS_OF_DATE = Column("as_of_date", "DATE", "Last day whose orders are known to the row")
CUSTOMER_ID = Column("customer_id", "VARCHAR", "Customer; see crm.customers")
CAMPAIGN_ID = Column("campaign_id", "VARCHAR", "Campaign; see crm.campaigns")
PLAN_ID = Column("plan_id", "VARCHAR", "Plan; see targeting.plans")
NOTE = Column("note", "VARCHAR", "Why a figure is missing, or what to know before using it")


def _interval(name: str, type_: str, what: str) -> tuple[Column, Column, Column]:
    return (
        Column(name, type_, what),
        Column(f"{name}_ci_low", type_, f"Lower end of the 95 % interval of {name}"),
        Column(f"{name}_ci_high", type_, f"Upper end of the 95 % interval of {name}"),
    )


LOADS = Table(
    "quality",
    "loads",
    "run and table: rows_read = rows_loaded + rows_rejected + rows_unchanged",
    (
        RUN_ID,
        Column("table_name", "VARCHAR", "Input table"),
        Column("source", "VARCHAR", "Files the rows came from; empty where the source has no such table"),
        Column("rows_read", "BIGINT", "Rows found in the source"),
        Column("rows_loaded", "BIGINT", "Rows new to the warehouse, or replacing one of the same key"),
        Column("rows_rejected", "BIGINT", "Rows that break the contract; see quality.rejects"),
        Column("rows_unchanged", "BIGINT", "Rows the warehouse already had, and exact repetitions"),
        NOTE,
    ),
    key=("run_id", "table_name"),
)

REJECTS = Table(
    "quality",
    "rejects",
    "rejected row of a source",
    (
        RUN_ID,
        Column("table_name", "VARCHAR", "Input table"),
        Column("source", "VARCHAR", "File the row came from"),
        Column("row_number", "BIGINT", "Data row within the file, counted from 1"),
        Column("reason", "VARCHAR", "What is wrong with the row: the first breach found"),
        Column("raw", "VARCHAR", "The row as it came: JSON of its columns, or the line as it stands"),
    ),
)

RFM = Table(
    "segments",
    "rfm",
    "customer with an order by the as-of date",
    (
        CUSTOMER_ID,
        AS_OF_DATE,
        Column("days_since_last_order", "INTEGER", "Days from the last order to the as-of date"),
        Column("order_count", "BIGINT", "Orders to date, returns not counted"),
        Column("spend", MONEY, "Money received to date, net of returns"),
        Column("recency_score", "TINYINT", "1 longest ago ... 5 most recent"),
        Column("frequency_score", "TINYINT", "1 fewest orders ... 5 most orders"),
        Column("monetary_score", "TINYINT", "1 least spend ... 5 most spend"),
        Column("rfm_cell", "VARCHAR", "The three scores in a row: 555 is best"),
        Column("segment", "VARCHAR", "Named segment; first rule that fits"),
    ),
    key=("customer_id",),
)

RFM_THRESHOLDS = Table(
    "segments",
    "rfm_thresholds",
    "as-of date, measure and score",
    (
        AS_OF_DATE,
        Column("measure", "VARCHAR", "days_since_last_order, order_count or spend"),
        Column("score", "TINYINT", "1 worst ... 5 best"),
        Column("lower", "DOUBLE", "Smallest value with this score"),
        Column("upper", "DOUBLE", "Largest value with this score"),
        Column("customers", "BIGINT", "Customers with this score"),
        NOTE,
    ),
    key=("as_of_date", "measure", "score"),
)

CLUSTERS = Table(
    "segments",
    "clusters",
    "customer with an order by the as-of date",
    (
        CUSTOMER_ID,
        AS_OF_DATE,
        Column("cluster_id", "INTEGER", "Cluster, 1 the one with the highest spend per customer"),
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

CLUSTER_MODEL = Table(
    "segments",
    "cluster_model",
    "cluster and feature: enough to assign a customer to tonight's clusters",
    (
        AS_OF_DATE,
        Column("cluster_id", "INTEGER", "Cluster"),
        Column("cluster_name", "VARCHAR", "What sets the cluster apart"),
        Column("feature", "VARCHAR", "Feature used"),
        Column("logarithm", "BOOLEAN", "ln(1 + x) is taken before scaling"),
        Column("mean", "DOUBLE", "Subtracted in scaling"),
        Column("scale", "DOUBLE", "Divided by in scaling"),
        Column("centre", "DOUBLE", "Centre of the cluster in the scaled feature"),
    ),
    key=("cluster_id", "feature"),
)

CLUSTER_SELECTION = Table(
    "segments",
    "cluster_selection",
    "candidate number of clusters",
    (
        Column("k", "INTEGER", "Number of clusters tried"),
        Column("silhouette", "DOUBLE", "Mean silhouette, -1 to 1, higher is better"),
        Column("davies_bouldin", "DOUBLE", "Davies-Bouldin index, lower is better"),
        Column("stability", "DOUBLE", "Mean adjusted Rand index over bootstrap refits, 1 is the same clusters"),
        Column("smallest_share", "DOUBLE", "Share of customers in the smallest cluster, 0-1"),
        Column("chosen", "BOOLEAN", "The number used"),
        NOTE,
    ),
    key=("k",),
)

HISTORY = Table(
    "segments",
    "history",
    "customer and as-of date",
    (
        CUSTOMER_ID,
        AS_OF_DATE,
        Column("segment", "VARCHAR", "Segment at that date"),
        Column("cluster_id", "INTEGER", "Cluster at that date, in the numbering of that date"),
    ),
    key=("customer_id", "as_of_date"),
)

PLANS = Table(
    "targeting",
    "plans",
    "planned campaign",
    (
        PLAN_ID,
        CAMPAIGN_ID,
        Column("as_of_date", "DATE", "Last day known to the plan"),
        Column("created_at", "TIMESTAMP", "Moment of planning"),
        Column("created_by", "VARCHAR", "Who or what planned"),
        Column("status", "VARCHAR", "draft, approved, rejected or exported"),
        Column("parameters", "VARCHAR", "Settings of the plan as JSON"),
        Column("mailed", "BIGINT", "Customers to be mailed"),
        Column("held_out", "BIGINT", "Customers held out as control"),
        Column("cost", MONEY, "Cost of the mailing"),
        Column("expected_response", "DOUBLE", "Expected response rate of the mailed, 0-1"),
        *_interval("expected_incremental_profit", MONEY, "Expected incremental margin less cost"),
        Column("minimum_detectable_uplift", "DOUBLE", "Smallest uplift of the response rate seen with power 80 %"),
        NOTE,
    ),
    key=("plan_id",),
)

SELECTION = Table(
    "targeting",
    "selection",
    "customer in a plan, hold-out included",
    (
        PLAN_ID,
        CUSTOMER_ID,
        Column("arm", "VARCHAR", "treatment (to be mailed) or control (held out)"),
        Column("cell", "VARCHAR", "Test cell"),
        Column("keycode", "VARCHAR", "Key code to print; empty for control"),
        Column("expected_response", "DOUBLE", "Expected response rate if mailed, 0-1"),
        Column("expected_uplift", "DOUBLE", "Expected incremental revenue per head if mailed"),
        Column("expected_profit", "DOUBLE", "Expected incremental margin less the cost of the piece"),
        Column("rank", "BIGINT", "1 is mailed first"),
    ),
    key=("plan_id", "customer_id"),
)

EXCLUSIONS = Table(
    "targeting",
    "exclusions",
    "customer left out of a plan",
    (PLAN_ID, CUSTOMER_ID, Column("reason", "VARCHAR", "The first reason that applied")),
    key=("plan_id", "customer_id"),
)

WATERFALL = Table(
    "targeting",
    "waterfall",
    "step of a plan, from all customers to the mailed",
    (
        PLAN_ID,
        Column("step", "INTEGER", "Order of the steps"),
        Column("reason", "VARCHAR", "Why customers leave at this step"),
        Column("customers_before", "BIGINT", "Customers before the step"),
        Column("customers_removed", "BIGINT", "Customers that leave"),
        Column("customers_after", "BIGINT", "Customers that remain"),
    ),
    key=("plan_id", "step"),
)

ATTRIBUTION = Table(
    "response",
    "attribution",
    "credited order or reply; an order is credited once",
    (
        CAMPAIGN_ID,
        CUSTOMER_ID,
        Column("order_id", "VARCHAR", "Order credited; empty for a reply recorded without an order"),
        Column("method", "VARCHAR", "keycode (quoted) or matchback (mailed customer, within the window)"),
        Column("amount", MONEY, "Money credited"),
        Column("ordered_at", "TIMESTAMP", "Moment of the order or reply"),
    ),
)

UPLIFT = Table(
    "response",
    "uplift",
    "campaign, dimension, level, metric and method",
    (
        CAMPAIGN_ID,
        Column("dimension", "VARCHAR", "all, cell, segment or cluster, as known before the mailing"),
        Column("level", "VARCHAR", "Value of the dimension; all for all"),
        Column("metric", "VARCHAR", "response, conversion, revenue or margin"),
        Column("method", "VARCHAR", "randomised (against the hold-out) or observational (a model's estimate)"),
        Column("treated", "BIGINT", "Customers mailed"),
        Column("control", "BIGINT", "Customers compared with: held out, or not mailed by choice"),
        Column("treated_mean", "DOUBLE", "Rate or money per head of the mailed"),
        Column("control_mean", "DOUBLE", "The same of the hold-out, or what the mailed would have done unmailed"),
        Column("uplift", "DOUBLE", "treated_mean less control_mean"),
        Column("ci_low", "DOUBLE", "Lower end of the 95 % interval"),
        Column("ci_high", "DOUBLE", "Upper end of the 95 % interval"),
        Column("p_value", "DOUBLE", "Two-sided, of no uplift"),
        Column("p_adjusted", "DOUBLE", "all: Holm over the metrics; else Benjamini-Hochberg over the levels"),
        Column("provisional", "BOOLEAN", "The response window is still open at the as-of date"),
        NOTE,
    ),
    key=("campaign_id", "dimension", "level", "metric", "method"),
)

CAMPAIGN_RESULTS = Table(
    "response",
    "campaigns",
    "campaign that has started",
    (
        CAMPAIGN_ID,
        Column("name", "VARCHAR", "Name people use for the campaign"),
        Column("starts_on", "DATE", "First day of the response window"),
        Column("ends_on", "DATE", "Last day of the response window"),
        Column("design", "VARCHAR", "randomised (there was a hold-out) or observational (there was none)"),
        Column("mailed", "BIGINT", "Customers mailed"),
        Column("held_out", "BIGINT", "Customers held out"),
        Column("responders", "BIGINT", "Mailed customers with a recorded reply"),
        Column("response_rate", "DOUBLE", "responders / mailed"),
        Column("response_rate_ci_low", "DOUBLE", "Lower end of the 95 % Wilson interval"),
        Column("response_rate_ci_high", "DOUBLE", "Upper end of the 95 % Wilson interval"),
        Column("cost", MONEY, "Cost of the mailing"),
        Column("cost_per_response", "DOUBLE", "cost / responders"),
        *_interval("incremental_responses", "DOUBLE", "Replies that would not have come without the mailing"),
        *_interval("cost_per_incremental_response", "DOUBLE", "cost / incremental_responses"),
        *_interval("incremental_revenue", "DOUBLE", "Revenue that would not have come without the mailing"),
        *_interval("incremental_margin", "DOUBLE", "Margin that would not have come without the mailing"),
        *_interval("incremental_profit", "DOUBLE", "incremental_margin less cost"),
        Column("roi", "DOUBLE", "incremental_profit / cost"),
        Column("pays", "VARCHAR", "yes or no when the interval of the profit says so, else not proven"),
        Column("provisional", "BOOLEAN", "The response window is still open at the as-of date"),
        NOTE,
    ),
    key=("campaign_id",),
)

RUNS = Table(
    "ops",
    "runs",
    "finished run that wrote the warehouse",
    (
        RUN_ID,
        Column("flow", "VARCHAR", "night, plan-mailing or measure-campaign"),
        Column("started_at", "TIMESTAMP", "Start, local time"),
        Column("finished_at", "TIMESTAMP", "End, local time"),
        Column("status", "VARCHAR", "completed"),
        AS_OF_DATE,
        Column("parameters", "VARCHAR", "Settings of the run as JSON"),
        Column("triggered_by", "VARCHAR", "Who or what started the run"),
        Column("code_version", "VARCHAR", "Version of Mailworth"),
        Column("input_fingerprint", "VARCHAR", "Hash of names, sizes and contents of the source's files"),
    ),
    key=("run_id",),
)

PUBLISHED_TABLES = (
    *INPUT_TABLES,
    LOADS,
    REJECTS,
    RFM,
    RFM_THRESHOLDS,
    CLUSTERS,
    CLUSTER_PROFILES,
    CLUSTER_MODEL,
    CLUSTER_SELECTION,
    HISTORY,
    PLANS,
    SELECTION,
    EXCLUSIONS,
    WATERFALL,
    ATTRIBUTION,
    UPLIFT,
    CAMPAIGN_RESULTS,
    RUNS,
)
