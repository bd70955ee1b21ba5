"""Nothing is lost in an encoding without being told, and every value stays on its line."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.pack.layout import csv_lines, fixed_lines
from segmentation.pack.text import as_written, clean_values, count_missing, transliterate
from segmentation.settings import PackSettings


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Zażółć gęślą jaźń", "Zażółć gęślą jaźń"),
        ("o\u0301", "ó"),  # a letter and its mark are one letter
        ("Ñandú Åse Søren", "Nandú Ase Soren"),
        ("Παπαδόπουλος", "Papadopoylos"),
        ("Ⅷ ﬁn", "VIII fin"),
        ("a\u2028b\r\n\tc ", "a b c"),
    ],
)
def test_what_windows_1250_lacks_is_spelt_with_what_it_has(text: str, written: str) -> None:
    assert as_written(text, "cp1250") == written


def test_what_it_has_is_left_alone() -> None:
    letters = (bytes([byte]).decode("cp1250", "ignore") for byte in range(0x21, 0x100))
    known = "".join(letter for letter in letters if letter.isprintable())
    assert as_written(known, "cp1250") == known


def test_every_missing_character_is_counted() -> None:
    lines = pl.DataFrame({"a": ["ñññ", "Ł"], "b": ["ñ", "x]^-\\"]})
    assert count_missing(lines, "cp1250") == {"ñ": 4}
    assert count_missing(lines, "utf-8") == {}


@given(st.text())
def test_any_text_can_be_written_and_is_one_line_of_every_format(text: str) -> None:
    written = as_written(text.encode("utf-8", "ignore").decode(), "cp1250")
    assert "?" not in written or "?" in text or any("?" in transliterate(each, "cp1250") for each in text)
    written.encode("cp1250")
    lines = pl.DataFrame({"a": [written], "b": ["x"]})
    assert csv_lines(lines, PackSettings()).count("\n") == 1
    assert fixed_lines(lines, {"a": 5, "b": 2}, "\r\n") == f"{written[:5]:<5}x \r\n"


def test_values_of_any_type_become_text() -> None:
    lines = pl.DataFrame({"a": [1, None], "b": [True, False]})
    assert clean_values(lines).rows() == [("1", "true"), ("", "false")]
