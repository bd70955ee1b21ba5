"""What an erasure shows: how much was removed where. Nothing tells who."""

from pathlib import Path

import polars as pl

from segmentation.digests.pieces import Piece, Table, Text


def show_erasure(removed: pl.DataFrame, finds: int, *, is_done: bool) -> list[Piece]:
    """Rows by kind of file and table, and in how many other files the person is still named.

    Args:
        removed: `file`, `table`, `rows`.
        finds: files that Mailworth may not change and that still name the person.
    """
    rows = [
        {"File": Path(file).name, "Table": table, "Rows": f"{number:,}"}
        for file, table, number in removed.select("file", "table", "rows").iter_rows()
    ]
    said = "was removed" if is_done else "would be removed; nothing is changed"
    total = f"**{sum(removed['rows']):,} rows** in {removed['file'].n_unique()} files: this {said}."
    elsewhere = f"\n\nStill named in {finds} places that Mailworth may not change; the log says where." if finds else ""
    pieces: list[Piece] = [Text("erasure", "What was erased" if is_done else "What would be erased", total + elsewhere)]
    return [*pieces, Table("erasure-rows", "Rows by file and table", rows)] if rows else pieces
