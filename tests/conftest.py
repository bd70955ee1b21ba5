import atexit
import os
from collections.abc import Iterator

import hypothesis
import pytest
from threadpoolctl import threadpool_limits

from segmentation.warehouse.connection import Connection
from tests.builders import empty_warehouse
from tests.database import Server, find_programs, running_server


def _end_quietly() -> None:
    """When the tests are over DuckDB's binding tells at length what the interpreter leaves uncollected."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


atexit.register(_end_quietly)


# The same examples every time, however slow the machine.
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> Iterator[None]:
    """As the stages fit: small fits lose more by waiting for each other than they gain."""
    with threadpool_limits(limits=1):
        yield


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("MAILWORTH_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server that is started for the tests and thrown away after them."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with running_server(programs) as running:
        yield running


@pytest.fixture
def warehouse() -> Iterator[Connection]:
    """An empty warehouse in memory with all published tables."""
    with empty_warehouse() as connection:
        yield connection
