"""Beside the waterfall of a plan: what was not checked, the suppression lists, and who seems to be there twice."""

from typing import Any

import polars as pl

from segmentation.reporting.words import Words


def describe_eligibility(
    notes: pl.DataFrame, lists: pl.DataFrame, duplicates: pl.DataFrame, words: Words
) -> dict[str, Any]:
    """What the page says.

    Args:
        notes: rows of sql/plan_notes.sql.
        lists: rows of sql/plan_lists.sql.
        duplicates: the row of sql/plan_duplicates.sql.
    Returns: `notes`, one text per step with something to know; `lists`, one row per list with `name` and `figures` by
        column of targeting.suppression_lists; `duplicates`, a sentence, empty where there are none.
    """
    return {
        "notes": [f"{words.stored(row['reason'])}: {words.stored(row['note'])}" for row in notes.iter_rows(named=True)],
        "lists": [
            {
                "name": words.stored(row["list_reason"]) or words("suppressions of the source"),
                "figures": {
                    name: words.count(row[name]) for name in ("rows_read", "rows_not_usable", "customers_matched")
                },
            }
            for row in lists.iter_rows(named=True)
        ],
        "duplicates": _tell_duplicates(words, **duplicates.row(0, named=True)),
    }


def _tell_duplicates(words: Words, customers: int, persons: int, left_out: int) -> str:
    if not customers:
        return ""
    counted = {"customers": words.count(customers), "persons": words.count(persons)}
    if not left_out:
        return words(
            "%(customers)s customers seem to be %(persons)s persons, by the same name and address, e-mail address or "
            "telephone number; none is left out for it.",
            **counted,
        )
    return words(
        "%(customers)s customers seem to be %(persons)s persons, by the same name and address, e-mail address or "
        "telephone number; %(left_out)s are left out for it.",
        **counted,
        left_out=words.count(left_out),
    )
