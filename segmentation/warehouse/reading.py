"""What runs have published, opened to be read by this release."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segmentation.errors import WarehouseError
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.connection import Connection, UnknownNameError, open_database
from segmentation.warehouse.schema import refuse_incomplete
from segmentation.warehouse.upgrades import is_earlier, refuse_later, stored_format


@contextmanager
def reading(warehouse: Path, settings: WarehouseSettings | None = None) -> Iterator[Connection]:
    """A connection to the published file, read-only.

    One of an earlier release is read as it is: what it lacks can be asked after the next night.

    Raises:
        WarehouseError: there is no file; it is a copy for analysts; or an earlier release has made it, and it lacks a
            table or column that is asked for.
        NewerWarehouseError: a later release has made it.
    """
    with open_database(warehouse, settings, read_only=True) as connection:
        refuse_incomplete(connection, warehouse)
        stored = stored_format(connection)
        assert stored is not None, "it has ops.runs"
        refuse_later(stored, warehouse)
        try:
            yield connection
        except UnknownNameError as error:
            if not is_earlier(stored):
                raise
            raise WarehouseError(
                f"{warehouse}: made by Mailworth {stored.release}, and lacks what is asked for; the next "
                f"`mailworth night` brings it up to date: {str(error).splitlines()[0]}"
            ) from error
