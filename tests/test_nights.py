import datetime as dt
from pathlib import Path

import pytest

from segmentation.nights import PublishedNight, Try, is_missing, last_published
from segmentation.settings import load_settings

DUE = dt.datetime(2024, 3, 10, 1, 30, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
BEFORE = PublishedNight("n1", DUE - 24 * HOUR)


def test_a_night_that_was_due_and_that_nothing_began_is_missing() -> None:
    assert is_missing(DUE, BEFORE, [])
    assert is_missing(DUE, BEFORE, [Try(DUE - 24 * HOUR, was_cut_off=False)]), "a run of the day before"


@pytest.mark.parametrize(
    ("due", "published"),
    [(None, BEFORE), (DUE, None), (DUE, PublishedNight("n2", DUE)), (DUE, PublishedNight("n2", DUE + HOUR))],
    ids=["no night is due", "no night was ever published", "published on time", "published late"],
)
def test_nothing_is_missing(due: dt.datetime | None, published: PublishedNight | None) -> None:
    assert not is_missing(due, published, [])


def test_a_night_that_failed_or_waits_is_not_begun_again() -> None:
    assert not is_missing(DUE, BEFORE, [Try(DUE, was_cut_off=False)])
    assert not is_missing(DUE, BEFORE, [Try(DUE, was_cut_off=True), Try(DUE + HOUR, was_cut_off=False)])


def test_a_night_that_is_cut_off_is_tried_three_times() -> None:
    tries = [Try(DUE + number * HOUR, was_cut_off=True) for number in range(3)]
    assert is_missing(DUE, BEFORE, tries[:2])
    assert not is_missing(DUE, BEFORE, tries)


def test_no_warehouse_has_no_night(tmp_path: Path) -> None:
    assert last_published(load_settings(warehouse={"path": tmp_path / "w.duckdb"})) is None
