"""Drift: how far the spread of customers over a measure has moved since an earlier date."""

import polars as pl

BINS = 10
LEAST_SHARE = 0.0001  # stands for a share of nobody, whose logarithm there is not
LOWEST = float("-inf")


def split_tenths(values: pl.DataFrame) -> pl.DataFrame:
    """Tenths of the customers by each measure, as far as equal values allow.

    Args:
        values: `measure`, `value`, `customers`: how many have the value.
    Returns: one row per measure and tenth that has customers: `measure`, `bin` (1 lowest), `starts_at` (the value it
        begins with, -infinity for the first; it ends where the next begins), `customers`.
    """
    so_far, total = pl.col("customers").cum_sum().over("measure"), pl.col("customers").sum().over("measure")
    middle = (BINS * (2 * so_far - pl.col("customers"))) // (2 * total)
    return (
        values.sort("measure", "value")
        .group_by("measure", bin=(1 + middle).clip(1, BINS).cast(pl.Int32), maintain_order=True)
        .agg(pl.min("value").alias("starts_at"), pl.sum("customers"))
        .with_columns(
            pl.when(pl.col("bin") == pl.col("bin").min().over("measure"))
            .then(LOWEST)
            .otherwise("starts_at")
            .alias("starts_at")
        )
    )


def count_in_tenths(values: pl.DataFrame, tenths: pl.DataFrame) -> pl.DataFrame:
    """How many customers of `values` fall in tenths made on another date: `measure`, `bin`, `customers`.

    Measures that `tenths` does not have are left out.
    """
    return (
        values.sort("value")
        .join_asof(
            tenths.select("measure", "bin", "starts_at").sort("starts_at"),
            left_on="value",
            right_on="starts_at",
            by="measure",
            check_sortedness=False,
        )
        .drop_nulls("bin")
        .group_by("measure", "bin")
        .agg(pl.sum("customers"))
    )


def measure_drift(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Population stability index of each measure: the sum over bins of (a - b) ln(a / b), b the share before, a after.

    A share of nobody counts as 0.0001.

    Args:
        before, after: `measure`, `bin` (of any type), `customers`.
    Returns: one row per measure that both have, sorted: `measure`, `psi`.
    References: N. Siddiqi (2006), Credit Risk Scorecards, section 10: below 0.1 no change to speak of, above 0.25 a
        large one.
    """
    shares = (
        part.group_by("measure", "bin")
        .agg(pl.sum("customers"))
        .with_columns((pl.col("customers") / pl.col("customers").sum().over("measure")).alias("share"))
        for part in (before, after)
    )
    b, a = (pl.col(name).fill_null(0).clip(LEAST_SHARE) for name in ("share", "share_after"))
    both = set(before["measure"]) & set(after["measure"])
    return (
        next(shares)
        .join(next(shares), on=["measure", "bin"], how="full", coalesce=True, suffix="_after")
        .filter(pl.col("measure").is_in(both))
        .sort("measure", "bin")
        .group_by("measure", maintain_order=True)
        .agg(((a - b) * (a / b).log()).sum().alias("psi"))
    )
