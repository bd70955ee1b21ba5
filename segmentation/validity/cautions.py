"""What is said of a campaign as a whole, in the note of every figure."""

import polars as pl

from segmentation.response.sample_ratio import FAIL

SPILL_OVER_SHARE = 0.01  # of the held out


def tell_window(days: int, *, is_assumed: bool) -> list[str]:
    """That the source does not say when the window ends."""
    return [f"the source gives no ends_on, so a response window of {days} days is assumed"] if is_assumed else []


def tell_both_arms(customers: int) -> list[str]:
    """That customers came in both arms and were rejected."""
    if not customers:
        return []
    verb = "customers were" if customers > 1 else "customer was"
    return [f"{customers:,} {verb} in both arms and left out (quality.rejects)"]


def tell_spill_over(*, in_both_arms: int, held_out_with_mailed: int, held_out: int) -> list[str]:
    """That held out customers live with mailed ones, who may show them the piece or order for them."""
    if not held_out or held_out_with_mailed / held_out < SPILL_OVER_SHARE:
        return []
    return [
        f"{held_out_with_mailed:,} of {held_out:,} held out live with a mailed customer ({in_both_arms:,} households "
        "in both arms), so the uplift may be too small"
    ]


def add_cautions(figures: pl.DataFrame, cautions: list[str], *, arms_alike: bool) -> pl.DataFrame:
    """Add to every note what is said of the campaign, behind the reason for a missing figure, and alone as `caution`.

    Args:
        figures: rows of response.uplift of one campaign, against its hold-out or not.
        arms_alike: whether other campaigns mailed both arms alike; else `comparability` is a failure.
    """
    said = pl.lit("; ".join(cautions) or None, dtype=pl.String)
    note = pl.concat_str("note", said, separator="; ", ignore_nulls=True).replace("", None)
    noted = figures.with_columns(note.alias("note"), said.alias("caution"))
    return noted if arms_alike else noted.with_columns(pl.lit(FAIL).alias("comparability"))
