"""Which engine a run computes on."""

import sys
from pathlib import Path

import pytest

from segmentation.errors import SparkError
from segmentation.settings import SparkSettings
from segmentation.spark.stage import computing
from segmentation.warehouse.connection import Connection


def test_duckdb_computes_unless_the_settings_say_spark(warehouse: Connection, tmp_path: Path) -> None:
    with computing(warehouse, SparkSettings(), tmp_path) as connection:
        assert connection is warehouse


def test_spark_that_is_not_installed(warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    with (
        pytest.raises(SparkError, match=r"^engine = spark, but sqlglot is not installed; install mailworth\[spark\]$"),
        computing(warehouse, SparkSettings(engine="spark"), tmp_path),
    ):
        pass
