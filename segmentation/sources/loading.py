"""Check staged rows against the contract and bring `crm.*` up to date, every row accounted for."""

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from segmentation.contract.inputs import CONTACTS
from segmentation.contract.model import Table
from segmentation.contract.ops import ERASURES
from segmentation.contract.quality import LOADS, REJECTS
from segmentation.contract.sql import literal, quote
from segmentation.contract.validation import ERASED, REASON, attribute_columns, checked_rows, typed_rows
from segmentation.contract.validity import BOTH_ARMS
from segmentation.contract.values import Given
from segmentation.erasure.barring import is_erased, without_erased
from segmentation.errors import RejectedShareError
from segmentation.settings import QualitySettings
from segmentation.sources.mapping import given_columns
from segmentation.sources.merging import merge, retire
from segmentation.sources.parts import SourceTable
from segmentation.sources.values import detect_values
from segmentation.sources.watermark import next_watermark
from segmentation.warehouse.connection import Connection, execute, kept, read_sql
from segmentation.warehouse.mapping import read_by_row
from segmentation.warehouse.schema import append_rows, clear, stored_columns

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
    watermark: str | None = None
    note: str | None = None


def load_table(
    connection: Connection, source: SourceTable, run_id: str, *, as_of: dt.date, quality: QualitySettings
) -> Load:
    """Check `staging.raw_<table>` and merge the good rows into `crm.<table>`.

    A row of a known key replaces the stored one, which goes to history.<table>; rows the source no longer brings stay.
    Rejected rows go to quality.rejects, the counts to quality.loads.

    Args:
        as_of: the night the rows are known from.

    Raises:
        RejectedShareError: a larger share than the settings allow was rejected.
    """
    table = source.table.name
    if not source.parts:
        load = Load(table, None, 0, 0, 0, 0, note=NOT_IN_SOURCE)
        record_load(connection, run_id, load)
        return load
    given = given_columns(connection, source)
    _check(connection, source, given, latest=_latest_believed(as_of, quality.years_ahead))
    rejected = _keep_rejects(connection, source, run_id)
    _take_back_contradicted(connection, source.table, as_of)
    loaded, unchanged = merge(connection, source.table, attribute_columns(source.table, given), as_of)
    watermark = next_watermark(connection, source)
    load = Load(table, source.name, rejected + loaded + unchanged, loaded, rejected, unchanged, watermark)
    record_load(connection, run_id, load)
    _refuse_bad_share(connection, load, run_id, quality.rejected_share_limit)
    return load


def _latest_believed(as_of: dt.date, years_ahead: int) -> dt.date:
    return dt.date(as_of.year + years_ahead, 12, 31)


def _check(connection: Connection, source: SourceTable, given: Mapping[str, Given], *, latest: dt.date) -> None:
    written = detect_values(connection, source, given)
    if str(written):
        log.info("%s: %s", source.table.name, written)
    name = source.table.name
    query = checked_rows(source.table, given, erased=_erased(connection, source.table))
    bound = {"latest_date": latest} if "$latest_date" in query else {}
    with read_by_row(connection, f"typed_{name}", f"staging.raw_{name}", typed_rows(source.table, given, written)):
        execute(connection, f"create or replace table staging.checked_{name} as {query}", **bound)


def _erased(connection: Connection, table: Table) -> str:
    return is_erased(table) if bars_anybody(connection) else "false"


def bars_anybody(connection: Connection) -> bool:
    """Whether people were erased who must not come back."""
    return bool(execute(connection, f"from {ERASURES.full_name} limit 1"))


def _keep_rejects(connection: Connection, source: SourceTable, run_id: str) -> int:
    """Rejected rows with their original text, unless it names somebody who was erased; returns how many."""
    table = source.table.name
    original = ", ".join(
        f"{literal(name)}, raw.{quote(name)}::varchar"
        for name in stored_columns(connection, f"staging.raw_{table}")
        if not name.startswith("_")
    )
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
        select $run_id, {literal(table)}, _file, _row, reason,
            case when reason <> $erased then {without_erased("raw")} end
        from rejects order by _file, _row
        """,
        run_id=run_id,
        erased=ERASED,
    )
    return int(rows[0][0])


def _take_back_contradicted(connection: Connection, table: Table, as_of: dt.date) -> None:
    """Let go of stored rows whose key the source now contradicts itself about; of contacts, count them by campaign."""
    if not table.agrees_in:
        return
    keys = ", ".join(quote(column) for column in table.key)
    named = f"select distinct {keys} from staging.checked_{table.name} where {REASON} = $disagreement"
    bound = {"as_of": as_of, "disagreement": table.disagreement}
    with kept(connection, f"contradicted_{table.name}", named, disagreement=table.disagreement):
        retire(connection, table, f"contradicted_{table.name}", as_of)
    if table == CONTACTS:
        clear(connection, BOTH_ARMS, as_of_date=as_of)
        execute(connection, f"insert into {BOTH_ARMS.full_name} by name {read_sql('both_arms')}", **bound)


def record_load(connection: Connection, run_id: str, load: Load) -> None:
    """Write the counts to quality.loads."""
    append_rows(
        connection,
        LOADS,
        pl.DataFrame(
            [{"run_id": run_id, **load.__dict__}],
            schema_overrides=dict.fromkeys(("source", "watermark", "note"), pl.String),
        ),
    )


def _refuse_bad_share(connection: Connection, load: Load, run_id: str, limit: float) -> None:
    counted = execute(
        connection,
        "select count(*) from quality.rejects "
        "where run_id = $run_id and table_name = $table_name and reason <> $erased",
        run_id=run_id,
        table_name=load.table_name,
        erased=ERASED,
    )[0][0]
    if counted <= limit * load.rows_read:
        return
    reason, count = execute(
        connection,
        "select split_part(reason, ': ', 1) as reason, count(*) from quality.rejects "
        "where run_id = $run_id and table_name = $table_name "
        "group by reason order by count(*) desc, reason limit 1",
        run_id=run_id,
        table_name=load.table_name,
    )[0]
    raise RejectedShareError(
        f"{load.source}: {counted:,} of {load.rows_read:,} rows of {load.table_name} break the contract, "
        f"more than quality.rejected_share_limit = {limit:g} allows; most often ({count:,}): {reason}. "
        "Nothing is published."
    )
