"""RFM_METHODS: how values become scores. Add a method here.

A method looks at values with the number of customers who have each, so equal values always share a score and no score
depends on the order of rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from segmentation.segments.scores import Measure, find_place

Array = npt.NDArray[np.float64]

WITHIN = ["within_recency", "within_frequency"]
THRESHOLDS_SCHEMA = {
    "measure": pl.String,
    "within_recency": pl.Int8,
    "within_frequency": pl.Int8,
    "score": pl.Int8,
    "starts_at": pl.Float64,
    "note": pl.String,
}
LOWEST = float("-inf")
UNSEEN = "nobody had these earlier scores on the frozen date, so all have the middle score"


@dataclass(frozen=True)
class Question:
    """What to find thresholds for.

    Attributes:
        bins: number of scores.
        values: one row per group of customers with equal earlier scores (`within_recency`, `within_frequency`, NULL
            for all customers) and `value`, ascending: `customers`. Empty for a method that does not look.
        cut_points: of the settings; empty unless set.
        earlier: THRESHOLDS_SCHEMA of the measure on the date that is frozen; empty unless set.
    """

    measure: Measure
    bins: int
    values: pl.DataFrame
    cut_points: tuple[float, ...]
    earlier: pl.DataFrame


@dataclass(frozen=True)
class RfmMethod:
    """A way to find thresholds.

    Attributes:
        split: the thresholds of one measure, THRESHOLDS_SCHEMA: every score of every group once; `starts_at` is the
            value its range begins with, -infinity for the lowest, NULL with a note where no value has the score. A
            range ends where the next begins.
        most_values: different values it looks at; neighbours are put together beyond. 0: it does not look at any.
        is_nested: frequency is scored among customers of equal recency score, money among those equal in both.
    """

    name: str
    description: str
    split: Callable[[Question], pl.DataFrame]
    most_values: int = 0
    is_nested: bool = False


def split_by_quantile(question: Question) -> pl.DataFrame:
    """Equal shares of customers, as far as equal values allow.

    A value has the score of the share in which the middle of its customers falls: with b customers worse and t no
    better of n, `1 + floor(bins (b + t) / 2n)`. Turning a measure round turns its scores round.
    """
    bins, group = question.bins, pl.col("customers")
    no_better = group.cum_sum().over(WITHIN)
    total = group.sum().over(WITHIN)
    scored = question.values.sort("value", descending=question.measure.fewer_is_better).with_columns(
        score=1 + (bins * (2 * no_better - group)) // (2 * total)
    )
    return _thresholds(scored.with_columns(pl.col("score").clip(1, bins)), question)


def split_at_natural_breaks(question: Question) -> pl.DataFrame:
    """Classes with the least squared distance from their means; see `find_natural_breaks`.

    Fewer different values than scores make as many classes, which take the scores that their middles fall on.
    """
    values = question.values
    classes = min(question.bins, values.height)
    starts = find_natural_breaks(values["value"].to_numpy(), values["customers"].to_numpy(), classes)
    ascending = np.searchsorted(starts, np.arange(values.height), side="right")
    from_worst = classes + 1 - ascending if question.measure.fewer_is_better else ascending
    places = {c: find_place(c, classes, scale=question.bins) for c in range(1, classes + 1)}
    return _thresholds(values.with_columns(pl.Series("score", from_worst).replace_strict(places)), question)


def find_natural_breaks(values: Array, customers: npt.NDArray[np.int64], classes: int) -> list[int]:
    """Where classes begin so that the squared distances of all customers from the mean of their class add up to least.

    Exact, by dynamic programming over every pair of first and last value: takes memory for the square of the values.

    Args:
        values: different, ascending.
        customers: how many have each value.
        classes: at most as many as values.
    Returns: the position of the first value of each class.
    References: W. D. Fisher (1958), On Grouping for Maximum Homogeneity, JASA 53, 789-798; G. F. Jenks (1967).
    """
    deviations = _squared_deviations(values, customers.astype(np.float64))
    least, choices = deviations[0], []
    for _ in range(classes - 1):
        # By first (row) and last (column) value of a further class: the least that leads there.
        sums = np.concatenate([[np.inf], least[:-1]])[:, None] + deviations
        choices.append(sums.argmin(axis=0))
        least = sums.min(axis=0)
    starts, last = [], len(values) - 1
    for choice in reversed(choices):
        starts.append(int(choice[last]))
        last = starts[-1] - 1
    return [0, *reversed(starts)]


def _squared_deviations(values: Array, weights: Array) -> Array:
    """Sum of squared distances from their mean of the values from i to j, by i and j; infinite for j before i.

    References: D. H. D. West (1979), Updating Mean and Variance Estimates, Communications of the ACM 22, 532-535.
    """
    found = np.full((len(values), len(values)), np.inf)
    weight, mean, squares = (np.zeros(len(values)) for _ in range(3))
    for last, (value, more) in enumerate(zip(values, weights, strict=True)):
        begun = slice(last + 1)
        distance = value - mean[begun]
        weight[begun] += more
        mean[begun] += distance * (more / weight[begun])
        squares[begun] += more * distance * (value - mean[begun])
        found[begun, last] = squares[begun]
    return found


def split_at_cut_points(question: Question) -> pl.DataFrame:
    """Ranges that begin at the cut points of the settings; the range below the first is the lowest."""
    starts = [LOWEST, *question.cut_points]
    scores = range(1, len(starts) + 1)
    return pl.DataFrame(
        {
            "measure": question.measure.name,
            "within_recency": None,
            "within_frequency": None,
            "score": reversed(scores) if question.measure.fewer_is_better else scores,
            "starts_at": starts,
            "note": None,
        },
        schema=THRESHOLDS_SCHEMA,
    ).sort("score")


def split_as_before(question: Question) -> pl.DataFrame:
    """The thresholds of the frozen date, so that scores of different dates mean the same.

    Where those are nested, a group that had no customers on that date has the middle score.
    """
    nested = [name for name in WITHIN if question.earlier[name].null_count() == 0]
    scores = pl.DataFrame({"score": range(1, question.bins + 1)}, schema={"score": pl.Int8})
    every = scores
    for name in nested:
        every = every.join(scores.rename({"score": name}), how="cross")
    is_middle = pl.col("score") == find_place(1, 1, scale=question.bins)
    unseen = pl.col("starts_at").is_null().all().over(nested or pl.lit(0))
    return (
        every.join(question.earlier, on=[*nested, "score"], how="left")
        .with_columns(
            pl.lit(question.measure.name).alias("measure"),
            pl.when(unseen & is_middle).then(LOWEST).otherwise("starts_at").alias("starts_at"),
            pl.when(unseen).then(pl.lit(UNSEEN)).otherwise("note").alias("note"),
        )
        .with_columns(pl.lit(None).alias(name) for name in WITHIN if name not in nested)
        .select(pl.col(name).cast(dtype) for name, dtype in THRESHOLDS_SCHEMA.items())
        .sort(*WITHIN, "score")
    )


def _thresholds(scored: pl.DataFrame, question: Question) -> pl.DataFrame:
    """Thresholds from the score of every value, with a row for every score."""
    first = scored.group_by(*WITHIN, "score").agg(pl.min("value").alias("starts_at"))
    different = scored.group_by(WITHIN).agg(pl.len().alias("different"), pl.min("value").alias("lowest"))
    every = different.join(pl.DataFrame({"score": range(1, question.bins + 1)}), how="cross")
    few = pl.format(f"no value has this score: {question.bins} scores for {{}} different value(s)", "different")
    why = (
        pl.when(pl.col("different") < question.bins)
        .then(few)
        .otherwise(pl.lit("no value has this score: too many customers share a value"))
    )
    return (
        every.join(
            first.with_columns(pl.col("score").cast(pl.Int64)), on=[*WITHIN, "score"], how="left", nulls_equal=True
        )
        .with_columns(measure=pl.lit(question.measure.name), note=pl.when(pl.col("starts_at").is_null()).then(why))
        .with_columns(starts_at=pl.when(pl.col("starts_at") == pl.col("lowest")).then(LOWEST).otherwise("starts_at"))
        .select(pl.col(name).cast(dtype) for name, dtype in THRESHOLDS_SCHEMA.items())
        .sort(*WITHIN, "score")
    )


RFM_METHODS: Mapping[str, RfmMethod] = {
    method.name: method
    for method in (
        RfmMethod("quantile", "Scores with equal shares of customers", split_by_quantile, most_values=1_000_000),
        RfmMethod(
            "nested",
            "Equal shares: frequency within each recency score, money within each of both",
            split_by_quantile,
            most_values=1_000_000,
            is_nested=True,
        ),
        RfmMethod("fixed", "Ranges between the cut points of the settings", split_at_cut_points),
        RfmMethod(
            "natural breaks",
            "Ranges whose values are closest to their mean (Fisher and Jenks)",
            split_at_natural_breaks,
            most_values=2_000,
        ),
        RfmMethod("frozen", "The thresholds of an earlier as-of date", split_as_before),
    )
}
