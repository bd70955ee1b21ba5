import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.payback.costs import (
    COST_KINDS,
    COST_SCHEMA,
    NO_COSTS,
    find_cost_problems,
    list_set_costs,
    spread_costs,
)
from segmentation.payback.timeline import Timeline
from segmentation.settings import ProgrammeSettings

D = dt.date
TIMELINE = Timeline(D(2024, 1, 15), D(2024, 1, 1), D(2025, 2, 10))  # 14 months
COUNTS = {"users": 3, "branches": 2, "modules": 5}


def costs(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{"name": "x", "amount": 100.0} | row for row in rows], schema=COST_SCHEMA)


def by_month(*rows: dict[str, Any]) -> tuple[list[float], list[float]]:
    spread = spread_costs(costs(*rows), COUNTS, TIMELINE)
    assert spread["number"].to_list() == list(range(14))
    return spread["cost_once"].to_list(), spread["cost_running"].to_list()


def test_a_cost_paid_once_falls_into_its_month_or_the_first_of_the_programme() -> None:
    once, running = by_month({"kind": "once"}, {"kind": "once", "from": D(2024, 3, 31), "to": D(2024, 3, 31)})
    assert once == [100, 0, 100] + [0] * 11
    assert running == [0] * 14


def test_a_monthly_cost_is_paid_in_full_in_every_month_it_touches() -> None:
    _, running = by_month({"kind": "monthly", "from": D(2024, 2, 29), "to": D(2024, 4, 1)})
    assert running == [0, 100, 100, 100] + [0] * 10


def test_a_yearly_cost_comes_again_in_its_month() -> None:
    _, running = by_month({"kind": "yearly", "from": D(2024, 2, 1), "to": D(9999, 12, 31)})
    assert running == [0, 100] + [0] * 11 + [100]


@pytest.mark.parametrize(("each", "times"), [("user", 3), ("branch", 2), ("module", 5)])
def test_costs_for_each_are_multiplied(each: str, times: int) -> None:
    once, running = by_month({"kind": f"per_{each}"}, {"kind": f"per_{each}_once"})
    assert once == [100 * times] + [0] * 13
    assert running == [100 * times] * 14


def test_the_data_warehouse_grows_by_the_month() -> None:
    set_costs = list_set_costs(ProgrammeSettings(data_warehouse=40, data_warehouse_growth=2))
    spread = spread_costs(set_costs, COUNTS, TIMELINE)
    assert spread["cost_running"].to_list() == [40 + 2 * month for month in range(14)]


def test_everything_the_settings_have_is_a_cost() -> None:
    settings = ProgrammeSettings(
        users=3,
        branches=2,
        modules=5,
        once_per_user=10,
        once_per_branch=20,
        once_per_module=30,
        monthly_per_user=1,
        monthly_per_branch=2,
        monthly_per_module=3,
        integration=1000,
        hardware=500,
        changed_work=250,
        minutes_per_user=60,
        cost_per_minute=0.5,
        data_warehouse=7,
    )
    spread = spread_costs(list_set_costs(settings), settings.counts, TIMELINE)
    assert spread["cost_once"][0] == 3 * 10 + 2 * 20 + 5 * 30 + 1000 + 500 + 250
    assert spread["cost_running"].to_list() == [3 * 1 + 2 * 2 + 5 * 3 + 3 * 60 * 0.5 + 7] * 14


def test_a_cost_of_nothing_is_known_and_no_cost_is_not() -> None:
    nothing = list_set_costs(ProgrammeSettings(hardware=0))
    assert find_cost_problems(nothing, COUNTS) == []
    assert spread_costs(nothing, COUNTS, TIMELINE)["cost_once"].sum() == 0
    assert find_cost_problems(list_set_costs(ProgrammeSettings()), COUNTS) == [NO_COSTS]


def test_what_is_missing_to_tell_costs_is_named() -> None:
    unset = {"users": None, "branches": 2, "modules": None}
    problems = find_cost_problems(costs({"kind": "per_user"}, {"kind": "per_branch"}, {"kind": "weekly"}), unset)
    assert problems[0] == "costs of the kind per_user need programme.users"
    assert problems[1].startswith("costs of the kind weekly are not understood; kinds are: once, monthly")
    assert len(problems) == 2


@given(
    st.lists(
        st.tuples(
            st.sampled_from([kind.kind for kind in COST_KINDS]),
            st.dates(D(2023, 6, 1), D(2025, 6, 1)),
            st.integers(0, 500),
            st.integers(-1000, 1000),
        ),
        max_size=6,
    )
)
def test_costs_are_those_of_a_plain_count(rows: list[tuple[str, dt.date, int, int]]) -> None:
    """Month by month in plain Python, on costs that begin and end anywhere."""
    frame = costs(
        *({"kind": k, "from": day, "to": day + dt.timedelta(days), "amount": float(a)} for k, day, days, a in rows)
    )
    spread = spread_costs(frame, COUNTS, TIMELINE)
    expected = 0.0
    kinds = {kind.kind: kind for kind in COST_KINDS}
    for year, month in [(2024, m) for m in range(1, 13)] + [(2025, 1), (2025, 2)]:
        for name, day, days, amount in rows:
            kind, end = kinds[name], day + dt.timedelta(days)
            times = COUNTS[kind.each] if kind.each else 1
            is_first = (year, month) == (day.year, day.month)
            is_running = (day.year, day.month) <= (year, month) <= (end.year, end.month)
            due = {"once": is_first, "monthly": is_running, "yearly": is_running and month == day.month}
            expected += amount * times * due[kind.often]
    assert spread["cost_once"].sum() + spread["cost_running"].sum() == pytest.approx(expected)
