"""Whole runs of the command, as a user starts them, each once per session."""

import datetime as dt
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from segmentation.approval.stage import approve_plan, export_plan
from segmentation.run import continue_run
from segmentation.settings import load_settings
from segmentation.warehouse.connection import execute
from segmentation.warehouse.publishing import publish, writing

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "data" / "sample"


@dataclass(frozen=True)
class Answer:
    """What a command line came to."""

    returncode: int
    stdout: str
    stderr: str


class Console:
    """Runs command lines in one process, so that Prefect is started once; see console.py."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def run(self, *arguments: object, folder: Path = ROOT, before: str = "", full: Path | None = None) -> Answer:
        """One command line in `folder`; the disk of `full` is filled before the function `before` of flows.tasks."""
        order = {"arguments": list(map(str, arguments)), "folder": str(folder), "before": before, "full": str(full)}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return Answer(**json.loads(self.process.stdout.readline()))


@dataclass(frozen=True)
class Place:
    """A folder to run the command in, with Prefect's files shared by the session."""

    folder: Path
    prefect_home: Path
    console: Console

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.prefect_home)

    @property
    def warehouse(self) -> Path:
        return self.folder / "w.duckdb"

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    def command(self, *arguments: object) -> list[str]:
        return [str(Path(sys.executable).parent / "mailworth"), *map(str, arguments)]

    def run(self, *arguments: object) -> Answer:
        return self.console.run(*arguments, folder=self.folder)

    def run_alone(self, *arguments: object, **variables: str) -> "subprocess.CompletedProcess[str]":
        """In a process of its own, as a shell starts it."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment | variables,
            capture_output=True,
            text=True,
            timeout=900,
        )

    def night(self, source: Path, as_of: str) -> Answer:
        return self.run(
            "night", "--source", source, "--warehouse", self.warehouse, "--reports", self.reports, "--as-of", as_of
        )


def environment(prefect_home: Path) -> dict[str, str]:
    """Bytecode is cached even where the environment forbids it: Prefect starts slowly without."""
    return os.environ | {"PREFECT_HOME": str(prefect_home), "PYTHONDONTWRITEBYTECODE": ""}


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory, prefect_home: Path) -> Iterator[Console]:
    temporary = tmp_path_factory.mktemp("temporary")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.flows.console"],
        cwd=ROOT,
        env=environment(prefect_home) | {"TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield Console(process)
    assert list(temporary.iterdir()) == [], "nothing is left in the folder of temporary files"


@pytest.fixture
def place(tmp_path: Path, prefect_home: Path, console: Console) -> Place:
    return Place(tmp_path, prefect_home, console)


@pytest.fixture(scope="session")
def sample_night(tmp_path_factory: pytest.TempPathFactory, prefect_home: Path, console: Console) -> Place:
    """The night on the sample, without a settings file."""
    where = Place(tmp_path_factory.mktemp("sample"), prefect_home, console)
    done = where.night(SAMPLE, "2017-12-31")
    assert done.returncode == 0, done.stderr
    return where


@pytest.fixture(scope="session")
def hillstrom_night(tmp_path_factory: pytest.TempPathFactory, prefect_home: Path, console: Console) -> Place:
    """The night on Hillstrom's experiment, the day its window closes."""
    where = Place(tmp_path_factory.mktemp("hillstrom"), prefect_home, console)
    spec = importlib.util.spec_from_file_location("build", ROOT / "data" / "hillstrom" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    builder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(builder)
    builder.build(where.folder / "source")
    done = where.night(where.folder / "source", "2008-03-14")
    assert done.returncode == 0, done.stderr
    return where


def export_plan_of(place: Place, as_of: dt.date) -> tuple[Path, ...]:
    """Approve and export the one plan of a night, and publish; without Prefect, and without a version of its own."""
    settings = load_settings(
        warehouse={"path": place.warehouse}, reports={"path": place.reports}, night={"as_of": as_of}
    )
    run = continue_run("export-plan", settings)
    with writing(settings.warehouse, run.lists):
        with run.building() as connection:
            [(plan_id,)] = execute(connection, "select plan_id from targeting.plans")
            approve_plan(connection, run, plan_id)
            files = export_plan(connection, run, plan_id)
        publish(settings.warehouse, *files)
    return files


@pytest.fixture
def little_disk(tmp_path: Path) -> Iterator[Callable[[str, str], Path]]:
    """Makes disks of a few megabytes, such as `("8m", "reports")`."""
    mounted: list[Path] = []

    def mount(size: str, name: str) -> Path:
        place = tmp_path / name
        place.mkdir(parents=True)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True, text=True
        )
        if done.returncode:
            pytest.skip(f"mounting is not permitted here: {done.stderr.strip()}")
        mounted.append(place)
        return place

    yield mount
    for place in reversed(mounted):
        subprocess.run(["umount", "--lazy", place], check=True)
