"""The SQL macros against Python's own Unicode tables."""

import re
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.warehouse.connection import Connection, ask, open_memory

OWN = str.maketrans(
    {
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "ŀ": "l",
        "ø": "o",
        "ŧ": "t",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
    }
    | {"þ": "th"}
)
LATIN = st.text(
    st.characters(
        min_codepoint=0x20, max_codepoint=0x17F, exclude_characters="\x7fŉ\N{LATIN SMALL LETTER LONG S}ĲĳĿŊŋ"
    ),
    max_size=20,
)
NAMES = st.text(st.sampled_from("aeouszlł ÄÖÜäöüßŁńéÅøØæ-'.1"), max_size=12)


@pytest.fixture(scope="module")
def engine() -> Iterator[Connection]:
    with open_memory() as connection:
        yield connection


def plain(engine: Connection, macro: str, text: str) -> str | None:
    return ask(engine, f"select {macro}($text) as plain", text=text)["plain"][0]


def oracle(text: str) -> str | None:
    lowered = unicodedata.normalize("NFD", text.lower())
    bare = "".join(letter for letter in lowered if not unicodedata.combining(letter)).translate(OWN)
    words = "".join(letter for letter in bare if unicodedata.category(letter)[0] in "LN")
    return re.sub("ue", "u", re.sub("oe", "o", re.sub("ae", "a", words))) or None


@given(text=LATIN | NAMES)
def test_plain_words_are_those_of_unicodedata(engine: Connection, text: str) -> None:
    assert plain(engine, "plain", text) == oracle(text)


@given(text=NAMES)
def test_composed_and_decomposed_letters_are_alike(engine: Connection, text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert plain(engine, "plain", composed) == plain(engine, "plain", decomposed)


@given(text=NAMES, gap=st.sampled_from(["-", " ", ".", "'", ""]))
def test_blanks_hyphens_and_capitals_make_no_difference(engine: Connection, text: str, gap: str) -> None:
    assert plain(engine, "plain", text) == plain(engine, "plain", gap.join(text.replace("ß", "ss").upper()))


@pytest.mark.parametrize(
    "alike",
    [
        ("Müller", "MUELLER", "Muller", "mu\N{COMBINING DIAERESIS}ller"),
        ("Łódź", "Lodz", "łódź", " LÓDŹ "),
        ("Weiß", "WEISS", "Weiss", "WEIẞ"),
        ("Kowalska-Nowak", "Kowalska Nowak", "kowalskanowak"),
        ("ul. Długa 5/3", "UL DŁUGA 5 3", "ul.Dluga 5-3"),
    ],
)
def test_ways_to_write_a_name_are_alike(engine: Connection, alike: tuple[str, ...]) -> None:
    assert len({plain(engine, "plain", text) for text in alike}) == 1


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        *(("00-950", "00950"), ("00 950", "00950"), (" 00950", "00950"), ("PL-00-950", "00950"), ("D-10115", "10115")),
        *(("sw1a 1aa", "sw1a1aa"), ("SW1A1AA", "sw1a1aa"), ("12345-6789", "12345"), ("12345", "12345")),
        *(("1234 AB", "1234ab"), ("-", None), ("", None)),
    ],
)
def test_postal_codes(engine: Connection, code: str, expected: str | None) -> None:
    assert plain(engine, "plain_postcode", code) == expected


@pytest.mark.parametrize(
    ("one", "other", "fit"), [("j", "jan", True), ("jan", "j", True), ("jan", "anna", False), (None, "jan", True)]
)
def test_given_names(engine: Connection, one: str | None, other: str, fit: bool) -> None:
    query = "select given_names_fit($one::varchar, $other) as fit"
    assert ask(engine, query, one=one, other=other)["fit"][0] is fit
