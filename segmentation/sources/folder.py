"""Find the tables of a source folder: `orders.csv`, `orders.parquet`, or the files in a folder `orders/`."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from segmentation.contract.inputs import INPUT_TABLES
from segmentation.contract.model import Table
from segmentation.errors import SourceError
from segmentation.settings import SourceSettings

FORMATS = (".csv", ".parquet")


@dataclass(frozen=True)
class SourceTable:
    """The files a table is read from, in the order of reading; none where the source lacks an optional table."""

    table: Table
    files: tuple[Path, ...]
    settings: SourceSettings = field(default_factory=SourceSettings)


def find_source(settings: SourceSettings) -> tuple[SourceTable, ...]:
    """Every input table with its files, in the order of loading.

    Raises:
        SourceError: the folder or a required table is missing, or a table is there in two forms.
    """
    folder = settings.path
    if not folder.is_dir():
        raise SourceError(f"{folder}: no such source folder; set source.path or give --source")
    found = tuple(SourceTable(table, _find_files(folder, table.name), settings) for table in INPUT_TABLES)
    for source in found:
        if source.table.required and not source.files:
            name = source.table.name
            raise SourceError(f"{folder}: table {name} is missing; put {name}.csv or {name}.parquet there")
    return found


def _find_files(folder: Path, name: str) -> tuple[Path, ...]:
    forms = [folder / f"{name}{ending}" for ending in FORMATS if (folder / f"{name}{ending}").is_file()]
    parts = sorted(path for path in (folder / name).glob("*") if path.suffix in FORMATS)
    if len(forms) + bool(parts) > 1:
        places = ", ".join(str(path) for path in [*forms, *parts[:1]])
        raise SourceError(f"{folder}: table {name} is there more than once ({places}); keep one")
    return tuple(forms or parts)


def fingerprint(source: tuple[SourceTable, ...]) -> str:
    """SHA-256 over the names and contents of all files, as hexadecimal digits."""
    total = hashlib.sha256()
    for table, file in ((entry.table, file) for entry in source for file in entry.files):
        total.update(f"{table.name}/{file.name}".encode())
        with file.open("rb") as content:
            total.update(hashlib.file_digest(content, "sha256").digest())
    return total.hexdigest()
