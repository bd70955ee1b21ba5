import numpy as np
import pytest

from segmentation.clusters.names import ClusterName, name_clusters
from segmentation.segments.features import FEATURES

RECENCY, ORDERS, VALUE = FEATURES[:3]


def names(*centres: tuple[float, float, float], **kept: ClusterName) -> list[str]:
    by_row = {int(row[1:]): name for row, name in kept.items()}
    return [name.text for name in name_clusters(np.array(centres), FEATURES[:3], by_row)]


def test_names_are_the_two_strongest_traits() -> None:
    assert names((-2.0, 1.0, 0.4), (0.2, -0.5, 0.9)) == ["Recent, frequent", "Big baskets, rare"]


def test_clusters_that_would_share_a_name_get_a_further_trait_or_a_number() -> None:
    assert names((-2, 1, 0.4), (-2, 1, -0.4)) == ["Recent, frequent, big baskets", "Recent, frequent, small baskets"]
    assert names((-2, 1, 0), (-2, 1, 0.1), (0, 0.1, 0)) == ["Recent, frequent", "Recent, frequent (2)", "Average"]


KEPT = ClusterName("Recent, frequent", frozenset({(RECENCY.name, "low"), (ORDERS.name, "high")}))


@pytest.mark.parametrize(
    ("centre", "name"),
    [
        ((-2.0, 1.0, 3.0), "Recent, frequent"),  # another trait is stronger by now, yet all it tells is true
        ((-0.3, 0.3, 0.1), "Recent, frequent"),  # weaker than a new name would need
        ((-2.0, 0.2, 0.5), "Recent, big baskets"),
        ((2.0, 1.0, 0.0), "Lapsed, frequent"),
    ],
)
def test_a_name_changes_only_when_the_profile_does(centre: tuple[float, float, float], name: str) -> None:
    assert names(centre, r0=KEPT) == [name]


def test_no_new_name_is_one_that_is_kept() -> None:
    assert names((-2, 1, 0.5), (-2, 1, 0.4), r1=KEPT) == ["Recent, frequent, big baskets", "Recent, frequent"]


@pytest.mark.parametrize(("strongest", "name"), [(0.4, "Average"), (0.5, "Lapsed")])
def test_average_stays_until_something_stands_out(strongest: float, name: str) -> None:
    assert names((strongest, 0.0, 0.0), r0=ClusterName("Average")) == [name]


def test_words_differ_by_feature_and_side() -> None:
    words = [word for feature in FEATURES for word in (feature.high, feature.low)]
    assert len(set(words)) == len(words)
