"""How often customers will order, and whether they are still active: the BG/NBD model.

While active, a customer orders at a steady rate, and after each repeat order drops out with a fixed probability. Rates
differ between customers as a gamma distribution (r, alpha), drop-out probabilities as a beta distribution (a, b).

References: P. S. Fader, B. G. S. Hardie, K. L. Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to
the Pareto/NBD Model, Marketing Science 24, 275-284.
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy.special import digamma, expit, gammaln, hyp2f1

from segmentation.value.fitting import Fit, Vector, fit_model

METHOD = "bg/nbd"
POLE = 1e-6  # the formula of expected orders has removable poles at a = 1 and a + b + x = 1: kept so far from


@dataclass(frozen=True)
class BgNbd:
    """The model with its parameters; `alpha` is in weeks."""

    r: float
    alpha: float
    a: float
    b: float

    def probability_active(self, groups: pl.DataFrame) -> Vector:
        """Probability that a customer of each group has not dropped out.

        It is 1 without a repeat order: the model lets customers drop out after one only.

        Args:
            groups: see `fit_bg_nbd`; same order.
        """
        x, last, age = _columns(groups)
        lapse = (self.r + x) * (np.log(self.alpha + age) - np.log(self.alpha + last))
        odds = np.log(self.a) - np.log(np.where(x > 0, self.b + x - 1, 1)) + lapse
        return np.where(x > 0, expit(-odds), 1.0)

    def expected_orders(self, groups: pl.DataFrame, *, weeks: float) -> Vector:
        """Orders expected of a customer of each group in the next `weeks`.

        Equation 10 of the paper, its hypergeometric function in that of two equal forms (Euler's transformation) whose
        terms stay smaller.

        Args:
            groups: see `fit_bg_nbd`; same order.
        """
        x, _, age = _columns(groups)
        a = _off(self.a, 1)
        third = _off(a + self.b + x - 1, 0)
        z = weeks / (self.alpha + age + weeks)
        as_printed = self.r + x < a - 1
        first = np.where(as_printed, self.r + x, a + self.b - 1 - self.r)
        second = np.where(as_printed, self.b + x, a - 1)
        power = np.where(as_printed, self.r + x, a - 1)
        with np.errstate(over="ignore", invalid="ignore"):  # fit_bg_nbd refuses parameters that lead here
            not_coming: Vector = (1 - z) ** power * hyp2f1(first, second, third, z)
            return third / (a - 1) * (1 - not_coming) * self.probability_active(groups)


def _off(value: float | Vector, pole: float) -> Vector:
    return np.where(np.abs(np.asarray(value) - pole) < POLE, pole + POLE, value)


def _columns(groups: pl.DataFrame) -> tuple[Vector, Vector, Vector]:
    names = ("repeat_orders", "last_order_weeks", "age_weeks")
    x, last, age = (groups[name].cast(pl.Float64).to_numpy() for name in names)
    return x, last, age


def fit_bg_nbd(groups: pl.DataFrame, *, fewest: int, weeks: float) -> Fit[BgNbd]:
    """Fit the model to groups of customers who are alike in all it looks at.

    Args:
        groups: one row per group: `repeat_orders` (different days with an order after the first), `last_order_weeks`
            (from the first order to the last), `age_weeks` (from the first order to the as-of date), `customers`.
        fewest: repeat customers, at least 1, without whom nothing is fitted.
        weeks: time ahead that the model is wanted for.
    Returns: a fit with a problem also where the orders of these weeks cannot be computed.
    """
    customers = groups["customers"].cast(pl.Float64).to_numpy()
    repeat = int(groups.filter(pl.col("repeat_orders") > 0)["customers"].sum())
    if repeat < fewest:
        problem = f"{METHOD} needs at least {fewest:,} customers with a repeat order, there are {repeat:,}"
        return Fit(METHOD, BgNbd, None, None, int(customers.sum()), problem)
    x, last, age = _columns(groups)
    start = np.array([1.0, max(1.0, float((customers * age).sum() / customers.sum())), 1.0, 1.0])

    def likelihood(parameters: Vector) -> tuple[Vector, Vector]:
        return log_likelihood(parameters, x, last, age)

    fit = fit_model(METHOD, BgNbd, likelihood, customers, start)
    expected = fit.usable.expected_orders(groups, weeks=weeks) if fit.usable else np.zeros(1)
    if not (np.isfinite(expected) & (expected >= 0)).all():
        return replace(fit, problem=f"{METHOD} has implausible parameters, which give no number of orders")
    return fit


def log_likelihood(parameters: Vector, x: Vector, last: Vector, age: Vector) -> tuple[Vector, Vector]:
    """Log-likelihood of a customer of each group and its gradient, in logarithms throughout.

    The likelihood is that of a customer still active plus that of one who dropped out with the last order; `dropped`
    is the second's share.

    Args:
        parameters: r, alpha, a, b.
        x, last, age: repeat orders (whole numbers), weeks to the last order, weeks to the as-of date.
    Returns: one value per group, and parameters x groups.
    """
    r, alpha, a, b = parameters
    counts = np.arange(int(x.max()) + 1)  # the special functions are needed once for each number of orders
    at = x.astype(np.int64)
    before = np.where(x > 0, b + x - 1, 1)
    log_age, log_last = np.log(alpha + age), np.log(alpha + last)
    active = (gammaln(b + counts) - gammaln(a + b + counts) + gammaln(a + b) - gammaln(b))[at] - (r + x) * log_age
    odds = np.where(x > 0, np.log(a) - np.log(before) + (r + x) * (log_age - log_last), -np.inf)
    dropped = expit(odds)
    ordering = (gammaln(r + counts) - gammaln(r))[at] + r * np.log(alpha)
    gradient = np.stack(
        [
            (digamma(r + counts) - digamma(r))[at] + np.log(alpha) - (1 - dropped) * log_age - dropped * log_last,
            r / alpha - (r + x) * ((1 - dropped) / (alpha + age) + dropped / (alpha + last)),
            (digamma(a + b) - digamma(a + b + counts))[at] + dropped / a,
            (digamma(a + b) - digamma(b) + digamma(b + counts) - digamma(a + b + counts))[at] - dropped / before,
        ]
    )
    return ordering + active + np.logaddexp(0, odds), gradient
