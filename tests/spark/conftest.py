"""Spark is installed for `make test-spark` alone; without it there is nothing to test here."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

from segmentation.settings import SparkSettings

if find_spec("pyspark") is None:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def session() -> Iterator[Any]:
    """The one Spark session of the process."""
    from segmentation.spark.session import start_session

    started = start_session(SparkSettings(engine="spark"))
    yield started
    started.stop()
