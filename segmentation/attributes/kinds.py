"""What an attribute is good for: shares of its values, the mean of its numbers, or nothing."""

from collections.abc import Iterable

import polars as pl

from segmentation.attributes.disclosure import FEWEST

MOST_VALUES = 50  # of an attribute with shares
MOST_CODES = 12  # different numbers, such as months, up to which they are values like any other
NEARLY_ALL = 0.95  # of the values are numbers
OWN_VALUE = 0.9  # different values per customer from which they may tell who a person is
LONGEST = 1e9  # a whole number as large as this is an account or a telephone, not a measure

SHARE, MEAN, LEFT_OUT = "share", "mean", "left out"
NOBODY = "no scored customer has a value"
TOO_FEW = f"fewer than {FEWEST} scored customers have a value"
ALL_ALIKE = "all customers known have the same value"
IDENTIFIES = "nearly every customer has a value of their own, so it may tell who a person is"
AN_ID = "whole numbers that are all different, or have ten digits and more: ids, not measures"
RARE = f"no two values are had by {FEWEST} scored customers each"
TOO_MANY = f"more than {MOST_VALUES} different values that are not numbers; give bands or classes instead"


def choose_kinds(contents: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Say of each attribute what it is good for.

    Args:
        contents: rows of sql/attribute_contents.sql.
        names: attributes there are; one that `contents` lacks has no value.

    Returns: one row per attribute, sorted: `attribute`, `customers` (whose value is known), `kind` (share, mean or left
        out), `note` (why it is left out, else NULL).
    """
    known = pl.col("known").fill_null(0)
    has_numbers = (pl.col("numbers") >= NEARLY_ALL * known) & (pl.col("numbers_found") > MOST_CODES)
    has_ids = pl.col("is_whole") & ((pl.col("numbers_found") == pl.col("numbers")) | (pl.col("largest") >= LONGEST))
    reason = (
        pl.when(known == 0)
        .then(pl.lit(NOBODY))
        .when(known < FEWEST)
        .then(pl.lit(TOO_FEW))
        .when(pl.col("values_found") == 1)
        .then(pl.lit(ALL_ALIKE))
        .when(has_numbers & has_ids)
        .then(pl.lit(AN_ID))
        .when(~has_numbers & (pl.col("values_found") > OWN_VALUE * known))
        .then(pl.lit(IDENTIFIES))
        .when(~has_numbers & (pl.col("values_found") > MOST_VALUES))
        .then(pl.lit(TOO_MANY))
    )
    return (
        pl.DataFrame({"attribute": list(names)}, schema={"attribute": pl.String})
        .join(contents, on="attribute", how="left")
        .select("attribute", customers=known, is_numeric=has_numbers, note=reason)
        .with_columns(
            kind=pl.when(pl.col("note").is_not_null())
            .then(pl.lit(LEFT_OUT))
            .when("is_numeric")
            .then(pl.lit(MEAN))
            .otherwise(pl.lit(SHARE))
        )
        .drop("is_numeric")
        .sort("attribute")
    )


def leave_out_rare(kinds: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """Leave out the attributes of whose values pooling leaves one.

    Args:
        kinds: see `choose_kinds`.
        shares: `attribute`, `value` after disclosure.pool_rare.
    """
    values = shares.group_by("attribute").agg(pl.n_unique("value"))
    rare = values.filter(pl.col("value") == 1)["attribute"].to_list()
    return kinds.with_columns(
        kind=pl.when(pl.col("attribute").is_in(rare)).then(pl.lit(LEFT_OUT)).otherwise("kind"),
        note=pl.when(pl.col("attribute").is_in(rare)).then(pl.lit(RARE)).otherwise("note"),
    )
