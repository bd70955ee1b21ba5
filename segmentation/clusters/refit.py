"""Fit clusters anew: what they are made of, how many there are, and which were there before."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from segmentation.clusters.choice import Choice, Limits, choose_clusters, fit_candidate
from segmentation.clusters.matching import Match, match_clusters, number_clusters
from segmentation.clusters.methods import CLUSTER_METHODS, Fit
from segmentation.clusters.model import ClusterModel
from segmentation.clusters.names import name_clusters
from segmentation.clusters.scaling import Matrix, Scalings, fit_scalings
from segmentation.segments.features import Feature

MOST_TRIED = 10_000  # customers that the number of clusters is chosen on


@dataclass(frozen=True)
class Refit:
    """What came of fitting clusters.

    Attributes:
        model: the one to use from now on: the new one, or the one before; None if there is neither.
        match: how the new clusters are those of before; None without clusters of before to compare with.
        outcome: `first`, `refitted`, `kept` (the refit is not fit for use) or `none`.
        note: why it is kept or there is none, or what the new clusters lack.
    """

    model: ClusterModel | None
    scalings: Scalings
    choice: Choice
    match: Match | None
    outcome: str
    note: str | None


def refit_clusters(
    customers: pl.DataFrame,
    features: Sequence[Feature],
    before: ClusterModel | None,
    *,
    method: str,
    limits: Limits,
    last_id: int,
    seed: int,
    today: dt.date,
) -> Refit:
    """Fit clusters, and take over ids and names from the model before.

    A refit that is not within the limits leaves the model before in use, if that has all its features still.

    Args:
        customers: `customer_id`, `spend` and the features, in an order that depends on nothing but the customers; at
            most as many as the method takes are used, of which the first 10,000 are for the choice.
        last_id: highest id that any cluster has had.
    """
    way = CLUSTER_METHODS[method]
    sample = customers.head(way.most_customers)
    scalings = fit_scalings(sample, [feature.name for feature in features])
    points = scalings.apply(sample)
    usable = before if before and set(before.features) <= set(customers.columns) else None
    in_use = len(usable.ids) if usable else None
    choice = choose_clusters(points[:MOST_TRIED], way, limits, seed=seed, in_use=in_use)
    if choice.chosen is None:
        lack = f"{method} finds no clusters in {customers.height:,} customers"
        return Refit(usable, scalings, choice, None, "kept" if usable else "none", lack)
    if choice.fault and usable:
        return Refit(usable, scalings, choice, None, "kept", f"the best of the refit has {choice.fault}")
    fit = fit_candidate(points, way, choice.chosen.candidate, limits, seed)
    if fit is None:
        return Refit(usable, scalings, choice, None, "kept" if usable else "none", f"{method} finds no clusters")
    fit = _by_spend(fit, points, sample["spend"].to_numpy())
    match = _match(usable, fit, points, sample) if usable else None
    same = match.before if match else {}
    kept_names = {row: usable.names[old] for row, old in same.items()} if usable else {}
    used = {feature.name: feature for feature in features}
    model = ClusterModel(
        today,
        method,
        scalings.used,
        fit,
        number_clusters(len(fit.centres), same, usable.ids if usable else (), last_id),
        name_clusters(fit.centres, [used[scaling.feature] for scaling in scalings.used], kept_names),
    )
    return Refit(model, scalings, choice, match, "refitted" if before else "first", choice.fault)


def _match(before: ClusterModel, fit: Fit, points: Matrix, sample: pl.DataFrame) -> Match:
    old = before.fit.assign(Scalings(before.scalings, {}).apply(sample))
    return match_clusters(old, fit.assign(points), old_count=len(before.ids), new_count=len(fit.centres))


def _by_spend(fit: Fit, points: Matrix, spend: Matrix) -> Fit:
    """The clusters by falling mean spend."""
    sums = np.bincount(fit.assign(points), weights=spend, minlength=len(fit.centres))
    return fit.take(np.argsort(-sums / np.maximum(fit.count(points), 1), kind="stable"))
