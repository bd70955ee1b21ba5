"""Numbers and dates on the axes of pictures, in another language than English, which is what Vega writes unasked."""

from typing import Any

from babel import Locale

from segmentation.reporting.numbers import MINUS, NO_BREAK


def describe_formats(locale: Locale) -> dict[str, Any]:
    """What Vega is told of a language: formats of numbers and of dates as d3 has them."""
    symbols = locale.number_symbols["latn"]
    is_apart = NO_BREAK in locale.percent_formats[None].pattern
    return {
        "number": {
            "decimal": symbols["decimal"],
            "thousands": symbols["group"],
            "grouping": [3],
            "currency": ["", ""],
            "percent": f"{NO_BREAK}%" if is_apart else "%",
            "minus": MINUS,
        },
        "time": {
            "dateTime": "%A, %e %B %Y, %X",
            "date": "%d.%m.%Y",
            "time": "%H:%M:%S",
            "periods": ["AM", "PM"],
            "days": _from_sunday(locale.days["stand-alone"]["wide"]),
            "shortDays": _from_sunday(locale.days["stand-alone"]["abbreviated"]),
            "months": list(locale.months["stand-alone"]["wide"].values()),
            "shortMonths": list(locale.months["stand-alone"]["abbreviated"].values()),
        },
    }


def _from_sunday(days: dict[int, str]) -> list[str]:
    """Babel counts days from Monday, d3 from Sunday."""
    return [days[number] for number in (6, *range(6))]
