"""The tables for analysts as Parquet files, for programs that do not read DuckDB files of this version."""

import os
from pathlib import Path

from segmentation.contract.privacy import ANALYSTS_TABLES
from segmentation.contract.sql import literal
from segmentation.errors import SettingsError
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.connection import execute, open_database
from segmentation.warehouse.disk import writing_to


def export_tables(settings: WarehouseSettings, folder: Path) -> list[Path]:
    """Write each table of the copy for analysts to `folder`/<schema>.<table>.parquet, and return the files.

    A file takes the place of an earlier one whole. Rows stream, so memory does not grow with them.

    Raises:
        SettingsError: warehouse.analysts is not set; the warehouse itself has names and addresses.
        WarehouseError: there is no copy yet.
        DiskError: the folder cannot be written.
    """
    if settings.analysts is None:
        raise SettingsError(
            "warehouse.analysts is not set; the files are made from the copy for analysts, which has no names and "
            "addresses: set it and run `mailworth night`"
        )
    written = [folder / f"{table.full_name}.parquet" for table in ANALYSTS_TABLES]
    with open_database(settings.analysts, settings, read_only=True) as connection:
        with writing_to(folder):
            folder.mkdir(parents=True, exist_ok=True)
        for table, file in zip(ANALYSTS_TABLES, written, strict=True):
            part = file.with_suffix(".part")
            execute(connection, f"copy {table.full_name} to {literal(str(part))} (format parquet, compression zstd)")
            with writing_to(folder):
                os.replace(part, file)
    return written
