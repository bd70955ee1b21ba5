"""Chances of an order soon: by the model against simulation, by rhythm worked by hand."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.calls.timing import PRIOR, chance_by_model, chance_by_rhythm, learn_rhythm, rhythm_cells
from segmentation.value.bg_nbd import BgNbd

MODEL = BgNbd(r=0.8, alpha=6.0, a=0.9, b=3.0)


def group(repeat: int, last: int, age: int, customers: int = 1, ordered: int = 0) -> dict[str, float]:
    weeks = {"last_order_weeks": last / 7, "age_weeks": age / 7}
    return {
        "repeat_orders": repeat,
        "last_order_days": last,
        "age_days": age,
        "customers": customers,
        "ordered": ordered,
    } | weeks


def frame(*groups: dict[str, float]) -> pl.DataFrame:
    return pl.DataFrame(groups)


def test_the_model_agrees_with_customers_simulated_by_it() -> None:
    random = np.random.default_rng(3)
    count, age, days = 400_000, 140, 28
    rate, drop = random.gamma(MODEL.r, 1 / MODEL.alpha, count) / 7, random.beta(MODEL.a, MODEL.b, count)
    time, last, repeat = np.zeros(count), np.zeros(count), np.zeros(count, dtype=int)
    active, later = np.ones(count, dtype=bool), np.zeros(count, dtype=bool)
    while active.any():
        time = time + random.exponential(1, count) / np.maximum(rate, 1e-12)
        seen, soon = active & (time <= age), active & (time > age) & (time <= age + days)
        last[seen], repeat[seen] = time[seen], repeat[seen] + 1
        later |= soon
        active = seen & (random.random(count) >= drop)
    for orders in (0, 1, 3):
        chosen = repeat == orders
        expected = np.array(
            [
                chance_by_model(frame(group(orders, int(day), age)), MODEL, days=days)[0]
                for day in np.quantile(last[chosen], np.linspace(0.05, 0.95, 10))
            ]
        ).mean()
        assert later[chosen].mean() == pytest.approx(expected, abs=0.01)


def test_a_short_time_ahead_has_as_many_orders_as_chances_of_one() -> None:
    groups = frame(group(4, 100, 120), group(0, 0, 30))
    chances = chance_by_model(groups, MODEL, days=1)
    orders = MODEL.expected_orders(groups, weeks=1 / 7)
    assert (chances < orders).all()
    assert chances == pytest.approx(orders, rel=0.05)


def test_a_new_customer_follows_the_gamma_distribution() -> None:
    chance = chance_by_model(frame(group(0, 0, 0)), MODEL, days=14)[0]
    assert chance == pytest.approx(1 - (6 / 8) ** 0.8)


def test_cells_tell_the_usual_interval_and_how_long_overdue() -> None:
    cells = rhythm_cells(
        frame(
            group(9, 189, 210),  # every 21 days, the last 21 days ago
            group(2, 14, 100),  # every 7 days, the last 86 days ago
            group(0, 0, 14),  # once, 14 days ago
            group(0, 0, 500),
        ),
        days=14,
    )
    assert cells["row"].to_list() == [3, 2, -1, -1]
    assert cells["cell"].to_list() == [4, 8, 2, 6]


def test_rates_are_drawn_to_the_row_and_the_row_to_all() -> None:
    seen = frame(group(9, 189, 210, 40, 30), group(9, 189, 189, 60, 6), group(0, 0, 14, 100, 10))
    rhythm = learn_rhythm(seen, days=14)
    overall = 46 / 200
    row = (36 + PRIOR * overall) / (100 + PRIOR)
    cell = (30 + PRIOR * row) / (40 + PRIOR)
    asked = frame(group(9, 189, 210), group(9, 189, 200), group(1, 1, 1))
    chances = chance_by_rhythm(asked, rhythm, days=14)
    assert rhythm.overall == overall
    assert chances[0] == pytest.approx(cell)
    assert chances[1] == pytest.approx(row)  # no such customer was seen
    assert chances[2] == pytest.approx(overall)


@given(
    repeat=st.integers(0, 300),
    last=st.integers(0, 3000),
    wait=st.integers(0, 3000),
    days=st.integers(1, 92),
)
def test_every_group_has_a_chance(repeat: int, last: int, wait: int, days: int) -> None:
    last = max(last, repeat) if repeat else 0
    groups = frame(group(repeat, last, last + wait, 5, 2))
    for chance in (
        chance_by_model(groups, MODEL, days=days),
        chance_by_rhythm(groups, learn_rhythm(groups, days=days), days=days),
    ):
        assert 0 <= chance[0] <= 1
