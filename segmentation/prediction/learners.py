"""Uplift models over models of rates: `fit(X, y, treatment)`, `predict(X)`.

X is customers x columns, y the outcome (0 or 1), treatment True for the mailed. `weight` makes the arms of campaigns
with hold-outs of different size comparable; customers count the same where it is None. `predict` gives the expected
uplift, or a score in its order where the class says so. Nothing is drawn at random but the folds, which have a seed.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from segmentation.prediction.folds import draw_folds
from segmentation.prediction.qini import Array, Mask
from segmentation.prediction.rates import Cells, LogisticRate, Rate, draw_to_common

FOLDS = 5


class UpliftLearner(Protocol):
    """What every learner can do."""

    def fit(self, X: Array, y: Array, treatment: Mask, weight: Array | None = None) -> "UpliftLearner":
        """Learn from customers of whom some were held out."""

    def predict(self, X: Array) -> Array:
        """Expected uplift, or a score in its order; one element per customer."""


class ColumnRule:
    """One column, sorted; from the end at which the uplift of the training data is higher. A score."""

    def __init__(self, column: int) -> None:
        self.column = column

    def fit(self, X: Array, y: Array, treatment: Mask, weight: Array | None = None) -> "ColumnRule":
        """Learn the direction."""
        effect, values = transformed_outcome(y, treatment, _given(weight, y)), X[:, self.column]
        self._sign = 1.0 if float(((values - values.mean()) * effect).sum()) >= 0 else -1.0
        return self

    def predict(self, X: Array) -> Array:
        """The column, or its negative."""
        return self._sign * X[:, self.column]


class ResponseRule:
    """Who is likely to respond when mailed, mailed first. A score: it says nothing of uplift."""

    def __init__(self, rate: Callable[[], Rate]) -> None:
        self.rate = rate

    def fit(self, X: Array, y: Array, treatment: Mask, weight: Array | None = None) -> "ResponseRule":
        """Learn from the mailed alone."""
        self._rate = self.rate().fit(X[treatment], y[treatment], _given(weight, y)[treatment])
        return self

    def predict(self, X: Array) -> Array:
        """Response rate if mailed."""
        return self._rate.predict(X)


class CellUplift:
    """Uplift of the customer's cell, drawn to the overall uplift the more, the less is known of the cell."""

    def __init__(self, columns: tuple[int, ...]) -> None:
        self.columns = columns

    def fit(self, X: Array, y: Array, treatment: Mask, weight: Array | None = None) -> "CellUplift":
        """Learn the cells and their uplift."""
        given, self._cells = _given(weight, y), Cells(X, self.columns)
        counts = [self._cells.sums(X, given * arm) for arm in (treatment, ~treatment)]
        totals = [self._cells.sums(X, given * arm * y) for arm in (treatment, ~treatment)]
        rates = [float(total.sum() / count.sum()) for total, count in zip(totals, counts, strict=True)]
        mailed, held_out = (np.maximum(count, 1e-300) for count in counts)
        # As if so many customers had one outcome: the variance of a difference is that of both arms.
        count = np.where((counts[0] > 0) & (counts[1] > 0), 1 / (1 / mailed + 1 / held_out), 0.0)
        uplift = totals[0] / mailed - totals[1] / held_out
        spread = (rates[0] * (1 - rates[0]) / mailed + rates[1] * (1 - rates[1]) / held_out) * count
        self._uplift = draw_to_common(uplift * count, count, variance=spread, common=rates[0] - rates[1])
        return self

    def predict(self, X: Array) -> Array:
        """Uplift of the cell."""
        uplift: Array = self._uplift[self._cells.of(X)]
        return uplift


class SLearner:
    """One model for all, in which being mailed is a column like others.

    References: S. R. Künzel et al. (2019), PNAS 116, 4156-4165.
    """

    def __init__(self, rate: Callable[[], Rate]) -> None:
        self.rate = rate

    def fit(self, X: Array, y: Array, treatment: Mask, weight: Array | None = None) -> "SLearner":
        """Learn from all."""
        self._rate = self.rate().fit(np.column_stack([X, treatment]), y, _given(weight, y))
        return self

    def predict(self, X: Array) -> Array:
        """Expected outcome mailed, less not mailed."""
        arms = [self._rate.predict(np.column_stack([X, np.full(len(X), arm)])) for arm in (1.0, 0.0)]
        return arms[0] - arms[1]


class TLearner:
    """Two models: one of the mailed, one of those held out.

    References: S. R. Künzel et al. (2019), PNAS 116, 4156-4165.
    """

    def __init__(self, rate: Callable[[], Rate]) -> None:
        self.rate = rate

    def fit(self, X: Array, y: Array, treatment: Mask, weight: Array | None = None) -> "TLearner":
        """Learn each arm by itself."""
        given = _given(weight, y)
        self._mailed, self._held_out = (self.rate().fit(X[arm], y[arm], given[arm]) for arm in (treatment, ~treatment))
        return self

    def predict(self, X: Array) -> Array:
        """Expected outcome mailed, less not mailed."""
        return self._mailed.predict(X) - self._held_out.predict(X)


class XLearner:
    """The effect on each arm against what the other arm's model expects, then a model of these effects.

    References: S. R. Künzel et al. (2019), PNAS 116, 4156-4165.
    """

    def __init__(self, rate: Callable[[], Rate], effect: Callable[[], Rate]) -> None:
        self.rate, self.effect = rate, effect

    def fit(self, X: Array, y: Array, treatment: Mask, weight: Array | None = None) -> "XLearner":
        """Learn rates, then effects."""
        given = _given(weight, y)
        mailed, held_out = (self.rate().fit(X[arm], y[arm], given[arm]) for arm in (treatment, ~treatment))
        of_mailed = y[treatment] - held_out.predict(X[treatment])
        of_held_out = mailed.predict(X[~treatment]) - y[~treatment]
        self._of_mailed = self.effect().fit(X[treatment], of_mailed, given[treatment])
        self._of_held_out = self.effect().fit(X[~treatment], of_held_out, given[~treatment])
        self._share = float(np.average(treatment, weights=given))
        return self

    def predict(self, X: Array) -> Array:
        """Both effects, each by the share of the other arm."""
        return (1 - self._share) * self._of_mailed.predict(X) + self._share * self._of_held_out.predict(X)


class ClassTransformation:
    """One model of mailed and responded, or held out and not. A score, exact where half are held out.

    References: M. Jaskowski, S. Jaroszewicz (2012), ICML Workshop on Clinical Data Analysis.
    """

    def __init__(self, rate: Callable[[], Rate]) -> None:
        self.rate = rate

    def fit(self, X: Array, y: Array, treatment: Mask, weight: Array | None = None) -> "ClassTransformation":
        """Learn, both arms having the same weight in all."""
        given = _given(weight, y)
        share = float(np.average(treatment, weights=given))
        even = given * np.where(treatment, 0.5 / share, 0.5 / (1 - share))
        self._rate = self.rate().fit(X, (y.astype(bool) == treatment).astype(np.float64), even)
        return self

    def predict(self, X: Array) -> Array:
        """Twice the rate of the transformed class, less 1."""
        return 2 * self._rate.predict(X) - 1


class DRLearner:
    """A model of doubly robust effects, which are unbiased for each customer and made by models of the others.

    References: E. H. Kennedy (2023), Electronic Journal of Statistics 17, 3008-3049.
    """

    def __init__(self, rate: Callable[[], Rate], effect: Callable[[], Rate], *, seed: int) -> None:
        self.rate, self.effect, self.seed = rate, effect, seed

    def fit(self, X: Array, y: Array, treatment: Mask, weight: Array | None = None) -> "DRLearner":
        """Learn effects by folds, then the model of them."""
        given = _given(weight, y)
        share, effects = float(np.average(treatment, weights=given)), np.empty(len(y))
        for fit, held in draw_folds(treatment, FOLDS, self.seed):
            mailed, held_out = (
                self.rate().fit(X[fit & arm], y[fit & arm], given[fit & arm]).predict(X[held])
                for arm in (treatment, ~treatment)
            )
            residual = y[held] - np.where(treatment[held], mailed, held_out)
            effects[held] = mailed - held_out + residual * _signed(treatment[held], share)
        self._effect = self.effect().fit(X, effects, given)
        return self

    def predict(self, X: Array) -> Array:
        """Expected uplift."""
        return self._effect.predict(X)


class SparseDRLearner:
    """Doubly robust effects by the response rate if mailed and the few columns that add to it beyond doubt.

    The response rate is always in, so that without further evidence customers stand in the order of a response
    model; a column comes in where the extended Bayes information criterion says so (forward selection). Where the rule
    "sort by one flag" is right, that flag is what is found.

    References: E. H. Kennedy (2023), Electronic Journal of Statistics 17, 3008-3049; J. Chen, Z. Chen (2008),
    Biometrika 95, 759-771, gamma = 1.
    """

    def __init__(self, rate: Callable[[], Rate] = LogisticRate, *, seed: int) -> None:
        self.rate, self.seed = rate, seed

    def fit(self, X: Array, y: Array, treatment: Mask, weight: Array | None = None) -> "SparseDRLearner":
        """Learn response rates by folds, then which columns the effect follows."""
        given = _given(weight, y)
        share = float(np.average(treatment, weights=given))
        expected, if_mailed = np.empty(len(y)), np.empty(len(y))
        for fit, held in draw_folds(treatment, FOLDS, self.seed):
            mailed = fit & treatment
            expected[held] = self.rate().fit(X[fit], y[fit], given[fit]).predict(X[held])
            if_mailed[held] = self.rate().fit(X[mailed], y[mailed], given[mailed]).predict(X[held])
        self._rate = self.rate().fit(X[treatment], y[treatment], given[treatment])
        effects = (y - expected) * _signed(treatment, share)
        columns = np.column_stack([if_mailed, X])
        self.found, self.coefficients = select_columns(columns, effects, given)
        self._mean = float(np.average(effects, weights=given))
        self._centre = np.average(columns, axis=0, weights=given)
        return self

    def predict(self, X: Array) -> Array:
        """Expected uplift."""
        columns = np.column_stack([self._rate.predict(X), X])[:, self.found]
        uplift: Array = self._mean + (columns - self._centre[self.found]) @ self.coefficients
        return uplift


def select_columns(columns: Array, outcome: Array, weight: Array) -> tuple[list[int], Array]:
    """Columns that a least-squares fit takes, the first always, and their coefficients in the columns' units.

    Columns come in one at a time, each the one that explains most; where they end is decided by n ln(RSS) + (ln n +
    2 ln p) k, looking two columns ahead. A column that is constant, or follows from those taken, never comes in.
    """
    scale = np.sqrt(np.cov(columns, rowvar=False, aweights=weight).diagonal())
    scaled: Array = (columns - np.average(columns, axis=0, weights=weight)) / np.where(scale > 0, scale, 1)
    centred, root = outcome - np.average(outcome, weights=weight), np.sqrt(weight)
    gram, product = (scaled * weight[:, None]).T @ scaled, (scaled * weight[:, None]).T @ centred
    total, number = float(((root * centred) ** 2).sum()), len(outcome)
    price = np.log(number) + 2 * np.log(columns.shape[1])

    def left(taken: list[int]) -> tuple[float, Array]:
        fitted = np.linalg.lstsq(gram[np.ix_(taken, taken)], product[taken], rcond=1e-9)[0]
        solved: Array = fitted.astype(np.float64)
        return max(total - float(product[taken] @ solved), 1e-12 * max(total, 1e-300)), solved

    taken = [0]
    rest, solved = left(taken)
    best: tuple[float, list[int], Array] = (number * np.log(rest) + price, taken, solved)
    while len(taken) < min(columns.shape[1], len(best[1]) + 2):
        tries = [(left([*taken, other])[0], other) for other in range(columns.shape[1]) if other not in taken]
        taken = [*taken, min(tries)[1]]
        rest, solved = left(taken)
        best = min(best, (number * np.log(rest) + price * len(taken), taken, solved), key=lambda found: found[0])
    return best[1], best[2] / np.where(scale > 0, scale, 1)[best[1]]


def transformed_outcome(y: Array, treatment: Mask, weight: Array) -> Array:
    """What has the uplift as its expectation, customer by customer; weights are in it."""
    share = float(np.average(treatment, weights=weight))
    centred = y - np.average(y, weights=weight)
    effects: Array = weight * centred * _signed(treatment, share)
    return effects


def _signed(treatment: Mask, share: float) -> Array:
    """One over the share of the own arm, below 0 for those held out."""
    return np.where(treatment, 1 / share, -1 / (1 - share))


def _given(weight: Array | None, y: Array) -> Array:
    return np.ones(len(y)) if weight is None else weight
