"""The check of every night: what would the models have said of days that have passed since?"""

import datetime as dt
from dataclasses import replace

import polars as pl

from segmentation.value.fitting import Fit, Model
from segmentation.value.models import YEAR, Models

ALL = 0  # the bin of all customers
UNCHECKED = "no days can be held back to check the model on"
NO_ORDERS_MODEL = "there is no model of orders to multiply it with"


def days_held_back(first_order_on: dt.date, as_of: dt.date, share: float) -> int:
    """A year, or `share` of the days from the first order to `as_of` where that is shorter."""
    return min(YEAR, int(share * ((as_of - first_order_on).days + 1)))


def judge_models(models: Models, calibration: Models | None, check: pl.DataFrame) -> Models:
    """The models, with a problem where the check speaks against their use.

    A model must have been fitted without a problem on what was known before the days held back, and must then have
    foreseen them with a smaller root mean square error than repeating as many days before does.

    Args:
        models: tonight's.
        calibration: the models of the check; None if nothing could be held back.
        check: rows of segments.value_check.
    """
    if calibration is None:
        return Models(_spoil(models.orders, UNCHECKED), _spoil(models.margin, UNCHECKED))
    orders = _judge(models.orders, calibration.orders, check.filter(pl.col("measure") == "orders"))
    margin = _judge(models.margin, calibration.margin, check.filter(pl.col("measure") == "margin"))
    return Models(orders, margin if orders.usable else _spoil(margin, NO_ORDERS_MODEL))


def _judge(fit: Fit[Model], calibration: Fit[Model], check: pl.DataFrame) -> Fit[Model]:
    if calibration.problem:
        return _spoil(fit, f"in the check {calibration.problem}")
    overall = check.filter(pl.col("bin") == ALL).to_dicts()
    model, simple = (overall[0][name] if overall else None for name in ("model_rmse", "last_year_rmse"))
    if model is None or simple is None:
        return _spoil(fit, f"the check of {fit.method} has no root mean square error")
    if model > simple:
        return _spoil(
            fit,
            f"{fit.method} foresees the days held back worse than repeating those before: "
            f"root mean square error {model:,.4g}, not {simple:,.4g}",
        )
    return fit


def _spoil(fit: Fit[Model], problem: str) -> Fit[Model]:
    """The fit with `problem`, unless it has one already."""
    return replace(fit, problem=fit.problem or problem)
