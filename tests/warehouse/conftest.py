import pytest

from segmentation.warehouse.connection import Connection, execute


@pytest.fixture
def loading(warehouse: Connection) -> Connection:
    """An empty warehouse in memory with an empty `staging`."""
    execute(warehouse, "attach ':memory:' as staging")
    return warehouse
