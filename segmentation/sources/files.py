"""CSV and Parquet files as parts of a table."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from segmentation.contract.sql import literal
from segmentation.errors import SourceError
from segmentation.settings import SourceSettings
from segmentation.sources.csv_text import LOOKED_AT, CsvText, detect_csv, write_as_utf8
from segmentation.sources.parts import Part
from segmentation.warehouse.connection import Connection, EngineError, execute, temporary_folder

log = logging.getLogger(__name__)

UTF8 = ("utf-8", "utf-8-sig")
PIECE = 1 << 20  # bytes read at a time


@dataclass(frozen=True)
class File(Part):
    """A file, read as the settings of the source say."""

    path: Path
    settings: SourceSettings

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def contents(self) -> Iterator[bytes]:
        """The file's bytes."""
        with self.path.open("rb") as content:
            while piece := content.read(PIECE):
                yield piece


class ParquetFile(File):
    """A Parquet file."""

    def columns(self, connection: Connection) -> dict[str, str]:
        """Names and types in the footer."""
        try:
            rows = execute(connection, f"select column_name, column_type from (describe from {self._relation()})")
        except EngineError as error:
            raise SourceError(f"{self.path}: is not a readable Parquet file; write it again") from error
        return dict(rows)

    @contextmanager
    def opened(self, connection: Connection, since: str | None) -> Iterator[str]:
        """The whole file."""
        yield self._relation()

    def _relation(self) -> str:
        return f"read_parquet({_exactly(self.path)}, hive_partitioning = false)"


class CsvFile(File):
    """A CSV file: every column is text."""

    def columns(self, connection: Connection) -> dict[str, str]:
        """Names in the first line."""
        return dict.fromkeys(self._text().columns, "VARCHAR")

    @contextmanager
    def opened(self, connection: Connection, since: str | None) -> Iterator[str]:
        """The whole file; one that is not UTF-8 is copied into a folder of its own for that long."""
        text = self._text()
        if text.encoding in UTF8:
            yield _read_csv(self.path, text)
            return
        log.info("%s: read as %s", self.path, text.encoding)
        with TemporaryDirectory(dir=temporary_folder(connection)) as folder:
            copy = Path(folder) / self.path.name
            write_as_utf8(self.path, text.encoding, copy)
            yield _read_csv(copy, text)

    def keep_unreadable(self, connection: Connection, table: str) -> None:
        """Lines with too many or too few columns, or a broken character.

        Raises:
            SourceError: a quotation mark is never closed, so that the rest of the file cannot be told apart.
        """
        unclosed = execute(
            connection,
            # After the \r of the line before, the text begins with its \n.
            "select min(line) from reject_errors where error_type = 'UNQUOTED VALUE' "
            "and regexp_matches(ltrim(csv_line, chr(10)), '[\\r\\n]')",
        )[0][0]
        if unclosed is not None:
            raise SourceError(
                f"{self.path}: a quotation mark opened in line {unclosed} is never closed; mend that line"
            )
        self._refuse_torn(connection)
        # The header is line 1, so that data row n is line n + 1.
        execute(
            connection,
            f"insert into {table} select $name, line - 1, 'unreadable line: ' || min(error_message), "
            "ltrim(any_value(csv_line), chr(10)) from reject_errors group by line order by line",
            name=self.name,
        )
        execute(connection, "drop table reject_errors")
        execute(connection, "drop table reject_scans")

    def _refuse_torn(self, connection: Connection) -> None:
        """A last line that has no end and cannot be read: the file broke off while it was written."""
        with self.path.open("rb") as content:
            content.seek(max(0, self.path.stat().st_size - LOOKED_AT))
            last = content.read().decode(self._text().encoding, "replace").replace("\r", "\n").rpartition("\n")[2]
        query = "select min(line) from reject_errors where ltrim(csv_line, chr(10)) = $last"
        torn = execute(connection, query, last=last)[0][0] if last else None
        if torn is not None:
            raise SourceError(f"{self.path}: breaks off in its last line, {torn}; deliver the whole file again")

    def _text(self) -> CsvText:
        return detect_csv(self.path, encoding=self.settings.encoding, delimiter=self.settings.delimiter)


def _read_csv(file: Path, text: CsvText) -> str:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in text.columns)
    return (
        f"read_csv({_exactly(file)}, auto_detect = false, header = true, delim = {literal(text.delimiter)}, "
        f"quote = '\"', escape = '\"', columns = {{{columns}}}, store_rejects = true, "
        "rejects_limit = 0, hive_partitioning = false)"
    )


def _exactly(file: Path) -> str:
    """The path as SQL, not as a pattern that other files may match."""
    return literal(escape(str(file)))
