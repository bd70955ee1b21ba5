"""The database files of a warehouse: the rows of a person in each, and how it is written anew without them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from segmentation.contract.ops import ERASURE_SALT, ERASURES, RUNS
from segmentation.contract.sql import quote
from segmentation.erasure.identifiers import Relation
from segmentation.erasure.person import Person, orders_of, stored_hashes
from segmentation.erasure.relations import qualify, stored_relations
from segmentation.erasure.rows import rows_of_the_person
from segmentation.run import Run, record_run
from segmentation.warehouse.connection import Connection, attach, detach, execute, frames, open_database
from segmentation.warehouse.schema import create_table, replace_rows

OLD = "before_erasure"


def count_rows(file: Path, person: Person, run: Run) -> dict[str, int]:
    """Rows of the person by table, where there are any."""
    with (
        open_database(file, run.settings.warehouse, read_only=True) as connection,
        _conditions(connection, stored_relations(connection), person) as conditions,
    ):
        counted = {
            relation.name: execute(connection, f"select count(*) from {relation.sql} where {condition}")[0][0]
            for relation, condition in conditions
            if condition
        }
    return {name: count for name, count in counted.items() if count}


def knows_erasure(file: Path, person: Person, run: Run) -> bool:
    """Whether the file keeps every hash already, which only a file that was written anew does."""
    with open_database(file, run.settings.warehouse, read_only=True) as connection:
        stored = stored_hashes(connection, stored_relations(connection))
    return person.erasures.join(stored, on=["kind", "hash"], how="anti").is_empty()


def write_anew(old: Path, new: Path, person: Person, run: Run) -> None:
    """Write `new` as `old` without the rows of the person, with their hashes and with this run in ops.runs.

    Rows keep their order, tables their constraints and comments. What DuckDB deletes stays in a file until its space
    is used again; a file written anew has never held it.
    """
    with open_database(new, run.settings.warehouse) as connection:
        attach(connection, old, OLD, read_only=True)
        here = execute(connection, "select current_database()")[0][0]
        execute(connection, f"copy from database {OLD} to {quote(here)} (schema)")
        with _conditions(connection, stored_relations(connection, OLD), person) as conditions:
            for relation, condition in conditions:
                left_out = f" where not {condition}" if condition else ""
                rows = f"select * from {relation.sql}{left_out}"
                execute(connection, f"insert into {qualify(here, relation.name)} {rows}")
        detach(connection, OLD)
        for table in (ERASURES, ERASURE_SALT, RUNS):
            create_table(connection, table)
        replace_rows(connection, ERASURES, person.erasures)
        replace_rows(connection, ERASURE_SALT, pl.DataFrame({"salt": [person.salt]}))
        record_run(connection, run, input_fingerprint=None)


@contextmanager
def _conditions(
    connection: Connection, relations: Sequence[Relation], person: Person
) -> Iterator[list[tuple[Relation, str | None]]]:
    """Each relation with the condition of the person's rows, which can be asked for that long."""
    orders = orders_of(connection, relations, person.customer_id).select(pl.col("value").alias("order_id"))
    with frames(connection, erased_identifiers=person.identifiers, erased_orders=orders):
        yield [(relation, rows_of_the_person(relation, person.customer_id, person.pattern)) for relation in relations]
