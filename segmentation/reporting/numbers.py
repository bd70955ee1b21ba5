"""Numbers as people read them: thousands separators, currency, intervals, and a reason where there is none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from babel import Locale
from babel.numbers import format_decimal, format_percent

MISSING = "\N{EN DASH}"
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

    def significant(self, value: float) -> str:
        """A number in four significant digits, without trailing zeros: 38.25."""
        rounded = Decimal(f"{value:.4g}")
        return self._format(rounded, max(0, -int(rounded.as_tuple().exponent)))

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
