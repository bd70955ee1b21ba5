"""What the page shows of how customers moved since the date before."""

import textwrap
from typing import Any

import polars as pl

from segmentation.reporting.charts import Picture
from segmentation.reporting.numbers import MISSING, count, percent
from segmentation.reporting.segment_charts import draw_migration

LABEL_WIDTH = 11
MOST_MOVES = 5


def describe_history(migration: pl.DataFrame, drift: pl.DataFrame) -> dict[str, Any]:
    """The heat map of moves between segments, the largest of them, and the table of drift.

    Args:
        migration: rows of sql/report_migration.sql.
        drift: rows of sql/report_drift.sql.
    """
    return {
        "since": None if migration.is_empty() else migration["from_date"][0],
        "map": None if migration.is_empty() else _picture_migration(migration),
        "sentences": [] if migration.is_empty() else _name_moves(migration),
        "drift": [_describe_drift(row) for row in drift.iter_rows(named=True)],
        "warnings": [row["measure"].replace("_", " ") for row in drift.filter("warns").iter_rows(named=True)],
    }


def _picture_migration(migration: pl.DataFrame) -> Picture:
    moved = migration.with_columns(
        share=pl.col("customers") / pl.col("customers").sum().over("from_segment"),
        stayed=pl.col("from_segment") == pl.col("to_segment"),
    )
    names = pl.concat([migration["from_segment"], migration["to_segment"]]).unique(maintain_order=True)
    earlier = migration.select("from_segment").unique(maintain_order=True)
    later = pl.DataFrame({"to_segment": names}).filter(
        pl.col("to_segment").is_in(migration["to_segment"].unique().to_list())
    )
    flows = (
        earlier.join(later, how="cross")
        .join(moved, on=["from_segment", "to_segment"], how="left", maintain_order="left")
        .select(
            "share",
            from_label=pl.col("from_segment"),
            to_label=pl.col("to_segment").map_elements(
                lambda name: "\n".join(textwrap.wrap(name, LABEL_WIDTH)), return_dtype=pl.String
            ),
            stayed=pl.col("stayed").fill_null(False),
            share_text=pl.col("share").map_elements(percent, return_dtype=pl.String).fill_null(""),
            customers_text=pl.col("customers").map_elements(count, return_dtype=pl.String).fill_null(""),
        )
    )
    alt = "From segment to segment: " + "; ".join(
        f"{row['from_segment']} to {row['to_segment']}: {percent(row['share'])} ({count(row['customers'])})"
        for row in moved.iter_rows(named=True)
    )
    return Picture(draw_migration(flows), alt)


def _name_moves(migration: pl.DataFrame) -> list[str]:
    """How many stayed, and the largest moves."""
    still = migration.filter(pl.col("from_segment") == pl.col("to_segment"))
    everybody, stayed = (sum(rows["customers"].to_list()) for rows in (migration, still))
    sentences = [f"{percent(stayed / everybody)} of {count(everybody)} customers are where they were."]
    moves = (
        migration.filter(pl.col("from_segment") != pl.col("to_segment"))
        .sort("customers", "from_segment", "to_segment", descending=[True, False, False])
        .head(MOST_MOVES)
    )
    if moves.height:
        named = "; ".join(
            f"{count(row['customers'])} from {row['from_segment']} to {row['to_segment']}"
            for row in moves.iter_rows(named=True)
        )
        sentences.append(f"Most moved: {named}.")
    return sentences


def _describe_drift(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "measure": row["measure"].replace("_", " "),
        "psi": MISSING if row["psi"] is None else f"{row['psi']:.3f}",
        "warns": bool(row["warns"]),
        "note": row["note"] or "",
    }
