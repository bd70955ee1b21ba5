import atexit
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from threadpoolctl import threadpool_limits
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

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


FIRST = ("flows", "erasure")  # the slowest, so that no process is left with one of them at the end
ONE_BY_ONE = ("test_crashes.py", "test_stage.py")  # of FIRST: long files whose tests share little


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: FIRST.index(item.path.parent.name) if item.path.parent.name in FIRST else len(FIRST))


@cache
def group_of(file: Path) -> str | None:
    """The tests of a file go together, and those of all files that ask the night on the sample; of some none do."""
    if file.parent.name in FIRST and file.name in ONE_BY_ONE:
        return None
    if file.parent.name == "flows" and "sample_night: Place" in file.read_text(encoding="utf-8"):
        return "sample night"
    return str(file)


class Groups(LoadScopeScheduling):
    """Gives each group of tests to one process; by a mark, --dist loadgroup, it is not done with pytest 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(self.config.rootpath / nodeid.split("::")[0]) or nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """In the place of --dist loadscope."""
    return Groups(config, log) if config.getvalue("dist") == "loadscope" else None


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
