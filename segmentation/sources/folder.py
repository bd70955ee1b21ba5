"""Find the tables of a source folder: `orders.csv`, `orders.parquet`, or the files in a folder `orders/`."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from segmentation.contract.inputs import INPUT_TABLES
from segmentation.contract.model import Table
from segmentation.errors import SourceError

FORMATS = (".csv", ".parquet")
DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class SourceTable:
    """The files a table is read from, in the order of reading; none where the source lacks an optional table."""

    table: Table
    files: tuple[Path, ...]


@dataclass(frozen=True)
class CsvHeader:
    """First line of a CSV file."""

    delimiter: str
    columns: tuple[str, ...]


def find_source(folder: Path) -> tuple[SourceTable, ...]:
    """Every input table with its files, in the order of loading.

    Raises:
        SourceError: the folder or a required table is missing, or a table is there in two forms.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder}: no such source folder; set source.path or give --source")
    found = tuple(SourceTable(table, _find_files(folder, table.name)) for table in INPUT_TABLES)
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


def read_csv_header(file: Path) -> CsvHeader:
    """Delimiter and column names of a CSV file: the delimiter is the one found most in the first line.

    Raises:
        SourceError: the file is empty, cannot be read, is not UTF-8, or names a column twice.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            first = lines.readline()
    except OSError as error:
        raise SourceError(f"{file}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{file}: is not UTF-8 text; save it as UTF-8") from error
    if not first.strip():
        raise SourceError(f"{file}: is empty; it needs a first line with the column names")
    delimiter = max(DELIMITERS, key=first.count)
    columns = tuple(name.strip() for name in next(csv.reader([first], delimiter=delimiter)))
    for name in columns:
        if not name or columns.count(name) > 1:
            raise SourceError(f"{file}: column name {name!r} is empty or there twice; every column needs its own")
    return CsvHeader(delimiter, columns)


def fingerprint(source: tuple[SourceTable, ...]) -> str:
    """SHA-256 over the names and contents of all files, as hexadecimal digits."""
    total = hashlib.sha256()
    for table, file in ((entry.table, file) for entry in source for file in entry.files):
        total.update(f"{table.name}/{file.name}".encode())
        with file.open("rb") as content:
            total.update(hashlib.file_digest(content, "sha256").digest())
    return total.hexdigest()
