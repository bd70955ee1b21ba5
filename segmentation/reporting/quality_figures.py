"""What the page shows of the load: totals, rows read and rows rejected."""

from typing import Any

import polars as pl

from segmentation.reporting.catalogue import to_say
from segmentation.reporting.glance import Fact
from segmentation.reporting.words import Words

NO_LOAD = to_say("nothing has been loaded yet")
TOTALS = "method-totals"
ROWS = ("rows_read", "rows_loaded", "rows_rejected", "rows_unchanged")


def describe_totals(totals: pl.DataFrame, loads: pl.DataFrame, words: Words) -> tuple[Fact, ...]:
    """The line under the three answers.

    Args:
        totals: the row of sql/report_totals.sql.
        loads: rows of sql/report_loads.sql.
    """
    row = totals.row(0, named=True)
    rejected = int(sum(loads["rows_rejected"])) if loads.height else None
    revenue = words.show(row["revenue"], words.rounded_money(), reason=words("there are no orders"))
    return (
        Fact(
            words.plural("customer", "customers", row["customers"]), TOTALS, words.show(row["customers"], words.count)
        ),
        Fact(words.plural("order", "orders", row["orders"]), TOTALS, words.show(row["orders"], words.count)),
        Fact(words.context("so much", "revenue"), TOTALS, revenue),
        Fact(
            words.plural("row rejected tonight", "rows rejected tonight", rejected or 0),
            "quality.loads.rows_rejected",
            words.show(rejected, words.count, reason=words(NO_LOAD)),
        ),
    )


def describe_load(loads: pl.DataFrame, rejects: pl.DataFrame, words: Words) -> dict[str, Any]:
    """The table of loads and the reasons of rejects, each with the place of its first row.

    Args:
        loads: rows of sql/report_loads.sql.
        rejects: rows of sql/report_rejects.sql.
    """
    return {
        "loads": [
            row
            | {name: words.count(row[name]) for name in ROWS}
            | {"is_rejecting": row["rows_rejected"] > 0, "note": words.stored(row["note"])}
            for row in loads.iter_rows(named=True)
        ],
        "rejects": [
            row | {"rows_rejected": words.count(row["rows_rejected"]), "reason": words.stored(row["reason"])}
            for row in rejects.iter_rows(named=True)
        ],
    }
