"""What the report says, and how: texts, numbers and dates in the language of the settings."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any

import polars as pl
from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

from segmentation.reporting.catalogue import SOURCE_LANGUAGE, read_translations
from segmentation.reporting.numbers import MISSING, NO_BREAK, Numbers, Shown, Writer, rate_digits, without_unit
from segmentation.reporting.stored import BETWEEN, match_templates, split_series, split_texts


@dataclass(frozen=True)
class Words(Numbers):
    """Says texts in one language; calling it translates: `words("%(customers)s customers", customers="12")`.

    Texts are English in the source; `make messages` finds those in `words("...")`, `words.plural("...", "...", n)`,
    `words.context("...", "...")` and `to_say("...")`. A percent sign in them is written twice.

    Attributes:
        translations: of the language.
    """

    translations: NullTranslations

    @property
    def language(self) -> str:
        """The code of the language, as in `<html lang>`."""
        return str(self.locale).replace("_", "-")

    def __call__(self, text: str, **values: Any) -> str:
        """`text` translated, with `values` in the places named so."""
        return self.translations.gettext(text) % values

    def plural(self, one: str, many: str, number: int, **values: Any) -> str:
        """The form for `number` of things; `%(number)s` in it is the number written out."""
        return self.translations.ngettext(one, many, number) % {"number": self.count(number), **values}

    def context(self, context: str, text: str, **values: Any) -> str:
        """`text` translated where one English text has several meanings, told apart by `context`."""
        return self.translations.pgettext(context, text) % values

    def stored(self, text: str | None) -> str:
        """A text of the warehouse, which is English there; as it is if it is not known, empty where there is none."""
        if not text or self.language == SOURCE_LANGUAGE:
            return text or ""
        said, rest = next(
            ((said, rest) for first, rest in split_texts(text) if (said := self._say_stored(first)) is not None),
            text.split(BETWEEN, 1) if BETWEEN in text else (text, ""),
        )
        return BETWEEN.join(filter(None, (said, self.stored(rest))))

    def _say_stored(self, text: str) -> str | None:
        """None for a text without a translation."""
        for said, parts in ((text.replace("%", "%%"), {}), *match_templates(text)):
            if (translated := self.translations.gettext(said)) != said:
                return translated % {name: self._say_part(name, part) for name, part in parts.items()}
        return None

    def _say_part(self, name: str, part: str) -> str:
        """What varies in a stored text: a number, a date, names of columns, or a text again."""
        if name == "name":
            return part
        if name.endswith("columns"):
            return ", ".join(map(self.name, part.split(", ")))
        if name in ("levels", "series"):
            return ", ".join(map(self.stored, split_series(part) if name == "series" else part.split(", ")))
        if re.fullmatch(r"-?\d[\d,]*(\.\d+)?", part):
            return self.decimal(float(part.replace(",", "")), len(part.partition(".")[2]))
        if re.fullmatch(r"\d{4}-\d\d-\d\d", part):
            return self.date(dt.date.fromisoformat(part))
        return self.stored(part)

    def name(self, column: str) -> str:
        """The name of a column, such as `days_since_last_order`, in words."""
        return self.stored(column.replace("_", " "))

    def series(self, names: Iterable[str]) -> str:
        """Several names as one text: a, b, and c."""
        return format_list(list(names), locale=self.locale)

    def date(self, date: dt.date) -> str:
        """A date in figures: 2017-12-31."""
        return format_date(date, self.context("pattern of dates", "yyyy-MM-dd"), locale=self.locale)

    def month(self, month: str) -> str:
        """A month as `2017-12`, in figures."""
        first = dt.date.fromisoformat(f"{month}-01")
        return format_date(first, self.context("pattern of months", "yyyy-MM"), locale=self.locale)

    def long_date(self, date: dt.date) -> str:
        """A date of a heading."""
        return format_date(date, self.context("pattern of dates in headings", "yyyy-MM-dd"), locale=self.locale)

    def of_money(self, title: str) -> str:
        """The title of an axis of money, with the currency if there is one."""
        return f"{title}, {self.currency}" if self.currency else title

    def dates(self, column: str) -> pl.Expr:
        """The dates of `column` as `date` writes them."""
        return pl.col(column).map_elements(self.date, return_dtype=pl.String)

    def per_head(self) -> str:
        """The title of an axis of money per customer."""
        return self("%(currency)s per head", currency=self.currency) if self.currency else self("per head")

    def estimate(self, value: float, low: float, high: float) -> str:
        """An estimate in the unit of its axis, with its interval."""
        return f"{self.signed(value)} ({self.interval(self.signed(low), self.signed(high))})"

    def window(self, first: dt.date, last: dt.date) -> str:
        """Both days of a span of days."""
        return self("%(first)s to %(last)s", first=self.date(first), last=self.date(last))

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
