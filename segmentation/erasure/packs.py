"""Packs for the mail house: the files that a manifest names, written again without the person's line."""

import csv
import datetime as dt
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from segmentation.pack.excel import Sheet, read_sheet
from segmentation.pack.files import create_for_the_owner, hash_file
from segmentation.pack.layout import MANIFEST
from segmentation.pack.manifest import VERSION, manifest_text
from segmentation.pack.text import as_written
from segmentation.settings.pack import CODECS, KEY
from segmentation.warehouse.disk import writing_to
from segmentation.warehouse.publishing import building_path

UNLIKE = (UnicodeDecodeError, csv.Error, IndexError, KeyError, BadZipFile, ParseError)  # another file of the name


@dataclass(frozen=True)
class Pack:
    """A manifest and what it says of each file beside it."""

    manifest: Path
    told: dict[str, Any]

    @property
    def files(self) -> dict[Path, dict[str, Any]]:
        """The files that are there, with their description."""
        named = {self.manifest.with_name(entry["name"]): entry for entry in self.told["files"]}
        return {file: entry for file, entry in named.items() if file.is_file()}


def find_packs(folder: Path) -> list[Pack]:
    """Every pack in the folder of lists; a file that only looks like a manifest is none."""
    packs = []
    for file in sorted(folder.glob(f"*{MANIFEST}")):
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if isinstance(told, dict) and told.get("version") == VERSION and "files" in told:
            packs.append(Pack(file, told))
    return packs


def count_pack_lines(pack: Pack, customer_id: str) -> dict[Path, int]:
    """Lines of the person in each file, the manifest included; a file that is not as it is described is left out."""
    counted = {pack.manifest: 0}
    for file, entry in pack.files.items():
        try:
            with file.open("rb") as source:
                counted[file] = sum(is_theirs for _, is_theirs in _lines(source, entry, customer_id))
        except UNLIKE:
            continue
    return counted


def write_pack_anew(pack: Pack, customer_id: str, held: set[Path], folder: Path) -> list[Path]:
    """Write what publishing will show of the files in `held` and of the manifest: every other line as it stands.

    Args:
        folder: where rows of worksheets lie meanwhile.
    Returns: the manifest, which is to be shown first so that an erasure that was stopped can be done again, and the
        files.
    """
    entries, files = [], [file for file in pack.files if file in held]
    with writing_to(pack.manifest):
        for entry in pack.told["files"]:
            file = pack.manifest.with_name(entry["name"])
            entries.append(_write_anew(file, entry, pack, customer_id, folder) if file in files else entry)
        with create_for_the_owner(building_path(pack.manifest)) as target:
            target.write(manifest_text(pack.told | {"files": entries}).encode())
    return [pack.manifest, *files]


def _write_anew(file: Path, entry: Mapping[str, Any], pack: Pack, customer_id: str, folder: Path) -> dict[str, Any]:
    built, rows = building_path(file), -1 if entry["format"] != "fixed width" else 0  # the line of names
    created = dt.datetime.fromisoformat(pack.told["planned_at"])
    with (
        file.open("rb") as source,
        create_for_the_owner(built) as target,
        _writer(target, entry, created, folder) as write,
    ):
        for line, is_theirs in _lines(source, entry, customer_id):
            if not is_theirs:
                write(line)
                rows += 1
    return {**entry, "rows": rows, "bytes": built.stat().st_size, "sha256": hash_file(built)}


@contextmanager
def _writer(target: BinaryIO, entry: Mapping[str, Any], created: dt.datetime, folder: Path) -> Iterator[Any]:
    if entry["format"] != "xlsx":
        yield target.write
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    with TemporaryDirectory(dir=folder) as own:
        sheet = Sheet(target, created=created, folder=own)
        yield sheet.write_row
        sheet.close()


def _lines(source: BinaryIO, entry: Mapping[str, Any], customer_id: str) -> Iterator[tuple[Any, bool]]:
    """Each line of a file, that of names included, and whether it is the person's."""
    columns = [column["column"] for column in entry["columns"]]
    place = columns.index(KEY)
    if entry["format"] == "xlsx":
        for row in read_sheet(source):
            yield row, row[place] == customer_id
        return
    codec = CODECS[entry["encoding"]]
    written = as_written(customer_id, codec)
    wanted = {written, f"'{written}"} if entry["format"] == "csv" else {written}
    for line in source:
        is_near = written.encode(codec) in line
        yield line, is_near and _id_of(line.decode(codec), entry, place) in wanted


def _id_of(line: str, entry: Mapping[str, Any], place: int) -> str:
    if entry["format"] == "csv":
        return str(next(csv.reader([line], delimiter=entry["delimiter"]))[place])
    widths = [column["width"] for column in entry["columns"]]
    return line[sum(widths[:place]) : sum(widths[: place + 1])].strip()
