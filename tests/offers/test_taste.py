"""Ways to say what comes next, worked by hand and against simulated tastes."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segmentation.offers.taste import (
    ANY,
    NEW,
    OWN,
    POPULARITY,
    SIMILAR,
    TASKS,
    TOGETHER_PRIOR,
    Customers,
    Taste,
    bought_together,
    popular_shares,
    prior_strength,
    probabilities,
    rank_items,
)

PAIRS = np.array([[40.0, 10.0, 0.0], [10.0, 20.0, 10.0], [0.0, 10.0, 20.0]])
TASTE = Taste(
    items=("bread", "wine", "tea"),
    segments=("loyal", "new"),
    overall=np.array([0.5, 0.25, 0.25]),
    by_segment=np.array([[0.6, 0.2, 0.2], [0.2, 0.2, 0.6]]),
    strength=4.0,
    together=bought_together(PAIRS, 80),
    buyers=np.diag(PAIRS) / 80,
)


def somebody(*weights: float, segment: int = 0) -> Customers:
    return Customers(np.array([segment]), np.array([weights], dtype=np.float64))


def test_own_purchases_are_drawn_to_the_segment() -> None:
    # 6 of 8 purchases were wine; the segment's shares stand for 4 more.
    expected = [(2 + 4 * 0.6) / 12, (6 + 4 * 0.2) / 12, 4 * 0.2 / 12]
    assert probabilities(OWN, ANY, somebody(2, 6, 0), TASTE)[0] == pytest.approx(expected)
    assert probabilities(OWN, ANY, somebody(0, 0, 0, segment=1), TASTE)[0] == pytest.approx([0.2, 0.2, 0.6])


def test_similar_buyers_count_by_shares_of_their_purchases() -> None:
    share = (10 + TOGETHER_PRIOR * 20 / 80) / (40 + TOGETHER_PRIOR)  # of the buyers of bread, those of wine
    assert TASTE.together[0, 1] == pytest.approx(share)
    scores = TASTE.together[0]
    assert probabilities(SIMILAR, ANY, somebody(3, 0, 0), TASTE)[0] == pytest.approx(scores / scores.sum())
    assert probabilities(SIMILAR, ANY, somebody(0, 0, 0), TASTE)[0] == pytest.approx([0.6, 0.2, 0.2])


def test_what_is_new_leaves_out_what_was_bought() -> None:
    assert probabilities(POPULARITY, NEW, somebody(1, 0, 0), TASTE)[0].tolist() == [0, 0.5, 0.5]
    assert probabilities(POPULARITY, NEW, somebody(1, 1, 1), TASTE)[0].tolist() == [0, 0, 0]


def test_equal_chances_keep_the_order_of_the_items() -> None:
    assert rank_items(np.array([[0.25, 0.5, 0.25], [1 / 3, 1 / 3, 1 / 3]])).tolist() == [[1, 0, 2], [0, 1, 2]]


def test_segments_are_drawn_to_all() -> None:
    weights = pl.DataFrame({"segment": ["a", "a", "b"], "place": [0, 1, 1], "weight": [300.0, 100.0, 0.0]})
    overall, by_segment = popular_shares(weights, ("a", "b"), 2)
    assert overall.tolist() == [0.75, 0.25]
    assert by_segment[0] == pytest.approx([0.75, 0.25])
    assert by_segment[1] == pytest.approx([0.75, 0.25])  # has bought nothing


@pytest.mark.parametrize("strength", [2.0, 10.0, 50.0])
def test_the_strength_of_simulated_tastes_is_found(strength: float) -> None:
    random = np.random.default_rng(5)
    mean = np.array([0.4, 0.3, 0.2, 0.1])
    sizes = random.integers(1, 40, 6_000)
    counts = np.array(
        [random.multinomial(n, p) for n, p in zip(sizes, random.dirichlet(strength * mean, 6_000), strict=True)]
    )
    found = prior_strength(
        counts.sum(axis=0) / counts.sum(),
        customers=len(sizes),
        n=float(sizes.sum()),
        n_squared=float((sizes**2).sum()),
        squares_by_n=float(((counts**2).sum(axis=1) / sizes).sum()),
    )
    assert found == pytest.approx(strength, rel=0.15)


def test_customers_who_are_alike_are_drawn_to_all_as_far_as_can_be() -> None:
    alike = prior_strength(np.array([0.5, 0.5]), customers=3, n=12.0, n_squared=48.0, squares_by_n=6.0)
    assert alike == pytest.approx(999)
    assert prior_strength(np.array([1.0]), customers=1, n=2.0, n_squared=4.0, squares_by_n=2.0) == pytest.approx(999)


@given(
    weights=arrays(np.float64, (5, 3), elements=st.floats(0, 1e6)),
    task=st.sampled_from(list(TASKS)),
    number=st.integers(0, 3),
)
def test_chances_are_a_distribution_or_nothing(weights: np.ndarray, task: str, number: int) -> None:
    method = TASKS[task][min(number, len(TASKS[task]) - 1)]
    chances = probabilities(method, task, Customers(np.array([0, 1, 0, 1, 0]), weights), TASTE)
    assert ((chances >= 0) & (chances <= 1)).all()
    total = chances.sum(axis=1)
    assert (np.isclose(total, 1, atol=1e-9) | ((task == NEW) & (total == 0) & (weights > 0).all(axis=1))).all()
