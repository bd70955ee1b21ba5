"""What an order of a customer is worth: the Gamma-Gamma model.

The orders of a customer scatter about the customer's own mean as a gamma distribution of shape p; these means differ
between customers as an inverse gamma distribution (q, p v). How much and how often are taken as unrelated.

References: P. S. Fader, B. G. S. Hardie (2013), The Gamma-Gamma Model of Monetary Value,
http://www.brucehardie.com/notes/025/
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy.special import digamma, gammaln

from segmentation.value.fitting import Fit, Vector, fit_model

METHOD = "gamma-gamma"


@dataclass(frozen=True)
class GammaGamma:
    """The model with its parameters; `v` is in money. sql/customer_forecast.sql has what it expects of a customer."""

    p: float
    q: float
    v: float


def fit_gamma_gamma(groups: pl.DataFrame, *, fewest: int) -> Fit[GammaGamma]:
    """Fit the model to groups of customers with as many orders and the same mean.

    Args:
        groups: one row per group: `orders` (at least 1), `mean_value` (money per order, above 0), `customers`.
        fewest: customers without whom nothing is fitted.
    Returns: a fit with a problem also where q is 1 or less: the mean over customers would be infinite.
    """
    customers = groups["customers"].cast(pl.Float64).to_numpy()
    if customers.sum() < fewest:
        problem = (
            f"{METHOD} needs at least {fewest:,} customers with a margin above 0, there are {customers.sum():,.0f}"
        )
        return Fit(METHOD, GammaGamma, None, None, int(customers.sum()), problem)
    orders, mean = (groups[name].cast(pl.Float64).to_numpy() for name in ("orders", "mean_value"))
    scale = float(np.exp((customers * np.log(mean)).sum() / customers.sum()))  # the currency must not matter

    def likelihood(parameters: Vector) -> tuple[Vector, Vector]:
        return log_likelihood(parameters, orders, mean / scale)

    fit = fit_model(METHOD, GammaGamma, likelihood, customers, np.array([1.0, 2.0, 1.0]))
    assert fit.model is not None
    assert fit.log_likelihood is not None
    infinite = f"{METHOD} has an implausible parameter: q = {fit.model.q:.3g}, not above 1"
    return replace(
        fit,
        model=replace(fit.model, v=fit.model.v * scale),
        log_likelihood=fit.log_likelihood - float(customers.sum()) * float(np.log(scale)),
        problem=fit.problem or (infinite if fit.model.q <= 1 else None),
    )


def log_likelihood(parameters: Vector, orders: Vector, mean: Vector) -> tuple[Vector, Vector]:
    """Log-likelihood of a customer of each group and its gradient; equation 1a of the note.

    Args:
        parameters: p, q, v.
        orders, mean: number of orders and mean value of an order.
    Returns: one value per group, and parameters x groups.
    """
    p, q, v = parameters
    shape, total = p * orders, orders * mean
    log_total, log_all = np.log(total), np.log(v + total)
    each = (
        gammaln(shape + q)
        - gammaln(shape)
        - gammaln(q)
        + q * np.log(v)
        + shape * log_total
        - np.log(mean)
        - (shape + q) * log_all
    )
    gradient = np.stack(
        [
            orders * (digamma(shape + q) - digamma(shape) + log_total - log_all),
            digamma(shape + q) - digamma(q) + np.log(v) - log_all,
            q / v - (shape + q) / (v + total),
        ]
    )
    return each, gradient
