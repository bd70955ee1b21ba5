"""Whole runs of the command, as a user starts them, each once per session."""

import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "data" / "sample"


@dataclass(frozen=True)
class Place:
    """A folder to run the command in, with Prefect's files shared by the session."""

    folder: Path
    prefect_home: Path

    @property
    def environment(self) -> dict[str, str]:
        # Bytecode is cached even where the environment forbids it: Prefect starts slowly without.
        return os.environ | {"PREFECT_HOME": str(self.prefect_home), "PYTHONDONTWRITEBYTECODE": ""}

    @property
    def warehouse(self) -> Path:
        return self.folder / "w.duckdb"

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    def command(self, *arguments: object) -> list[str]:
        return [str(Path(sys.executable).parent / "mailworth"), *map(str, arguments)]

    def run(self, *arguments: object) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.command(*arguments), cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=900
        )

    def night(self, source: Path, as_of: str) -> "subprocess.CompletedProcess[str]":
        return self.run(
            "night", "--source", source, "--warehouse", self.warehouse, "--reports", self.reports, "--as-of", as_of
        )


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture
def place(tmp_path: Path, prefect_home: Path) -> Place:
    return Place(tmp_path, prefect_home)


@pytest.fixture(scope="session")
def sample_night(tmp_path_factory: pytest.TempPathFactory, prefect_home: Path) -> Place:
    """The night on the sample, without a settings file."""
    where = Place(tmp_path_factory.mktemp("sample"), prefect_home)
    done = where.night(SAMPLE, "2017-12-31")
    assert done.returncode == 0, done.stderr
    return where


@pytest.fixture(scope="session")
def hillstrom_night(tmp_path_factory: pytest.TempPathFactory, prefect_home: Path) -> Place:
    """The night on Hillstrom's experiment, the day its window closes."""
    where = Place(tmp_path_factory.mktemp("hillstrom"), prefect_home)
    spec = importlib.util.spec_from_file_location("build", ROOT / "data" / "hillstrom" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    builder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(builder)
    builder.build(where.folder / "source")
    done = where.night(where.folder / "source", "2008-03-14")
    assert done.returncode == 0, done.stderr
    return where
