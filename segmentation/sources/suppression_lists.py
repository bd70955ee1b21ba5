"""Files of people who are not to be contacted, such as a Robinson list, beside crm.suppressions."""

import logging
from collections.abc import Mapping, Sequence
from typing import get_args

import polars as pl

from segmentation.contract.sql import quote
from segmentation.contract.values import as_text
from segmentation.errors import SourceError
from segmentation.settings import SourceSettings, SuppressionList
from segmentation.settings.kinds import ListColumn
from segmentation.sources.files import CsvFile, File, ParquetFile
from segmentation.warehouse.connection import Connection, EngineError, execute, open_memory

log = logging.getLogger(__name__)

KNOWN: tuple[str, ...] = get_args(ListColumn)
# Columns of which one group must be there to find somebody by.
WAYS = (("customer_id",), ("email",), ("last_name", "postcode"), ("last_name", "address_line", "city"))
COMPARED = {
    "customer_id": "customer_id",
    "email": "plain_email(email)",
    "first_name": "plain(first_name)",
    "last_name": "plain(last_name)",
    "postcode": "plain_postcode(postcode)",
    "address_line": "plain(address_line)",
    "city": "plain(city)",
}
NAMES_SOMEBODY = " or ".join(f"({' and '.join(f'{name} is not null' for name in way)})" for way in WAYS)
COUNTS = {
    "list_number": pl.Int32,
    "list_file": pl.String,
    "list_reason": pl.String,
    "rows_read": pl.Int64,
    "rows_not_usable": pl.Int64,
    "note": pl.String,
}


def check_suppression_lists(lists: Sequence[SuppressionList]) -> None:
    """See that every list can be read and has columns to find people by; nothing is written.

    Raises:
        SourceError: a list is missing, is not in its encoding, or lacks columns; the message names file and columns.
    """
    with open_memory() as connection:
        for listed in lists:
            _columns(listed, _open(listed).columns(connection))


def read_suppression_lists(connection: Connection, lists: Sequence[SuppressionList]) -> pl.DataFrame:
    """Append the people of the lists to the table `suppression_rules`, as they are compared.

    Returns: one row per list, in the order given: `list_number` (from 1), `list_file`, `list_reason`, `rows_read`,
        `rows_not_usable` (lines that cannot be read, and rows that name nobody), `note` (columns that are not used).

    Raises:
        SourceError: a list cannot be read to its end, or lacks columns.
    """
    rows = [_read_list(connection, number, listed) for number, listed in enumerate(lists, start=1)]
    return pl.DataFrame(rows, schema=COUNTS, orient="row")


def _read_list(connection: Connection, number: int, listed: SuppressionList) -> tuple[object, ...]:
    file = _open(listed)
    types = file.columns(connection)
    columns = _columns(listed, types)
    _keep_people(connection, file, listed, {name: (column, types[column]) for name, column in columns.items()})
    read, used = _add_rules(connection, number, listed.reason.lower())
    unused = [name for name in types if name not in columns.values()]
    log.info("%s: %s rows read, %s of them not usable", listed.file, f"{read:,}", f"{read - used:,}")
    note = f"columns not used: {', '.join(unused)}" if unused else None
    return number, str(listed.file), listed.reason.lower(), read, read - used, note


def _keep_people(
    connection: Connection, file: File, listed: SuppressionList, columns: Mapping[str, tuple[str, str]]
) -> None:
    """Keep `listed_people`, all columns as text, and `unreadable_people`.

    Args:
        columns: column of the file and its type, by what it stands for.
    """
    values = ", ".join(
        f"{as_text(quote(columns[name][0]), columns[name][1]) if name in columns else 'null::varchar'} as {name}"
        for name in KNOWN
    )
    execute(
        connection,
        "create or replace temp table unreadable_people (file varchar, row bigint, reason varchar, raw varchar)",
    )
    try:
        with file.opened(connection, None) as relation:
            execute(connection, f"create or replace temp table listed_people as select {values} from {relation}")
        file.keep_unreadable(connection, "unreadable_people")
    except EngineError as error:
        raise SourceError(f"{listed.file}: cannot be read: {str(error).splitlines()[0]}") from error


def _add_rules(connection: Connection, number: int, reason: str) -> tuple[int, int]:
    """Add the people kept to `suppression_rules` and let go of them: how many were read, and how many used."""
    compared = ", ".join(f"{sql} as {name}" for name, sql in COMPARED.items())
    execute(
        connection,
        f"insert into suppression_rules by name select * from (select $number::integer as list_number, "
        f"$reason as reason, {compared} from listed_people) where {NAMES_SOMEBODY}",
        number=number,
        reason=reason,
    )
    read, used = execute(
        connection,
        "select (select count(*) from listed_people) + (select count(*) from unreadable_people), "
        "(select count(*) from suppression_rules where list_number = $number)",
        number=number,
    )[0]
    for table in ("listed_people", "unreadable_people"):
        execute(connection, f"drop table {table}")
    return read, used


def _open(listed: SuppressionList) -> File:
    settings = SourceSettings(encoding=listed.encoding, delimiter=listed.delimiter)
    return (ParquetFile if listed.file.suffix.lower() == ".parquet" else CsvFile)(listed.file, settings)


def _columns(listed: SuppressionList, types: Mapping[str, str]) -> dict[str, str]:
    """Columns of the file by what they stand for; those of the same name, where the settings say nothing."""
    there = ", ".join(types)
    by_name = {name.lower(): name for name in types}
    for name, given in listed.columns.items():
        if given.lower() not in by_name:
            raise SourceError(
                f"{listed.file}: has no column {given}, which plan.suppression_lists names for {name}; "
                f"there are: {there}"
            )
    wanted = {name: listed.columns.get(name, name).lower() for name in KNOWN}  # type: ignore[call-overload]
    found = {name: by_name[given] for name, given in wanted.items() if given in by_name}
    if not any(set(way) <= set(found) for way in WAYS):
        ways = "; ".join(" and ".join(way) for way in WAYS)
        raise SourceError(
            f"{listed.file}: people cannot be found by its columns ({there}); it needs {ways}. If they have other "
            'names, set columns of the list in plan.suppression_lists, such as { email = "E-Mail" }'
        )
    return found
