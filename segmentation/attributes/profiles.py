"""Profiles: the share or mean of each group against that of all scored customers."""

from collections.abc import Callable

import polars as pl

from segmentation.attributes.disclosure import FEWEST, WHOLE, is_too_small
from segmentation.attributes.kinds import LEFT_OUT, MEAN, SHARE
from segmentation.attributes.significance import compare_group_means, compare_shares, judge

GROUP = ("attribute", "grouping", "group_name")
KEYS = (*GROUP, "value")
NOBODY_KNOWN = "no customer of the group is known"
TOO_FEW = f"fewer than {FEWEST} customers of the group are known"
SHIELD = f"hidden lest a group of fewer than {FEWEST} customers known be worked out from the others and all"
NOBODY_ELSE = "no customer outside the group is known, so there is nothing to compare with"
NO_INDEX = "the mean of all is not above 0, so there is no index"
ALL_ALIKE = "the numbers do not vary"


def profile_shares(shares: pl.DataFrame, sizes: pl.DataFrame) -> pl.DataFrame:
    """Profile the groups by the shares of an attribute's values.

    Args:
        shares: `attribute`, `grouping`, `group_name`, `value`, `customers`; see disclosure.pool_rare.
        sizes: rows of sql/group_sizes.sql.

    Returns: one row per attribute, grouping, group and value, as in contract.attributes.ATTRIBUTE_PROFILES: also where
        nobody of the group has the value.
    """
    whole = (
        shares.filter(pl.col("grouping") == WHOLE)
        .group_by("attribute", "value")
        .agg(all_holders=pl.sum("customers"))
        .with_columns(everybody=pl.sum("all_holders").over("attribute"))
    )
    rows = (
        sizes.join(whole, how="cross")
        .join(shares.rename({"customers": "holders"}), on=KEYS, how="left", nulls_equal=True)
        .with_columns(pl.col("holders").fill_null(0))
        .with_columns(customers=pl.sum("holders").over(GROUP))
        .with_columns(
            holders_outside=pl.col("all_holders") - pl.col("holders"),
            outside=pl.col("everybody") - pl.col("customers"),
            in_group=pl.col("holders") / pl.col("customers"),
            in_all=pl.col("all_holders") / pl.col("everybody"),
            kind=pl.lit(SHARE),
        )
    )
    return _finish(rows, compare_shares)


def profile_means(means: pl.DataFrame, sizes: pl.DataFrame) -> pl.DataFrame:
    """Profile the groups by the means of numeric attributes.

    Args:
        means: rows of sql/attribute_means.sql; `variance` with divisor n.
        sizes: rows of sql/group_sizes.sql.

    Returns: one row per attribute, grouping and group, as in contract.attributes.ATTRIBUTE_PROFILES; `value` is NULL.
    """
    everybody = _pool(means.filter(pl.col("grouping") == WHOLE), ["attribute"])
    outside = _pool(
        means.join(means, on=["attribute", "grouping"], suffix="_of_group").filter(
            pl.col("group_name").ne_missing(pl.col("group_name_of_group"))
        ),
        ["attribute", "grouping", "group_name_of_group"],
    ).rename({"group_name_of_group": "group_name"})
    rows = (
        sizes.join(everybody.select("attribute", in_all="mean"), how="cross")
        .join(means, on=GROUP, how="left", nulls_equal=True)
        .join(outside, on=GROUP, how="left", nulls_equal=True, suffix="_outside")
        .rename({"mean": "in_group", "customers_outside": "outside"})
        .with_columns(
            pl.col("customers", "outside").fill_null(0),
            variance=_sample_variance("variance", "customers"),
            variance_outside=_sample_variance("variance_outside", "outside"),
            value=pl.lit(None, dtype=pl.String),
            kind=pl.lit(MEAN),
        )
    )
    return _finish(rows, compare_group_means)


def profile(kinds: pl.DataFrame, shares: pl.DataFrame, means: pl.DataFrame, sizes: pl.DataFrame) -> pl.DataFrame:
    """All rows of contract.attributes.ATTRIBUTE_PROFILES but their date, sorted.

    Args:
        kinds: see kinds.choose_kinds; the attributes left out have a row each.
        shares, means, sizes: see `profile_shares` and `profile_means`.
    """
    parts = (
        profile_shares(shares, sizes),
        profile_means(means, sizes),
        _list_left_out(kinds, scored=int(sizes.filter(pl.col("grouping") == WHOLE)["size"].sum())),
    )
    return pl.concat(parts, how="diagonal_relaxed").sort(KEYS, nulls_last=True)


def _list_left_out(kinds: pl.DataFrame, scored: int) -> pl.DataFrame:
    return kinds.filter(pl.col("kind") == LEFT_OUT).with_columns(unknown=scored - pl.col("customers"))


def _pool(means: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Customers, mean and variance (divisor n) of groups taken together."""
    n, mean = pl.col("customers"), pl.col("mean")
    return (
        means.sort(*keys, "group_name")
        .with_columns(pooled=(n * mean).sum().over(keys) / n.sum().over(keys))
        .group_by(keys, maintain_order=True)
        .agg(
            variance=(n * (pl.col("variance") + (mean - pl.col("pooled")) ** 2)).sum() / n.sum(),
            customers=n.sum(),
            mean=pl.first("pooled"),
        )
    )


def _sample_variance(variance: str, customers: str) -> pl.Expr:
    n = pl.col(customers)
    return pl.when(n > 1).then(pl.col(variance) * n / (n - 1))


def _finish(rows: pl.DataFrame, compare: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """Hide what tells of too few, compare the others, and say what is missing why."""
    hidden = is_too_small("customers", "group_name", [*GROUP[:2], "value"])
    rows = rows.with_columns(is_hidden=hidden).filter(pl.col("group_name").is_not_null())
    is_shown, is_compared = ~pl.col("is_hidden"), ~pl.col("is_hidden") & (pl.col("outside") > 0)
    compared = pl.concat([compare(rows.filter(is_compared)), rows.filter(~is_compared)], how="diagonal_relaxed")
    in_group = pl.when(is_shown).then("in_group")
    return judge(compared.sort(KEYS)).with_columns(
        unknown=pl.col("size") - pl.col("customers"),
        in_group=in_group,
        index=pl.when(pl.col("in_all") > 0).then(100 * in_group / pl.col("in_all")),
        note=pl.when(pl.col("customers") == 0)
        .then(pl.lit(NOBODY_KNOWN))
        .when("is_hidden")
        .then(pl.when(pl.col("customers") < FEWEST).then(pl.lit(TOO_FEW)).otherwise(pl.lit(SHIELD)))
        .when(pl.col("outside") == 0)
        .then(pl.lit(NOBODY_ELSE))
        .when(pl.col("p_value").is_null())
        .then(pl.lit(ALL_ALIKE))
        .when(pl.col("in_all") <= 0)
        .then(pl.lit(NO_INDEX)),
    )
