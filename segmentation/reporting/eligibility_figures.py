"""Beside the waterfall of a plan: what was not checked, the suppression lists, and who seems to be there twice."""

from typing import Any

import polars as pl

from segmentation.reporting.numbers import count


def describe_eligibility(notes: pl.DataFrame, lists: pl.DataFrame, duplicates: pl.DataFrame) -> dict[str, Any]:
    """What the page says.

    Args:
        notes: rows of sql/plan_notes.sql.
        lists: rows of sql/plan_lists.sql.
        duplicates: the row of sql/plan_duplicates.sql.
    Returns: `notes`, one text per step with something to know; `lists`, one row per list with `name` and `figures` by
        column of targeting.suppression_lists; `duplicates`, a sentence, empty where there are none.
    """
    return {
        "notes": [f"{row['reason']}: {row['note']}" for row in notes.iter_rows(named=True)],
        "lists": [
            {
                "name": row["list_reason"] or "suppressions of the source",
                "figures": {name: count(row[name]) for name in ("rows_read", "rows_not_usable", "customers_matched")},
            }
            for row in lists.iter_rows(named=True)
        ],
        "duplicates": _tell_duplicates(**duplicates.row(0, named=True)),
    }


def _tell_duplicates(customers: int, persons: int, left_out: int) -> str:
    if not customers:
        return ""
    told = f"{count(customers)} customers seem to be {count(persons)} persons"
    followed = f"{count(left_out)} are left out for it" if left_out else "none is left out for it"
    return f"{told}, by the same name and address, e-mail address or telephone number; {followed}."
