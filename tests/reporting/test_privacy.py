"""A report says nothing of a single person: not even what was wrong with a row of theirs."""

import datetime as dt
from pathlib import Path

import pytest

from segmentation.contract.inputs import INPUT_TABLES
from segmentation.contract.model import Table
from segmentation.reporting.words import choose_words
from segmentation.warehouse.connection import Connection, execute
from tests.builders import fill
from tests.reporting.languages import ENGLISH
from tests.reporting.site import build_page
from tests.warehouse.loads import AS_OF, load_source, reasons

FAR = "2999-01-01"


@pytest.fixture
def loading(warehouse: Connection) -> Connection:
    """An empty warehouse in memory with an empty `staging`."""
    execute(warehouse, "attach ':memory:' as staging")
    return warehouse


def rows_of(table: Table) -> list[dict[str, str]]:
    """A row of secrets; and rows in which one value of each kind cannot be believed."""
    secrets = {column.name: f"secret-{table.name}-{column.name}" for column in table.columns}
    dates = {column.name: FAR for column in table.columns if column.type in {"DATE", "TIMESTAMP"}}
    numbers = {column.name: "-77712345" for column in table.columns if column.type not in {"VARCHAR", "BOOLEAN"}}
    texts = {column.name: secrets[column.name] for column in table.columns if column.type == "VARCHAR"}
    return [secrets, texts, texts | dates, texts | numbers | dates, texts | {"extra": "secret-extra,,,,,,,,,,,,,,,,,,"}]


def csv(table: Table) -> bytes:
    """The rows, and a line that is no text."""
    lines = [",".join(table.column_names)]
    lines += [",".join(row.get(name, "") for name in (*table.column_names, "extra")) for row in rows_of(table)]
    return "\n".join(lines).encode() + b"\nsecret\xff\n"


def test_the_page_has_no_value_of_a_row(loading: Connection, tmp_path: Path) -> None:
    for table in INPUT_TABLES:
        (tmp_path / f"{table.name}.csv").write_bytes(csv(table))
    load_source(loading, tmp_path)
    told = [reason for table in INPUT_TABLES for _, reason in reasons(loading, table.name)]
    assert len(told) > 30
    assert sum("secret-" in reason for reason in told) > 10, "reasons do have values"
    assert execute(loading, "select count(*) from crm.customers where last_name like 'secret-%'") != [(0,)]

    page = build_page(loading, AS_OF, choose_words("en", "PLN"))

    assert "is not a date" in page
    assert "unreadable line" in page
    assert not [word for word in ("secret", FAR, "77712345") if word in page]


@pytest.mark.parametrize("reason", ["last_name is too long: 4711: Jan", "email is not an address: jan@example.pl"])
def test_a_reason_is_shown_up_to_the_value(loading: Connection, reason: str) -> None:
    counts = {"rows_read": 1, "rows_loaded": 0, "rows_rejected": 1, "rows_unchanged": 0}
    fill(loading, "quality.loads", {"run_id": "n1", "table_name": "customers"} | counts)
    fill(loading, "quality.rejects", {"run_id": "n1", "table_name": "customers", "reason": reason, "raw": "Jan"})
    page = build_page(loading, dt.date(2024, 6, 30), ENGLISH)
    assert reason.split(": ")[0] in page
    assert not [word for word in ("4711", "Jan", "jan@") if word in page]
