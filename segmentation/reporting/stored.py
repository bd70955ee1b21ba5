"""Texts of the warehouse that the report shows: English there, as the warehouse is an interface.

To say one in another language it is looked up as it stands, then as one of stored_texts.txt with what varies in it.
What is in neither, such as a text of the source, stays as it is.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

PLACE = re.compile(r"%\((\w+)\)s")
BETWEEN = "; "  # texts that the warehouse keeps together
WITHIN = r"(?:(?!; ).)+?"  # what varies in a text has no end of a text in it
NARROW = {"number": r"[\d.,]+", "field": r"\w+", "table": r"\w+"}  # of what varies, by its name


@cache
def list_templates() -> tuple[str, ...]:
    """The texts of stored_texts.txt; a percent sign is written twice in them, as in all texts that are said."""
    lines = (files("segmentation.reporting") / "stored_texts.txt").read_text(encoding="utf-8").splitlines()
    return tuple(re.sub(r"%(?!\()", "%%", line) for line in lines if line and not line.startswith("#"))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((template, _compile(template)) for template in list_templates() if PLACE.search(template))


def _compile(template: str) -> re.Pattern[str]:
    parts = PLACE.split(template.replace("%%", "%"))
    fixed, names = parts[::2], parts[1::2]
    places = [f"(?P<{name}>{NARROW.get(name, WITHIN)})" for name in names]
    return re.compile("".join(re.escape(text) + place for text, place in zip(fixed, [*places, ""], strict=True)))


def match_templates(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The texts of stored_texts.txt that `text` may be, and what varies in it, by its name."""
    for template, pattern in _patterns():
        if found := pattern.fullmatch(text):
            yield template, found.groupdict()


def split_texts(text: str) -> Iterator[list[str]]:
    """Ways to take `text` apart in a first text, the longest first, and the rest, which may be empty."""
    parts = text.split(BETWEEN)
    for length in range(len(parts), 0, -1):
        yield [BETWEEN.join(parts[:length]), BETWEEN.join(parts[length:])]


def split_series(text: str) -> list[str]:
    """`6 since a, 2 since b, c` as `6 since a` and `2 since b, c`."""
    return re.split(r", (?=[\d,]+ since )", text)
