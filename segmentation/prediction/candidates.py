"""What competes to rank the customers of a mailing. Add a candidate here."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from segmentation.prediction.choice import Candidate
from segmentation.prediction.learners import (
    CellUplift,
    ClassTransformation,
    ColumnRule,
    DRLearner,
    ResponseRule,
    SLearner,
    SparseDRLearner,
    TLearner,
    XLearner,
)
from segmentation.prediction.qini import Array, Mask
from segmentation.prediction.rates import BoostedRate, CellRate, LinearMean, LogisticRate

SPARSE, CELL_RATE, CELL_UPLIFT = "sparse DR-learner", "RFM cell rate", "RFM cell uplift"
RESPONSE, BOOSTED = "response model", "boosted response model"


class Constant:
    """Everybody alike: what mailing at random gives."""

    def fit(self, X: Array, y: Array, treatment: Mask, weight: Array | None = None) -> "Constant":
        """Learn nothing."""
        return self

    def predict(self, X: Array) -> Array:
        """0 for everybody."""
        return np.zeros(len(X))


def uplift_candidates(names: Sequence[str], cell: Sequence[str], *, seed: int) -> tuple[Candidate, ...]:
    """Candidates where some were held out, the first choice first.

    Args:
        names: of the columns.
        cell: names of the columns that make RFM cells.
        seed: of folds inside learners.
    """
    columns = tuple(names.index(name) for name in cell)

    models = (
        Candidate(
            SPARSE, "uplift by response rate and the few columns beyond doubt", lambda: SparseDRLearner(seed=seed)
        ),
        Candidate(
            CELL_RATE, "response rate of the mailed by RFM cell", lambda: ResponseRule(lambda: CellRate(columns))
        ),
        Candidate(CELL_UPLIFT, "uplift by RFM cell", lambda: CellUplift(columns)),
        Candidate(RESPONSE, "response rate of the mailed (logistic regression)", lambda: ResponseRule(LogisticRate)),
        Candidate("T-learner", "uplift (two logistic regressions)", lambda: TLearner(LogisticRate)),
        Candidate("S-learner", "uplift (one boosting with the mailing as a column)", lambda: SLearner(BoostedRate)),
        Candidate("X-learner", "uplift (effects on each arm)", lambda: XLearner(LogisticRate, LinearMean)),
        Candidate("class transformation", "uplift (logistic regression)", lambda: ClassTransformation(LogisticRate)),
        Candidate(
            "DR-learner", "uplift (doubly robust, all columns)", lambda: DRLearner(LogisticRate, LinearMean, seed=seed)
        ),
    )
    rules = tuple(
        Candidate(f"sorted by {name}", "which end of the column has the higher uplift", partial(ColumnRule, at))
        for at, name in enumerate(names)
    )
    return (*models, *rules, Candidate("at random", "nothing", Constant))


def response_candidates(names: Sequence[str], cell: Sequence[str]) -> tuple[Candidate, ...]:
    """Candidates where nobody was held out: they foresee the response of the mailed, no uplift; cell rates first."""
    columns = tuple(names.index(name) for name in cell)
    return (
        Candidate(CELL_RATE, "response rate by RFM cell", lambda: ResponseRule(lambda: CellRate(columns))),
        Candidate(RESPONSE, "response rate (logistic regression)", lambda: ResponseRule(LogisticRate)),
        Candidate(BOOSTED, "response rate (gradient boosting)", lambda: ResponseRule(BoostedRate)),
        Candidate("at random", "nothing", Constant),
    )
