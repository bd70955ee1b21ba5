"""Worksheets, written line by line; the same lines give the same bytes."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import IO
from xml.etree.ElementTree import iterparse
from zipfile import ZipFile

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from segmentation.errors import PackError

SHEET = "xl/worksheets/sheet1.xml"
TAG = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Sheet:
    """One worksheet of text: no cell is a formula, a number or a link, whatever stands in it."""

    def __init__(self, target: IO[bytes], *, created: dt.datetime, folder: str) -> None:
        """Begin an empty sheet.

        Args:
            created: told in the properties of the file.
            folder: where rows lie until the file is closed.
        """
        self._book = Workbook(target, {"constant_memory": True, "tmpdir": folder})
        self._book.set_properties({"created": created})
        self._sheet = self._book.add_worksheet()
        self._rows = 0

    def write(self, lines: Iterable[Sequence[str]]) -> None:
        """Add lines.

        Raises:
            PackError: a value has more characters than a cell holds.
        """
        for line in lines:
            self.write_row(line)

    def close(self) -> None:
        """Write the file.

        Raises:
            OSError: the disk refuses it.
        """
        try:
            self._book.close()
        except FileCreateError as error:
            raise error.args[0] from error

    def write_row(self, values: Sequence[str]) -> None:
        """Add one line; see `write`."""
        for column, value in enumerate(values):
            if value and self._sheet.write_string(self._rows, column, value):
                raise PackError(f"xlsx, line {self._rows}: a value of {len(value):,} characters is too long for a cell")
        self._rows += 1


def read_sheet(source: IO[bytes]) -> Iterator[list[str]]:
    """Rows of a file that `Sheet` wrote, the line of names first; empty cells at the end of a row are left out."""
    with ZipFile(source) as archive, archive.open(SHEET) as content:
        for _, element in iterparse(content):
            if element.tag == f"{TAG}row":
                yield _row(element.findall(f"{TAG}c"))
                element.clear()


def _row(cells: Sequence) -> list[str]:  # type: ignore[type-arg]
    values: list[str] = []
    for cell in cells:
        place = _column(cell.get("r", ""))
        values += [""] * (place - len(values))
        values.append("".join(text.text or "" for text in cell.iter(f"{TAG}t")))
    return values


def _column(reference: str) -> int:
    """0 for A7, 26 for AA7."""
    number = 0
    for letter in filter(str.isalpha, reference):
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
