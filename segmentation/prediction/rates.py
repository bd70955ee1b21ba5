"""Models of a rate: what share of customers like these does it."""

from typing import Any, Protocol

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from segmentation.prediction.qini import Array
from segmentation.response.shrinkage import find_spread

BINS = 5  # of each column of a cell
BOOSTING = {
    "max_iter": 40,
    "max_bins": 63,
    "learning_rate": 0.1,
    "max_leaf_nodes": 6,
    "min_samples_leaf": 100,
    "l2_regularization": 5.0,
    "early_stopping": False,
    "random_state": 0,
}


class Rate(Protocol):
    """What learners need of a model: fitted to outcomes of 0 and 1, it gives an expected outcome."""

    def fit(self, X: Array, y: Array, weight: Array) -> "Rate":
        """Learn; X is customers x columns."""

    def predict(self, X: Array) -> Array:
        """Expected outcome, one element per customer."""


class LogisticRate:
    """Logistic regression on scaled columns; the plain rate where all outcomes are the same."""

    def fit(self, X: Array, y: Array, weight: Array) -> "LogisticRate":
        """Learn; see `Rate`."""
        self._model = _classifier(make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)), X, y, weight)
        self._rate = float(np.average(y, weights=weight))
        return self

    def predict(self, X: Array) -> Array:
        """Expected outcome, 0-1."""
        return _positive(self._model, X, self._rate)


class BoostedRate:
    """Gradient boosting of shallow trees; the plain rate where all outcomes are the same."""

    def fit(self, X: Array, y: Array, weight: Array) -> "BoostedRate":
        """Learn; see `Rate`."""
        self._model = _classifier(HistGradientBoostingClassifier(**BOOSTING), X, y, weight)
        self._rate = float(np.average(y, weights=weight))
        return self

    def predict(self, X: Array) -> Array:
        """Expected outcome, 0-1."""
        return _positive(self._model, X, self._rate)


class LinearMean:
    """Least squares for outcomes of any size."""

    def fit(self, X: Array, y: Array, weight: Array) -> "LinearMean":
        """Learn; see `Rate`."""
        self._model = LinearRegression().fit(X, y, sample_weight=weight)
        return self

    def predict(self, X: Array) -> Array:
        """Expected outcome."""
        means: Array = self._model.predict(X)
        return means


class CellRate:
    """The rate of the customer's cell, drawn to the overall rate the more, the less is known of the cell.

    Cells are made of fifths of each of a few columns, such as recency, frequency and money; equal values share one.

    Attributes:
        columns: positions of the columns that make the cells.
    """

    def __init__(self, columns: tuple[int, ...]) -> None:
        self.columns = columns

    def fit(self, X: Array, y: Array, weight: Array) -> "CellRate":
        """Learn; see `Rate`."""
        self._cells = Cells(X, self.columns)
        count, total = self._cells.sums(X, weight), self._cells.sums(X, weight * y)
        overall = float(total.sum() / count.sum())
        self._rates = draw_to_common(
            total, count, variance=np.full(len(count), overall * (1 - overall)), common=overall
        )
        return self

    def predict(self, X: Array) -> Array:
        """Rate of the cell; the overall rate in a cell that nobody was in."""
        rates: Array = self._rates[self._cells.of(X)]
        return rates


class Cells:
    """Fifths of a few columns, and every combination of them."""

    def __init__(self, X: Array, columns: tuple[int, ...]) -> None:
        shares = np.linspace(0, 1, BINS + 1)[1:-1]
        self._columns = columns
        self._edges = [np.unique(np.quantile(X[:, column], shares, method="inverted_cdf")) for column in columns]
        self.number = int(np.prod([len(edges) + 1 for edges in self._edges]))

    def of(self, X: Array) -> Any:
        """Number of the cell of each customer."""
        cell = np.zeros(len(X), dtype=np.int64)
        for column, edges in zip(self._columns, self._edges, strict=True):
            cell = cell * (len(edges) + 1) + np.searchsorted(edges, X[:, column], side="left")
        return cell

    def sums(self, X: Array, values: Array) -> Array:
        """Sum of `values` by cell."""
        return np.bincount(self.of(X), values, minlength=self.number).astype(np.float64)


def draw_to_common(total: Array, count: Array, *, variance: Array, common: float) -> Array:
    """Means of cells drawn to what is common to them (normal empirical Bayes).

    Args:
        total: sum of the outcome by cell.
        count: customers by cell; 0 is a cell of which nothing is known.
        variance: of one customer's outcome, by cell.
        common: the value that cells are drawn to.
    """
    known = count > 0
    means, errors = total[known] / count[known], variance[known] / count[known]
    spread = find_spread(means, errors) if known.sum() > 1 and (errors > 0).all() else 0.0
    drawn = np.full(len(count), common)
    drawn[known] += spread / (spread + np.maximum(errors, 1e-300)) * (means - common)
    return drawn


def _classifier(model: Any, X: Array, y: Array, weight: Array) -> Any:
    if len(np.unique(y)) < 2:
        return None
    if np.ptp(weight) == 0:  # bins of boosting take much longer with weights
        return model.fit(X, y)
    last = model.steps[-1][0] + "__" if hasattr(model, "steps") else ""
    return model.fit(X, y, **{f"{last}sample_weight": weight})


def _positive(model: Any, X: Array, rate: float) -> Array:
    if model is None:
        return np.full(len(X), rate)
    rates: Array = model.predict_proba(X)[:, 1]
    return rates
