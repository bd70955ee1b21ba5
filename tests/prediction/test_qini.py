import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.prediction.qini import normalised_qini, qini_curve, qini_score
from segmentation.prediction.resampling import resample_curves, step_of

Y = np.array([0, 0, 0, 0, 1, 0, 0, 1, 1, 1], dtype=float)
TREATED = np.array([False] * 5 + [True] * 5)
SCORE = np.array([0, 0.1, 0.2, 0.3, 0.4] * 2)


def test_the_worked_example_of_radcliffe() -> None:
    """N. J. Radcliffe (2007): equal scores are one step; the curve from 2 pieces to 10, its area above the diagonal."""
    curve = qini_curve(Y, TREATED, SCORE)
    points = [*zip(curve.targeted.tolist(), curve.gain.tolist(), strict=True)]
    assert points == [(0, 0), (2, 0), (4, 1), (6, 2), (8, 2), (10, 2)]
    assert qini_score(Y, TREATED, SCORE) == 2.0


@given(st.permutations(range(10)))
def test_the_order_of_rows_changes_nothing(order: list[int]) -> None:
    tied = np.round(SCORE / 2, 1)
    assert qini_score(Y[order], TREATED[order], tied[order]) == pytest.approx(qini_score(Y, TREATED, tied), abs=1e-12)


def test_everybody_alike_is_a_random_order() -> None:
    assert qini_score(Y, TREATED, np.zeros(10)) == 0
    assert qini_curve(Y, TREATED, np.zeros(10)).at(np.array([0.5])).tolist() == [1.0]


def test_knowing_every_outcome_is_1_when_normalised() -> None:
    assert normalised_qini(Y, TREATED, np.where(TREATED, Y, -Y)) == 1


def test_a_weight_of_2_is_the_customer_twice() -> None:
    twice = np.r_[np.arange(10), [4, 8]]
    weight = np.ones(10)
    weight[[4, 8]] = 2
    assert qini_curve(Y, TREATED, SCORE, weight).gain == pytest.approx(
        qini_curve(Y[twice], TREATED[twice], SCORE[twice]).gain
    )


def test_the_interval_of_a_random_score_covers_0_and_of_a_good_one_does_not() -> None:
    random = np.random.default_rng(1)
    treated, mover = random.random(4000) < 0.5, random.random(4000) < 0.5
    y = (random.random(4000) < 0.1 + 0.2 * (treated & mover)).astype(float)
    scores = {"random": random.random(4000), "mover": mover.astype(float)}
    drawn = resample_curves(y, treated, scores, weight=np.ones(4000), seed=1)
    ends = {name: np.quantile(found.area_above_random, [0.025, 0.975]) for name, found in drawn.items()}
    assert ends["random"][0] < 0 < ends["random"][1]
    assert ends["mover"][0] > 0
    again = resample_curves(y, treated, scores, weight=np.ones(4000), seed=1)["mover"]
    assert (again.gain == drawn["mover"].gain).all()


def test_the_mean_and_spread_of_resamples_are_those_of_drawing_customers() -> None:
    """Against the plain bootstrap of single customers, arm by arm."""
    random = np.random.default_rng(2)
    treated, score = random.random(3000) < 0.4, random.random(3000).round(2)
    y = (random.random(3000) < 0.1 + 0.2 * treated * score).astype(float)
    drawn = resample_curves(y, treated, {"s": score}, weight=np.ones(3000), seed=3)["s"].area_above_random
    arms = [np.flatnonzero(treated), np.flatnonzero(~treated)]
    plain = []
    for _ in range(400):
        rows = np.concatenate([random.choice(arm, len(arm)) for arm in arms])
        plain.append(qini_score(y[rows], treated[rows], score[rows]))
    assert drawn.std() == pytest.approx(np.std(plain), rel=0.15)
    assert drawn.mean() == pytest.approx(np.mean(plain), abs=0.3 * np.std(plain))


def test_neighbours_are_put_together_but_equal_scores_never_parted() -> None:
    score = np.r_[np.zeros(900), np.linspace(1, 2, 1000)]
    steps = step_of(score)
    assert len(np.unique(steps)) <= 200
    assert len(np.unique(steps[:900])) == 1
    assert (np.diff(steps[900:]) <= 0).all()
