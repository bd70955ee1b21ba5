"""Seconds, CPU seconds and peak memory of every step of a night, beside the least that any night must do.

`python -m benchmarks.night SOURCE [STEP ...]` runs the steps of a night on a folder of Parquet files in this process,
without Prefect, and prints a JSON object with a row for each. Peak memory is that of the step: the kernel's mark is set
back before each.
"""

import datetime as dt
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from segmentation.run import Run, start_run
from segmentation.settings import Settings, load_settings
from segmentation.warehouse.connection import execute, open_database
from segmentation.warehouse.publishing import writing

AS_OF = dt.date(2024, 12, 31)
Rows = list[dict[str, float | str]]


@contextmanager
def measured(rows: Rows, step: str) -> Iterator[None]:
    """Add a row: seconds, CPU seconds, and the most memory while it ran, in MiB."""
    Path("/proc/self/clear_refs").write_text("5")
    began, cpu = time.perf_counter(), time.process_time()
    yield
    row = {
        "step": step,
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "peak": peak_memory(),
    }
    rows.append(row)
    sys.stderr.write(f"{step}: {row['seconds']:.1f} s, {row['cpu']:.1f} s of CPU, {row['peak']:.0f} MiB\n")


def peak_memory() -> float:
    """The most memory of this process since the mark was set back, in MiB."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


def floor(source: Path, folder: Path, rows: Rows) -> None:
    """What no night can do without: the files copied into tables, and orders grouped by customer."""
    with open_database(folder / "floor.duckdb") as connection:
        execute(connection, "set preserve_insertion_order = false")
        with measured(rows, "floor: copy"):
            for file in sorted(source.glob("*.parquet")):
                execute(connection, f"create table {file.stem} as from '{file}'")
            execute(connection, "checkpoint")
        with measured(rows, "floor: group"):
            execute(
                connection,
                "create table grouped as select customer_id, max(ordered_at) as last_order, count(*) as orders, "
                "sum(amount) as spend from orders group by customer_id",
            )
            execute(connection, "checkpoint")


def night(run: Run, rows: Rows) -> None:
    """The steps of flows.night, called plainly."""
    from flows import tasks

    def step(name: str, task: Callable[..., object], *arguments: object) -> object:
        with measured(rows, name):
            return task.fn(*arguments)  # type: ignore[attr-defined]

    with writing(run.settings.warehouse, run.lists, run.settings.reports.path):
        tables = step("look", tasks.look_at_source, run)
        for table in tables:  # type: ignore[attr-defined]
            if table.parts:
                step(f"extract {table.table.name}", tasks.extract, run, table)
            else:
                tasks.extract.fn(run, table)
            if table.parts:
                step(f"check {table.table.name}", tasks.check, run, table)
            else:
                tasks.check.fn(run, table)
        for name in (
            "segment",
            "cluster",
            "value",
            "offer",
            "call",
            "profile",
            "credit",
            "measure",
            "compare",
            "weigh",
            "plan",
            "forecast",
        ):
            step(name, getattr(tasks, name), run)
        report = step("report", tasks.report, run)
        step("publish", tasks.publish_warehouse, run, [report], tables)
        step("keep", tasks.keep, run)


def main() -> None:
    """Run the floor and the night on the folder given."""
    source = Path(sys.argv[1])
    rows: Rows = []
    with TemporaryDirectory(dir=source.parent) as name:
        folder = Path(name)
        floor(source, folder, rows)
        settings: Settings = load_settings(
            None,
            source={"path": source},
            warehouse={"path": folder / "warehouse.duckdb"},
            reports={"path": folder / "reports"},
            campaigns={"margin_rate": 0.3},
            plan={"budget": 50_000, "unit_cost": 0.55},
        )
        night(start_run("night", settings, as_of=AS_OF), rows)
        rows.append(
            {
                "step": "disk",
                "floor": (folder / "floor.duckdb").stat().st_size,
                "night": settings.warehouse.path.stat().st_size,
            }
        )
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    main()
