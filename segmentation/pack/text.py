"""Text that a mail house can read: one line a value, and only letters that the encoding has."""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache

import polars as pl
from anyascii import anyascii

CONTROLS = r"\s*[\p{Cc}\u{2028}\u{2029}]+\s*"


def clean_values(lines: pl.DataFrame) -> pl.DataFrame:
    """Every value as text: composed (NFC), without blanks around it; line breaks and tabs become a blank, NULL nothing.

    So a line of a file is always one address.
    """
    text = pl.all().cast(pl.String).fill_null("").str.normalize("NFC")
    return lines.select(text.str.replace_all(CONTROLS, " ").str.strip_chars())


def count_missing(lines: pl.DataFrame, codec: str) -> Counter[str]:
    """How often each character stands in `lines` that `codec` does not have."""
    if codec == "utf-8":
        return Counter()
    return sum((_missing_in(column, codec) for column in lines), Counter[str]())


def _missing_in(values: pl.Series, codec: str) -> Counter[str]:
    found = values.str.extract_all(_beyond(codec)).explode().drop_nulls()
    return Counter(dict(found.value_counts().iter_rows()))


@cache
def _beyond(codec: str) -> str:
    """Regular expression of one character that the encoding of one byte a character lacks."""
    known = "".join(bytes([byte]).decode(codec, "ignore") for byte in range(0x20, 0x100))
    return "[^" + "".join(f"\\u{{{ord(character):x}}}" for character in known) + "]"


def transliterate(character: str, codec: str) -> str:
    """What is written for a character that the encoding lacks; empty where no letter comes near it.

    The letter without its marks (Unicode's NFKD: n for ñ), else as the library anyascii spells it (Zh for Ж).
    """
    bare = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    return bare if bare and _has(codec, bare) else anyascii(character)


def _has(codec: str, text: str) -> bool:
    return bool(text.encode(codec, "ignore").decode(codec) == text)


def replace_characters(lines: pl.DataFrame, replacements: Mapping[str, str]) -> pl.DataFrame:
    """Put the values of `replacements` in the place of their keys."""
    if not replacements:
        return lines
    return lines.select(pl.all().str.replace_many(list(replacements), list(replacements.values())))


def as_written(text: str, codec: str) -> str:
    """`text` as it stands in a file."""
    lines = clean_values(pl.DataFrame({"text": [text]}))
    missing = count_missing(lines, codec)
    return str(replace_characters(lines, {each: transliterate(each, codec) for each in missing}).item())
