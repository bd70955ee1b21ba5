from dataclasses import replace

import numpy as np
import pytest

from segmentation.prediction.candidates import Constant
from segmentation.prediction.choice import Candidate, Judged, choose, choose_simplest, judge
from segmentation.prediction.folds import number_folds
from segmentation.prediction.learners import ColumnRule
from segmentation.prediction.qini import Array


class Told:
    """Scores by a column as it is."""

    def __init__(self, column: int) -> None:
        self.column = column

    def fit(self, X: Array, y: Array, treatment: Array, weight: Array | None = None) -> "Told":
        return self

    def predict(self, X: Array) -> Array:
        return X[:, self.column]


def judged(*makes: type | object) -> tuple[Judged, ...]:
    random = np.random.default_rng(7)
    treated, flag = random.random(8000) < 0.5, (random.random(8000) < 0.5).astype(float)
    y = (random.random(8000) < 0.05 + 0.1 * treated * flag).astype(float)
    X = np.column_stack([flag, random.random(8000), flag + 1e-3 * random.random(8000)])
    candidates = [Candidate(f"c{at}", "", make) for at, make in enumerate(makes)]
    fold = number_folds(treated, 5, 1)
    return judge(candidates, X, y, treated, weight=np.ones(8000), fold=fold, seed=1)


def test_a_candidate_that_is_better_beyond_luck_takes_the_place_of_the_first() -> None:
    found = choose(judged(lambda: Told(1), lambda: Told(0)))
    assert found.chosen.candidate.name == "c1"
    assert "beyond luck" in found.reason
    assert found.chosen.low > 0 > found.judged[0].low


def test_one_that_is_better_by_luck_does_not() -> None:
    first, other = judged(lambda: Told(0), lambda: Told(2))
    lucky = replace(other, gain=first.gain + 1e-6)
    assert choose((first, lucky)).chosen is first


def test_luck_is_two_standard_errors_of_the_difference() -> None:
    noise, other = judged(lambda: Told(1), lambda: Told(0))
    areas = noise.curves.area_above_random - other.curves.area_above_random
    scale = float((1000 / (noise.curves.targeted[:, -1] * noise.curves.mailed[:, -1])).mean())
    for times, wins in ((1.6, False), (2.4, True)):
        lucky = replace(other, gain=noise.gain + times * float(areas.std(ddof=1)) * scale)
        assert (choose((noise, lucky)).chosen is lucky) is wins


def test_everybody_alike_gains_nothing_in_any_resample() -> None:
    (nobody,) = judged(Constant)
    assert (nobody.gain, nobody.low, nobody.high) == pytest.approx((0, 0, 0), abs=1e-9)


def test_the_simplest_that_is_not_beaten_is_chosen() -> None:
    noise, flag, same = judged(lambda: Told(1), lambda: ColumnRule(0), lambda: Told(2))
    assert choose_simplest((noise, flag, same)).chosen is flag
    assert choose_simplest((noise,)).chosen is noise


def test_a_gain_is_the_mean_over_all_depths() -> None:
    """With the flag first, half the list brings all: at depth d <= 1/2 twice what a random order does, d = 1/2 is the
    most, and the mean of that difference over all depths is a quarter of the overall uplift."""
    (flag,) = judged(lambda: Told(0))
    uplift = 0.05  # of all: 0.1 of half
    assert flag.gain == pytest.approx(1000 * uplift / 4, rel=0.2)
