"""The night with Spark on this machine computing what is computed over all customers."""

from importlib.util import find_spec
from pathlib import Path

from benchmarks import night
from benchmarks.measuring import Rows


def run(source: Path, folder: Path) -> Rows:
    """The night as in benchmarks.night; a row with the reason where Spark cannot be had."""
    if find_spec("pyspark") is None:
        return [{"skipped": "pyspark is not installed"}]
    return night.run(source, folder, spark={"engine": "spark"})
