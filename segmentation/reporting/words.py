"""What the report says, and how: texts, numbers and dates in the language of the settings."""

import datetime as dt
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any

from babel import Locale
from babel.dates import format_date

from segmentation.reporting.catalogue import read_translations
from segmentation.reporting.numbers import MISSING, NO_BREAK, Numbers, Shown, Writer, rate_digits, without_unit


@dataclass(frozen=True)
class Words(Numbers):
    """Says texts in one language; calling it translates: `words("%(customers)s customers", customers="12")`.

    Texts are English in the source and named there by being said: `words("...")`, `words.plural("...", "...", n)` and
    `words.context("...", "...")` are what `make messages` looks for. A percent sign is written twice.

    Attributes:
        translations: of the language.
    """

    translations: NullTranslations

    @property
    def language(self) -> str:
        """The code of the language, as in `<html lang>`."""
        return str(self.locale)

    def __call__(self, text: str, **values: Any) -> str:
        """`text` translated, with `values` in the places named so."""
        return self.translations.gettext(text) % values

    def plural(self, one: str, many: str, number: int, **values: Any) -> str:
        """The form for `number` of things; `%(number)s` in it is the number written out."""
        return self.translations.ngettext(one, many, number) % {"number": self.count(number), **values}

    def context(self, context: str, text: str, **values: Any) -> str:
        """`text` translated where one English text has several meanings, told apart by `context`."""
        return self.translations.pgettext(context, text) % values

    def stored(self, text: str) -> str:
        """A text of the warehouse, which is English there; as it is if it is not known."""
        return self.translations.gettext(text) if text else ""

    def date(self, date: dt.date) -> str:
        """A date in figures: 2017-12-31."""
        return format_date(date, self.context("pattern of dates", "yyyy-MM-dd"), locale=self.locale)

    def long_date(self, date: dt.date) -> str:
        """A date of a heading."""
        return format_date(date, self.context("pattern of dates in headings", "yyyy-MM-dd"), locale=self.locale)

    def points(self, difference: float) -> str:
        """A difference of rates, each 0-1, in percentage points: 8.9 pp."""
        return f"{self.decimal(100 * difference, rate_digits(difference))}{NO_BREAK}{self('pp')}"

    def interval(self, low: str, high: str) -> str:
        """Both ends; a unit that follows them is written once."""
        return self("%(low)s to %(high)s", low=without_unit(low, high), high=high)

    def show(
        self,
        value: float | None,
        write: Writer,
        *,
        low: float | None = None,
        high: float | None = None,
        reason: str | None = None,
    ) -> Shown:
        """`value` and its interval by `write`; a missing value is a dash with its `reason`, never 0."""
        if value is None:
            return Shown(MISSING, reason=self.stored(reason) if reason else self("not known"))
        if low is None or high is None:
            return Shown(write(value), plain=(value,))
        return Shown(write(value), self.interval(write(low), write(high)), plain=(value, low, high))


def choose_words(language: str, currency: str = "") -> Words:
    """The words of `language`, one of `list_languages`, with money in `currency`."""
    return Words(Locale.parse(language, sep="_"), currency, read_translations(language))
