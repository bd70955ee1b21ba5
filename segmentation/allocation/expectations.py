"""What each offer may bring from each customer, and where that is known from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from segmentation.allocation.problem import Floats
from segmentation.errors import PlanError
from segmentation.response.intervals import NORMAL
from segmentation.settings import PlannedOffer
from segmentation.targeting.expectation import pool_uplift


@dataclass(frozen=True)
class Valued:
    """Offers weighed for customers.

    Attributes:
        uplift: customers x offers: expected incremental revenue per head; NaN where not known.
        profit: customers x offers: expected margin less the cost of the piece; -inf where not known.
        errors: segments x offers: standard error of the expected margin; NaN where not known.
        errors_of_all: by offer, the same of what all customers brought.
        basis: by offer, where its expectation comes from.
    """

    uplift: Floats
    profit: Floats
    errors: Floats
    errors_of_all: Floats
    basis: tuple[str, ...]


def find_errors(uplift: pl.DataFrame, segments: Sequence[str]) -> Floats:
    """Standard error of the revenue per head that earlier mailings brought, by segment; NaN where not known.

    Args:
        uplift: rows of response.uplift of finished campaigns of the channel.
    """
    pooled = pool_uplift(uplift, metric="revenue", dimension="segment")
    known = dict(pooled.select("level", (pl.col("ci_high") - pl.col("ci_low")) / (2 * NORMAL)).iter_rows())
    return np.array([known.get(segment, np.nan) for segment in segments], dtype=np.float64)


def stand_in(uplift: pl.DataFrame) -> tuple[float, float]:
    """Revenue per head that earlier mailings brought from all customers, and its standard error; NaN where not known.

    Args:
        uplift: rows of response.uplift of finished campaigns of the channel.
    """
    pooled = pool_uplift(uplift, metric="revenue", dimension="all")
    if pooled.is_empty():
        return np.nan, np.nan
    return pooled["uplift"][0], (pooled["ci_high"][0] - pooled["ci_low"][0]) / (2 * NORMAL)


def value_offers(
    expected_uplift: Floats,
    offers: Sequence[PlannedOffer],
    uplift: pl.DataFrame,
    segments: Sequence[str],
    margin_rate: float | None,
) -> Valued:
    """Each offer brings the ordinary uplift of a customer times its multiplier, or what its cell brought more or less.

    Args:
        expected_uplift: of an ordinary mailing, revenue per head by customer; NaN where not known.
        uplift: rows of response.uplift of finished campaigns of the channel.
        segments: of the errors.
        margin_rate: of offers that have none of their own.

    Raises:
        PlanError: nothing is known of an ordinary mailing, an offer has no margin, or its cell was not measured.
    """
    if np.isnan(expected_uplift).all():
        raise PlanError(
            "plan.offers compete by expected profit, but no earlier mailing of this channel has a measured uplift of "
            "these segments; measure a mailing with a hold-out first, or plan without offers"
        )
    errors = np.append(find_errors(uplift, segments), stand_in(uplift)[1])  # the last is of all
    revenues, spreads, basis = [], [], []
    for offer in offers:
        if offer.learned_from is None:
            revenues.append(expected_uplift * offer.uplift_multiplier)
            spreads.append(errors * offer.uplift_multiplier)
            basis.append(f"{offer.uplift_multiplier:g} x the uplift of ordinary mailings, as set in plan.offers")
        else:
            more, error, told = _learn(offer, uplift)
            revenues.append(expected_uplift + more)
            spreads.append(np.hypot(errors, error))
            basis.append(told)
    margins = np.array([_margin(offer, margin_rate) for offer in offers])
    revenue = np.column_stack(revenues)
    profit = revenue * margins - np.array([offer.unit_cost for offer in offers])
    spread = np.column_stack(spreads) * margins
    return Valued(revenue, np.where(np.isnan(profit), -np.inf, profit), spread[:-1], spread[-1], tuple(basis))


def _margin(offer: PlannedOffer, margin_rate: float | None) -> float:
    margin = margin_rate if offer.margin_rate is None else offer.margin_rate
    if margin is None:
        raise PlanError(
            f"the offer {offer.name!r} of plan.offers has no margin_rate, and campaigns.margin_rate is not set; set one"
        )
    return margin


def _learn(offer: PlannedOffer, uplift: pl.DataFrame) -> tuple[float, float, str]:
    """What the offer's cell brought per head above all cells, the standard error of that, and where it is from."""
    cells = pool_uplift(uplift, metric="revenue", dimension="cell")
    found, every = cells.filter(level=offer.learned_from), pool_uplift(uplift, metric="revenue", dimension="all")
    if found.is_empty() or every.is_empty():
        known = ", ".join(cells["level"]) or "none"
        raise PlanError(
            f"no earlier mailing of this channel has a measured cell {offer.learned_from!r} from which the offer "
            f"{offer.name!r} could be learned (there are: {known}); set its uplift_multiplier instead"
        )
    row = found.row(0, named=True)
    error = (row["ci_high"] - row["ci_low"]) / (2 * NORMAL)
    return (
        row["uplift"] - every["uplift"][0],
        error,
        f"cell {offer.learned_from} of {row['campaigns']} earlier mailings, {row['method']}",
    )
