"""Overlap and balance, worked by hand."""

import numpy as np
import polars as pl
import pytest

from segmentation.response.balance import ALIKE, check_balance, find_unbalanced
from segmentation.response.covariates import Known
from segmentation.response.overlap import FAIL, NONE, PASS, check_overlap, reason_of, verdict_of
from segmentation.response.propensity import Assignment, effective_number, model_mailing


def assigned(*groups: tuple[int, bool, float]) -> Assignment:
    """So many customers, mailed or not, with this propensity."""
    treated = np.concatenate([np.full(count, mailed) for count, mailed, _ in groups])
    propensity = np.concatenate([np.full(count, share) for count, _, share in groups])
    return Assignment(treated, propensity, ())


def test_overlap_by_hand() -> None:
    # Odds 1/4 and 1: 80 unmailed weigh 20, 60 weigh 60. Kish: 80^2 / (80/16 + 60) = 98.5.
    found = check_overlap(assigned((20, True, 0.2), (60, True, 0.5), (80, False, 0.2), (60, False, 0.5)))
    assert found["propensity"].to_list() == ["all", "0.2 to 0.3", "0.5 to 0.6"]
    assert found["mailed"].to_list() == [80, 20, 60]
    assert found["unmailed"].to_list() == [140, 80, 60]
    assert found["weight_share"].to_list() == pytest.approx([1, 0.25, 0.75])
    assert found["effective_unmailed"].to_list() == pytest.approx([6400 / 65, 80, 60])
    assert found["largest_weight_share"][0] == pytest.approx(1 / 80)
    assert found["alone_share"].to_list() == [0, 0, 0]
    assert verdict_of(found) == PASS


@pytest.mark.parametrize(
    ("groups", "verdict", "reason"),
    [
        ([(90, True, 0.5), (10, True, 0.9), (200, False, 0.5)], FAIL, "10 % of the mailed have no unmailed customer"),
        ([(70, True, 0.5), (30, True, 0.9), (200, False, 0.5)], NONE, "30 % of the mailed have no unmailed customer"),
        ([(100, True, 0.5), (40, False, 0.5)], FAIL, "count as only 40"),
        ([(100, True, 0.5), (19, False, 0.5)], NONE, "count as only 19"),
        ([(100, True, 0.5), (400, False, 0.5), (1, False, 0.97)], FAIL, "one unmailed customer carries 7 %"),
        ([(90, True, 0.5), (10, True, 0.995), (2000, False, 0.5), (1, False, 0.999)], FAIL, "10 % of the mailed"),
    ],
)
def test_what_is_no_overlap(groups: list[tuple[int, bool, float]], verdict: str, reason: str) -> None:
    found = check_overlap(assigned(*groups))
    assert verdict_of(found) == verdict
    assert reason in reason_of(found)


def test_balance_by_hand() -> None:
    # Mailed 2 and 4; unmailed 0 (odds 1/4) and 4 (odds 1): mean 2, weighted 3.2; variances 1 and 4.
    assignment = assigned((1, True, 0.2), (1, True, 0.5), (1, False, 0.2), (1, False, 0.5))
    values = np.array([[2.0, 1.0], [4.0, 1.0], [0.0, 1.0], [4.0, 1.0]])
    found = check_balance(assignment, Known(("orders", "constant"), values, values))
    first = found.row(0, named=True)
    assert (first["mailed_mean"], first["unmailed_mean"], first["weighted_mean"]) == pytest.approx((3, 2, 3.2))
    assert first["difference_before"] == pytest.approx(1 / np.sqrt(2.5))
    assert first["difference_after"] == pytest.approx(-0.2 / np.sqrt(2.5))
    assert first["verdict"] == FAIL
    constant = found.row(1, named=True)
    assert (constant["difference_after"], constant["verdict"], constant["note"]) == (None, None, ALIKE)
    assert find_unbalanced(found) == ["orders"]


def test_weights_by_true_odds_balance_what_chose_the_mailed() -> None:
    random = np.random.default_rng(1)
    liking = random.normal(size=(20_000, 1))
    treated = random.random(20_000) < 1 / (1 + np.exp(1 - liking[:, 0]))
    assignment = model_mailing(treated, liking, seed=1)
    found = check_balance(assignment, Known(("liking",), liking, liking)).row(0, named=True)
    assert found["difference_before"] > 0.7
    assert abs(found["difference_after"]) < 0.05


def test_effective_number() -> None:
    assert effective_number(np.ones(7)) == 7
    assert effective_number(np.array([3.0, 1.0])) == pytest.approx(1.6)
    assert effective_number(pl.Series([], dtype=pl.Float64).to_numpy()) == 0
