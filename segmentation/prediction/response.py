"""How likely a mailed customer responds, and how much a responder spends; both right on average."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats
from sklearn.linear_model import GammaRegressor, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from segmentation.prediction.qini import Array
from segmentation.prediction.rates import Rate
from segmentation.response.intervals import NORMAL, wilson_interval

TENTHS = 10
SMALLEST = 1e-6  # probability nearer to 0 or 1 than which none is taken


@dataclass(frozen=True)
class CalibratedRate:
    """A rate model whose log odds are straightened by what customers did whom it had not seen.

    Attributes:
        slope: of the log odds; 1 needs no straightening, below 1 the model was too sure.
        slope_error: its standard error.
    """

    rate: Rate
    slope: float
    slope_error: float
    intercept: float

    def predict(self, X: Array) -> Array:
        """Response rate if mailed, 0-1."""
        return 1 / (1 + np.exp(-(self.intercept + self.slope * log_odds(self.rate.predict(X)))))


def fit_calibrated(
    make: Callable[[], Rate], X: Array, y: Array, fold: npt.NDArray[np.int64]
) -> tuple[CalibratedRate, Array]:
    """The rate model fitted to all, straightened by a logistic regression on the log odds of fits without the fold.

    Returns: the model, and the straightened rate of each customer by fits that have not seen the customer's fold; the
        straightening of a fold is of the other folds.

    References: J. Platt (1999), Advances in Large Margin Classifiers, 61-74; D. R. Cox (1958), Biometrika 45, 562-565.
    """
    odds = np.empty(len(y))
    for number in np.unique(fold):
        fit, held = fold != number, fold == number
        odds[held] = log_odds(make().fit(X[fit], y[fit], np.ones(int(fit.sum()))).predict(X[held]))
    unseen = np.empty(len(y))
    for number in np.unique(fold):
        fit, held = fold != number, fold == number
        slope, _, intercept = calibrate(odds[fit], y[fit])
        unseen[held] = 1 / (1 + np.exp(-(intercept + slope * odds[held])))
    slope, error, intercept = calibrate(odds, y)
    return CalibratedRate(make().fit(X, y, np.ones(len(y))), slope, error, intercept), unseen


def calibrate(odds: Array, y: Array) -> tuple[float, float, float]:
    """Slope of the outcome on the log odds, its standard error, and the intercept (maximum likelihood).

    Where all odds are alike the slope is 1 without error, and the intercept makes the mean right.
    """
    if np.ptp(odds) < 1e-9 or len(np.unique(y)) < 2:
        return 1.0, 0.0, float(log_odds(np.array([y.mean()]))[0] - odds.mean())
    model = LogisticRegression(C=np.inf, max_iter=1000, tol=1e-8).fit(odds[:, None], y)
    rate = model.predict_proba(odds[:, None])[:, 1]
    doubt = rate * (1 - rate)
    centred = odds - np.average(odds, weights=doubt)
    return float(model.coef_[0, 0]), float(1 / np.sqrt((doubt * centred**2).sum())), float(model.intercept_[0])


def log_odds(rate: Array) -> Array:
    """Logarithm of the odds."""
    clipped = np.clip(rate, SMALLEST, 1 - SMALLEST)
    odds: Array = np.log(clipped / (1 - clipped))
    return odds


def tabulate_calibration(expected: Array, y: Array) -> pl.DataFrame:
    """What was expected beside what came, by tenth of the customers, least likely first; equal rates are not parted.

    Returns: one row per tenth: `tenth` (1 the least likely), `customers`, `expected` and `observed` (rates),
        `observed_ci_low`, `observed_ci_high` (Wilson, 95 %).
    """
    tenth = np.ceil(TENTHS * stats.rankdata(expected, method="max") / len(expected)).astype(np.int64)
    found, number = np.unique(tenth, return_inverse=True)
    count = np.bincount(number).astype(np.float64)
    total = np.bincount(number, y).astype(np.float64)
    low, high = wilson_interval(total, count)
    return pl.DataFrame(
        {
            "tenth": found.astype(np.int32),
            "customers": count.astype(np.int64),
            "expected": np.bincount(number, expected) / count,
            "observed": total / count,
            "observed_ci_low": low,
            "observed_ci_high": high,
        }
    )


@dataclass(frozen=True)
class Value:
    """What a responder spends, by what is known of the customer."""

    model: object
    factor: float

    def predict(self, X: Array) -> Array:
        """Money of a responder."""
        values: Array = self.factor * self.model.predict(X)  # type: ignore[attr-defined]
        return values


def fit_value(X: Array, money: Array) -> Value:
    """A gamma regression with logarithmic link over responders who spent, scaled to the mean of all responders.

    Args:
        money: of each responder, 0 included; some is above 0.

    References: P. McCullagh, J. A. Nelder (1989), Generalized Linear Models, chapter 8.
    """
    spent = money > 0
    model = make_pipeline(StandardScaler(), GammaRegressor(alpha=1.0, max_iter=1000))
    model.fit(X[spent], money[spent] / money[spent].mean())
    return Value(model, float(money.mean() / model.predict(X).mean()))


def interval_of_slope(calibrated: CalibratedRate) -> tuple[float, float]:
    """95 % interval."""
    return calibrated.slope - NORMAL * calibrated.slope_error, calibrated.slope + NORMAL * calibrated.slope_error
