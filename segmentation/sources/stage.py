"""From a source folder to checked `crm.*` tables in the warehouse being built."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from segmentation.run import Run
from segmentation.sources.loading import Load, bars_anybody, load_table
from segmentation.sources.parts import SourceTable
from segmentation.sources.source import find_source
from segmentation.sources.staging import check_columns, stage_table
from segmentation.sources.suppression_lists import check_suppression_lists
from segmentation.sources.watermark import reached_watermark
from segmentation.warehouse.connection import Connection, open_memory
from segmentation.warehouse.schema import create_schema

log = logging.getLogger(__name__)


def inspect_source(run: Run) -> tuple[SourceTable, ...]:
    """The parts of every input table, all with the columns they need; nothing is written.

    Raises:
        SourceError: a folder, table, file or column is missing, or a file or a suppression list cannot be read.
        SettingsError: an expression for a column does not fit the source.
    """
    source = find_source(run.settings.source, run.settings.night.timezone)
    with open_memory() as connection:
        create_schema(connection, "staging")
        for table in source:
            check_columns(connection, table)
    check_suppression_lists(run.settings.plan.suppression_lists)
    return source


def extract_table(run: Run, source: SourceTable) -> int:
    """Copy the rows of one table as they came; returns how many."""
    with run.building(with_staging=True) as connection:
        since = reached_watermark(connection, source)
        rows = stage_table(connection, source, since)
    if source.parts:
        told = f", on from {source.own_settings.watermark} {since}" if since else ""
        log.info("%s: %s rows read from %s%s", source.table.name, f"{rows:,}", source.name, told)
    return rows


@contextmanager
def _checking(run: Run) -> Iterator[Connection]:
    """Who was erased is kept out in DuckDB, whatever the engine: Spark cannot look a hash up within a condition."""
    with run.building() as connection:
        keeps_out = bars_anybody(connection)
    if keeps_out and run.settings.spark.engine == "spark":
        log.info("rows are checked in DuckDB, not on Spark, since people were erased")
    with (run.building if keeps_out else run.computing)(with_staging=True) as connection:
        yield connection


def load_checked(run: Run, source: SourceTable) -> Load:
    """Check the rows of one table and bring `crm.*` up to date.

    Raises:
        RejectedShareError: too many rows break the contract.
    """
    with _checking(run) as connection:
        load = load_table(connection, source, run.run_id, as_of=run.as_of, quality=run.settings.quality)
    if load.note:
        log.info("%s: %s", load.table_name, load.note)
    else:
        counts = (load.rows_loaded, load.rows_unchanged, load.rows_rejected)
        log.info("%s: %s loaded, %s unchanged, %s rejected", load.table_name, *(f"{count:,}" for count in counts))
    return load
