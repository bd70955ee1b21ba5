"""CSV that people open in spreadsheets."""

import re

import polars as pl

FORMULA = r"^\s*[=+\-@\t\r]"  # what a spreadsheet runs rather than shows


def guard_formulas(rows: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before each text, and name of a column, that a spreadsheet would run as a formula."""
    text = pl.col(pl.String)
    guarded = pl.when(text.str.contains(FORMULA)).then(pl.lit("'") + text).otherwise(text).name.keep()
    return rows.with_columns(guarded).rename({name: f"'{name}" for name in rows.columns if re.match(FORMULA, name)})
