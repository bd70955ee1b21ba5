import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.targeting.keycodes import (
    ALPHABET,
    describe_check,
    find_check_character,
    has_right_check,
    keycodes_of_cells,
    make_keycode,
    make_prefix,
    plain_keycode,
)

CODES = st.text(ALPHABET, min_size=2, max_size=12)


def test_a_code_worked_by_hand() -> None:
    """T = 24, R = 22, B = 9: 4 x 24 + 3 x 22 + 2 x 9 = 180, and 186 = 6 x 31 is 6 more, which is 8."""
    assert make_keycode("TR", "B") == "TRB8"


def test_the_alphabet_has_no_look_alikes_and_a_prime_of_characters() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set(ALPHABET) & set("01ILO")


@given(CODES)
def test_every_single_wrong_character_is_found(text: str) -> None:
    code = text + find_check_character(text)
    assert has_right_check(code)
    for place, character in itertools.product(range(len(code)), ALPHABET):
        if character != code[place]:
            assert not has_right_check(code[:place] + character + code[place + 1 :])


@given(CODES)
def test_every_two_that_changed_places_are_found(text: str) -> None:
    code = list(text + find_check_character(text))
    for one, other in itertools.combinations(range(len(code)), 2):
        if code[one] != code[other]:
            swapped = code.copy()
            swapped[one], swapped[other] = code[other], code[one]
            assert not has_right_check("".join(swapped))


def test_a_campaign_has_the_same_prefix_every_time() -> None:
    assert make_prefix("mailing-2024-07-14") == make_prefix("mailing-2024-07-14") != make_prefix("mailing-2024-07-15")
    assert len({make_prefix(f"campaign {number}") for number in range(2000)}) == 2000


def test_cells_have_codes_of_their_own_and_a_prefix_of_the_settings_is_taken() -> None:
    codes = keycodes_of_cells("spring", ["A", "B", "A2"], {"spring": "SPR", "other": "X"})
    assert len(set(codes.values())) == 3
    assert codes["A2"].startswith("SPRA2")
    assert all(map(has_right_check, codes.values()))
    assert keycodes_of_cells("spring", ["A"], {})["A"].startswith(make_prefix("spring") + "A")


@pytest.mark.parametrize(
    ("quoted", "told"),
    [
        ("tr-b 8", "the check character is right"),
        ("TRB9", "the check character is wrong"),
        ("TR0B", "not a code of Mailworth, which never has 0"),
        ("A", "the check character is wrong"),
    ],
)
def test_what_is_told_of_a_quoted_code(quoted: str, told: str) -> None:
    assert describe_check(plain_keycode(quoted)).startswith(told)
