"""The effect on the mailed from models of who was mailed and of what the unmailed did.

Right if either model is right, and if nothing unknown drove both; no customer is judged by a model that has seen it.

References: J. M. Robins, A. Rotnitzky, L. P. Zhao (1994), JASA 89, 846-866; V. Chernozhukov et al. (2018), The
Econometrics Journal 21, C1-C68, section 5.1 (effect on the treated).
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats
from sklearn.linear_model import LinearRegression, LogisticRegression

from segmentation.response.covariates import Array
from segmentation.response.intervals import NORMAL
from segmentation.response.propensity import Assignment, Mask, effective_number


@dataclass(frozen=True)
class Scores:
    """Parts of the estimate by customer.

    Attributes:
        treated: mailed.
        outcome: what the customer did.
        residual: outcome less what the model of the unmailed expects.
        weight: odds of having been mailed, for the unmailed; 0 for the mailed.
    """

    treated: Mask
    outcome: Array
    residual: Array
    weight: Array


@dataclass(frozen=True)
class Effect:
    """Estimated effect on the mailed.

    Attributes:
        influence: what each customer adds to the error of the estimate; one element per customer of the scores.
        scale: by how much confounding of full strength moves the estimate: the deviation of what the models leave
            unexplained times that of the weights.
        effective: how many unmailed customers it rests on.
    """

    estimate: float
    treated_mean: float
    influence: Array
    scale: float
    effective: float

    @property
    def error(self) -> float:
        """Standard error."""
        return float(np.sqrt((self.influence**2).sum()))

    @property
    def interval(self) -> tuple[float, float]:
        """Of 95 %."""
        return self.estimate - NORMAL * self.error, self.estimate + NORMAL * self.error

    @property
    def p_value(self) -> float | None:
        """Two-sided, of no effect; None where nothing varies."""
        return float(2 * stats.norm.sf(abs(self.estimate) / self.error)) if self.error > 0 else None


def score_customers(assignment: Assignment, outcome: Array, columns: Array, *, kind: str) -> Scores:
    """Cross-fitted scores of one metric.

    Args:
        outcome: one element per customer.
        columns: customers x columns, scaled.
        kind: `proportion` or `mean`.
    """
    treated, expected = assignment.treated, np.empty(len(outcome))
    for fit, held in assignment.folds:
        unmailed = fit[~treated[fit]]
        expected[held] = _expect(columns[unmailed], outcome[unmailed], columns[held], kind=kind)
    return Scores(treated, outcome, outcome - expected, assignment.weight)


def _expect(known: Array, outcome: Array, of: Array, *, kind: str) -> Array:
    if len(np.unique(outcome)) == 1:
        return np.full(len(of), outcome[0])
    if kind == "proportion":
        rates: Array = LogisticRegression(max_iter=1000).fit(known, outcome).predict_proba(of)[:, 1]
        return rates
    means: Array = LinearRegression().fit(known, outcome).predict(of)
    return means


def estimate_effect(scores: Scores, of_level: Mask) -> Effect:
    """The effect on the mailed of a level, which has mailed and unmailed customers."""
    treated, control = scores.treated & of_level, ~scores.treated & of_level
    gain, weight, residual = scores.residual[treated], scores.weight[control], scores.residual[control]
    share = weight / weight.sum()
    bias = float((share * residual).sum())
    estimate = float(gain.mean()) - bias
    influence = np.zeros(len(scores.outcome))
    influence[treated] = (gain - gain.mean()) / len(gain)
    influence[control] = -share * (residual - bias)
    unexplained = np.concatenate([gain - gain.mean(), residual - bias])
    spread = len(unexplained) * (1 / len(gain) + float((share**2).sum()))
    return Effect(
        estimate,
        float(scores.outcome[treated].mean()),
        influence,
        float(np.sqrt((unexplained**2).mean() * spread)),
        effective_number(weight),
    )
