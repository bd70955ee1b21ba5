"""What a disk refuses, told in one line."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segmentation.errors import DiskError

FULL = tuple(map(os.strerror, (errno.ENOSPC, errno.EDQUOT)))
REFUSALS = (*FULL, os.strerror(errno.EROFS))
REFUSAL = re.compile(rf'file ".*": ({"|".join(REFUSALS)})')
SPILL_REFUSED = "max_temp_directory_size"


def disk_error(place: Path, reason: str) -> DiskError:
    """The error that says why `place` cannot be written and what to do."""
    advice = "make room on its disk and run again" if reason in FULL else "check the folder"
    return DiskError(f"{place}: cannot be written ({reason}); {advice}")


@contextmanager
def writing_to(place: Path) -> Iterator[None]:
    """Tell what the system refuses while files of `place` are written.

    Raises:
        DiskError: the disk is full or read-only, or the place may not be written.
    """
    try:
        yield
    except OSError as error:
        # Polars gives its errors no number, only the text.
        raise disk_error(place, error.strerror or str(error).split(" (os error")[0]) from error


def engine_refusal(message: str, folder: Path) -> DiskError | None:
    """What of an error message of DuckDB is the disk's fault; None for any other error.

    Args:
        folder: where DuckDB writes.
    """
    if SPILL_REFUSED in message:
        return disk_error(folder, FULL[0])
    found = REFUSAL.search(message)
    return disk_error(folder, found[1]) if found else None
