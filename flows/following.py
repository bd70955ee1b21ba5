"""Processes that end with `mailworth serve`, however it ends, so that a kill leaves nothing of it running."""

import os
import threading
import time

SERVED_BY = "MAILWORTH_SERVED_BY"  # environment variable: the process that serves


def follow_server() -> None:
    """If `mailworth serve` has started this process, end it at most a second after that has ended."""
    if os.environ.get(SERVED_BY) == str(os.getppid()):
        threading.Thread(target=_follow, args=(os.getppid(),), name="follow", daemon=True).start()


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)  # what is being built is thrown away by the next run, as after any kill
