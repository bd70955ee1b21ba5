import pytest

from segmentation.reporting.numbers import count, exact_money, percent, points, rounded_money, show


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0.1486, "14.9%"), (0.00455, "0.46%"), (0.0, "0.0%"), (1.0, "100.0%"), (-0.02, "−2.0%")],  # noqa: RUF001
)
def test_small_rates_have_a_second_decimal(rate: float, text: str) -> None:
    assert percent(rate) == text


@pytest.mark.parametrize(
    ("currency", "text"),
    [("$", "−$1,734.50"), ("", "−1,734.50"), ("USD", "−1,734.50\xa0USD"), ("zł", "−1,734.50\xa0zł")],  # noqa: RUF001
)
def test_a_sign_stands_before_the_amount_and_a_code_behind(currency: str, text: str) -> None:
    assert exact_money(currency)(-1734.5) == text


def test_cents_are_shown_only_where_estimate_and_interval_are_small() -> None:
    assert rounded_money("$", 52.4, -1733.9, 1837.4)(52.4) == "$52"
    assert rounded_money("$", 0.42, -0.1, 0.9)(0.42) == "$0.42"


def test_a_missing_figure_is_a_dash_with_its_reason_and_zero_is_zero() -> None:
    missing = show(None, count, low=1, high=2, reason="nobody was mailed")
    assert (missing.text, missing.interval, missing.reason) == ("\N{EN DASH}", "", "nobody was mailed")
    assert show(None, count).reason
    assert (show(0, count).text, show(0, count).reason) == ("0", "")


def test_an_interval_needs_both_ends() -> None:
    assert show(0.05, points, low=0.01, high=0.09).interval == "1.0 to 9.0\xa0pp"
    assert show(0.05, points, low=0.01).interval == ""
