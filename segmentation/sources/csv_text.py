"""How the text of a CSV file is written: encoding, delimiter, header. Detected, unless the settings say."""

import codecs
import csv
from dataclasses import dataclass
from pathlib import Path

from segmentation.errors import SourceError

DELIMITERS = ",;\t|"
NOT_UTF8 = "cp1250"  # Windows' encoding of Central Europe, taken where a file is not UTF-8
LOOKED_AT = 1 << 23  # bytes an encoding is detected on
BROKEN = "\N{REPLACEMENT CHARACTER}"
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class CsvText:
    """How to read a CSV file.

    Attributes:
        encoding: name of a Python codec.
        columns: names in the first line, without surrounding blanks.
    """

    encoding: str
    delimiter: str
    columns: tuple[str, ...]


def detect_csv(file: Path, *, encoding: str | None = None, delimiter: str | None = None) -> CsvText:
    """Encoding, delimiter and column names of a CSV file.

    The encoding is UTF-16 where a mark says so; Windows-1250 where of the letters beyond ASCII in the first 8 MB most
    are not UTF-8; else UTF-8, of which broken lines are rejected. The delimiter is the one found most in the first
    line.

    Raises:
        SourceError: the file is empty, cannot be read, is not in the encoding, or names a column twice or not at all.
    """
    try:
        chosen = encoding or _detect_encoding(file)
        with file.open(encoding=chosen, errors="replace", newline="") as lines:
            first = lines.readline()
    except OSError as error:
        raise SourceError(f"{file}: cannot be read ({error.strerror})") from error
    except UnicodeError as error:
        raise _wrong_encoding(file, chosen) from error
    if BROKEN in first:
        raise _wrong_encoding(file, chosen)
    if not first.strip():
        raise SourceError(f"{file}: is empty; it needs a first line with the column names")
    used = delimiter or max(DELIMITERS, key=first.count)
    columns = tuple(name.strip() for name in next(csv.reader([first], delimiter=used)))
    for name in columns:
        if not name or columns.count(name) > 1:
            raise SourceError(f"{file}: column name {name!r} is empty or there twice; every column needs its own")
    return CsvText(chosen, used, columns)


def _detect_encoding(file: Path) -> str:
    with file.open("rb") as content:
        start = content.read(LOOKED_AT)
    if start.startswith(UTF16):
        return "utf-16"
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(start)
    broken = text.count(BROKEN)
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return NOT_UTF8 if 2 * broken > beyond_ascii else "utf-8-sig"


def write_as_utf8(file: Path, encoding: str, target: Path) -> None:
    """Copy `file` to `target` in UTF-8, a piece at a time.

    Raises:
        SourceError: a byte of the file is not in the encoding.
    """
    try:
        with file.open(encoding=encoding, newline="") as old, target.open("w", encoding="utf-8", newline="") as new:
            while piece := old.read(LOOKED_AT):
                new.write(piece)
    except UnicodeError as error:
        raise _wrong_encoding(file, encoding) from error


def _wrong_encoding(file: Path, encoding: str) -> SourceError:
    return SourceError(
        f"{file}: cannot be read as {encoding}; save it as UTF-8, or set source.encoding, or the encoding of a "
        "suppression list, to what it is"
    )
