"""Loading orders against a plain Python account of the same rules, on random rows."""

import datetime as dt
import random
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest

from segmentation.warehouse.connection import Connection
from tests.builders import write_source
from tests.warehouse.loads import counts, load_source, rows

POOLS = (
    ["o1", "o2", "o3", " o3 ", "o4", "o5", "o6", "o7", ""],
    ["c1", "c2", "c1 ", "c2", "c9", ""],
    ["2024-01-05", "2024-01-05 00:00:00", "2024-01-06 10:30:00", "2026-12-31", "2027-01-01", "tomorrow", ""],
    ["10", "10.00", " 10.0", "-3.5", "1e2", "ten", ""],
)


def read(row: list[str]) -> tuple[str, str, dt.datetime, Decimal] | None:
    """The row typed, or None if it breaks the contract."""
    order_id, customer_id, ordered_at, amount = (value.strip() for value in row)
    try:
        typed = order_id, customer_id, dt.datetime.fromisoformat(ordered_at), Decimal(amount)
    except (ValueError, InvalidOperation):
        return None
    return typed if order_id and customer_id in {"c1", "c2"} and typed[2].year <= 2026 else None


def account(stored: dict[str, Any], batch: list[list[str]]) -> tuple[int, int, int]:
    """Bring `stored` up to date; returns rows loaded, rejected and unchanged."""
    first: dict[str, Any] = {}
    rejected = repeated = 0
    for row in map(read, batch):
        if row is None or first.setdefault(row[0], row) != row:
            rejected += 1
        elif first[row[0]] is not row:
            repeated += 1
    changed = {key: row for key, row in first.items() if stored.get(key) != row}
    stored |= changed
    return len(changed), rejected, repeated + len(first) - len(changed)


@pytest.mark.parametrize("seed", range(6))
def test_three_random_loads_in_a_row(loading: Connection, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    stored: dict[str, Any] = {}
    for number in range(3):
        batch = [[chance.choice(pool) for pool in POOLS] for _ in range(40)]
        # Most values good, so that keys meet.
        batch += [[chance.choice(pool[:3]) for pool in POOLS] for _ in range(10)]
        text = "order_id,customer_id,ordered_at,amount\n" + "".join(",".join(row) + "\n" for row in batch)
        folder = write_source(tmp_path / str(number), customers="customer_id\nc1\nc2\n", orders=text)

        load = load_source(loading, folder, str(number), tables=["customers", "orders"])["orders"]

        assert counts(load) == account(stored, batch)
        found = rows(loading, "select order_id, customer_id, ordered_at, amount from crm.orders order by order_id")
        assert found == [stored[key] for key in sorted(stored)]
