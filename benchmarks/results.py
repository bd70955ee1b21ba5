"""Figures as they are kept, and medians over rounds."""

import json
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measuring import Rows

# Steps of a night that are told together, by what their names begin with.
TOGETHER = {"load": ("look", "extract", "check", "news"), "publish": ("publish", "keep")}
MEASURES = ("seconds", "cpu", "peak", "disk")


@dataclass(frozen=True)
class Result:
    """Rows of one contender on one mailer, in one round."""

    customers: int
    contender: str
    rows: Rows


def keep_result(folder: Path, result: Result, turn: int) -> None:
    """Write it as JSON."""
    file_of(folder, result.customers, result.contender, turn).write_text(json.dumps(result.rows, indent=1) + "\n")


def file_of(folder: Path, customers: int, contender: str, turn: int) -> Path:
    """Where a result is kept."""
    return folder / f"{customers}-{contender}-{turn}.json"


def read_results(folder: Path) -> list[Result]:
    """All that are kept."""
    results = []
    for file in sorted(folder.glob("*-*-*.json")):
        customers, contender, _ = file.stem.split("-")
        results.append(Result(int(customers), contender, json.loads(file.read_text())))
    return results


@dataclass(frozen=True)
class Figures:
    """What the steps of one contender took on one mailer: `steps[name][measure]`, medians over rounds."""

    steps: dict[str, dict[str, float]]

    def total(self, measure: str, names: tuple[str, ...] | None = None) -> float:
        """Of the steps named, or of all; the most for `peak` and `disk`, else the sum."""
        chosen = [values.get(measure, 0.0) for name, values in self.steps.items() if names is None or name in names]
        return max(chosen, default=0.0) if measure in ("peak", "disk") else sum(chosen)

    def only(self, prefix: str) -> "Figures":
        """The steps whose names begin so, without it."""
        return Figures(
            {name.removeprefix(prefix): step for name, step in self.steps.items() if name.startswith(prefix)}
        )


def summarise(results: list[Result], customers: int, contender: str) -> Figures | None:
    """Medians over the rounds; None where there are none."""
    rounds = [steps_of(r.rows) for r in results if (r.customers, r.contender) == (customers, contender)]
    rounds = [steps for steps in rounds if steps]
    if not rounds:
        return None
    names = list(rounds[0])
    return Figures(
        {
            name: {measure: median(steps[name][measure] for steps in rounds) for measure in rounds[0][name]}
            for name in names
        }
    )


def skipped(results: list[Result], customers: int, contender: str) -> str | None:
    """Why a contender did not run."""
    rows = (row for r in results if (r.customers, r.contender) == (customers, contender) for row in r.rows)
    return next((str(row["skipped"]) for row in rows if "skipped" in row), None)


def steps_of(rows: Rows) -> dict[str, dict[str, float]]:
    """What each step took; steps that are told together are one."""
    steps: dict[str, dict[str, float]] = {}
    for row in rows:
        if "seconds" not in row:
            continue
        step = steps.setdefault(_told_as(str(row["step"])), {})
        for measure in MEASURES:
            if measure in row:
                _add(step, measure, float(row[measure]))
    return steps


def _add(step: dict[str, Any], measure: str, value: float) -> None:
    before = step.get(measure, 0.0)
    step[measure] = max(before, value) if measure in ("peak", "disk") else before + value


def _told_as(step: str) -> str:
    prefix, name = ("later: ", step[7:]) if step.startswith("later: ") else ("", step)
    return prefix + next((told for told, begins in TOGETHER.items() if name.split()[0] in begins), name)
