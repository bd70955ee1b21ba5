"""Hits, and which way wins."""

import numpy as np
import polars as pl
import pytest

from segmentation.offers.check import FEWEST, NO_HIT, first_hits, judge_ways
from segmentation.offers.taste import ANY, IN_SEGMENT, NEW, OWN, POPULARITY, SIMILAR, Customers
from tests.offers.test_taste import TASTE

LOSS = pl.DataFrame({"method": [POPULARITY, IN_SEGMENT, OWN, SIMILAR], "loss": [2.0] * 4, "purchases": [1.0] * 4})


def hits(*groups: tuple[int, int, int, int, int]) -> list[pl.DataFrame]:
    """Groups of first ranks by popularity, segment, own and similar, and how many customers have them."""
    return [pl.DataFrame(groups, schema=[POPULARITY, IN_SEGMENT, OWN, SIMILAR, "customers"], orient="row")]


def judge(*groups: tuple[int, int, int, int, int]) -> dict[str, dict[str, object]]:
    rows = judge_ways(ANY, hits(*groups), [LOSS], seed=1).to_dicts()
    return {row["method"]: row for row in rows}


def test_first_hits_by_hand() -> None:
    # Both have bought bread; the first goes on with tea, the second with something that is not offered.
    customers = Customers(np.array([0, 0]), np.array([[4.0, 0, 0], [1.0, 0, 0]]))
    later = np.array([[0, 0, 2.0], [0, 0, 0]])
    counted, losses = first_hits(ANY, customers, TASTE, later, pl.Series([True, True]))
    ranks = counted.sort(POPULARITY).rows()
    assert ranks == [(3, 3, 3, 3, 1), (NO_HIT, NO_HIT, NO_HIT, NO_HIT, 1)]
    popular = losses.row(0, named=True)
    assert popular == {"method": POPULARITY, "loss": pytest.approx(-2 * np.log(0.25)), "purchases": 2.0}

    new, _ = first_hits(NEW, customers, TASTE, later, pl.Series([True, True]))
    assert new.rows() == [(2, 2, 2, 1)]  # who tried nothing new is not judged


def test_figures_by_hand() -> None:
    judged = judge((1, 1, 1, 1, 50), (2, 2, 2, 2, 30), (NO_HIT, 4, 4, 4, 20))
    popular = judged[POPULARITY]
    assert popular["hit_rate_1"] == 0.5
    assert popular["hit_rate_3"] == 0.8
    assert popular["mean_reciprocal_rank"] == pytest.approx(0.65)
    assert judged[OWN]["mean_reciprocal_rank"] == pytest.approx(0.70)
    assert popular["log_loss"] == 2.0
    # A bootstrap of shares is binomial: 0.5 +- 1.96 sqrt(0.25 / 100).
    assert popular["hit_rate_1_ci_low"] == pytest.approx(0.5 - 0.098, abs=0.02)
    assert popular["hit_rate_1_ci_high"] == pytest.approx(0.5 + 0.098, abs=0.02)


def test_popularity_wins_ties_and_what_may_be_chance() -> None:
    assert judge((1, 1, 1, 1, 50), (2, 2, 2, 2, 50))[POPULARITY]["chosen"]
    lucky = judge((1, 2, 2, 2, 45), (2, 1, 1, 1, 55))
    assert lucky[POPULARITY]["chosen"]
    assert lucky[OWN]["gain"] == pytest.approx(0.1)


def test_what_hits_more_beyond_chance_wins_and_of_equals_the_simpler() -> None:
    judged = judge((1, 1, 1, 1, 50), (2, 2, 1, 1, 50))
    assert [method for method, row in judged.items() if row["chosen"]] == [OWN]
    assert judged[OWN]["gain_ci_low"] > 0.3  # type: ignore[operator]


def test_few_customers_prove_nothing() -> None:
    judged = judge((2, 2, 1, 1, FEWEST - 1))
    assert [method for method, row in judged.items() if row["chosen"]] == [POPULARITY]
    assert "fewer than 100" in str(judged[OWN]["note"])
