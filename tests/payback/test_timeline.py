import datetime as dt

import polars as pl

from segmentation.payback.costs import COST_SCHEMA
from segmentation.payback.timeline import Timeline, find_timeline

D = dt.date
AS_OF = D(2024, 6, 10)


def found(starts_on: dt.date | None, paid: dt.date | None, mailed: dt.date | None) -> Timeline | None:
    costs = pl.DataFrame({"from": [paid] if paid else []}, schema={"from": COST_SCHEMA["from"]})
    campaigns = pl.DataFrame({"starts_on": [mailed] if mailed else []}, schema={"starts_on": pl.Date})
    return find_timeline(starts_on, costs, campaigns, AS_OF)


def test_it_begins_on_the_day_set_else_with_the_first_cost_else_with_the_first_mailing() -> None:
    assert found(D(2024, 3, 5), D(2024, 4, 1), D(2023, 1, 1)) == Timeline(D(2024, 3, 5), D(2024, 3, 1), AS_OF)
    assert found(None, D(2024, 4, 9), D(2023, 1, 1)) == Timeline(D(2024, 4, 9), D(2024, 4, 1), AS_OF)
    assert found(None, None, D(2023, 1, 31)) == Timeline(D(2023, 1, 31), D(2023, 1, 1), AS_OF)
    assert found(None, None, None) is None


def test_a_cost_before_the_start_puts_the_first_month_earlier() -> None:
    assert found(D(2024, 8, 1), D(2024, 4, 9), None) == Timeline(D(2024, 8, 1), D(2024, 4, 1), AS_OF)


def test_a_programme_that_has_not_begun_has_no_months() -> None:
    assert found(D(2024, 6, 11), None, None) is None


def test_months_are_numbered_from_the_first() -> None:
    timeline = Timeline(D(2023, 11, 20), D(2023, 11, 1), D(2024, 2, 1))
    assert timeline.months == 4
    assert timeline.frame()["month"].to_list() == [D(2023, 11, 1), D(2023, 12, 1), D(2024, 1, 1), D(2024, 2, 1)]
    days = pl.DataFrame({"day": [D(2023, 10, 31), D(2023, 11, 1), D(2024, 2, 29)]})
    assert days.select(timeline.number(pl.col("day"))).to_series().to_list() == [-1, 0, 3]
