"""The Spark session: made once a process, on this machine or on a cluster."""

import logging
import os
import sys
from typing import TYPE_CHECKING, Any

from segmentation.errors import SparkError
from segmentation.settings import SparkSettings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# What keeps Spark to the meaning that the relations have in DuckDB.
MEANING = {
    "spark.sql.ansi.enabled": "true",  # what cannot be cast or added up fails, as in DuckDB
    "spark.sql.session.timeZone": "UTC",  # moments are without zone; nothing may shift them
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.caseSensitive": "false",
}
QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}


def start_session(settings: SparkSettings) -> "SparkSession":
    """The session of this process, started if there is none.

    Raises:
        SparkError: pyspark or sqlglot is not installed, or Spark does not start.
    """
    try:
        import sqlglot  # noqa: F401  # translates; part of the same extra
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SparkError(f"engine = spark, but {error.name} is not installed; install mailworth[spark]") from error
    if settings.master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder: Any = SparkSession.builder.appName("mailworth").master(settings.master)
    for key, value in (QUIET | settings.options | _sizes(settings) | MEANING).items():
        builder = builder.config(key, value)
    try:
        session: SparkSession = builder.getOrCreate()
    except (PySparkException, RuntimeError, OSError) as error:
        raise SparkError(
            f"spark.master = {settings.master}: Spark does not start: {str(error).splitlines()[0]}; "
            "it needs Java 17 or later"
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # what fails is raised as well
    return session


def _sizes(settings: SparkSettings) -> dict[str, str]:
    return {
        "spark.driver.memory": settings.driver_memory,
        "spark.sql.shuffle.partitions": str(settings.shuffle_partitions),
    }
