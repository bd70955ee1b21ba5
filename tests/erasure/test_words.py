"""A word is found as a whole word, however it is written, wherever pieces of a file are cut."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.erasure import search
from segmentation.erasure.search import kinds_in
from segmentation.erasure.words import Word, byte_patterns, text_pattern
from segmentation.warehouse.connection import execute, open_memory

NAME = Word("name", "Jan Gołąb")
EMAIL = Word("email", "Jan.Golab@example.pl")
ADDRESS = Word("address_line", "ul. Długa 5")
ID = Word("customer_id", "k1001")

FOUND = [
    (NAME, "Jan Gołąb"),
    (NAME, "to JAN GOŁĄB."),
    (NAME, "1;Jan;Gołąb;00-950"),
    (NAME, '"jan","gołąb"'),
    (NAME, "Gołąb, Jan"),
    (EMAIL, "<jan.golab@EXAMPLE.pl>"),
    (EMAIL, "Jan.Golab@example.pl"),
    (ADDRESS, "ul. długa  5/3"),
    (ID, "k1001"),
    (ID, "x,K1001,y"),
]
NOT_FOUND = [
    (NAME, "Jan Gołąbek"),
    (NAME, "Jan Maria Gołąb"),
    (NAME, "Janusz Gołąb"),
    (NAME, "Dżjan Gołąb"),
    (EMAIL, "xjan.golab@example.pl"),
    (EMAIL, "jan-golab@example.pl"),
    (ADDRESS, "ul. Długa 52"),
    (ID, "k10011"),
    (ID, "c100"),
]
ENCODINGS = ["utf-8", "utf-16-le", "utf-16-be", "cp1250"]


def holds(content: bytes, word: Word) -> bool:
    return kinds_in(io.BytesIO(content), [word]) == {word.kind}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("word", "text"), FOUND)
def test_a_word_is_found_in_every_encoding(word: Word, text: str, encoding: str) -> None:
    assert holds(text.encode(encoding), word)
    assert holds("początek\n".encode(encoding) + text.encode(encoding) + "\nkoniec".encode(encoding), word)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("word", "text"), NOT_FOUND)
def test_part_of_another_word_is_not_it(word: Word, text: str, encoding: str) -> None:
    assert not holds(text.encode(encoding), word)


@pytest.mark.parametrize(("word", "text"), [*FOUND, *NOT_FOUND])
def test_tables_are_searched_by_the_same_rule(word: Word, text: str) -> None:
    with open_memory() as connection:
        found = execute(connection, "select regexp_matches($text, $pattern)", text=text, pattern=text_pattern([word]))
    assert found == [((word, text) in FOUND,)]


def test_no_words_are_found_nowhere() -> None:
    with open_memory() as connection:
        assert execute(connection, "select regexp_matches('any', $pattern)", pattern=text_pattern([])) == [(False,)]
    assert kinds_in(io.BytesIO(b"any"), []) == set()


@given(
    before=st.text(max_size=40),
    after=st.text(max_size=40),
    encoding=st.sampled_from(ENCODINGS[:3]),
    cut=st.integers(1, 50),
)
def test_pieces_hide_nothing_and_find_nothing_more(before: str, after: str, encoding: str, cut: int) -> None:
    content = f"{before}k1001{after}k1001".encode(encoding, "ignore")
    whole = holds(content, ID)
    assert {pattern.kind for pattern in byte_patterns([ID])} == {"customer_id"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "PIECE", cut)
        assert holds(content, ID) is whole
    if after and not before[-1:].isalnum() and not after[0].isalnum():
        assert whole


@pytest.mark.parametrize(
    ("word", "anywhere", "in_own_files"),
    [
        (Word("customer_id", "c12"), False, False),
        (Word("customer_id", "c123"), True, True),
        (Word("customer_id", "1234"), True, False),
        (Word("customer_id", "123456789012"), True, False),
        (Word("phone", "12 34 5"), True, True),
        (Word("phone", "600100"), True, False),
        (Word("phone", "600100200"), True, True),
        (Word("address_line", "12/3"), True, False),
        (Word("name", "Bo Li"), True, True),
    ],
)
def test_what_is_found_everywhere_is_not_searched(word: Word, anywhere: bool, in_own_files: bool) -> None:
    assert (word.is_long_enough, word.stands_out) == (anywhere, in_own_files)
