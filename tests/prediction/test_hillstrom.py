"""Hillstrom's experiment, one split of each mail; benchmarks/uplift.py has twenty."""

import numpy as np
import pytest

from benchmarks.hillstrom import load, split
from segmentation.prediction.candidates import uplift_candidates
from segmentation.prediction.choice import choose, judge
from segmentation.prediction.folds import number_folds
from segmentation.prediction.learners import TLearner
from segmentation.prediction.qini import normalised_qini
from segmentation.prediction.rates import LogisticRate

NOISE = 0.012  # standard deviation of a difference between two rules over splits, and a half


@pytest.mark.parametrize("mail", ["womens", "mens"])
def test_the_choice_is_not_below_the_simple_rules(mail: str) -> None:
    names, X, treated, visit, _ = load(mail)
    train = split(treated, 3)
    test, quick = ~train, {"sparse DR-learner", "RFM cell rate", "response model", "sorted by womens", "at random"}
    candidates = [c for c in uplift_candidates(names, ("recency", "history"), seed=3) if c.name in quick]
    judged = judge(
        candidates,
        X[train],
        visit[train],
        treated[train],
        weight=np.ones(int(train.sum())),
        fold=number_folds(treated[train], 5, 3),
        seed=3,
    )
    chosen = choose(judged).chosen.candidate.name
    qini = {
        c.name: normalised_qini(
            visit[test], treated[test], c.make().fit(X[train], visit[train], treated[train]).predict(X[test])
        )
        for c in candidates
    }
    assert qini[chosen] > qini["at random"] == 0
    assert qini[chosen] > max(qini.values()) - NOISE


def test_two_logistic_regressions_are_those_of_scikit_uplift() -> None:
    """scikit-uplift 0.5.1, TwoModels of scaled logistic regressions, women's mail, split 0: qini_auc_score."""
    _, X, treated, visit, _ = load("womens")
    train = split(treated, 0)
    score = TLearner(LogisticRate).fit(X[train], visit[train], treated[train]).predict(X[~train])
    assert normalised_qini(visit[~train], treated[~train], score) == pytest.approx(0.06811189, abs=1e-7)
