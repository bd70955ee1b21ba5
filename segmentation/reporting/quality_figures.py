"""What the page shows of the load: totals, rows read and rows rejected."""

from typing import Any

import polars as pl

from segmentation.reporting.glance import Fact
from segmentation.reporting.numbers import count, rounded_money, show

NO_LOAD = "nothing has been loaded yet"
ROWS = ("rows_read", "rows_loaded", "rows_rejected", "rows_unchanged")


def describe_totals(totals: pl.DataFrame, loads: pl.DataFrame, currency: str) -> tuple[Fact, ...]:
    """The line under the three answers.

    Args:
        totals: the row of sql/report_totals.sql.
        loads: rows of sql/report_loads.sql.
    """
    row = totals.row(0, named=True)
    rejected = sum(loads["rows_rejected"]) if loads.height else None
    return (
        Fact("customers", "method-totals", show(row["customers"], count)),
        Fact("orders", "method-totals", show(row["orders"], count)),
        Fact("revenue", "method-totals", show(row["revenue"], rounded_money(currency), reason="there are no orders")),
        Fact("rows rejected tonight", "quality.loads.rows_rejected", show(rejected, count, reason=NO_LOAD)),
    )


def describe_load(loads: pl.DataFrame, rejects: pl.DataFrame) -> dict[str, Any]:
    """The table of loads and the reasons of rejects, each with the place of its first row.

    Args:
        loads: rows of sql/report_loads.sql.
        rejects: rows of sql/report_rejects.sql.
    """
    return {
        "loads": [
            row | {name: count(row[name]) for name in ROWS} | {"is_rejecting": row["rows_rejected"] > 0}
            for row in loads.iter_rows(named=True)
        ],
        "rejects": [row | {"rows_rejected": count(row["rows_rejected"])} for row in rejects.iter_rows(named=True)],
    }
