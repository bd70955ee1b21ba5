"""On which day each piece comes home, where a channel cannot send all on one."""

import datetime as dt
from collections.abc import Mapping

import polars as pl

from segmentation.settings import ChannelLimits


def spread_over_days(selected: pl.DataFrame, starts_on: dt.date, limits: Mapping[str, ChannelLimits]) -> pl.DataFrame:
    """Add `in_home_on`: the first days for the first of the list, as many pieces a day as the channel sends.

    A customer held out has the day of the next piece of the channel, from which orders are compared.

    Args:
        selected: `arm` and `channel`, best first; of a channel no more pieces than its days can take.
    """
    mailed = (pl.col("arm") == "treatment").cast(pl.Int64)
    place = (mailed.cum_sum() - mailed).over("channel")
    per_day, days = (
        pl.col("channel").replace_strict(
            {name: getattr(limit, key) for name, limit in limits.items()}, default=default, return_dtype=pl.Int64
        )
        for key, default in (("pieces_per_day", 2**62), ("days", 1))
    )
    day = pl.min_horizontal(place // per_day, days - 1)
    return selected.with_columns(in_home_on=pl.lit(starts_on) + pl.duration(days=day))
