"""The words by which a person would be found in text or in the bytes of a file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

SHORTEST = 4  # characters; a shorter word is found everywhere
SHORTEST_NUMBER = 7  # characters of a word without letters, in text full of numbers
BETWEEN = 4  # characters at most between the parts of a name or address: `Nowak, Jan` or `"Jan";"Nowak"`
CONTEXT = 4  # bytes read beside a match to see whether it is a whole word
SEPARATORS = {
    "utf-8": b"[^0-9a-z]",
    "cp1250": b"[^0-9a-z]",
    "utf-16-le": b"(?:[^0-9a-z]\\x00)",
    "utf-16-be": b"(?:\\x00[^0-9a-z])",
}


@dataclass(frozen=True)
class Word:
    """One value that names the person.

    Attributes:
        kind: see `identifiers.SEARCHED`.
    """

    kind: str
    value: str

    @property
    def is_long_enough(self) -> bool:
        """Whether finding it says anything."""
        return len(self.value) >= SHORTEST

    @property
    def stands_out(self) -> bool:
        """Whether it can be told from the numbers in tables and reports; an id of digits alone never can."""
        if any(character.isalpha() for character in self.value):
            return self.is_long_enough
        return self.kind != "customer_id" and len(self.value) >= SHORTEST_NUMBER

    @property
    def orders(self) -> tuple[tuple[str, ...], ...]:
        """Its parts in each order they are written in; a name also begins with the family name."""
        parts = tuple(self.value.split())
        if self.kind != "name" or len(parts) == 1:
            return (parts,)
        return parts, (parts[-1], *parts[:-1])


def text_pattern(words: Iterable[Word]) -> str:
    """Regular expression of DuckDB that finds any of `words` as a whole word, in capitals or not.

    Without words it finds nothing.
    """
    between = f"[^0-9A-Za-z]{{1,{BETWEEN}}}"
    found = "|".join(between.join(map(re.escape, parts)) for word in words for parts in word.orders)
    return rf"(?i)(?:^|[^\p{{L}}\p{{N}}])(?:{found})(?:[^\p{{L}}\p{{N}}]|$)" if found else r"[^\s\S]"


@dataclass(frozen=True)
class BytePattern:
    """A word in one encoding.

    Attributes:
        pattern: matches bytes whose ASCII capitals were made small.
        longest: bytes a match can have.
    """

    kind: str
    encoding: str
    pattern: re.Pattern[bytes]
    longest: int

    def is_in(self, content: bytes, small: bytes, *, begins: bool, ends: bool) -> bool:
        """Whether `content` holds it as a whole word.

        A match so near an end of `content` that its surroundings cannot be seen counts only where the file `begins`
        or `ends` there. A letter beyond ASCII beside it may be taken for a sign, if the file is in another encoding:
        rather too much is found than too little.

        Args:
            small: `content` with ASCII capitals made small.
        """
        for match in self.pattern.finditer(small):
            start, end = match.span()
            if (start >= CONTEXT or begins) and (end <= len(content) - CONTEXT or ends):
                before, after = content[max(0, start - CONTEXT) : start], content[end : end + CONTEXT]
                if self._ends_word(before, -1) and self._ends_word(after, 0):
                    return True
        return False

    def _ends_word(self, beside: bytes, nearest: int) -> bool:
        if self.encoding.startswith("utf-16") and len(beside) % 2:
            return False  # the halves of its characters do not meet
        characters = beside.decode(self.encoding, "ignore")
        return not characters or not characters[nearest].isalnum()


def byte_patterns(words: Iterable[Word]) -> tuple[BytePattern, ...]:
    """Every way the words can stand in a file: UTF-8, Windows-1250 and UTF-16, in capitals or not."""
    found: dict[tuple[str, str, bytes], BytePattern] = {}
    for word in words:
        for encoding, separator in SEPARATORS.items():
            for parts in word.orders:
                for spelt in (parts, tuple(map(str.lower, parts)), tuple(map(str.upper, parts))):
                    pattern = _encode(spelt, encoding, separator)
                    if pattern is not None:
                        longest = 4 * (len(word.value) + BETWEEN * len(parts))
                        found[word.kind, encoding, pattern] = BytePattern(
                            word.kind, encoding, re.compile(pattern, re.DOTALL), longest
                        )
    return tuple(found.values())


def _encode(parts: tuple[str, ...], encoding: str, separator: bytes) -> bytes | None:
    """The pattern of the parts, or None where the encoding lacks a letter of theirs."""
    try:
        texts = [re.escape(part.encode(encoding).lower()) for part in parts]
    except UnicodeEncodeError:
        return None
    return (separator + b"{1,%d}" % BETWEEN).join(texts)
