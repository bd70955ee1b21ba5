"""Clusters of a refit are those of the model before where they have the same customers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score

from segmentation.clusters.methods import Labels

SAME_CLUSTER = 1 / 3  # share of the customers in either that are in both: half of each, where they are of one size


@dataclass(frozen=True)
class Match:
    """What the clusters of a refit were before.

    Attributes:
        before: by row of the refit's clusters, the row they had; rows that are new are not in it.
        agreement: adjusted Rand index of the two.
        staying: share of customers whose cluster is the one they had.
    """

    before: dict[int, int]
    agreement: float
    staying: float


def match_clusters(old: Labels, new: Labels, *, old_count: int, new_count: int) -> Match:
    """Pair clusters one to one, so that the shares of customers they have in common are largest in all.

    A share is of the customers in either cluster that are in both (Jaccard); under a third the two are not the same.

    Args:
        old, new: row of the cluster of each customer, in the model before and in the refit.

    References: H. W. Kuhn (1955), Naval Research Logistics Quarterly 2, 83-97.
    """
    common = np.zeros((new_count, old_count))
    np.add.at(common, (new, old), 1)
    either = common.sum(axis=1, keepdims=True) + common.sum(axis=0, keepdims=True) - common
    shares = common / np.maximum(either, 1)
    pairs = zip(*linear_sum_assignment(shares, maximize=True), strict=True)
    before = {int(row): int(column) for row, column in pairs if shares[row, column] >= SAME_CLUSTER}
    staying = sum(common[row, column] for row, column in before.items()) / max(len(new), 1)
    return Match(before, float(adjusted_rand_score(old, new)), float(staying))


def number_clusters(new_count: int, before: dict[int, int], old_ids: Sequence[int], last_id: int) -> tuple[int, ...]:
    """Ids of a refit: those of before where a cluster is the same, else the next that no cluster has had.

    Args:
        last_id: highest id that any model has had.
    """
    fresh = iter(range(last_id + 1, last_id + 1 + new_count))
    return tuple(old_ids[before[row]] if row in before else next(fresh) for row in range(new_count))
