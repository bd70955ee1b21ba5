"""Tonight's clusters: fitted when it is time to, else the customers are assigned to those there are."""

import datetime as dt
import json
import logging
from collections.abc import Sequence
from functools import partial

import polars as pl
from threadpoolctl import threadpool_limits

from segmentation.clusters.choice import Limits
from segmentation.clusters.features import cluster_features
from segmentation.clusters.methods import CLUSTER_METHODS
from segmentation.clusters.model import ClusterModel, model_rows, restore_model
from segmentation.clusters.profiles import profile_clusters, sum_clusters, sum_types
from segmentation.clusters.refit import Refit, refit_clusters
from segmentation.contract.inputs import CUSTOMERS
from segmentation.contract.segments import (
    CLUSTER_FEATURES,
    CLUSTER_FITS,
    CLUSTER_MODEL,
    CLUSTER_PROFILES,
    CLUSTER_SELECTION,
    CLUSTERS,
)
from segmentation.contract.sql import quote
from segmentation.errors import SettingsError
from segmentation.segments.features import FEATURE_NAMES
from segmentation.settings import ClusterSettings
from segmentation.warehouse.connection import Connection, execute, fetch, kept, read_sql
from segmentation.warehouse.mapping import collected, mapped
from segmentation.warehouse.schema import add_column, append_rows, clear, stored_attributes

log = logging.getLogger(__name__)

ASSIGNED = {"customer_id": "VARCHAR", "cluster_id": "INTEGER", "cluster_name": "VARCHAR", "distance": "DOUBLE"}
NO_CLUSTERS = pl.DataFrame(schema={"cluster_id": pl.Int32})


# Small fits lose more by waiting for each other than they gain, and one thread adds up in one order.
@threadpool_limits.wrap(limits=1)  # type: ignore[untyped-decorator]
def cluster_customers(connection: Connection, as_of: dt.date, settings: ClusterSettings) -> None:
    """Write segments.clusters and their profiles; on a night of a refit also model, features, choice and fit.

    Clusters are fitted on the first night, `refit_days` after the last fit, and when the settings of clusters change.
    A refit takes over ids and names of clusters that stay the same; one that is not stable leaves those in use that
    there are. With fewer different customers than clusters nothing can be fitted: the tables are left empty.

    Raises:
        SettingsError: `attributes` names what is no attribute of crm.customers, or one without a number.
    """
    _refuse_impossible_attributes(connection, settings)
    for table in (CLUSTER_MODEL, CLUSTER_FEATURES, CLUSTER_SELECTION, CLUSTER_FITS):
        execute(connection, f"delete from {table.full_name} where coalesce(as_of_date >= $as_of, true)", as_of=as_of)
    features = [feature.name for feature in cluster_features(settings.attributes)]
    query = feature_query(settings.attributes)
    with kept(connection, "customer_features", query, as_of_date=as_of, with_unscored=False):
        model = model_in_force(connection)
        if _is_due(connection, as_of, settings, model):
            model = _refit(connection, as_of, settings, model)
        clear(connection, CLUSTERS)
        clear(connection, CLUSTER_PROFILES)
        if model is not None:
            _assign(connection, model, as_of, features)


def feature_query(attributes: Sequence[str]) -> str:
    """SELECT of sql/customer_features.sql with a column for each attribute, as it was known on `$as_of_date`.

    A value that is no finite number is NULL.
    """
    features = read_sql("customer_features")
    if not attributes:
        return features
    numbers = ", ".join(
        f"case when isfinite(try_cast(known.{quote(name)} as double)) then try_cast(known.{quote(name)} as double) "
        f"end as {quote(name)}"
        for name in attributes
    )
    return (
        f"select features.*, {numbers} from (\n{features}\n) as features "
        f"left join (\n{read_sql('customers_at')}\n) as known using (customer_id) order by features.customer_id"
    )


def model_in_force(connection: Connection) -> ClusterModel | None:
    """The clusters that customers are assigned to."""
    return restore_model(fetch(connection, "cluster_model_rows"))


def _is_due(connection: Connection, as_of: dt.date, settings: ClusterSettings, model: ClusterModel | None) -> bool:
    last = fetch(connection, "cluster_last_fit")
    if last.is_empty() or model is None or last["settings"].item() != _written(settings):
        return True
    return bool((as_of - last["as_of_date"].item()).days >= settings.refit_days)


def _written(settings: ClusterSettings) -> str:
    """The settings that a fit depends on."""
    return json.dumps(settings.model_dump(exclude={"refit_days"}), sort_keys=True)


def _refit(
    connection: Connection, as_of: dt.date, settings: ClusterSettings, before: ClusterModel | None
) -> ClusterModel | None:
    last = fetch(connection, "cluster_last_fit")
    most = CLUSTER_METHODS[settings.method].most_customers
    refit = refit_clusters(
        fetch(connection, "cluster_sample", seed=str(settings.seed), most=most),
        cluster_features(settings.attributes),
        before,
        method=settings.method,
        limits=Limits(settings.smallest, settings.largest, settings.minimum_share, settings.minimum_stability),
        last_id=0 if last.is_empty() else last["last_id"].item(),
        seed=settings.seed,
        today=as_of,
    )
    day = pl.lit(as_of).alias("as_of_date")
    append_rows(connection, CLUSTER_SELECTION, refit.choice.rows().with_columns(day, method=pl.lit(settings.method)))
    append_rows(connection, CLUSTER_FEATURES, _feature_rows(refit, settings).with_columns(day))
    append_rows(connection, CLUSTER_FITS, _fit_row(refit, settings).with_columns(day))
    if refit.model is not None and refit.outcome != "kept":
        append_rows(connection, CLUSTER_MODEL, model_rows(refit.model))
    _tell(refit, as_of)
    return refit.model


def _fit_row(refit: Refit, settings: ClusterSettings) -> pl.DataFrame:
    chosen, match = refit.choice.chosen, refit.match
    return pl.DataFrame(
        {
            "method": [settings.method],
            "outcome": [refit.outcome],
            "clusters": [chosen.k if chosen else None],
            "stability": [chosen.stability if chosen else None],
            "agreement": [match.agreement if match else None],
            "staying_share": [match.staying if match else None],
            "same_clusters": [len(match.before) if match else None],
            "settings": [_written(settings)],
            "note": [refit.note],
        },
        schema_overrides={
            "clusters": pl.Int32,
            "stability": pl.Float64,
            "agreement": pl.Float64,
            "staying_share": pl.Float64,
            "same_clusters": pl.Int32,
            "note": pl.String,
        },
    )


def _feature_rows(refit: Refit, settings: ClusterSettings) -> pl.DataFrame:
    shapes = {scaling.feature: scaling.shape for scaling in refit.scalings.used}
    return pl.DataFrame(
        [
            {
                "feature": feature.name,
                "description": feature.description,
                "shape": shapes.get(feature.name),
                "used": feature.name in shapes,
                "note": refit.scalings.left_out.get(feature.name),
            }
            for feature in cluster_features(settings.attributes)
        ],
        schema_overrides={"shape": pl.String, "note": pl.String},
    )


def _tell(refit: Refit, as_of: dt.date) -> None:
    if refit.model is None:
        log.warning("no clusters: %s", refit.note)
    elif refit.outcome == "kept":
        log.warning("the clusters of %s stay in use: %s", refit.model.fitted_on, refit.note)
    elif refit.note:
        log.warning("clusters: %s", refit.note)
    for feature, why in refit.scalings.left_out.items():
        log.info("clusters are made without %s: %s", feature, why)


def _assign(connection: Connection, model: ClusterModel, as_of: dt.date, features: list[str]) -> None:
    with mapped(connection, "assigned_clusters", "customer_features", model.assign, ASSIGNED):
        execute(
            connection,
            f"insert into {CLUSTERS.full_name} by name "
            "select *, $as_of::date as as_of_date from assigned_clusters order by customer_id",
            as_of=as_of,
        )
    sums = collected(
        connection,
        "customer_features",
        partial(_sum_assigned, model=model, features=features),
        sum_types(features),
    )
    for attribute in features[len(FEATURE_NAMES) :]:
        add_column(connection, CLUSTER_PROFILES, attribute, "DOUBLE", f"Mean of: attribute {attribute}")
    if sums:
        append_rows(connection, CLUSTER_PROFILES, profile_clusters(sums, model, features), *features)
    names = "; ".join(name.text for name in model.names)
    log.info("%s clusters of %s: %s", len(model.ids), model.fitted_on, names)


def _sum_assigned(customers: pl.DataFrame, model: ClusterModel, features: Sequence[str]) -> pl.DataFrame:
    return sum_clusters(customers, model.assign(customers), features)


def _refuse_impossible_attributes(connection: Connection, settings: ClusterSettings) -> None:
    known = stored_attributes(connection, CUSTOMERS)
    for attribute in settings.attributes:
        if attribute not in known:
            there = f"there are: {', '.join(known)}" if known else "there are none"
            raise SettingsError(f"clusters.attributes: crm.customers has no attribute {attribute!r}; {there}")
        if attribute in (*FEATURE_NAMES, "spend"):
            raise SettingsError(f"clusters.attributes: {attribute!r} is a feature already; rename it in the source")
        column = quote(attribute)
        number = f"coalesce(isfinite(try_cast({column} as double)), false)"
        ((values, numbers, example),) = execute(
            connection,
            f"select count({column}), count(*) filter ({number}), min({column}) filter (not {number}) "
            f"from {CUSTOMERS.full_name}",
        )
        if values and not numbers:
            raise SettingsError(
                f"clusters.attributes: no customer has a number as {attribute!r} (one has {example!r}); "
                "name attributes with numbers"
            )
        if example is not None:
            log.warning("clusters: %s of %s values of %s are no numbers", values - numbers, values, attribute)
