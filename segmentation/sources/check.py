"""Try a source out: load it into a warehouse that is thrown away."""

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from segmentation.settings import QualitySettings, Settings
from segmentation.sources.loading import load_table
from segmentation.sources.source import find_source
from segmentation.sources.staging import check_columns, stage_table
from segmentation.sources.suppression_lists import check_suppression_lists
from segmentation.warehouse.connection import attach, fetch, open_database
from segmentation.warehouse.schema import create_tables

TRIAL = "check"


def check_source(settings: Settings, as_of: dt.date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What a first night would load and reject; nothing of it is kept.

    Returns:
        The rows of sql/check_loads.sql and of sql/check_rejects.sql.

    Raises:
        SourceError: a folder, table, file or column is missing, or a file or a suppression list cannot be read.
    """
    check_suppression_lists(settings.plan.suppression_lists)
    anything_goes = QualitySettings(rejected_share_limit=1, years_ahead=settings.quality.years_ahead)
    source = find_source(settings.source, settings.night.timezone)
    with TemporaryDirectory() as folder, open_database(Path(folder) / "w.duckdb", settings.warehouse) as connection:
        create_tables(connection)
        attach(connection, Path(folder) / "staging.duckdb", "staging")
        for table in source:
            check_columns(connection, table)
        for table in source:
            stage_table(connection, table)
            load_table(connection, table, TRIAL, as_of=as_of, quality=anything_goes)
        limit = settings.quality.rejected_share_limit
        return fetch(connection, "check_loads", limit=limit), fetch(connection, "check_rejects")
