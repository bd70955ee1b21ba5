"""What counts too few customers to be shown, lest one of them be read off."""

from collections.abc import Sequence

import polars as pl

FEWEST = 5  # customers of whom a figure may tell
OTHER = "other"
WHOLE = "segment"  # every scored customer has a segment, so this grouping counts everybody


def is_too_small(customers: str, name: str, within: Sequence[str]) -> pl.Expr:
    """Whether a row counts too few customers, or must stay hidden to keep the smaller ones hidden.

    Of one hidden row all could be told from the total and the other rows. So rows are hidden from the smallest on
    until they are at least `FEWEST` customers together; a row without a `name` counts as hidden.

    Args:
        customers, name: columns; of rows of one size the first name is hidden first.
        within: columns of the total.

    References: A. Hundepool et al. (2012), Statistical Disclosure Control, section 4: secondary suppression.
    """
    unnamed = pl.col(name).is_null()
    smaller = pl.col(customers).cum_sum().over(within, order_by=[~unnamed, customers, name]) - pl.col(customers)
    return unnamed | (pl.col(customers) < FEWEST) | smaller.is_between(1, FEWEST - 1)


def pool_rare(shares: pl.DataFrame) -> pl.DataFrame:
    """Put together as `other` the values that too few scored customers have.

    Args:
        shares: rows of sql/attribute_shares.sql.

    Returns: the same columns, sorted; a value that is called `other` in the source is among the pooled ones.
    """
    totals = shares.filter(pl.col("grouping") == WHOLE).group_by("attribute", "value").agg(pl.sum("customers"))
    rare = totals.filter(is_too_small("customers", "value", ["attribute"])).select(
        "attribute", "value", pooled=pl.lit(OTHER)
    )
    keys = ["attribute", "grouping", "group_name", "value"]
    return (
        shares.join(rare, on=["attribute", "value"], how="left")
        .with_columns(value=pl.coalesce("pooled", "value"))
        .group_by(keys)
        .agg(pl.sum("customers"))
        .sort(keys)
    )
