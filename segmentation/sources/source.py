"""A source: every input table with the parts it is read from."""

import hashlib

from segmentation.contract.inputs import INPUT_TABLES
from segmentation.contract.model import Table
from segmentation.errors import SourceError
from segmentation.settings import SourceSettings
from segmentation.sources.folder import find_files
from segmentation.sources.parts import Part, SourceTable
from segmentation.sources.postgres import find_query


def find_source(settings: SourceSettings, zone: str = "UTC") -> tuple[SourceTable, ...]:
    """Every input table with its parts, in the order of loading.

    Args:
        zone: zone of the business.

    Raises:
        SourceError: the folder, the database or a required table is missing, or a table is there in two forms.
    """
    found = find_tables(settings, zone)
    for source in found:
        if source.table.required and not source.parts:
            raise SourceError(_missing(settings, source.table.name))
    return found


def find_tables(settings: SourceSettings, zone: str = "UTC") -> tuple[SourceTable, ...]:
    """As `find_source`, also where a required table is missing."""
    return tuple(SourceTable(table, _find_parts(settings, zone, table), settings, zone) for table in INPUT_TABLES)


def _find_parts(settings: SourceSettings, zone: str, table: Table) -> tuple[Part, ...]:
    own = settings.of_table(table.name)
    if settings.database is None or own.files:
        return find_files(settings, table.name)
    return find_query(settings.database, zone, table.name, own)


def _missing(settings: SourceSettings, name: str) -> str:
    if settings.database is None:
        return (
            f"{settings.path}: table {name} is missing; put {name}.csv or {name}.parquet there, "
            f"or set source.tables.{name}.files"
        )
    return f"source.database: table {name} is missing; set source.tables.{name}.query to a SELECT that gives its rows"


def fingerprint(source: tuple[SourceTable, ...]) -> str | None:
    """SHA-256 over the names and contents of all files, as hexadecimal digits; None where a database was read."""
    total = hashlib.sha256()
    for table, part in ((entry.table, part) for entry in source for part in entry.parts):
        contents = part.contents()
        if contents is None:
            return None
        total.update(f"{table.name}/{part.name.rpartition('/')[2]}".encode())
        file = hashlib.sha256()
        for piece in contents:
            file.update(piece)
        total.update(file.digest())
    return total.hexdigest()
