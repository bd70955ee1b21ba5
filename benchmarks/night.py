"""Every step of a night, called plainly: without a server of Prefect, in this process.

Two nights are run: one on an empty warehouse, and the next one on all files again with 1 % new orders. Only the steps
are measured, not the start of Python.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measuring import Rows, measured
from benchmarks.population.make import NIGHTS
from segmentation.run import Run, start_run
from segmentation.settings import Settings, load_settings
from segmentation.warehouse.publishing import writing

LATER = "later: "
WORK = (
    *("segment", "cluster", "value", "offer", "call", "profile"),
    *("credit", "measure", "compare", "weigh", "plan", "forecast"),
)


def run(source: Path, folder: Path, **sections: dict[str, Any]) -> Rows:
    """The night of `source/before`, then that of `source/after`; `sections` are further settings."""
    rows: Rows = []
    delivered = folder / "source"
    for night, prefix in (("before", ""), ("after", LATER)):
        delivered.unlink(missing_ok=True)
        delivered.symlink_to((source / night).resolve())
        settings = mailer_settings(delivered, folder, **sections)
        run_night(start_run("night", settings, as_of=NIGHTS[night]), folder, rows, prefix)
    return rows


def mailer_settings(source: Path, folder: Path, **sections: dict[str, Any]) -> Settings:
    """Settings of a mailer that measures margin and plans for a budget."""
    given: dict[str, dict[str, Any]] = {
        "source": {"path": source},
        "warehouse": {"path": folder / "warehouse.duckdb"},
        "reports": {"path": folder / "reports"},
        "campaigns": {"margin_rate": 0.3},
        "plan": {"budget": 50_000, "unit_cost": 0.55},
    }
    return load_settings(None, **given | sections)


def run_night(run: Run, folder: Path, rows: Rows, prefix: str) -> None:
    """Run a night and add a row for each step, its name behind `prefix`; `folder` is that of the warehouse."""
    from flows import tasks

    def step(name: str, task: Any, *arguments: object) -> Any:
        function: Callable[..., Any] = task.fn
        with measured(rows, prefix + name, folder):
            return function(*arguments)

    tables = step("look", tasks.look_at_source, run)
    with writing(run.settings.warehouse, run.lists, run.settings.reports.path):
        for table in tables:
            step(f"extract {table.table.name}", tasks.extract, run, table)
            step(f"check {table.table.name}", tasks.check, run, table)
        step("news", tasks.unchanged, run)
        for name in WORK:
            step(name, getattr(tasks, name), run)
        step("report", tasks.report, run)
        step("publish", tasks.publish_warehouse, run, (), tables)
        step("keep", tasks.keep, run)
