"""Were the probabilities right? Each way on days held back, by tenths of the customers."""

import polars as pl

from segmentation.calls.timing import SAME
from segmentation.response.intervals import wilson_interval
from segmentation.value.fitting import Vector

BINS = 10
ALL = 0


def judge_chances(groups: pl.DataFrame, chances: dict[str, Vector], problems: dict[str, str]) -> pl.DataFrame:
    """The figures of targeting.call_check: for each way all customers (bin 0), then tenths by probability.

    The smallest Brier score is chosen; of equal ones the first.

    Args:
        groups: rows of sql/order_chances.sql of the days held back.
        chances: by way, simplest first: the probability of each group.
        problems: by way that cannot be used: why.
    """
    parts = [_judge(groups.with_columns(chance=pl.Series(of)), method) for method, of in chances.items()]
    judged = pl.concat(parts)
    overall = judged.filter(pl.col("bin") == ALL).sort("brier_score", maintain_order=True)
    untested = pl.DataFrame(
        [{"method": method, "bin": ALL, "note": why} for method, why in problems.items()],
        schema={"method": pl.String, "bin": pl.Int32, "note": pl.String},
    )
    return pl.concat([judged, untested], how="diagonal").with_columns(
        chosen=pl.col("method") == (overall["method"][0] if overall.height else SAME)
    )


def _judge(groups: pl.DataFrame, method: str) -> pl.DataFrame:
    ranked = groups.group_by("chance").agg(pl.sum("customers", "ordered")).sort("chance")
    twice_the_middle = 2 * pl.col("customers").cum_sum() - pl.col("customers")
    binned = ranked.with_columns(
        bin=(1 + BINS * twice_the_middle // (2 * pl.sum("customers"))).clip(1, BINS).cast(pl.Int32)
    )
    everybody = binned.with_columns(bin=pl.lit(ALL, dtype=pl.Int32))
    chance, customers, ordered = pl.col("chance"), pl.col("customers"), pl.col("ordered")
    figures = (
        pl.concat([everybody, binned])
        .group_by("bin", maintain_order=True)
        .agg(
            customers=customers.sum(),
            buyers=ordered.sum(),
            expected=(chance * customers).sum() / customers.sum(),
            brier_score=(ordered * (1 - chance).pow(2) + (customers - ordered) * chance.pow(2)).sum() / customers.sum(),
        )
    )
    low, high = wilson_interval(figures["buyers"].to_numpy(), figures["customers"].to_numpy())
    return figures.select(
        pl.lit(method).alias("method"),
        "bin",
        "customers",
        "expected",
        (pl.col("buyers") / pl.col("customers")).alias("ordered"),
        pl.Series("ordered_ci_low", low),
        pl.Series("ordered_ci_high", high),
        "brier_score",
    )
