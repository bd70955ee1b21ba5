"""Load a source folder as the night does, every row accounted for."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from segmentation.settings import QualitySettings, SourceSettings
from segmentation.sources.loading import Load, load_table
from segmentation.sources.source import find_source
from segmentation.sources.staging import check_columns, stage_table
from segmentation.warehouse.connection import Connection, execute

AS_OF = dt.date(2024, 11, 23)


def load_source(
    connection: Connection,
    folder: Path,
    run_id: str = "first",
    *,
    limit: float = 1.0,
    tables: Sequence[str] = (),
    as_of: dt.date = AS_OF,
) -> dict[str, Load]:
    """Load every table, or the given ones, and check that no row got lost on the way."""
    loads = {}
    for source in find_source(SourceSettings(path=folder)):
        name = source.table.name
        if tables and name not in tables:
            continue
        check_columns(connection, source)
        rows_read = stage_table(connection, source)
        load = load_table(connection, source, run_id, as_of=as_of, quality=QualitySettings(rejected_share_limit=limit))
        assert load.rows_read == rows_read == load.rows_loaded + load.rows_rejected + load.rows_unchanged
        kept = execute(
            connection,
            "select count(*) from quality.rejects where run_id = $run_id and table_name = $name",
            run_id=run_id,
            name=name,
        )
        assert kept == [(load.rows_rejected,)]
        loads[name] = load
    return loads


def counts(load: Load) -> tuple[int, int, int]:
    """Rows loaded, rejected, unchanged."""
    return load.rows_loaded, load.rows_rejected, load.rows_unchanged


def reasons(connection: Connection, table: str, run_id: str = "first") -> list[tuple[int, str]]:
    """Number and reason of each rejected row of a table."""
    return execute(
        connection,
        "select row_number, reason from quality.rejects where run_id = $run_id and table_name = $table_name "
        "order by source, row_number",
        run_id=run_id,
        table_name=table,
    )


def rows(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    """Result of a query."""
    return execute(connection, query)
