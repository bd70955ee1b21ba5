"""How likely each customer was to be mailed, given what was known before.

References: P. R. Rosenbaum, D. B. Rubin (1983), Biometrika 70, 41-55.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from segmentation.response.covariates import Array

Mask = npt.NDArray[np.bool_]
Folds = tuple[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]], ...]

FOLDS = 5
CLIP = 0.01  # propensities are kept from 0 and 1 by this much


@dataclass(frozen=True)
class Assignment:
    """Who was mailed, and how likely that was; each customer is judged by a model that has not seen it.

    Attributes:
        treated: mailed.
        propensity: probability of being mailed, not clipped.
        folds: customers to fit on and customers to judge, by fold.
    """

    treated: Mask
    propensity: Array
    folds: Folds

    @property
    def weight(self) -> Array:
        """Odds of being mailed for the unmailed, by which they become like the mailed; 0 for the mailed."""
        clipped = np.clip(self.propensity, CLIP, 1 - CLIP)
        weight: Array = np.where(self.treated, 0.0, clipped / (1 - clipped))
        return weight

    @property
    def is_clipped(self) -> Mask:
        """Propensities beyond the clips."""
        clipped: Mask = (self.propensity < CLIP) | (self.propensity > 1 - CLIP)
        return clipped


def model_mailing(treated: Mask, columns: Array, *, seed: int) -> Assignment:
    """Logistic regression, cross-fitted.

    Args:
        treated: one element per customer; FOLDS or more of both kinds.
        columns: customers x columns, scaled.
        seed: of the folds.
    """
    folds = tuple(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(columns, treated))
    propensity = np.empty(len(treated))
    for fit, held in folds:
        model = LogisticRegression(max_iter=1000).fit(columns[fit], treated[fit])
        propensity[held] = model.predict_proba(columns[held])[:, 1]
    return Assignment(treated, propensity, folds)


def effective_number(weight: Array) -> float:
    """How many customers of equal weight would tell as much; 0 without any.

    References: L. Kish (1965), Survey Sampling, section 11.2.
    """
    squares = float((weight**2).sum())
    return float(weight.sum()) ** 2 / squares if squares > 0 else 0.0
