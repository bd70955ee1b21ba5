"""Offers against what was bought later: hits, their intervals, and which way wins."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from segmentation.offers.taste import NEW, POPULARITY, TASKS, Customers, Matrix, Taste, probabilities, rank_items

DEEPEST = 10  # a first hit beyond this rank counts as none
NO_HIT = DEEPEST + 1
FEWEST = 100  # customers without whom nothing beats popularity
DRAWS = 2000
CONFIDENCE = 0.95
SMALLEST_CHANCE = 1e-12

FIGURES = ("hit_rate_1", "hit_rate_3", "mean_reciprocal_rank")


def first_hits(
    task: str, customers: Customers, taste: Taste, later: Matrix, bought_later: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rank of the first offer of each way that was bought, counted, and the log loss.

    Args:
        later: days on which each item was bought later (customers x items).
        bought_later: whether a customer bought anything at all later, also what is not offered.
    Returns: one row per combination of ranks: a column for each way of the task and `customers`; and one row per way:
        `method`, `loss`, `purchases` (sums).
    """
    if task == NEW:
        wanted = (later > 0) & (customers.weights == 0)
        is_judged = wanted.any(axis=1)
        amounts = wanted.astype(np.float64)
    else:
        wanted, amounts, is_judged = later > 0, later, bought_later.to_numpy()
    ranks, losses = {}, []
    for method in TASKS[task]:
        chances = probabilities(method, task, customers, taste)
        in_order = np.take_along_axis(wanted, rank_items(chances), axis=1)[:, :DEEPEST]
        ranks[method] = np.where(in_order.any(axis=1), in_order.argmax(axis=1) + 1, NO_HIT)[is_judged]
        loss = -np.log(np.maximum(chances, SMALLEST_CHANCE)) * amounts
        losses.append({"method": method, "loss": float(loss.sum()), "purchases": float(amounts.sum())})
    counted = pl.DataFrame(ranks).group_by(TASKS[task]).agg(pl.len().cast(pl.Int64).alias("customers"))
    return counted, pl.DataFrame(losses)


def judge_ways(task: str, hits: Sequence[pl.DataFrame], losses: Sequence[pl.DataFrame], *, seed: int) -> pl.DataFrame:
    """The figures of targeting.offer_models, and the way chosen.

    A way is chosen over popularity only if its share of first offers bought is larger beyond chance: the interval of
    the difference, on the same customers and widened for the number of ways tried, leaves out 0. Of several the one
    with most hits is chosen, of equal ones the simpler. Intervals are of a bootstrap of customers (percentiles).

    Args:
        hits, losses: of parts of the customers, see `first_hits`; all of one task, at least one part.
    Returns: one row per way, the simplest first.
    """
    methods = TASKS[task]
    groups = pl.concat(hits).group_by(methods).agg(pl.sum("customers")).sort(methods)
    customers = int(groups["customers"].sum())
    if customers < FEWEST:
        note = f"fewer than {FEWEST} customers bought in the days held back, so nothing can beat popularity"
        return pl.DataFrame([_untested(method, customers, note) for method in methods])
    draws = np.random.default_rng(seed).multinomial(customers, groups["customers"].to_numpy() / customers, size=DRAWS)
    counts = groups["customers"].to_numpy()
    sums = pl.concat(losses).group_by("method", maintain_order=True).agg(pl.sum("loss", "purchases"))
    loss = {method: total / of if of else None for method, total, of in sums.iter_rows()}
    values = {method: _figures_of(groups[method].to_numpy()) for method in methods}
    simple = values[POPULARITY]["hit_rate_1"]
    rows = []
    for method in methods:
        row = {"method": method, "customers": customers, "log_loss": loss[method], "note": None}
        for name in FIGURES:
            row |= _estimate(name, values[method][name], counts, draws, CONFIDENCE)
        if method != POPULARITY:
            spread = 1 - (1 - CONFIDENCE) / (len(methods) - 1)
            row |= _estimate("gain", values[method]["hit_rate_1"] - simple, counts, draws, spread)
        rows.append(row)
    return _choose(pl.DataFrame(rows, infer_schema_length=None))


def _figures_of(ranks: "np.typing.NDArray[np.int64]") -> dict[str, Matrix]:
    """What a customer with each rank counts for."""
    return {
        "hit_rate_1": (ranks == 1).astype(np.float64),
        "hit_rate_3": (ranks <= 3).astype(np.float64),
        "mean_reciprocal_rank": np.where(ranks <= DEEPEST, 1 / ranks, 0.0),
    }


def _estimate(
    name: str,
    values: Matrix,
    counts: "np.typing.NDArray[np.int64]",
    draws: "np.typing.NDArray[np.int64]",
    confidence: float,
) -> dict[str, float]:
    customers = int(counts.sum())
    low, high = np.quantile(draws @ values / customers, [(1 - confidence) / 2, (1 + confidence) / 2])
    return {name: float(counts @ values) / customers, f"{name}_ci_low": float(low), f"{name}_ci_high": float(high)}


def _untested(method: str, customers: int, note: str) -> dict[str, object]:
    return {"method": method, "customers": customers, "chosen": method == POPULARITY, "note": note}


def _choose(judged: pl.DataFrame) -> pl.DataFrame:
    better = judged.filter(pl.col("gain_ci_low") > 0).sort("hit_rate_1", descending=True, maintain_order=True)
    chosen = better["method"][0] if better.height else POPULARITY
    return judged.with_columns(chosen=pl.col("method") == chosen)
