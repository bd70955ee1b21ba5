import polars as pl
import pytest

from segmentation.comparison.planning import (
    NO_GAIN,
    NO_HOLD_OUT,
    NO_RATE,
    NO_UPLIFT,
    answer_power,
    choose_outcome,
    foresee_power,
    tabulate_power,
    tabulate_sizes,
)
from segmentation.errors import PowerError
from segmentation.response.power import Money, Rate, minimum_detectable_uplift, power_of


def cells(*rows: tuple[str | None, int, int, float | None]) -> pl.DataFrame:
    schema = {"cell": pl.String, "mailed": pl.Int64, "held_out": pl.Int64, "base_rate": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_sizes_of_one_cell_are_the_published_ones() -> None:
    sizes = tabulate_sizes(Rate(0.02), 0.005)
    halves = sizes.row(0, named=True)
    assert (halves["control_share"], halves["mailed"], halves["held_out"]) == (0.5, 13_809, 13_809)
    assert sizes["selected"].is_sorted()  # the further from halves, the more are needed


def test_cells_share_the_hold_out_and_the_error() -> None:
    one, four = (
        tabulate_sizes(Rate(0.02), 0.005, cells=count, control_share=0.2).row(0, named=True) for count in (1, 4)
    )
    assert four["mailed"] == 4 * four["mailed_per_cell"]
    assert four["held_out"] / four["selected"] == pytest.approx(0.2, abs=1e-4)
    assert four["confidence"] == 1 - 0.05 / 4
    seen = power_of(
        Rate(0.02), 0.005, mailed=four["mailed_per_cell"], held_out=four["held_out"], confidence=four["confidence"]
    )
    assert seen == pytest.approx(0.8, abs=1e-3)
    assert one["selected"] < four["selected"] < 4 * one["selected"]


def test_what_given_arms_can_show() -> None:
    row = tabulate_power(Rate(0.01), mailed=90_000, held_out=10_000, uplift=0.003).row(0, named=True)
    assert round(100 * row["smallest_uplift_80"], 3) == 0.294
    assert row["smallest_uplift_90"] > row["smallest_uplift_80"]
    assert row["power"] == power_of(Rate(0.01), 0.003, mailed=90_000, held_out=10_000)
    by_cell = tabulate_power(Rate(0.01), mailed=90_001, held_out=10_000, cells=3).row(0, named=True)
    assert (by_cell["mailed_per_cell"], by_cell["held_out"]) == (30_000, 10_000)
    assert by_cell["smallest_uplift_80"] > row["smallest_uplift_80"]
    assert "power" not in by_cell


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "--base-rate for replies or --standard-deviation"),
        ({"base_rate": 0.02, "standard_deviation": 3.0}, "not both"),
        ({"base_rate": 2.0}, "--base-rate = 2"),
        ({"base_rate": 0.0}, "--base-rate = 0"),
        ({"base_rate": float("nan")}, "--base-rate = nan"),
        ({"base_rate": 0.02, "uplift": 0.99}, "together = 1.01"),
        ({"base_rate": 0.02, "uplift": -0.02}, "together = 0"),
        ({"base_rate": 0.02, "uplift": 0.0}, "--uplift = 0"),
        ({"standard_deviation": 0.0}, "must be above 0"),
        ({"standard_deviation": float("nan")}, "must be above 0"),
    ],
)
def test_impossible_questions_are_refused(given: dict[str, float], words: str) -> None:
    with pytest.raises(PowerError, match=words):
        choose_outcome(given.get("base_rate"), given.get("standard_deviation"), given.get("uplift"))


def test_possible_questions_are_not() -> None:
    assert choose_outcome(0.02, None, 0.005) == Rate(0.02)
    assert choose_outcome(None, 40.0, -2.0) == Money(40.0)


QUESTION = {
    "base_rate": 0.02,
    "standard_deviation": None,
    "uplift": None,
    "mailed": None,
    "held_out": None,
    "control_share": None,
    "cells": 1,
    "power": 0.8,
}


@pytest.mark.parametrize(
    ("given", "tables"),
    [
        ({"uplift": 0.005}, [4]),
        ({"uplift": 0.005, "control_share": 0.1}, [1]),
        ({"mailed": 900, "held_out": 100}, [1]),
        ({"mailed": 900, "held_out": 100, "uplift": 0.005}, [1, 4]),
    ],
)
def test_what_is_asked_is_answered(given: dict[str, float], tables: list[int]) -> None:
    assert [rows.height for rows in answer_power(**(QUESTION | given))] == tables


@pytest.mark.parametrize(
    ("given", "words"),
    [({}, "give --uplift"), ({"mailed": 900}, "together"), ({"held_out": 9, "uplift": 0.1}, "together")],
)
def test_half_a_question_is_refused(given: dict[str, float], words: str) -> None:
    with pytest.raises(PowerError, match=words):
        answer_power(**(QUESTION | given))


@pytest.mark.parametrize(("mailed", "held_out", "count"), [(2, 10, 3), (10, 0, 1)])
def test_an_empty_arm_is_refused(mailed: int, held_out: int, count: int) -> None:
    with pytest.raises(PowerError, match="need a customer"):
        tabulate_power(Rate(0.02), mailed=mailed, held_out=held_out, cells=count)


def test_a_plan_of_one_cell_has_one_row() -> None:
    found = foresee_power(cells(("A", 90_000, 10_000, 0.01)), 0.003)
    assert found["cell"].to_list() == ["A"]
    row = found.row(0, named=True)
    assert round(100 * row["smallest_uplift"], 3) == 0.294
    assert row["power"] == power_of(Rate(0.01), 0.003, mailed=90_000, held_out=10_000)
    assert row["held_out_needed"] / row["mailed_needed"] == pytest.approx(1 / 9, rel=1e-3)
    assert row["note"] is None


def test_a_plan_of_cells_has_a_row_for_all_and_a_hold_out_without_cell_serves_each() -> None:
    found = foresee_power(cells(("red", 600, 0, 0.02), ("blue", 300, 50, 0.05), (None, 0, 100, None)), None)
    assert found["cell"].to_list() == ["all", "blue", "red"]
    assert found["held_out"].to_list() == [150, 150, 100]
    assert found["mailed"].to_list() == [900, 300, 600]
    assert found["base_rate"][0] == pytest.approx((600 * 0.02 + 300 * 0.05) / 900)
    assert found["smallest_uplift"][2] == minimum_detectable_uplift(
        Rate(0.02), mailed=600, held_out=100, confidence=0.975
    )
    assert set(found["note"]) == {NO_UPLIFT}


@pytest.mark.parametrize(
    ("cell", "uplift", "note"),
    [
        (("A", 90, 10, None), 0.01, NO_RATE),
        (("A", 90, 10, 0.0), 0.01, NO_RATE),
        (("A", 90, 0, 0.05), 0.01, NO_HOLD_OUT),
        (("A", 90, 10, 0.05), None, NO_UPLIFT),
        (("A", 90, 10, 0.05), -0.01, NO_GAIN),
    ],
)
def test_what_cannot_be_foreseen_is_null_with_its_reason(
    cell: tuple[str, int, int, float | None], uplift: float | None, note: str
) -> None:
    row = foresee_power(cells(cell), uplift).row(0, named=True)
    assert (row["power"], row["mailed_needed"], row["note"]) == (None, None, note)


def test_a_plan_that_selects_nobody_still_has_a_row() -> None:
    assert foresee_power(cells(), 0.01)["note"].to_list() == [NO_RATE]
