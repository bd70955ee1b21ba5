"""What a step of a program takes: seconds, CPU seconds, peak memory and disk."""

import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

Rows = list[dict[str, float | str]]
PACKAGES = ("mailworth", "duckdb", "polars", "pandas", "scikit-learn", "prefect", "pyspark")


@contextmanager
def measured(rows: Rows, step: str, folder: Path | None = None) -> Iterator[None]:
    """Add a row for the block: `seconds`, `cpu` of this process and its children, and `peak` memory in MiB.

    The kernel's mark of the most memory is set back before, so that the peak is that of the step. `disk` is what the
    files of `folder` take after it, in MiB.
    """
    Path("/proc/self/clear_refs").write_text("5")
    began, cpu = time.perf_counter(), cpu_seconds()
    yield
    row: dict[str, float | str] = {
        "step": step,
        "seconds": time.perf_counter() - began,
        "cpu": cpu_seconds() - cpu,
        "peak": peak_memory(),
    }
    if folder is not None:
        row["disk"] = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20
    rows.append(row)
    sys.stderr.write(f"{step}: {row['seconds']:.1f} s, {row['cpu']:.1f} s of CPU, {row['peak']:.0f} MiB\n")


def cpu_seconds() -> float:
    """Of this process and the children that have ended."""
    taken = os.times()
    return taken.user + taken.system + taken.children_user + taken.children_system


def peak_memory() -> float:
    """The most memory of this process since the mark was set back, in MiB."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


def describe_machine() -> dict[str, str]:
    """Processor, cores, memory, load average of 15 minutes, and versions of what is compared."""
    processor = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "machine": f"{os.cpu_count()} cores ({processor}), {memory:.0f} GiB",
        "load": f"{os.getloadavg()[2]:.1f}",
        "python": platform.python_version(),
        **{name: found for name in PACKAGES if (found := _version(name))},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
