import numpy as np
import pytest

from segmentation.prediction.candidates import SPARSE, uplift_candidates
from segmentation.prediction.learners import (
    CellUplift,
    ColumnRule,
    SparseDRLearner,
    TLearner,
    select_columns,
)
from segmentation.prediction.qini import Array, Mask, qini_score
from segmentation.prediction.rates import CellRate, LogisticRate, draw_to_common

NAMES = ("recency", "spend", "flag", "noise")


def experiment(rows: int = 6000, *, of_flag: float = 0.15, seed: int = 1) -> tuple[Array, Array, Mask]:
    """Response goes with spend; the mailing moves those with the flag."""
    random = np.random.default_rng(seed)
    X = np.column_stack(
        [random.random(rows), random.random(rows), random.random(rows) < 0.4, random.standard_normal(rows)]
    )
    treated = random.random(rows) < 0.5
    rate = 0.1 + 0.2 * X[:, 1] + treated * (0.02 + of_flag * X[:, 2])
    return X, (random.random(rows) < rate).astype(float), treated


CANDIDATES = {found.name: found for found in uplift_candidates(NAMES, ("recency", "spend"), seed=1)}


@pytest.mark.parametrize("name", CANDIDATES)
def test_every_candidate_fits_and_scores_anybody_the_same_way_each_time(name: str) -> None:
    X, y, treated = experiment(2000)
    scores = [CANDIDATES[name].make().fit(X, y, treated).predict(X[:50]) for _ in range(2)]
    assert np.isfinite(scores[0]).all()
    assert (scores[0] == scores[1]).all()


@pytest.mark.parametrize("name", CANDIDATES)
@pytest.mark.parametrize("y", [np.zeros(200), np.ones(200)], ids=["nobody", "everybody"])
def test_every_candidate_takes_outcomes_that_are_all_alike(name: str, y: Array) -> None:
    X, _, treated = experiment(200)
    assert np.isfinite(CANDIDATES[name].make().fit(X, y, treated).predict(X)).all()


@pytest.mark.parametrize(
    "name", [SPARSE, "T-learner", "S-learner", "X-learner", "class transformation", "DR-learner", "sorted by flag"]
)
def test_uplift_learners_find_whom_the_mailing_moves(name: str) -> None:
    X, y, treated = experiment()
    new, y_new, treated_new = experiment(seed=2)
    score = CANDIDATES[name].make().fit(X, y, treated).predict(new)
    found, best = (qini_score(y_new, treated_new, of) for of in (score, new[:, 2]))
    assert found > 0.6 * best > 0


def test_the_sparse_learner_takes_the_flag_and_no_noise() -> None:
    X, y, treated = experiment()
    learner = SparseDRLearner(seed=1).fit(X, y, treated)
    assert learner.found == [0, 3]  # the response rate, then the third column
    uplift = learner.predict(X)
    assert uplift[X[:, 2] == 1].mean() - uplift[X[:, 2] == 0].mean() == pytest.approx(0.15, abs=0.04)
    assert uplift.mean() == pytest.approx(y[treated].mean() - y[~treated].mean(), abs=0.01)


def test_without_evidence_of_a_column_customers_stand_in_the_order_of_the_response_model() -> None:
    random = np.random.default_rng(4)
    X = random.random((4000, 3))
    treated = random.random(4000) < 0.5
    y = (random.random(4000) < X[:, 0] * (0.2 + 0.2 * treated)).astype(float)  # uplift goes with response
    learner = SparseDRLearner(seed=1).fit(X, y, treated)
    response = LogisticRate().fit(X[treated], y[treated], np.ones(treated.sum())).predict(X)
    assert learner.found == [0]
    assert (np.argsort(learner.predict(X)) == np.argsort(response)).all()


def test_selection_is_least_squares_on_what_it_takes() -> None:
    random = np.random.default_rng(5)
    X = np.column_stack([random.random((500, 4)), np.ones(500)])
    outcome = 1 + X[:, 0] + 3 * X[:, 2] + 0.1 * random.standard_normal(500)
    taken, coefficients = select_columns(X, outcome, np.ones(500))
    direct = np.linalg.lstsq(np.column_stack([np.ones(500), X[:, [0, 2]]]), outcome, rcond=None)[0]
    assert taken == [0, 2]
    assert coefficients == pytest.approx(direct[1:])


def test_weights_of_learners_are_copies_of_customers() -> None:
    X, y, treated = experiment(400)
    weight = np.where(np.arange(400) % 4 == 0, 2.0, 1.0)
    copied = np.repeat(np.arange(400), weight.astype(int))
    for make in (lambda: TLearner(LogisticRate), lambda: CellUplift((0, 2)), lambda: ColumnRule(1)):
        weighted = make().fit(X, y, treated, weight).predict(X)
        repeated = make().fit(X[copied], y[copied], treated[copied]).predict(X)
        if make().__class__ is not CellUplift:  # fifths are of customers, and 200 copies move them
            assert weighted == pytest.approx(repeated, abs=2e-3)


def test_cells_are_drawn_to_the_overall_rate_the_more_the_fewer_they_have() -> None:
    """Two cells of the same rate, of 1,000 and of 10 customers: the larger keeps more of its own."""
    count = np.array([1000.0, 10.0, 1000.0, 0.0])
    drawn = draw_to_common(count * [0.3, 0.3, 0.1, 0], count, variance=np.full(4, 0.16), common=0.2)
    assert 0.2 < drawn[1] < drawn[0] < 0.3
    assert drawn[3] == 0.2


def test_equal_values_share_a_cell() -> None:
    X = np.r_[np.zeros(90), np.arange(1, 11)][:, None].astype(float)
    rates = CellRate((0,)).fit(X, (X[:, 0] > 0).astype(float), np.ones(100)).predict(X)
    assert len(np.unique(rates[:90])) == 1
