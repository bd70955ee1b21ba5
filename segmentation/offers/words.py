"""The best offers of some customers, with the reason in words."""

import numpy as np
import polars as pl

from segmentation.offers.taste import POPULARITY, SIMILAR, Customers, Taste, probabilities, rank_items

OFFERED = 3  # ranks


def best_offers(method: str, task: str, customers: Customers, taste: Taste) -> pl.DataFrame:
    """The most likely items of each customer.

    Returns: one row per customer (`number`, place in `customers`) and rank, both ascending: `rank`, `place` (of the
        item), `category`, `probability`, `segment`, `because_of` (for similar buyers: the customer's item that speaks
        most for it). No row for an item without a chance.
    """
    chances = probabilities(method, task, customers, taste)
    best = rank_items(chances)[:, :OFFERED]
    count, ranks = best.shape
    segments, items = np.array(taste.segments, dtype=object), np.array(taste.items, dtype=object)
    found = pl.DataFrame(
        {
            "number": np.repeat(np.arange(count), ranks),
            "rank": np.tile(np.arange(1, ranks + 1), count).astype(np.int32),
            "place": best.ravel(),
            "category": items[best.ravel()],
            "probability": np.take_along_axis(chances, best, axis=1).ravel(),
            "segment": np.repeat(segments[customers.segment], ranks),
            "because_of": _speaking(customers, taste, best) if method == SIMILAR else [None] * (count * ranks),
        },
        schema_overrides={"because_of": pl.String, "category": pl.String, "segment": pl.String},
    )
    return found.filter(pl.col("probability") > 0)


def _speaking(customers: Customers, taste: Taste, best: "np.typing.NDArray[np.int64]") -> list[str | None]:
    """For each offer the item of the customer whose buyers buy it most beyond all others; None without one."""
    said = np.full(best.shape, None, dtype=object)
    items = np.array(taste.items, dtype=object)
    for rank in range(best.shape[1]):
        offered = best[:, rank]
        parts = customers.weights * (taste.together[:, offered] - taste.buyers[offered]).T
        parts[np.arange(len(offered)), offered] = 0
        said[:, rank] = np.where(parts.max(axis=1) > 0, items[parts.argmax(axis=1)], None)
    told: list[str | None] = said.ravel().tolist()
    return told


def explain_offers(offers: pl.DataFrame, method: str) -> pl.DataFrame:
    """Add `basis`: why, in words.

    Args:
        offers: see `best_offers`, with `days_bought` and `last_bought_on`, NULL where never bought.
    """
    days = pl.col("days_bought")
    bought = pl.format(
        "bought on {} {}, last on {}",
        days,
        pl.when(days == 1).then(pl.lit("day")).otherwise(pl.lit("days")),
        pl.col("last_bought_on").cast(pl.String),
    )
    popular = (
        pl.lit("among the most bought of all")
        if method == POPULARITY
        else pl.format("among the most bought in segment {}", pl.col("segment"))
    )
    others = pl.format("bought by others who buy {}", pl.col("because_of"))
    return offers.with_columns(
        basis=pl.when(days > 0).then(bought).when(pl.col("because_of").is_not_null()).then(others).otherwise(popular)
    )
