"""Everything the database files of a warehouse know of one customer, and the hashes that are kept of it."""

import datetime as dt
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from segmentation.contract.sql import literal
from segmentation.erasure.identifiers import HASHED, SEARCHED, Kind, Relation, hashed, named_values
from segmentation.erasure.relations import stored_relations
from segmentation.erasure.rows import orders_of_the_person
from segmentation.erasure.words import Word, text_pattern
from segmentation.run import Run
from segmentation.warehouse.connection import Connection, execute, frames, open_database, open_memory

VALUES = pl.Schema({"kind": pl.String, "value": pl.String})
HASHES = pl.Schema({"kind": pl.String, "hash": pl.String, "erased_on": pl.Date, "run_id": pl.String})
CURRENT = ("crm.customers", "crm.orders")  # who has an address or an order now
BUT_ORDERS = [kind for kind in HASHED if kind.name != "order_id"]


@dataclass(frozen=True)
class Person:
    """What all database files together know of one customer.

    Attributes:
        is_there: some file has rows of the customer.
        identifiers: `kind`, `value` of `identifiers.HASHED` that are no other customer's; their id at least.
        words: what they are searched by: no other customer has them.
        shared: kinds of words that are not searched, since other customers have them too.
        salt: of the hashes.
        erasures: rows of ops.erasures, with those of this person.
        erased_before: the day, if it is not the first time.
    """

    customer_id: str
    is_there: bool
    identifiers: pl.DataFrame
    words: tuple[Word, ...]
    shared: tuple[str, ...]
    salt: str
    erasures: pl.DataFrame
    erased_before: dt.date | None

    def words_in(self, *, own: bool) -> list[Word]:
        """The words that say something in a file, either of Mailworth's own or of anybody's."""
        return [word for word in self.words if (word.stands_out if own else word.is_long_enough)]

    @property
    def pattern(self) -> str:
        """The words that say something in a table of Mailworth's own."""
        return text_pattern(self.words_in(own=True))


def find_person(files: Sequence[Path], customer_id: str, run: Run) -> Person:
    """Gather what names the customer in any of the database `files`.

    Raises:
        WarehouseError: a file cannot be opened as a database.
    """
    given = pl.DataFrame([("customer_id", customer_id)], schema=VALUES, orient="row")
    found, searched, salts, hashes = [VALUES.to_frame()], [given], [], [HASHES.to_frame()]
    for connection, relations in _open_each(files, run):
        found += [
            _values(connection, BUT_ORDERS, relations, customer_id),
            orders_of(connection, relations, customer_id),
        ]
        searched.append(_values(connection, SEARCHED, relations, customer_id))
        salts += _stored_salt(connection, relations)
        hashes.append(stored_hashes(connection, relations))
    known = pl.concat([given, *found]).unique().sort("kind", "value")
    words = [Word(*row) for row in pl.concat(searched).unique().sort("kind", "value").iter_rows()]
    shared = dict.fromkeys(words, False)
    for connection, relations in _open_each(files, run):
        known = known.join(_shared_values(connection, relations, known, customer_id), on=["kind", "value"], how="anti")
        for word, is_shared in zip(words, _shared_words(connection, relations, words, customer_id), strict=True):
            shared[word] |= is_shared
    salt = next(iter(salts), None) or secrets.token_hex(32)
    erasures, erased_before = _add_hashes(pl.concat(hashes), known, salt, run)
    return Person(
        customer_id,
        any(frame.height for frame in found),
        known,
        tuple(word for word in words if not shared[word]),
        tuple(dict.fromkeys(word.kind for word in words if shared[word])),
        salt,
        erasures,
        erased_before,
    )


def _open_each(files: Sequence[Path], run: Run) -> Iterator[tuple[Connection, list[Relation]]]:
    for file in files:
        with open_database(file, run.settings.warehouse, read_only=True) as connection:
            yield connection, stored_relations(connection)


def _select(connection: Connection, query: str, **parameters: object) -> pl.DataFrame:
    rows: pl.DataFrame = connection.sql(query, params=parameters).pl()
    return rows


def _values(
    connection: Connection, kinds: Sequence[Kind], relations: Sequence[Relation], customer_id: str
) -> pl.DataFrame:
    named = named_values(kinds, relations)
    return _select(
        connection,
        f"select distinct kind, value from ({named}) where customer_id = $customer_id",
        customer_id=customer_id,
    )


def orders_of(connection: Connection, relations: Sequence[Relation], customer_id: str) -> pl.DataFrame:
    """`kind`, `value` of the orders that a file gives to the customer."""
    orders = orders_of_the_person(relations)
    return _select(
        connection, f"select 'order_id' as kind, order_id::varchar as value from ({orders})", customer_id=customer_id
    )


def stored_hashes(connection: Connection, relations: Sequence[Relation]) -> pl.DataFrame:
    """Rows of ops.erasures; none in a file older than the table."""
    names = ", ".join(HASHES.names())
    stored = [relation.sql for relation in relations if relation.name == "ops.erasures"]
    return _select(connection, f"select {names} from {stored[0]}") if stored else HASHES.to_frame()


def _stored_salt(connection: Connection, relations: Sequence[Relation]) -> list[str]:
    stored = [relation.sql for relation in relations if relation.name == "ops.erasure_salt"]
    return [salt for table in stored for (salt,) in execute(connection, f"select salt from {table}")]


def _shared_values(
    connection: Connection, relations: Sequence[Relation], known: pl.DataFrame, customer_id: str
) -> pl.DataFrame:
    """Which of the known identifiers another customer has now."""
    named = named_values(HASHED, [relation for relation in relations if relation.name in CURRENT])
    with frames(connection, known_identifiers=known):
        return _select(
            connection,
            f"""select distinct kind, value from ({named}) semi join known_identifiers using (kind, value)
            where customer_id <> $customer_id""",
            customer_id=customer_id,
        )


def _shared_words(
    connection: Connection, relations: Sequence[Relation], words: Sequence[Word], customer_id: str
) -> tuple[bool, ...]:
    """For each word whether it stands in what names another customer, as a whole word."""
    found = ", ".join(
        f"coalesce(bool_or(case when kind = {literal(word.kind)} "
        f"then regexp_matches(value, {literal(text_pattern([word]))}) end), false)"
        for word in words
    )
    query = f"select {found} from ({named_values(SEARCHED, relations)}) where customer_id <> $customer_id"
    return execute(connection, query, customer_id=customer_id)[0]


def _add_hashes(hashes: pl.DataFrame, known: pl.DataFrame, salt: str, run: Run) -> tuple[pl.DataFrame, dt.date | None]:
    """The hashes of before, each once, with those of `known`; and the day the customer was erased before."""
    before = hashes.sort("erased_on", "run_id").unique(["kind", "hash"], keep="first", maintain_order=True)
    cases = " ".join(f"when {literal(kind.name)} then {hashed(kind.name, 'value', literal(salt))}" for kind in HASHED)
    with open_memory() as connection, frames(connection, known_identifiers=known):
        fresh = _select(connection, f"select kind, case kind {cases} end as hash from known_identifiers")
    ids = fresh.filter(pl.col("kind") == "customer_id")
    days = before.join(ids, on=["kind", "hash"], how="semi")["erased_on"].to_list()
    fresh = fresh.with_columns(erased_on=pl.lit(run.started_at.date()), run_id=pl.lit(run.run_id))
    erasures = pl.concat([before, fresh]).unique(["kind", "hash"], keep="first", maintain_order=True)
    return erasures.sort("erased_on", "run_id", "kind", "hash"), min(days, default=None)
