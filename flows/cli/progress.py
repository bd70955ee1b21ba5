"""What a command shows while it works: a line for each step that is done, and that something is going on."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

console = Console(stderr=True, highlight=False)


class StepLines(logging.Handler):
    """Prints each log record of `segmentation` with the seconds since the start."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.started = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line; warnings stand out."""
        style = "yellow" if record.levelno >= logging.WARNING else "default"
        seconds = time.monotonic() - self.started
        console.print(f"[dim]{seconds:6.1f} s[/]  [{style}]{escape(record.getMessage())}[/]", soft_wrap=True)


@contextmanager
def show_progress(what: str) -> Iterator[None]:
    """Show the steps of `segmentation` on standard error, and none of Prefect's own lines."""
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    log, lines = logging.getLogger("segmentation"), StepLines()
    log.addHandler(lines)
    try:
        with console.status(f"{what} ..."):
            yield
    finally:
        log.removeHandler(lines)


def tell(line: str) -> None:
    """Print a line for the user on standard error, so that standard output is rows only."""
    console.print(escape(line), soft_wrap=True)


def warn(line: str) -> None:
    """Print an error line."""
    console.print(f"[red]{escape(line)}[/]", soft_wrap=True)
