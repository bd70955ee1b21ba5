import datetime as dt

from segmentation.response.window import Window

FIRST, LAST = dt.date(2024, 6, 1), dt.date(2024, 6, 14)


def test_an_open_window_is_known_until_the_as_of_date() -> None:
    window = Window(FIRST, LAST, as_of=dt.date(2024, 6, 3))
    assert (window.eve, window.days) == (dt.date(2024, 5, 31), 14)
    assert (window.known_until, window.days_known) == (dt.date(2024, 6, 3), 3)


def test_a_closed_window_is_known_to_its_end() -> None:
    window = Window(FIRST, LAST, as_of=dt.date(2024, 7, 1))
    assert (window.known_until, window.days_known) == (LAST, 14)
