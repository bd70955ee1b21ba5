"""Check staged rows against the contract and bring `crm.*` up to date, every row accounted for."""

import datetime as dt
import logging
from dataclasses import dataclass

import polars as pl

from segmentation.contract.model import Table
from segmentation.contract.quality import LOADS, REJECTS
from segmentation.contract.sql import literal, quote, same_values
from segmentation.contract.validation import REASON, REPEATED, attribute_columns, checked_rows
from segmentation.errors import RejectedShareError
from segmentation.settings import QualitySettings
from segmentation.sources.folder import SourceTable
from segmentation.sources.values import detect_values
from segmentation.warehouse.connection import Connection, execute
from segmentation.warehouse.schema import append_rows, comment_column

log = logging.getLogger(__name__)

NOT_IN_SOURCE = "the source has no such table; what depends on it is skipped"


@dataclass(frozen=True)
class Load:
    """What became of the rows of one table. `read = loaded + rejected + unchanged`."""

    table_name: str
    source: str | None
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    rows_unchanged: int
    note: str | None = None


def load_table(
    connection: Connection, source: SourceTable, run_id: str, *, as_of: dt.date, quality: QualitySettings
) -> Load:
    """Check `staging.raw_<table>` and merge the good rows into `crm.<table>`.

    A row of a known key replaces the stored one; rows the source no longer brings stay. Rejected rows go to
    quality.rejects, the counts to quality.loads.

    Raises:
        RejectedShareError: a larger share than the settings allow was rejected.
    """
    if not source.files:
        load = Load(source.table.name, None, 0, 0, 0, 0, NOT_IN_SOURCE)
        _record(connection, run_id, load)
        return load
    _check(connection, source, latest=_latest_believed(as_of, quality.years_ahead))
    rejected = _keep_rejects(connection, source, run_id)
    loaded, unchanged = _merge(connection, source)
    load = Load(
        source.table.name,
        ", ".join(str(file) for file in source.files),
        rejected + loaded + unchanged,
        loaded,
        rejected,
        unchanged,
    )
    _record(connection, run_id, load)
    _refuse_bad_share(connection, load, run_id, quality.rejected_share_limit)
    return load


def _latest_believed(as_of: dt.date, years_ahead: int) -> dt.date:
    return dt.date(as_of.year + years_ahead, 12, 31)


def _present(connection: Connection, source: SourceTable) -> tuple[str, ...]:
    rows = execute(connection, f"select column_name from (describe staging.raw_{source.table.name})")
    return tuple(name for (name,) in rows if not name.startswith("_"))


def _check(connection: Connection, source: SourceTable, *, latest: dt.date) -> None:
    present = _present(connection, source)
    written = detect_values(connection, source, present)
    if str(written):
        log.info("%s: %s", source.table.name, written)
    query = checked_rows(source.table, present, written)
    bound = {"latest_date": latest} if "$latest_date" in query else {}
    execute(connection, f"create or replace table staging.checked_{source.table.name} as {query}", **bound)


def _keep_rejects(connection: Connection, source: SourceTable, run_id: str) -> int:
    """Rejected rows with their original text; returns how many."""
    table = source.table.name
    original = ", ".join(f"{literal(name)}, raw.{quote(name)}" for name in _present(connection, source))
    rows = execute(
        connection,
        f"""
        with unreadable as (
            select *, _row - row_number() over (partition by _file order by _row) as good_rows_before
            from staging.unreadable_{table}
        ),
        rejects as (
            select _file, _row, reason, raw from unreadable
            union all
            select checked._file,
                checked._row + (select count(*) from unreadable
                    where unreadable._file = checked._file and unreadable.good_rows_before < checked._row),
                checked.{REASON}, json_object({original})::varchar
            from staging.checked_{table} as checked
            join staging.raw_{table} as raw on raw._file = checked._file and raw._row = checked._row
            where checked.{REASON} is not null
        )
        insert into {REJECTS.full_name} (run_id, table_name, source, row_number, reason, raw)
        select $run_id, {literal(table)}, _file, _row, reason, raw from rejects order by _file, _row
        """,
        run_id=run_id,
    )
    return int(rows[0][0])


def _merge(connection: Connection, source: SourceTable) -> tuple[int, int]:
    """Bring good rows into crm; returns the numbers of rows loaded and unchanged."""
    table, name = source.table, source.table.name
    attributes = attribute_columns(table, _present(connection, source))
    for attribute in attributes:
        execute(connection, f"alter table {table.full_name} add column if not exists {quote(attribute)} varchar")
        comment_column(connection, table, attribute, "Attribute, as the source has it")
    gone = _stored_attributes(connection, table, but=attributes)
    content = (*table.column_names, *attributes, *gone)
    listed = ", ".join(quote(column) for column in content)
    emptied = "".join(f", null::varchar as {quote(column)}" for column in gone)
    good = f"select *{emptied} from staging.checked_{name} where {REASON} is null and not {REPEATED}"
    execute(
        connection,
        f"""create or replace table staging.fresh_{name} as
        select {listed} from ({good}) as good
        anti join {table.full_name} as stored on {same_values("good", "stored", content)}""",
    )
    if table.key:
        execute(
            connection,
            f"delete from {table.full_name} as stored using staging.fresh_{name} as fresh "
            f"where {same_values('stored', 'fresh', table.key)}",
        )
    loaded = execute(connection, f"insert into {table.full_name} ({listed}) select {listed} from staging.fresh_{name}")[
        0
    ][0]
    accepted = execute(connection, f"select count(*) from staging.checked_{name} where {REASON} is null")[0][0]
    return int(loaded), int(accepted - loaded)


def _stored_attributes(connection: Connection, table: Table, *, but: tuple[str, ...]) -> tuple[str, ...]:
    """Attributes of earlier loads that the source does not bring any more."""
    known = {name.lower() for name in (*table.column_names, *but)}
    rows = execute(connection, f"select column_name from (describe {table.full_name})")
    return tuple(name for (name,) in rows if name.lower() not in known)


def _record(connection: Connection, run_id: str, load: Load) -> None:
    append_rows(
        connection,
        LOADS,
        pl.DataFrame([{"run_id": run_id, **load.__dict__}], schema_overrides={"source": pl.String, "note": pl.String}),
    )


def _refuse_bad_share(connection: Connection, load: Load, run_id: str, limit: float) -> None:
    if load.rows_rejected <= limit * load.rows_read:
        return
    reason, count = execute(
        connection,
        "select reason, count(*) from quality.rejects where run_id = $run_id and table_name = $table_name "
        "group by reason order by count(*) desc, reason limit 1",
        run_id=run_id,
        table_name=load.table_name,
    )[0]
    raise RejectedShareError(
        f"{load.source}: {load.rows_rejected:,} of {load.rows_read:,} rows of {load.table_name} break the contract, "
        f"more than quality.rejected_share_limit = {limit:g} allows; most often ({count:,}): {reason}. "
        "Nothing is published."
    )
