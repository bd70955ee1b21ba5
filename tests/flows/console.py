"""Command lines one after the other in one process: Prefect is started once for many nights.

Usage: python -m tests.flows.console. Each line of standard input is JSON: the arguments, the folder, and what to do to
the disk before which function of flows.tasks; each line of standard output is JSON: the exit code and what was printed.
"""

import atexit
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flows import tasks
from flows.cli.main import run_command


def fill(folder: Path) -> None:
    """Leave no byte free on the disk of a folder."""
    handle = os.open(folder / "ballast", os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(handle, bytes(1 << 12)):
            pass
    except OSError:
        pass
    finally:
        os.close(handle)


@contextmanager
def full_before(name: str, folder: Path) -> Iterator[None]:
    """The disk of `folder` is full from the moment that flows.tasks calls its function `name`."""
    called: Callable[..., Any] = getattr(tasks, name)

    def call(*arguments: Any, **named: Any) -> Any:
        fill(folder)
        return called(*arguments, **named)

    with patch.object(tasks, name, call):
        yield


def answer(order: dict[str, Any]) -> dict[str, Any]:
    """Run one command line."""
    trouble = full_before(order["before"], Path(order["full"])) if order.get("before") else nullcontext()
    os.chdir(order["folder"])
    errors, rows = io.StringIO(), io.StringIO()
    with trouble, redirect_stderr(errors), redirect_stdout(rows):
        code = run_command(order["arguments"])
    return {"returncode": code, "stdout": rows.getvalue(), "stderr": errors.getvalue()}


if __name__ == "__main__":
    out = sys.stdout
    for line in sys.stdin:
        out.write(json.dumps(answer(json.loads(line))) + "\n")
        out.flush()
    atexit._run_exitfuncs()
    os._exit(0)
