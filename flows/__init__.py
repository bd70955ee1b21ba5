"""The Prefect side: flows and tasks around the pure package `segmentation`, and the command line that starts them.

Prefect reads its settings from the environment when it is imported, so what Mailworth needs of it is set here, before
that: nothing is sent to the outside, its files lie in ./.prefect, and the log of `segmentation` is shown with each run.
"""

import atexit
import logging
import os
from pathlib import Path

from flows.following import follow_server

os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT", "false")
os.environ.setdefault("PREFECT_HOME", str(Path.cwd() / ".prefect"))
os.environ.setdefault("PREFECT_LOGGING_EXTRA_LOGGERS", "segmentation")
os.environ.setdefault("PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW", "ignore")
logging.getLogger("segmentation").setLevel(logging.INFO)
follow_server()


def _end_quietly() -> None:
    """At the end of a run DuckDB's binding tells at length what Prefect's threads still hold: nothing to act on."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


atexit.register(_end_quietly)
