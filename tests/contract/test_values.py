"""Numbers and dates as people write them, read by DuckDB."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.contract.model import MONEY, Column
from segmentation.contract.values import ValueFormat, cast_value
from segmentation.warehouse.connection import execute, open_memory

COMMA, DAY, MONTH = ValueFormat(decimal=","), ValueFormat(dates="day first"), ValueFormat(dates="month first")


def read(text: str | None, type_: str, written: ValueFormat) -> object:
    with open_memory() as connection:
        return execute(
            connection, f"select {cast_value('$text', 'VARCHAR', Column('x', type_, ''), written)}", text=text
        )[0][0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,50", "1.50"),
        ("-1234,5", "-1234.50"),
        ("1.234,50", "1234.50"),
        ("1\xa0234\xa0567,89", "1234567.89"),
        ("1 234", "1234.00"),
        ("12", "12.00"),
        ("12.50", None),  # with a decimal comma this would be 1250
        ("1,2,3", None),
        ("1.23,5", None),
        ("", None),
        ("1,50 zł", None),
    ],
)
def test_amounts_with_a_decimal_comma(text: str, value: str | None) -> None:
    assert read(text, MONEY, COMMA) == (None if value is None else Decimal(value))


def test_a_comma_is_no_decimal_sign_unless_said() -> None:
    assert read("1,50", MONEY, ValueFormat()) is None


@pytest.mark.parametrize("text", ["31.12.2017", "31/12/2017", "31-12-2017", "2017-12-31"])
def test_dates_day_first(text: str) -> None:
    assert read(text, "DATE", DAY) == dt.date(2017, 12, 31)


@pytest.mark.parametrize(
    ("text", "written", "value"),
    [
        ("3.4.2017 14:05", DAY, dt.datetime(2017, 4, 3, 14, 5)),
        ("3.4.2017 14:05:59", DAY, dt.datetime(2017, 4, 3, 14, 5, 59)),
        ("3/4/2017", MONTH, dt.datetime(2017, 3, 4)),
        ("2017-04-03 01:02:03", MONTH, dt.datetime(2017, 4, 3, 1, 2, 3)),
        ("31.12.2017", MONTH, None),
        ("30.02.2017", DAY, None),
        ("3.4.2017", ValueFormat(), None),
    ],
)
def test_moments(text: str, written: ValueFormat, value: dt.datetime | None) -> None:
    assert read(text, "TIMESTAMP", written) == value


@given(st.decimals(-9_999_999, 9_999_999, places=2), st.sampled_from(["", ".", " ", "\xa0"]))
def test_an_amount_written_the_polish_way_is_read_back(amount: Decimal, thousands: str) -> None:
    text = f"{amount:,.2f}".replace(",", "T").replace(".", ",").replace("T", thousands)
    assert read(text, MONEY, COMMA) == amount


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), st.sampled_from("./-"))
def test_a_date_written_either_way_is_read_back(day: dt.date, sign: str) -> None:
    assert read(f"{day.day}{sign}{day.month:02d}{sign}{day.year}", "DATE", DAY) == day
    assert read(f"{day.month:02d}{sign}{day.day:02d}{sign}{day.year}", "DATE", MONTH) == day
