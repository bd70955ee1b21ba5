"""Look for words in every file of some folders: table by table in a database, else in the bytes as they stream by."""

import gzip
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from segmentation.contract.sql import literal
from segmentation.erasure.identifiers import Relation
from segmentation.erasure.relations import find_mentions, stored_relations
from segmentation.erasure.words import CONTEXT, Word, byte_patterns, text_pattern
from segmentation.errors import WarehouseError
from segmentation.warehouse.connection import EngineError, execute, open_database, open_memory

Readable = IO[bytes] | gzip.GzipFile

PIECE = 1 << 23  # bytes read at a time
UNREADABLE = (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile, WarehouseError, EngineError)


@dataclass(frozen=True)
class Find:
    """Where a person still is.

    Attributes:
        what: kinds of the words found, or the column that holds them, or why the file could not be searched.
    """

    file: Path
    what: str

    def __str__(self) -> str:
        """As a message names it."""
        return f"{self.file} ({self.what})"


def files_below(folders: Iterable[Path], *, but: Path) -> Iterator[Path]:
    """Every file under the folders, once however many names it has; links are not followed.

    Args:
        but: a folder to leave out.
    """
    seen = set()
    for top in folders:
        for name, inner, files in os.walk(top):
            folder = Path(name)
            inner[:] = sorted(each for each in inner if (folder / each).resolve() != but.resolve())
            for file in (folder / each for each in sorted(files)):
                if file.is_file() and not file.is_symlink():
                    status = file.stat()
                    if (status.st_dev, status.st_ino) not in seen:
                        seen.add((status.st_dev, status.st_ino))
                        yield file


def search_file(file: Path, words: Sequence[Word]) -> list[Find]:
    """What of `words` the file holds; DuckDB and Parquet files are read as tables, ZIP and gzip files are unpacked.

    A file that cannot be searched is a find as well.
    """
    try:
        with file.open("rb") as content:
            start = content.read(12)
        if start[8:] == b"DUCK":
            found = _search_database(file, words)
        elif start[:4] == b"PAR1":
            found = _search_parquet(file, words)
        else:
            kinds = {kind for content in _unpack(file, start) for kind in kinds_in(content, words)}
            found = [", ".join(sorted(kinds))] if kinds else []
    except FileNotFoundError:
        return []  # gone meanwhile
    except UNREADABLE as error:
        found = [f"cannot be searched: {type(error).__name__}"]
    return [Find(file, what) for what in found]


def describe_mentions(mentions: dict[str, int]) -> list[str]:
    """The words of `find_mentions` for people."""
    return [f"{column} in {rows:,} row{'s' if rows > 1 else ''}" for column, rows in mentions.items()]


def _search_database(file: Path, words: Sequence[Word]) -> list[str]:
    with open_database(file, read_only=True) as connection:
        relations = [
            replace(relation, texts=tuple(sorted(relation.columns))) for relation in stored_relations(connection)
        ]
        return describe_mentions(find_mentions(connection, relations, text_pattern(words)))


def _search_parquet(file: Path, words: Sequence[Word]) -> list[str]:
    rows = f"read_parquet({literal(str(file))}, hive_partitioning = false)"
    with open_memory() as connection:
        names = tuple(name for (name,) in execute(connection, f"select column_name from (describe from {rows})"))
        relation = Relation("rows", rows, frozenset(names), names)
        return describe_mentions(find_mentions(connection, [relation], text_pattern(words)))


def _unpack(file: Path, start: bytes) -> Iterator[Readable]:
    """The bytes of the file, or of what is packed into it; an Excel file is a ZIP file."""
    if start[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                with archive.open(member) as content:
                    yield content
    elif start[:2] == b"\x1f\x8b":
        with gzip.open(file) as content:
            yield content
    else:
        with file.open("rb") as content:
            yield content


def kinds_in(content: Readable, words: Iterable[Word]) -> set[str]:
    """Kinds of the words that stand in the bytes; no more than a piece is held at a time."""
    wanted, kinds = byte_patterns(words), set()
    kept = max((pattern.longest for pattern in wanted), default=0) + 2 * CONTEXT
    buffer, begins = b"", True
    while wanted:
        piece = content.read(PIECE)
        buffer += piece
        small = buffer.lower()
        kinds |= {pattern.kind for pattern in wanted if pattern.is_in(buffer, small, begins=begins, ends=not piece)}
        if not piece:
            break
        wanted = tuple(pattern for pattern in wanted if pattern.kind not in kinds)
        begins, buffer = begins and len(buffer) <= kept, buffer[-kept:]
    return kinds
