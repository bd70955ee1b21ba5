"""What DuckDB makes of single letters, asked of DuckDB itself, so that Spark makes the same of them."""

from functools import cache

from segmentation.warehouse.connection import execute, open_memory

LAST = 0x10FFFF
SURROGATES = "between 55296 and 57343"  # no letters


@cache
def letters_of(function: str) -> tuple[str, str]:
    """The letters that `lower`, `upper` or `strip_accents` changes, and what becomes of each.

    A letter that vanishes stands at the end, without another in its place, as translate() takes it.

    Raises:
        ValueError: one becomes several.
    """
    with open_memory() as connection:
        changed = execute(
            connection,
            f"select chr(code::integer) as letter, {function}(letter) as became from range(1, {LAST + 1}) as of(code) "
            f"where code not {SURROGATES} and letter <> became order by became = '', code",
        )
    if several := [letter for letter, became in changed if len(became) > 1]:
        raise ValueError(f"{function} makes several letters of {several}")
    return "".join(letter for letter, _ in changed), "".join(became for _, became in changed)
