import datetime as dt

import polars as pl

from segmentation.allocation.days import spread_over_days
from segmentation.settings import ChannelLimits

START = dt.date(2024, 7, 14)


def test_the_first_of_the_list_come_home_first_and_the_held_out_wait_with_the_next() -> None:
    rows = pl.DataFrame(
        {
            "arm": ["treatment", "control", "treatment", "control", "treatment", "control", "treatment"],
            "channel": ["mail"] * 6 + ["email"],
        }
    )
    found = spread_over_days(rows, START, {"mail": ChannelLimits(pieces_per_day=2, days=2)})
    assert [(day - START).days for day in found["in_home_on"]] == [0, 0, 0, 1, 1, 1, 0]
    assert found["in_home_on"].dtype == pl.Date
