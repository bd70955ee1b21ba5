"""Key codes: short, without look-alikes, and with a check character that tells a misread code.

The 31 characters leave out 0, O, 1, I and L. The check character makes the sum of all characters, each weighted with
its place from the right, a multiple of 31. As 31 is a prime, every single wrong character is found, and every two that
changed places, as with the ISBN of ten digits, which does the same with 11.

References: J. Gallian (1989), Error detection methods, ACM Computing Surveys 28, 504-517.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
PREFIX_LENGTH = 5


def make_keycode(prefix: str, cell: str) -> str:
    """The code to print: prefix of the campaign, cell, check character.

    Args:
        prefix, cell: of characters of ALPHABET; together at most 29, so that weights differ.
    """
    return prefix + cell + find_check_character(prefix + cell)


def make_prefix(campaign_id: str) -> str:
    """What the codes of a campaign begin with: a hash, so that it is the same every time; one of 28.6 million."""
    number = int(hashlib.md5(campaign_id.encode()).hexdigest(), 16)
    characters = []
    for _ in range(PREFIX_LENGTH):
        number, value = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[value])
    return "".join(characters)


def find_check_character(text: str) -> str:
    """The character that belongs behind `text`.

    Raises:
        ValueError: a character is not of ALPHABET.
    """
    return ALPHABET[-_weigh(text + ALPHABET[0]) % len(ALPHABET)]


def has_right_check(keycode: str) -> bool:
    """Whether a code could be one of ours: its characters are of ALPHABET and the last one checks."""
    return len(keycode) > 1 and set(keycode) <= set(ALPHABET) and _weigh(keycode) % len(ALPHABET) == 0


def plain_keycode(text: str) -> str:
    """A code as it is compared: capitals, without spaces and dashes."""
    return re.sub(r"[\s\u2010-\u2015-]", "", text).upper()


def describe_check(keycode: str) -> str:
    """What the check character says of a plain code."""
    if foreign := sorted(set(keycode) - set(ALPHABET)):
        return f"not a code of Mailworth, which never has {' '.join(foreign)}"
    if has_right_check(keycode):
        return "the check character is right"
    return "the check character is wrong: the code is misread, or not one of Mailworth; it is credited to nothing"


def _weigh(text: str) -> int:
    return sum(weight * ALPHABET.index(character) for weight, character in enumerate(reversed(text), 1))


def keycodes_of_cells(campaign_id: str, cells: Iterable[str], prefixes: Mapping[str, str]) -> dict[str, str]:
    """The code of each cell.

    Args:
        prefixes: by campaign_id, where the settings have one.
    """
    prefix = prefixes.get(campaign_id) or make_prefix(campaign_id)
    return {cell: make_keycode(prefix, cell) for cell in cells}
