"""The two models together: how often customers order and what an order brings."""

from dataclasses import dataclass

import polars as pl

from segmentation.value.bg_nbd import BgNbd, fit_bg_nbd
from segmentation.value.fitting import Fit
from segmentation.value.gamma_gamma import GammaGamma, fit_gamma_gamma

YEAR = 365
WEEK = 7
BINS = 10
LAST_YEAR = "last year"


@dataclass(frozen=True)
class Models:
    """A fit of each model."""

    orders: Fit[BgNbd]
    margin: Fit[GammaGamma]

    @property
    def method(self) -> str:
        """How the margin of the next 12 months is expected."""
        margin = self.margin.method if self.margin.usable else LAST_YEAR
        return margin if self.orders_method == margin else f"{self.orders_method} + {margin}"

    @property
    def orders_method(self) -> str:
        """How the orders of the next 12 months are expected."""
        return self.orders.method if self.orders.usable else LAST_YEAR

    @property
    def orders_note(self) -> str | None:
        """Why no model says how many orders to expect."""
        return self.orders.problem and f"what is expected repeats the last {YEAR} days: {self.orders.problem}"

    @property
    def margin_note(self) -> str | None:
        """Why no model says what an order brings, where one says how many there will be."""
        why = None if self.orders.problem else self.margin.problem
        return why and f"expected margin repeats the last {YEAR} days: {why}"


def fit_models(purchases: pl.DataFrame, margins: pl.DataFrame, *, days: int, fewest: int) -> Models:
    """Fit both models.

    Args:
        purchases: rows of sql/purchase_groups.sql.
        margins: rows of sql/margin_groups.sql.
        days: what is to be expected lies in so many days.
        fewest: customers without whom a model is not fitted.
    """
    return Models(fit_bg_nbd(purchases, fewest=fewest, weeks=days / WEEK), fit_gamma_gamma(margins, fewest=fewest))


def forecast_groups(purchases: pl.DataFrame, model: BgNbd | None, *, days: int) -> pl.DataFrame:
    """Add what is expected of a customer of each group; NULL without a model.

    Args:
        purchases: rows of sql/purchase_groups.sql.
    Returns: the same rows in the same order with `expected_orders` in the next `days`, `probability_active` and
        `forecast_bin`.
    """
    nothing = pl.lit(None, dtype=pl.Float64)
    return _bin_groups(
        purchases.with_columns(
            expected_orders=pl.Series(model.expected_orders(purchases, weeks=days / WEEK)) if model else nothing,
            probability_active=pl.Series(model.probability_active(purchases)) if model else nothing,
        )
    )


def _bin_groups(groups: pl.DataFrame) -> pl.DataFrame:
    """Add the tenth in which the middle of the customers with as many expected orders lies, as RFM scores are made."""
    by_expected = (
        groups.group_by("expected_orders")
        .agg(pl.sum("customers"))
        .sort("expected_orders")
        .with_columns(through=pl.col("customers").cum_sum())
    )
    twice_the_middle = 2 * pl.col("through") - pl.col("customers")
    number = (1 + BINS * twice_the_middle // (2 * pl.sum("customers"))).clip(1, BINS).cast(pl.Int32)
    bins = by_expected.select(
        "expected_orders", forecast_bin=pl.when(pl.col("expected_orders").is_not_null()).then(number)
    )
    return groups.join(bins, on="expected_orders", how="left", nulls_equal=True, maintain_order="left")


def list_parameters(models: Models) -> pl.DataFrame:
    """One row per model and parameter, as segments.value_model has them; a parameter that was not fitted is NULL."""
    rows = [
        {
            "method": fit.method,
            "parameter": parameter,
            "value": value,
            "log_likelihood": fit.log_likelihood,
            "customers": fit.customers,
            "used": fit.usable is not None,
            "note": fit.problem,
        }
        for fit in (models.orders, models.margin)
        for parameter, value in fit.parameters.items()
    ]
    return pl.DataFrame(rows, schema_overrides={"value": pl.Float64, "log_likelihood": pl.Float64, "note": pl.String})
