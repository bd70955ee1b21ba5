"""Mailing lists: CSV files with a column `customer_id`, written again without the person's line."""

import os
from pathlib import Path

import polars as pl

from segmentation.warehouse.disk import writing_to
from segmentation.warehouse.publishing import building_path

EVERY_COLUMN = pl.QueryOptFlags(projection_pushdown=False)


def count_lines(file: Path, customer_id: str) -> int | None:
    """Lines of the person; None where the file is no mailing list."""
    try:
        lines = _scan(file)
        if "customer_id" not in lines.collect_schema():
            return None
        counted = lines.filter(_is_theirs(customer_id)).select(pl.len())
        return int(counted.collect(engine="streaming", optimizations=EVERY_COLUMN).item())
    except pl.exceptions.PolarsError:
        return None


def write_list_anew(file: Path, customer_id: str) -> None:
    """Write what publishing will show of the list: every other line as it stands, for the owner only."""
    with writing_to(file):
        handle = os.open(building_path(file), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "wb") as target:
            _scan(file).filter(~_is_theirs(customer_id)).sink_csv(target)


def _scan(file: Path) -> pl.LazyFrame:
    return pl.scan_csv(file, infer_schema=False, glob=False)


def _is_theirs(customer_id: str) -> pl.Expr:
    """A list has an apostrophe before what a spreadsheet would take for a formula."""
    return pl.col("customer_id").is_in([customer_id, f"'{customer_id}"]).fill_null(False)
