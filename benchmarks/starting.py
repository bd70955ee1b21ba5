"""What the start of a command takes, and what Prefect adds to a night of the sample."""

import datetime as dt
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import Rows, cpu_seconds
from benchmarks.night import run_night
from segmentation.run import start_run
from segmentation.settings import load_settings

FILE = "start.json"
SAMPLE = Path("data/sample/mailworth.toml")
COMMAND = str(Path(sys.executable).with_name("mailworth"))
ROUNDS = 3  # the quickest is told: the first also fills caches


def measure_start() -> dict[str, dict[str, float]]:
    """Seconds and CPU seconds by what is done; `steps` are those of the sample's night, called plainly."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        measured = {"steps": min((_steps(folder / f"steps{n}") for n in range(ROUNDS)), key=_cpu)}
        nights = [_flow(folder, n) for n in range(ROUNDS)]
        query = ("query", "select count(*) from crm.orders", "--warehouse", str(folder / "flow0" / "warehouse.duckdb"))
        for told, arguments in (("mailworth --help", ("--help",)), ("mailworth query", query)):
            measured[told] = min((_command({}, *arguments) for _ in range(ROUNDS)), key=_cpu)
    return measured | {"mailworth night": min(nights, key=_cpu)}


def _cpu(figures: dict[str, float]) -> float:
    return figures["cpu"]


def _steps(folder: Path) -> dict[str, float]:
    rows: Rows = []
    folder.mkdir()
    places = {"warehouse": {"path": folder / "warehouse.duckdb"}, "reports": {"path": folder / "reports"}}
    run_night(start_run("night", load_settings(SAMPLE, **places), as_of=dt.date(2017, 12, 31)), folder, rows, "")
    return {measure: sum(float(row[measure]) for row in rows) for measure in ("seconds", "cpu")}


def _flow(folder: Path, number: int) -> dict[str, float]:
    here = folder / f"flow{number}"
    here.mkdir()
    home = {"PREFECT_HOME": str(folder / "prefect"), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    places = ("--warehouse", str(here / "warehouse.duckdb"), "--reports", str(here / "reports"))
    return _command(home, "night", "--settings", str(SAMPLE), *places)


def _command(more: dict[str, str], *arguments: str) -> dict[str, float]:
    began, cpu = time.perf_counter(), cpu_seconds()
    subprocess.run([COMMAND, *arguments], check=True, env=os.environ | more, capture_output=True)
    return {"seconds": time.perf_counter() - began, "cpu": cpu_seconds() - cpu}
