"""A worksheet of text, the same bytes each time."""

import datetime as dt
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from segmentation.errors import PackError
from segmentation.pack.excel import SHEET, Sheet, read_sheet
from segmentation.pack.layout import refuse_long_sheet

ROWS = [
    ["=1+1", "{=1}", "https://example.org", "+48 1", "-1", "1e3", "007", "", " a ", "Łódź & <b>"],
    ["", "", "last"],
    [str(number) for number in range(60)],
]


def write(folder: Path) -> bytes:
    target = BytesIO()
    sheet = Sheet(target, created=dt.datetime(2024, 7, 1, 3), folder=str(folder))
    sheet.write(ROWS)
    sheet.close()
    return target.getvalue()


def test_every_cell_is_text_and_reads_back(tmp_path: Path) -> None:
    content = write(tmp_path)
    assert list(read_sheet(BytesIO(content))) == ROWS
    with ZipFile(BytesIO(content)) as archive:
        text = archive.read(SHEET).decode()
    assert "<f>" not in text
    assert "<v>" not in text
    assert "hyperlink" not in text
    assert list(tmp_path.iterdir()) == []  # rows that lay there meanwhile


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    assert write(tmp_path) == write(tmp_path)


def test_a_value_too_long_for_a_cell_is_refused(tmp_path: Path) -> None:
    sheet = Sheet(BytesIO(), created=dt.datetime(2024, 7, 1), folder=str(tmp_path))
    with pytest.raises(PackError, match="line 0: a value of 32,768 characters"):
        sheet.write_row(["x" * 32768])
    sheet.close()


def test_more_rows_than_a_sheet_has_are_refused() -> None:
    refuse_long_sheet(1_048_575, "plan x")
    with pytest.raises(PackError, match="plan x: 1,048,576 lines, but a worksheet holds 1,048,575"):
        refuse_long_sheet(1_048_576, "plan x")
