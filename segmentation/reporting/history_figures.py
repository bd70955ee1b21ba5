"""What the page shows of how customers moved since the date before."""

import textwrap
from typing import Any

import polars as pl

from segmentation.reporting.charts import Picture
from segmentation.reporting.numbers import MISSING
from segmentation.reporting.segment_charts import draw_migration
from segmentation.reporting.words import Words

LABEL_WIDTH = 11
MOST_MOVES = 5


def describe_history(migration: pl.DataFrame, drift: pl.DataFrame, words: Words) -> dict[str, Any]:
    """The heat map of moves between segments, the largest of them, and the table of drift.

    Args:
        migration: rows of sql/report_migration.sql.
        drift: rows of sql/report_drift.sql.
    """
    return {
        "since": None if migration.is_empty() else words.date(migration["from_date"][0]),
        "map": None if migration.is_empty() else _picture_migration(migration, words),
        "sentences": [] if migration.is_empty() else _name_moves(migration, words),
        "drift": [_describe_drift(row, words) for row in drift.iter_rows(named=True)],
        "warnings": [words.name(row["measure"]) for row in drift.filter("warns").iter_rows(named=True)],
    }


def _picture_migration(migration: pl.DataFrame, words: Words) -> Picture:
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
            from_label=pl.col("from_segment").map_elements(words.stored, return_dtype=pl.String),
            to_label=pl.col("to_segment").map_elements(
                lambda name: "\n".join(textwrap.wrap(words.stored(name), LABEL_WIDTH)), return_dtype=pl.String
            ),
            stayed=pl.col("stayed").fill_null(False),
            share_text=pl.col("share").map_elements(words.percent, return_dtype=pl.String).fill_null(""),
            customers_text=pl.col("customers").map_elements(words.count, return_dtype=pl.String).fill_null(""),
        )
    )
    alt = "; ".join(
        words(
            "%(from)s to %(to)s: %(share)s (%(customers)s)",
            **_name_ends(row, words),
            share=words.percent(row["share"]),
            customers=words.count(row["customers"]),
        )
        for row in moved.iter_rows(named=True)
    )
    return Picture(draw_migration(flows, words), words("From segment to segment: %(moves)s", moves=alt))


def _name_ends(row: dict[str, Any], words: Words) -> dict[str, str]:
    return {end: words.stored(row[f"{end}_segment"]) for end in ("from", "to")}


def _name_moves(migration: pl.DataFrame, words: Words) -> list[str]:
    """How many stayed, and the largest moves."""
    still = migration.filter(pl.col("from_segment") == pl.col("to_segment"))
    everybody, stayed = (sum(rows["customers"].to_list()) for rows in (migration, still))
    share, customers = words.percent(stayed / everybody), words.count(everybody)
    sentences = [words("%(share)s of %(customers)s customers are where they were.", share=share, customers=customers)]
    moves = (
        migration.filter(pl.col("from_segment") != pl.col("to_segment"))
        .sort("customers", "from_segment", "to_segment", descending=[True, False, False])
        .head(MOST_MOVES)
    )
    named = "; ".join(
        words(
            "%(customers)s from %(from)s to %(to)s", customers=words.count(row["customers"]), **_name_ends(row, words)
        )
        for row in moves.iter_rows(named=True)
    )
    return [*sentences, *([words("Most moved: %(moves)s.", moves=named)] if named else [])]


def _describe_drift(row: dict[str, Any], words: Words) -> dict[str, Any]:
    return {
        "measure": words.name(row["measure"]),
        "psi": MISSING if row["psi"] is None else words.decimal(row["psi"], 3),
        "warns": bool(row["warns"]),
        "note": words.stored(row["note"]),
    }
