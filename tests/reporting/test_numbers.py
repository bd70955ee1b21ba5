import datetime as dt

import pytest

from segmentation.reporting.words import choose_words
from tests.reporting.languages import DOLLARS, ENGLISH, POLISH


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0.1486, "14.9%"), (0.00455, "0.46%"), (0.0, "0.0%"), (1.0, "100.0%"), (-0.02, "−2.0%")],  # noqa: RUF001
)
def test_small_rates_have_a_second_decimal(rate: float, text: str) -> None:
    assert ENGLISH.percent(rate) == text
    assert POLISH.percent(rate) == text.replace(".", ",")


@pytest.mark.parametrize(
    ("currency", "text"),
    [("$", "−$1,734.50"), ("", "−1,734.50"), ("USD", "−1,734.50\xa0USD"), ("zł", "−1,734.50\xa0zł")],  # noqa: RUF001
)
def test_a_sign_stands_before_the_amount_and_a_code_behind(currency: str, text: str) -> None:
    assert choose_words("en", currency).exact_money(-1734.5) == text


@pytest.mark.parametrize(
    ("currency", "text"),
    [("$", "−1\xa0734,50\xa0$"), ("", "−1\xa0734,50"), ("zł", "−1\xa0734,50\xa0zł")],  # noqa: RUF001
)
def test_polish_money_has_its_currency_behind(currency: str, text: str) -> None:
    assert choose_words("pl", currency).exact_money(-1734.5) == text


def test_cents_are_shown_only_where_estimate_and_interval_are_small() -> None:
    assert DOLLARS.rounded_money(52.4, -1733.9, 1837.4)(52.4) == "$52"
    assert DOLLARS.rounded_money(0.42, -0.1, 0.9)(0.42) == "$0.42"


@pytest.mark.parametrize("value", [-0.0, -0.04])
def test_nothing_has_no_minus(value: float) -> None:
    assert ENGLISH.count(value) == "0"
    assert ENGLISH.about(value) == "0.0"
    assert ENGLISH.signed(value / 100) == "+0.00"
    assert DOLLARS.rounded_money()(value) == "$0"


@pytest.mark.parametrize(
    ("value", "text"),
    [(38.25, "38.25"), (38.0, "38"), (0.000123456, "0.0001235"), (-1.5, "−1.5")],  # noqa: RUF001
)
def test_means_have_four_digits_that_count(value: float, text: str) -> None:
    assert ENGLISH.significant(value) == text
    assert POLISH.significant(value) == text.replace(".", ",")


def test_a_missing_figure_is_a_dash_with_its_reason_and_zero_is_zero() -> None:
    missing = ENGLISH.show(None, ENGLISH.count, low=1, high=2, reason="nobody was mailed")
    assert (missing.text, missing.interval, missing.reason) == ("\N{EN DASH}", "", "nobody was mailed")
    assert ENGLISH.show(None, ENGLISH.count).reason
    zero = ENGLISH.show(0, ENGLISH.count)
    assert (zero.text, zero.reason) == ("0", "")


def test_an_interval_needs_both_ends() -> None:
    assert ENGLISH.show(0.05, ENGLISH.points, low=0.01, high=0.09).interval == "1.0 to 9.0\xa0pp"
    assert ENGLISH.show(0.05, ENGLISH.points, low=0.01).interval == ""


def test_a_unit_of_an_interval_is_written_once_and_thousands_stay() -> None:
    shown = POLISH.show(1500.0, POLISH.rounded_money(), low=-1200.0, high=12345.0)
    assert (shown.text, shown.interval) == ("1\xa0500\xa0zł", "od −1\xa0200 do 12\xa0345\xa0zł")  # noqa: RUF001
    assert POLISH.interval(POLISH.count(1200), POLISH.count(12345)) == "od 1\xa0200 do 12\xa0345"


def test_dates_are_those_of_the_language() -> None:
    day = dt.date(2017, 12, 1)
    assert (ENGLISH.date(day), ENGLISH.long_date(day), ENGLISH.month("2017-12")) == (
        "2017-12-01",
        "2017-12-01",
        "2017-12",
    )
    assert (POLISH.date(day), POLISH.long_date(day), POLISH.month("2017-12")) == (
        "01.12.2017",
        "1 grudnia 2017",
        "12.2017",
    )
