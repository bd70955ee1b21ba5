"""Print rows for people or for programs."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

WIDEST = 60


def print_rows(rows: "pl.DataFrame", form: str = "table", *, widest: int = WIDEST) -> None:
    """Write `rows` to standard output as `table`, `csv` or `json`; no cell of the CSV is a formula.

    Args:
        widest: characters of a text that a table shows.
    """
    import polars as pl

    if form == "csv":
        from segmentation.spreadsheets import guard_formulas

        sys.stdout.write(guard_formulas(rows).write_csv())
    elif form == "json":
        sys.stdout.write(rows.write_json() + "\n")
    else:
        with pl.Config(
            tbl_rows=-1,
            tbl_cols=-1,
            tbl_width_chars=10_000,
            fmt_str_lengths=widest,
            fmt_float="mixed",
            thousands_separator=True,
            tbl_hide_column_data_types=True,
            tbl_hide_dataframe_shape=True,
            tbl_formatting="UTF8_FULL_CONDENSED",
            tbl_cell_numeric_alignment="RIGHT",
        ):
            sys.stdout.write(f"{rows}\n")
