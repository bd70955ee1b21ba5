"""Numbers as people read them: thousands separators, currency, intervals, and a reason where there is none."""

from collections.abc import Callable
from dataclasses import dataclass

MISSING = "\N{EN DASH}"
UNEXPLAINED = "not known"
MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"
SMALL_MONEY = 100  # money estimates below this are shown with cents
SMALL_RATE = 0.01  # rates below this are shown with a second decimal

Writer = Callable[[float], str]


@dataclass(frozen=True)
class Shown:
    """A figure on the page.

    Attributes:
        text: the figure, or a dash where it is missing.
        interval: both ends of its interval in words; empty where there is none.
        reason: why it is missing; empty where it is not.
    """

    text: str
    interval: str = ""
    reason: str = ""


def show(
    value: float | None,
    write: Writer,
    *,
    low: float | None = None,
    high: float | None = None,
    reason: str | None = None,
) -> Shown:
    """`value` and its interval by `write`; a missing value is a dash with its `reason`, never 0."""
    if value is None:
        return Shown(MISSING, reason=reason or UNEXPLAINED)
    return Shown(write(value), "" if low is None or high is None else _interval(write(low), write(high)))


def _interval(low: str, high: str) -> str:
    """Both ends; a unit that follows them is written once."""
    return f"{low.partition(NO_BREAK)[0]} to {high}"


def count(value: float) -> str:
    """A whole number: 12,345."""
    return _signed(f"{value:,.0f}")


def about(value: float) -> str:
    """A number of things that was estimated: 12.3."""
    return _signed(f"{value:z,.1f}")


def percent(rate: float) -> str:
    """A rate of 0-1 in percent: 14.9%, and 0.46% where it is small."""
    return _signed(f"{100 * rate:.{_rate_digits(rate)}f}%")


def points(difference: float) -> str:
    """A difference of rates, each 0-1, in percentage points: 8.9 pp."""
    return _signed(f"{100 * difference:.{_rate_digits(difference)}f}{NO_BREAK}pp")


def signed(difference: float) -> str:
    """A difference in the unit of its axis: +1,234.50."""
    return _signed(f"{difference:+,.2f}")


def exact_money(currency: str) -> Writer:
    """Money that was counted, to the cent."""
    return lambda amount: _money(amount, currency, digits=2)


def rounded_money(currency: str, *amounts: float | None) -> Writer:
    """Money in whole units; in cents if all of `amounts`, such as an estimate and its interval, are small."""
    small = max((abs(amount) for amount in amounts if amount is not None), default=SMALL_MONEY) < SMALL_MONEY
    return lambda amount: _money(amount, currency, digits=2 if small else 0)


def _money(amount: float, currency: str, *, digits: int) -> str:
    number = _signed(f"{amount:,.{digits}f}")
    if not currency:
        return number
    if len(currency) > 1 or currency.isalpha():
        return f"{number}{NO_BREAK}{currency}"
    return f"{MINUS}{currency}{number[1:]}" if number.startswith(MINUS) else f"{currency}{number}"


def _rate_digits(rate: float) -> int:
    return 2 if 0 < abs(rate) < SMALL_RATE else 1


def _signed(number: str) -> str:
    return number.replace("-", MINUS)
