"""The engine of a run: DuckDB alone, or with Spark for what reads all customers."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segmentation.settings import SparkSettings
from segmentation.warehouse.connection import Connection

log = logging.getLogger(__name__)


@contextmanager
def computing(connection: Connection, settings: SparkSettings, folder: Path) -> Iterator[Connection]:
    """The connection that stages compute on: `connection` itself, or one that lets Spark read the large tables.

    Args:
        connection: the warehouse being built.
        folder: where large tables lie as Parquet meanwhile, unless the settings name another; it is emptied.

    Raises:
        SparkError: Spark is not installed or does not start.
    """
    if settings.engine == "duckdb":
        yield connection
        return
    from segmentation.spark.session import start_session

    session = start_session(settings)
    from segmentation.spark.connection import SparkConnection, as_connection

    place = (settings.folder or folder).absolute() / "mailworth-spark"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True, mode=0o700)
    try:
        yield as_connection(SparkConnection(connection, session, place))
    finally:
        session.catalog.clearCache()
        shutil.rmtree(place, ignore_errors=True)
