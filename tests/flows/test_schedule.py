"""When nights are due by Prefect's schedule; on the two days on which clocks change, by the rule of docs/running.md."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from flows.schedule import last_due, list_due
from segmentation.settings import NightSettings

WARSAW = ZoneInfo("Europe/Warsaw")
USUAL = NightSettings()


def moment(text: str, fold: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=WARSAW, fold=fold)


def test_the_usual_night_is_at_half_past_two_by_local_time_in_summer_and_winter() -> None:
    for day, utc in (("2027-01-15", "01:30"), ("2027-07-15", "00:30")):
        [due] = list_due(USUAL, moment(f"{day} 00:00"), moment(f"{day} 23:59"))
        assert due == moment(f"{day} 02:30")
        assert f"{due.astimezone(dt.UTC):%H:%M}" == utc


@pytest.mark.parametrize("began", ["2027-03-26 12:00", "2027-03-27 12:00", "2027-03-28 00:30"])
def test_in_the_hour_that_does_not_exist_the_night_runs_once_within_an_hour_of_it(began: str) -> None:
    [due] = [one for one in list_due(USUAL, moment(began), moment("2027-03-28 23:59")) if is_on(one, "2027-03-28")]
    jump = moment("2027-03-28 03:00")
    assert abs(due - jump) == dt.timedelta(minutes=30)
    [after] = list_due(USUAL, moment("2027-03-28 12:00"), moment("2027-03-29 12:00"))
    assert after == moment("2027-03-29 02:30")


@pytest.mark.parametrize(("began", "fold"), [("2027-10-29 12:00", 0), ("2027-10-31 00:00", 0), ("2027-10-31 02:10", 0)])
def test_in_the_hour_that_exists_twice_the_night_runs_in_the_first(began: str, fold: int) -> None:
    [due] = [
        one for one in list_due(USUAL, moment(began, fold), moment("2027-11-01 01:00")) if is_on(one, "2027-10-31")
    ]
    assert due.astimezone(dt.UTC) == moment("2027-10-31 02:30", fold=0).astimezone(dt.UTC)


@pytest.mark.parametrize("cron", ["0 1 * * *", "30 2 * * *", "0 3 * * *", "15 4 * * *"])
def test_every_day_of_a_year_has_one_night(cron: str) -> None:
    due = list_due(NightSettings(cron=cron), moment("2027-01-01 00:00"), moment("2028-01-01 00:00"))
    days = [one.astimezone(WARSAW).date() for one in due]
    assert days == [dt.date(2027, 1, 1) + dt.timedelta(number) for number in range(365)]


def is_on(due: dt.datetime, day: str) -> bool:
    return due.astimezone(WARSAW).date().isoformat() == day


@pytest.mark.parametrize(
    ("cron", "now", "due"),
    [
        ("30 2 * * *", "2027-06-10 02:30", "2027-06-10 02:30"),
        ("30 2 * * *", "2027-06-10 02:29", "2027-06-09 02:30"),
        ("* * * * *", "2027-06-10 02:29:30", "2027-06-10 02:29"),
        ("0 3 * * 1", "2027-06-10 12:00", "2027-06-07 03:00"),
        ("0 3 1 * *", "2027-06-30 12:00", "2027-06-01 03:00"),
        ("@yearly", "2027-06-30 12:00", "2027-01-01 00:00"),
    ],
)
def test_when_a_night_was_last_due(cron: str, now: str, due: str) -> None:
    assert last_due(NightSettings(cron=cron), moment(now)) == moment(due)


def test_a_night_that_is_never_due() -> None:
    assert last_due(NightSettings(cron="0 0 29 2 *"), moment("2027-06-30 12:00")) is None
