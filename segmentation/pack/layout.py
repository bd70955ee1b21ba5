"""What a file looks like, and its lines as text."""

from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import quote

import polars as pl

from segmentation.errors import PackError
from segmentation.pack.text import as_written
from segmentation.settings import PackSettings
from segmentation.settings.pack import PackFormat
from segmentation.spreadsheets import FORMULA, guard_formulas

ENDINGS: Mapping[PackFormat, str] = {"csv": "csv", "xlsx": "xlsx", "fixed width": "txt"}
MANIFEST = ".manifest.json"
LONGEST_NAME = 240  # bytes; a file system takes 255
SHEET_ROWS = 1_048_575  # of a worksheet, without the line of names
WHOLE = ("customer_id", "keycode", "cell", "offer", "postcode")  # worth nothing if they are cut
ORDERS: Mapping[Literal["postcode", "rank"], str] = {
    "postcode": "sort_country, sort_postcode, sort_id, is_seed",
    "rank": "sort_rank, is_seed, sort_id",
}


def file_name(plan_id: str, ending: str, cell: str | None = None) -> str:
    """Name of a file of the pack; what a file's name may not have is written as %2F.

    Args:
        cell: of a file for one cell.

    Raises:
        PackError: the name is longer than a file system takes.
    """
    name = quote(plan_id, safe="@ ") + (f" {quote(cell, safe='')}" if cell is not None else "") + ending
    if len(name) > LONGEST_NAME:
        raise PackError(f"plan {plan_id}: its files would have names of more than {LONGEST_NAME} bytes; shorten its id")
    return name


def labels_of(settings: PackSettings) -> list[str]:
    """Names of the columns as files have them."""
    return [settings.labels.get(name, name) for name in settings.columns]


def csv_header(settings: PackSettings) -> str:
    """The line of names."""
    written = [as_written(label, settings.codec) for label in labels_of(settings)]
    names = pl.DataFrame(schema=dict.fromkeys(written, pl.String))
    return guard_formulas(names).write_csv(separator=settings.delimiter, line_terminator=settings.newline)


def csv_lines(lines: pl.DataFrame, settings: PackSettings) -> str:
    """Lines of a CSV file; no value is a formula."""
    return guard_formulas(lines.select(pl.all().replace("", None))).write_csv(
        separator=settings.delimiter, line_terminator=settings.newline, include_header=False
    )


def count_formulas(lines: pl.DataFrame) -> dict[str, int]:
    """By column: values that get an apostrophe."""
    counted = lines.select(pl.all().str.contains(FORMULA).sum()).row(0, named=True)
    return {name: count for name, count in counted.items() if count}


def fixed_lines(lines: pl.DataFrame, widths: Mapping[str, int], newline: str) -> str:
    """Lines of a file of fixed width: values are cut or filled with blanks behind."""
    fields = (pl.col(name).str.slice(0, widths[name]).str.pad_end(widths[name]) for name in lines.columns)
    return "".join(line + newline for line in lines.select(pl.concat_str(fields)).to_series())


def count_cut(lines: pl.DataFrame, widths: Mapping[str, int]) -> dict[str, int]:
    """By column: values longer than its width."""
    counted = lines.select((pl.col(name).str.len_chars() > widths[name]).sum() for name in lines.columns)
    return {name: count for name, count in counted.row(0, named=True).items() if count}


def refuse_cut_codes(longest: Mapping[str, int], widths: Mapping[str, int]) -> None:
    """Codes and postcodes are never cut.

    Args:
        longest: characters of the longest value by column.

    Raises:
        PackError: one is longer than its width.
    """
    for name in WHOLE:
        if longest.get(name, 0) > widths.get(name, 0):
            raise PackError(
                f"pack.fixed_width: {name} = {widths[name]} is too little, the longest has {longest[name]} "
                "characters; a code that is cut is worth nothing, so nothing is written"
            )


def refuse_long_sheet(rows: int, what: str) -> None:
    """A worksheet ends somewhere.

    Raises:
        PackError: it has not rows enough.
    """
    if rows > SHEET_ROWS:
        raise PackError(
            f"{what}: {rows:,} lines, but a worksheet holds {SHEET_ROWS:,}; leave xlsx out of pack.format, "
            "or plan smaller cells"
        )


def choose_columns(columns: Sequence[str], *, selection: Sequence[str], customers: Sequence[str]) -> dict[str, str]:
    """The relation that has each of the columns: of `selection` first, then of `customers`.

    Raises:
        PackError: neither has it.
    """
    found = {name: "selection" for name in columns if name in selection}
    found |= {name: "customers" for name in columns if name in customers and name not in found}
    if unknown := [name for name in columns if name not in found and name != "sequence"]:
        known = ", ".join(dict.fromkeys(["sequence", *selection, *customers]))
        raise PackError(f"pack.columns: there is no column {', '.join(unknown)}; there are: {known}")
    return found
