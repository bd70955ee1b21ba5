"""Tonight's segments, and what customers were in on any earlier day."""

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from segmentation.clusters.model import ClusterModel
from segmentation.clusters.stage import feature_query, model_in_force
from segmentation.contract.segments import (
    HISTORY,
    RFM,
    RFM_THRESHOLDS,
    RULES,
    UNSCORED,
)
from segmentation.errors import ScoringError, SettingsError
from segmentation.segments.features import FEATURE_NAMES
from segmentation.segments.rfm import build_cells, build_steps, count_bins, describe_rules, describe_thresholds
from segmentation.segments.rfm_methods import RFM_METHODS, THRESHOLDS_SCHEMA, Question, RfmMethod
from segmentation.segments.rules import SegmentRule, carry_over, find_faults
from segmentation.segments.scores import MEASURES, Measure
from segmentation.settings import RfmSettings
from segmentation.warehouse.connection import Connection, ask, execute, fetch, frames, kept, read_sql
from segmentation.warehouse.mapping import mapped
from segmentation.warehouse.schema import append_relation, clear, replace_rows

SEGMENTS_SQL = read_sql("rfm_segments")

log = logging.getLogger(__name__)

KNOWN = {"customer_id": "VARCHAR", "cluster": "VARCHAR"}
MOST_MONEY = 10**16  # a DECIMAL(18,2) holds less


@dataclass(frozen=True)
class Scoring:
    """How the customers of one date are scored.

    Attributes:
        label: the method in words.
        bins: number of scores of each measure.
        earlier: thresholds of the frozen date; empty unless the method uses them.
        thresholds: see rfm_methods.THRESHOLDS_SCHEMA.
    """

    method: RfmMethod
    label: str
    bins: tuple[int, ...]
    rules: tuple[SegmentRule, ...]
    earlier: pl.DataFrame
    thresholds: pl.DataFrame


def segment_customers(connection: Connection, as_of: dt.date, settings: RfmSettings) -> None:
    """Write segments.unscored, segments.rfm, the rules and the thresholds of `as_of`.

    Raises:
        ScoringError: the frozen date is later than `as_of` or has no thresholds, or what a customer spent is more than
            an amount can be.
        SettingsError: the rules of the settings do not fit the scores of the frozen date.
    """
    if settings.method == "frozen" and settings.frozen_at and settings.frozen_at > as_of:
        raise ScoringError(
            f"rfm.frozen_at = {settings.frozen_at} is after the as-of date {as_of}; name an earlier date"
        )
    leave_out_objectors(connection, as_of)
    with scored_customers(connection, as_of, settings) as scoring:
        clear(connection, RFM)
        append_relation(connection, RFM, "rfm_segments")
    replace_rows(connection, RULES, describe_rules(scoring.rules))
    cells = fetch(connection, "rfm_cells_found")
    thresholds = describe_thresholds(scoring.thresholds, cells, as_of=as_of, method=scoring.label)
    replace_rows(connection, RFM_THRESHOLDS, thresholds, as_of_date=as_of)
    log.info("%s customers scored (%s)", f"{cells['customers'].sum():,}", scoring.label)


@contextmanager
def scored_customers(connection: Connection, as_of: dt.date, settings: RfmSettings) -> Iterator[Scoring]:
    """Let SQL see the relations of sql/rfm_segments.sql for a while, as known at the end of `as_of`.

    Raises:
        ScoringError, SettingsError: see `segment_customers`.
    """
    scoring = _choose_scoring(connection, as_of, settings)
    with kept(connection, "customer_rfm", as_of_date=as_of):
        _refuse_too_much_money(connection)
        for measure in MEASURES:
            scoring = _find_thresholds(connection, scoring, measure, settings)
        with (
            _climbing(connection, scoring.thresholds),
            frames(connection, rfm_cells=build_cells(scoring.rules, scoring.bins)),
        ):
            yield scoring


def _choose_scoring(connection: Connection, as_of: dt.date, settings: RfmSettings) -> Scoring:
    nothing = pl.DataFrame(schema=THRESHOLDS_SCHEMA)
    method, label = RFM_METHODS[settings.method], settings.method
    if settings.method != "frozen" or settings.frozen_at is None:
        bins = settings.bins_by_measure
        return Scoring(method, label, bins, settings.rules or carry_over(bins), nothing, nothing)
    earlier = _thresholds_at(connection, settings.frozen_at)
    bins = count_bins(earlier)
    if settings.rules and (faults := find_faults(settings.rules, bins)):
        raise SettingsError(f"rfm.segments with the scores of {settings.frozen_at}: {'; '.join(faults)}")
    if as_of < settings.frozen_at:  # what was not known then
        method, earlier = RFM_METHODS["quantile"], nothing
    return Scoring(
        method, f"frozen at {settings.frozen_at}", bins, settings.rules or carry_over(bins), earlier, nothing
    )


def _thresholds_at(connection: Connection, day: dt.date) -> pl.DataFrame:
    thresholds = fetch(connection, "rfm_thresholds_at", as_of_date=day)
    if thresholds.is_empty():
        days = execute(
            connection,
            f"select distinct as_of_date from {RFM_THRESHOLDS.full_name} where method is not null order by all",
        )
        known = ", ".join(str(day) for (day,) in days) or "none yet; run a night with another rfm.method first"
        raise ScoringError(f"rfm.frozen_at = {day}: no thresholds are kept of this date; there are: {known}")
    return thresholds


def _refuse_too_much_money(connection: Connection) -> None:
    too_much = execute(
        connection,
        "select customer_id, spend from customer_rfm where abs(spend) >= $most order by customer_id limit 1",
        most=MOST_MONEY,
    )
    for customer_id, spend in too_much:
        raise ScoringError(
            f"customer {customer_id}: the orders add up to {spend}, more than an amount can be "
            f"(18 digits, two of them after the point); correct them in the source"
        )


def _find_thresholds(connection: Connection, scoring: Scoring, measure: Measure, settings: RfmSettings) -> Scoring:
    """`scoring` with the thresholds of a further measure; none if there is nobody to look at."""
    values = pl.DataFrame()
    if scoring.method.most_values:
        earlier_scores = scoring.thresholds if scoring.method.is_nested else scoring.thresholds.clear()
        with _climbing(connection, earlier_scores):
            values = fetch(connection, "rfm_values", measure=measure.name, most=scoring.method.most_values)
        if values.is_empty():
            return scoring
    question = Question(
        measure,
        scoring.bins[MEASURES.index(measure)],
        values,
        settings.cut_points.get(measure.kind, ()),
        scoring.earlier.filter(pl.col("measure") == measure.name),
    )
    return replace(scoring, thresholds=pl.concat([scoring.thresholds, scoring.method.split(question)]))


@contextmanager
def _climbing(connection: Connection, thresholds: pl.DataFrame) -> Iterator[None]:
    with frames(connection, **build_steps(thresholds)):
        execute(connection, f"create or replace temp view scored_customers as {read_sql('scored_customers')}")
        yield


def leave_out_objectors(connection: Connection, as_of: dt.date) -> None:
    """Write segments.unscored, and take its customers out of segments.history, earlier dates included.

    Nobody may be profiled for marketing who has objected to it (GDPR, article 21).
    """
    with kept(connection, "suppression_rules", on_date=as_of):
        objected = fetch(connection, "suppressed_customers").filter(reason="objection")
    rows = objected.select("customer_id", as_of_date=pl.lit(as_of), reason=pl.lit("objection"))
    replace_rows(connection, UNSCORED, rows)
    execute(
        connection,
        f"delete from {HISTORY.full_name} where customer_id in (select customer_id from {UNSCORED.full_name})",
    )
    if rows.height:
        log.info("%s customers have objected to marketing and are not scored", f"{rows.height:,}")


@contextmanager
def groups_known(
    connection: Connection, as_of: dt.date, settings: RfmSettings, among: str, /, **parameters: object
) -> Iterator[None]:
    """Keep segment and cluster of customers as `customers_known` has them, in DuckDB as table known_groups for a while.

    Args:
        among: SELECT of the `customer_id` of those who matter, with its `parameters`.
    """
    model = model_in_force(connection)
    own = f"semi join ({among}) as chosen using (customer_id)"
    with ExitStack() as until_read:
        with scored_customers(connection, as_of, settings):
            segments = f"select customer_id, segment from ({read_sql('rfm_segments')}) {own}"
            until_read.enter_context(kept(connection, "known_segments", segments, **parameters))
        if model is None:
            nobody = "select customer_id, segment as cluster from known_segments where false"
            until_read.enter_context(kept(connection, "known_clusters", nobody))
        else:
            until_read.enter_context(_clusters_known(connection, model, as_of))
        groups = "from known_segments left join known_clusters using (customer_id)"
        with kept(connection, "known_groups", groups):
            yield


@contextmanager
def _clusters_known(connection: Connection, model: ClusterModel, as_of: dt.date) -> Iterator[None]:
    """Keep known_clusters of the customers of known_segments for a while."""
    query = feature_query([name for name in model.features if name not in FEATURE_NAMES])
    own = f"from ({query}) semi join known_segments using (customer_id)"
    with ExitStack() as until_read:
        with kept(connection, "customer_features", own, as_of_date=as_of, with_unscored=True):
            clusters = mapped(connection, "known_clusters", "customer_features", partial(_name_clusters, model), KNOWN)
            until_read.enter_context(clusters)
        yield


def _name_clusters(model: ClusterModel, customers: pl.DataFrame) -> pl.DataFrame:
    return model.assign(customers).select("customer_id", cluster="cluster_name")


def customers_known(connection: Connection, as_of: dt.date, settings: RfmSettings) -> pl.DataFrame:
    """Features, segment and cluster of each customer with an order by the end of `as_of`, from those orders alone.

    Clusters are tonight's, to which the customer is assigned by the features of that day. Those of segments.unscored
    are here with their features, so that results of mailings count everybody, but without segment and cluster.

    Returns: one row per customer, sorted: `customer_id`, the features, `spend`, `segment` (NULL if not scored),
        `cluster` (NULL if not scored, or without a model).
    """
    model = model_in_force(connection)
    attributes = [name for name in model.features if name not in FEATURE_NAMES] if model else []
    query = feature_query(attributes)
    customers = ask(connection, query, as_of_date=as_of, with_unscored=True)
    with scored_customers(connection, as_of, settings):
        segments = fetch(connection, "rfm_segments").select("customer_id", "segment")
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


@contextmanager
def segments_at(connection: Connection, as_of: dt.date, settings: RfmSettings) -> Iterator[None]:
    """Keep segment_at (`customer_id`, `segment`) for a while: each scored customer, from orders by `as_of`."""
    with scored_customers(connection, as_of, settings):
        execute(connection, f"create temp table segment_at as select customer_id, segment from ({SEGMENTS_SQL})")
    try:
        yield
    finally:
        execute(connection, "drop table segment_at")
