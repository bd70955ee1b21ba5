"""Prefect's server as a process of `mailworth serve`, and the watch over nights in it.

Usage: python -m flows.server --host HOST --port PORT. The watch is here and not with what runs the nights, so that it
tells when that hangs.
"""

import runpy
import sys
import threading

from segmentation.settings import Settings, load_settings


def serve_prefect(arguments: list[str]) -> None:
    """Run the server in this process until it is ended."""
    settings = load_settings()
    if settings.notices.is_on:
        threading.Thread(target=_watch, args=(settings,), name="watch", daemon=True).start()
    sys.argv = ["prefect", "server", "start", *arguments]
    runpy.run_module("prefect", run_name="__main__")


def _watch(settings: Settings) -> None:
    from flows.watch import watch_nights  # here, so that the server does not wait for it

    watch_nights(settings)


if __name__ == "__main__":
    serve_prefect(sys.argv[1:])
