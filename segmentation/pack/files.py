"""Write one file of the pack in each of its formats, batch by batch."""

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import polars as pl

from segmentation.errors import PackError
from segmentation.pack.excel import Sheet
from segmentation.pack.layout import count_cut, count_formulas, csv_header, csv_lines, fixed_lines, labels_of
from segmentation.pack.manifest import Findings
from segmentation.pack.text import clean_values, count_missing, replace_characters, transliterate
from segmentation.settings import PackSettings
from segmentation.settings.pack import PackFormat
from segmentation.warehouse.publishing import building_path

Write = Callable[[pl.DataFrame], object]


@contextmanager
def create_for_the_owner(path: Path) -> Iterator[BinaryIO]:
    """A new file, or an old one emptied, that nobody else may read."""
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, mode=0o600)) as target:
        yield target


def write_files(
    batches: Iterable[pl.DataFrame],
    targets: dict[PackFormat, Path],
    settings: PackSettings,
    findings: Findings,
    *,
    created: dt.datetime,
    folder: Path,
) -> int:
    """Write what publishing will show of `targets`; all of them have the same lines.

    Args:
        batches: lines of the file with the columns of the settings.
        findings: is told what was done to values.
        created: told in the properties of worksheets.
        folder: where rows of worksheets lie meanwhile.
    Returns: the number of lines.

    Raises:
        PackError: a character cannot be written, and the settings refuse that; or a value does not fit a cell.
    """
    rows = 0
    text = tuple(kind for kind in targets if kind != "xlsx")
    with ExitStack() as opened:
        writers = {
            kind: _open(kind, building_path(target), settings, opened, created=created, folder=folder)
            for kind, target in targets.items()
        }
        for batch in batches:
            lines = clean_values(batch)
            if "xlsx" in writers:
                writers["xlsx"](lines)
            if text:
                encodable = _encodable(lines, settings, findings)
                _count(encodable, text, settings, findings)
                for kind in text:
                    writers[kind](encodable)
            rows += batch.height
    return rows


def _open(
    kind: PackFormat, path: Path, settings: PackSettings, opened: ExitStack, *, created: dt.datetime, folder: Path
) -> Write:
    target = opened.enter_context(create_for_the_owner(path))
    if kind == "xlsx":
        sheet = Sheet(target, created=created, folder=str(folder))
        opened.callback(sheet.close)
        sheet.write_row(labels_of(settings))
        return lambda lines: sheet.write(lines.iter_rows())
    if kind == "csv":
        target.write(_encode(csv_header(settings), settings))
        return lambda lines: target.write(_encode(csv_lines(lines, settings), settings))
    widths = {settings.labels.get(name, name): width for name, width in settings.fixed_width.items()}
    return lambda lines: target.write(_encode(fixed_lines(lines, widths, settings.newline), settings))


def _encode(text: str, settings: PackSettings) -> bytes:
    return text.encode(settings.codec)


def _encodable(lines: pl.DataFrame, settings: PackSettings, findings: Findings) -> pl.DataFrame:
    missing = count_missing(lines, settings.codec)
    if missing and settings.unencodable == "refuse":
        told = ", ".join(sorted(missing))
        raise PackError(
            f"{settings.encoding} does not have {told}; write utf-8, mend the customers, or set "
            'pack.unencodable = "transliterate"'
        )
    findings.add("missing", missing)
    return replace_characters(lines, {each: transliterate(each, settings.codec) for each in sorted(missing)})


def _count(lines: pl.DataFrame, text: tuple[PackFormat, ...], settings: PackSettings, findings: Findings) -> None:
    named = lines.rename(dict(zip(labels_of(settings), settings.columns, strict=True)))
    if "csv" in text:
        findings.add("formulas", count_formulas(named))
    if "fixed width" in text:
        findings.add("cut", count_cut(named, settings.fixed_width))


def hash_file(path: Path) -> str:
    """SHA-256 of the bytes of a file, as hexadecimal digits."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
