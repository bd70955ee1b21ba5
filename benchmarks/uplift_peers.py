"""Uplift models of scikit-uplift, causalml and econml on Hillstrom's experiment, in an environment of their own.

Usage: OMP_NUM_THREADS=1 peers/bin/python benchmarks/uplift_peers.py RESULTS MAIL FIRST LAST [MODEL ...]

See benchmarks/peers.txt. One line of JSON a split and model is added to RESULTS: normalised Qini of the half that was
not trained on, as scikit-uplift defines it, and seconds of fit and prediction.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from causalml.inference.meta import BaseDRRegressor, BaseSClassifier, BaseTClassifier, BaseXClassifier
from econml.dml import CausalForestDML
from econml.dr import LinearDRLearner
from econml.metalearners import TLearner, XLearner
from hillstrom import load, split
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklift.metrics import qini_auc_score
from sklift.models import ClassTransformation, SoloModel, TwoModels

BOOSTING = {"max_iter": 60, "learning_rate": 0.08, "max_leaf_nodes": 6, "min_samples_leaf": 100, "random_state": 0}
Scores = Callable[[Any, Any, Any, Any], Any]


def logistic() -> Any:
    """Logistic regression on scaled columns."""
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))


def boosting() -> Any:
    """Shallow trees for a rate."""
    return HistGradientBoostingClassifier(**BOOSTING)


def boosted_mean() -> Any:
    """Shallow trees for a mean."""
    return HistGradientBoostingRegressor(**BOOSTING)


def frame(X: Any) -> pd.DataFrame:
    """Columns with names, which scikit-uplift asks for."""
    return pd.DataFrame(X, columns=[f"x{number}" for number in range(X.shape[1])])


def sklift(model: Any) -> Scores:
    """A model of scikit-uplift."""
    return lambda X, y, t, new: model.fit(frame(X), pd.Series(y), pd.Series(t.astype(int))).predict(frame(new))


def causalml(model: Any) -> Scores:
    """A model of causalml; the arms are 0 and 1."""

    def score(X: Any, y: Any, t: Any, new: Any) -> Any:
        share = np.full(len(X), t.mean())
        model.fit(X=X, treatment=t.astype(int), y=y.astype(int), p=share)
        return model.predict(X=new, p=np.full(len(new), t.mean())).ravel()

    return score


def econml(model: Any) -> Scores:
    """A model of econml."""
    return lambda X, y, t, new: model.fit(y, t.astype(int), X=X).effect(new).ravel()


MODELS: dict[str, Callable[[], Scores]] = {
    "scikit-uplift S-learner, boosting": lambda: sklift(SoloModel(boosting())),
    "scikit-uplift T-learner, logistic": lambda: sklift(TwoModels(logistic(), logistic())),
    "scikit-uplift T-learner, boosting": lambda: sklift(TwoModels(boosting(), boosting())),
    "scikit-uplift class transformation": lambda: sklift(ClassTransformation(logistic())),
    "causalml S-learner, boosting": lambda: causalml(BaseSClassifier(learner=boosting(), control_name=0)),
    "causalml T-learner, logistic": lambda: causalml(BaseTClassifier(learner=logistic(), control_name=0)),
    "causalml X-learner, boosting": lambda: causalml(
        BaseXClassifier(outcome_learner=boosting(), effect_learner=boosted_mean(), control_name=0)
    ),
    "causalml X-learner, logistic": lambda: causalml(
        BaseXClassifier(outcome_learner=logistic(), effect_learner=LinearRegression(), control_name=0)
    ),
    "causalml DR-learner, boosting": lambda: causalml(BaseDRRegressor(learner=boosted_mean(), control_name=0)),
    "econml T-learner, linear": lambda: econml(TLearner(models=LinearRegression())),
    "econml X-learner, linear": lambda: econml(XLearner(models=LinearRegression())),
    "econml X-learner, boosting": lambda: econml(
        XLearner(models=boosted_mean(), cate_models=boosted_mean(), propensity_model=LogisticRegression())
    ),
    "econml LinearDRLearner": lambda: econml(
        LinearDRLearner(
            model_propensity=LogisticRegression(),
            model_regression=LinearRegression(),
            min_propensity=0.1,
            random_state=0,
        )
    ),
    "econml CausalForestDML": lambda: econml(
        CausalForestDML(
            model_y=LinearRegression(),
            model_t=LogisticRegression(),
            discrete_treatment=True,
            n_estimators=200,
            min_samples_leaf=100,
            n_jobs=1,
            random_state=0,
        )
    ),
}


def main(results: Path, mail: str, first: int, last: int, chosen: list[str]) -> None:
    """Add the lines of some splits."""
    _, X, treated, visit, _ = load(mail)
    for seed in range(first, last):
        train = split(treated, seed)
        test = ~train
        for name in chosen or MODELS:
            start = time.perf_counter()
            score = MODELS[name]()(X[train], visit[train], treated[train], X[test])
            seconds = time.perf_counter() - start
            qini = qini_auc_score(pd.Series(visit[test]), pd.Series(score), pd.Series(treated[test].astype(int)))
            line = {"mail": mail, "seed": seed, "model": name, "qini": qini, "seconds": seconds}
            with results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
