import atexit
import gc
import os
from collections.abc import Iterator

import pytest

from segmentation.warehouse.connection import Connection, open_memory
from segmentation.warehouse.schema import create_tables

# Hypothesis leaves a callback there; it would keep DuckDB's module alive past the end, which then complains at length.
atexit.register(gc.callbacks.clear)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("MAILWORTH_"):
            monkeypatch.delenv(name)


@pytest.fixture
def warehouse() -> Iterator[Connection]:
    """An empty warehouse in memory with all published tables."""
    with open_memory() as connection:
        create_tables(connection)
        yield connection
