"""Numbers as people read them: thousands separators, currency, intervals, and a reason where there is none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from babel import Locale
from babel.numbers import format_decimal, format_percent

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
        plain: the figure and both ends of its interval as they were computed, for sorting and copying; empty where
            there is no number.
    """

    text: str
    interval: str = ""
    reason: str = ""
    plain: tuple[float, ...] = field(default=(), compare=False)


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
    if low is None or high is None:
        return Shown(write(value), plain=(value,))
    return Shown(write(value), _interval(write(low), write(high)), plain=(value, low, high))


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


@dataclass(frozen=True)
class Numbers:
    """Writes numbers by the CLDR, the Unicode data on languages, and money in the currency of the settings.

    Attributes:
        locale: the language.
        currency: symbol or code; may be empty.
    """

    locale: Locale
    currency: str

    def decimal(self, value: float, digits: int) -> str:
        """A number with so many digits after the decimal mark: 1,234.50."""
        return self._format(Decimal(f"{value:z.{digits}f}"), digits)

    def count(self, value: float) -> str:
        """A whole number: 12,345."""
        return self._format(Decimal(f"{value:z.0f}"), 0)

    def about(self, value: float) -> str:
        """A number of things that was estimated: 12.3."""
        return self.decimal(value, 1)

    def percent(self, rate: float) -> str:
        """A rate of 0-1 in percent: 14.9%, and 0.46% where it is small."""
        digits = rate_digits(rate)
        pattern = self.locale.percent_formats[None].pattern.replace("0", _places(digits), 1)
        rounded = Decimal(f"{100 * rate:z.{digits}f}") / 100
        return _typographic(format_percent(rounded, format=pattern, locale=self.locale))

    def signed(self, difference: float) -> str:
        """A difference in the unit of its axis: +1,234.50."""
        number = self._format(Decimal(f"{difference:z.2f}"), 2)
        return number if number.startswith(MINUS) else f"+{number}"

    def exact_money(self, amount: float) -> str:
        """Money that was counted, to the cent."""
        return self._money(amount, digits=2)

    def rounded_money(self, *amounts: float | None) -> Writer:
        """Writes money in whole units; in cents if all of `amounts`, as an estimate and its interval, are small."""
        small = max((abs(amount) for amount in amounts if amount is not None), default=SMALL_MONEY) < SMALL_MONEY
        return lambda amount: self._money(amount, digits=2 if small else 0)

    def _money(self, amount: float, *, digits: int) -> str:
        """A sign stands where the language has it, a code or a longer name always behind."""
        number = self._format(Decimal(f"{amount:z.{digits}f}"), digits)
        if not self.currency:
            return number
        is_sign = len(self.currency) == 1 and not self.currency.isalpha()
        if not is_sign or not self.locale.currency_formats["standard"].pattern.startswith("¤"):
            return f"{number}{NO_BREAK}{self.currency}"
        return f"{MINUS}{self.currency}{number[1:]}" if number.startswith(MINUS) else f"{self.currency}{number}"

    def _format(self, rounded: Decimal, digits: int) -> str:
        pattern = f"#,##{_places(digits)}"
        return _typographic(format_decimal(rounded, format=pattern, locale=self.locale))


def without_unit(number: str, beside: str) -> str:
    """`number` without a unit that follows it, if the number `beside` has the same."""
    bare, gap, unit = number.rpartition(NO_BREAK)
    has_unit = bool(gap) and not unit[-1:].isdigit() and beside.endswith(gap + unit)
    return bare if has_unit else number


def _places(digits: int) -> str:
    return f"0.{'0' * digits}" if digits else "0"


def rate_digits(rate: float) -> int:
    """Digits after the decimal mark of a rate of 0-1 in percent."""
    return 2 if 0 < abs(rate) < SMALL_RATE else 1


def _typographic(number: str) -> str:
    return number.replace("-", MINUS)
