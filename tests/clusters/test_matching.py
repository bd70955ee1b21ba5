import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from segmentation.clusters.matching import match_clusters, number_clusters


def test_by_hand() -> None:
    old = np.repeat([0, 1, 2], [6, 3, 3])
    new = np.repeat([2, 0, 1], [6, 2, 4])  # 0 of old is 2 of new; of old 1, two are in 0 and one is in 1
    match = match_clusters(old, new, old_count=3, new_count=3)
    assert match.before == {2: 0, 0: 1, 1: 2}
    assert match.staying == pytest.approx(11 / 12)
    assert match.agreement == pytest.approx(adjusted_rand_score(old, new))


def test_a_cluster_without_enough_in_common_is_new() -> None:
    old, new = np.array([0, 0, 0, 0, 1, 1, 1, 1]), np.array([0, 0, 0, 0, 1, 2, 3, 4])
    assert match_clusters(old, new, old_count=2, new_count=5).before == {0: 0}


def test_ids_are_never_given_twice() -> None:
    assert number_clusters(4, {0: 1, 3: 0}, (2, 7), last_id=9) == (7, 10, 11, 2)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.permutations(range(5)))
def test_other_numbers_for_the_same_clusters_are_seen_through(old: list[int], order: list[int]) -> None:
    new = [order[label] for label in old]
    match = match_clusters(np.array(old), np.array(new), old_count=5, new_count=5)
    assert match.before == {order[label]: label for label in set(old)}
    assert match.staying == 1
    assert match.agreement == 1
