"""What is known of items and customers, and the ways to say what a customer buys next."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Matrix = npt.NDArray[np.float64]

SEGMENT_PRIOR = 100.0  # a segment's shares are drawn to those of all as if of so many more purchases
TOGETHER_PRIOR = 20.0  # shares among the buyers of an item are drawn to those of all as if of so many more buyers
SMALLEST, LARGEST = 0.001, 0.999  # of the correlation, so that the strength of the prior is finite and above 0

POPULARITY, IN_SEGMENT, OWN, SIMILAR = (
    "popularity",
    "popularity in the segment",
    "own purchases",
    "similar buyers",
)


@dataclass(frozen=True)
class Taste:
    """What all customers' purchases say.

    Attributes:
        items: as the columns of every matrix.
        overall: share of each item in all purchases; adds up to 1.
        by_segment: the same by segment (rows as `segments`), drawn to `overall`.
        strength: purchases that the shares of the segment are worth beside a customer's own.
        together: for each item (row) the share of its buyers who have bought each item (column), drawn to that of all.
        buyers: share of all customers who have bought each item.
    """

    items: tuple[str, ...]
    segments: tuple[str, ...]
    overall: Matrix
    by_segment: Matrix
    strength: float
    together: Matrix
    buyers: Matrix


@dataclass(frozen=True)
class Customers:
    """Some customers: segment (place in Taste.segments) and weighted purchases (customers x items)."""

    segment: npt.NDArray[np.int64]
    weights: Matrix


def popular_shares(weights: pl.DataFrame, segments: tuple[str, ...], items: int) -> tuple[Matrix, Matrix]:
    """Share of each item in the purchases of all, and of each segment.

    Args:
        weights: rows of sql/offer_weights.sql, not empty.
    """
    place = {segment: number for number, segment in enumerate(segments)}
    sums = np.zeros((len(segments), items))
    sums[[place[segment] for segment in weights["segment"]], weights["place"].to_numpy()] = weights["weight"].to_numpy()
    overall: Matrix = sums.sum(axis=0) / sums.sum()
    return overall, (sums + SEGMENT_PRIOR * overall) / (sums.sum(axis=1, keepdims=True) + SEGMENT_PRIOR)


def prior_strength(overall: Matrix, *, customers: int, n: float, n_squared: float, squares_by_n: float) -> float:
    """Purchases that the shares of all are worth beside a customer's own, from how much customers differ.

    The less they differ, the more. It is the precision of a Dirichlet distribution of customers' shares.

    Args:
        overall: share of each item.
        customers, n, n_squared, squares_by_n: see sql/offer_spread.sql.
    References: the moment estimator of J. C. Kleinman (1973), Proportions with Extraneous Variance, Journal of the
        American Statistical Association 68, 46-54, with weights n.
    """
    variance = 1 - float((overall**2).sum())
    room = n - n_squared / n - (customers - 1) if n else 0.0
    if variance <= 0 or room <= 0:
        return 1 / SMALLEST - 1
    spread = squares_by_n - n * float((overall**2).sum())
    correlation = float(np.clip((spread / variance - (customers - 1)) / room, SMALLEST, LARGEST))
    return 1 / correlation - 1


def bought_together(pairs: Matrix, customers: int) -> Matrix:
    """For each item (row) the share of its buyers who bought each item (column), drawn to that of all customers.

    Args:
        pairs: customers who bought both; the diagonal has the buyers of each item.
        customers: all of them.
    """
    buyers = np.diag(pairs)
    shares: Matrix = (pairs + TOGETHER_PRIOR * buyers / max(customers, 1)) / (buyers[:, None] + TOGETHER_PRIOR)
    return shares


def by_popularity(customers: Customers, taste: Taste) -> Matrix:
    """The same for everybody."""
    return np.repeat(taste.overall[None, :], len(customers.segment), axis=0)


def by_segment(customers: Customers, taste: Taste) -> Matrix:
    """The same for everybody of a segment."""
    return taste.by_segment[customers.segment]


def by_own_purchases(customers: Customers, taste: Taste) -> Matrix:
    """The customer's own shares, drawn to the segment's as if of `taste.strength` more purchases."""
    prior = taste.strength * taste.by_segment[customers.segment]
    shares: Matrix = (customers.weights + prior) / (customers.weights.sum(axis=1, keepdims=True) + taste.strength)
    return shares


def by_similar_buyers(customers: Customers, taste: Taste) -> Matrix:
    """What buyers of the customer's items have bought, weighted by the customer's shares; else as the segment."""
    total = customers.weights.sum(axis=1, keepdims=True)
    own = np.divide(customers.weights, total, out=np.zeros_like(customers.weights), where=total > 0)
    scores = np.where(total > 0, own @ taste.together, taste.by_segment[customers.segment])
    shares: Matrix = scores / scores.sum(axis=1, keepdims=True)
    return shares


Way = Callable[[Customers, Taste], Matrix]

# In order of simplicity: the first is what the others have to beat.
WAYS: dict[str, Way] = {
    POPULARITY: by_popularity,
    IN_SEGMENT: by_segment,
    OWN: by_own_purchases,
    SIMILAR: by_similar_buyers,
}
ANY, NEW = "any", "new"
# Of what is new to a customer own purchases say what the segment says.
TASKS: dict[str, tuple[str, ...]] = {ANY: tuple(WAYS), NEW: (POPULARITY, IN_SEGMENT, SIMILAR)}


def probabilities(method: str, task: str, customers: Customers, taste: Taste) -> Matrix:
    """Chance that a customer's next purchase (of something new, in task new) is of each item (customers x items).

    Rows add up to 1, or are 0 where nothing is new. Rounded to 12 digits, so that equal chances are equal.
    """
    shares = WAYS[method](customers, taste)
    if task == NEW:
        shares = np.where(customers.weights > 0, 0, shares)
    total = shares.sum(axis=1, keepdims=True)
    chances: Matrix = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    return chances.round(12)


def rank_items(chances: Matrix) -> npt.NDArray[np.int64]:
    """Items of each customer, most likely first; equal ones in the order of the columns."""
    order: npt.NDArray[np.int64] = np.argsort(-chances, axis=1, kind="stable")
    return order
