from collections.abc import Iterator

import pytest

from segmentation.warehouse.connection import Connection, execute, open_memory


@pytest.fixture
def staging() -> Iterator[Connection]:
    """A connection with an empty `staging` in memory."""
    with open_memory() as connection:
        execute(connection, "attach ':memory:' as staging")
        yield connection
