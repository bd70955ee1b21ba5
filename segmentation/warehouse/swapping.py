"""Put what was built in the place of what is shown: a file, or a folder as a whole."""

import ctypes
import errno
import os
import shutil
from pathlib import Path

IN_THIS_FOLDER = -100  # AT_FDCWD of fcntl.h: paths are taken as they are
EXCHANGE = 2  # RENAME_EXCHANGE of linux/fs.h
NOT_OFFERED = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)
REPLACED = ".replaced"  # ends the name of a shown folder while another takes its place in two steps


def put(built: Path, shown: Path) -> None:
    """Move `built` to `shown`, durably; what was there is gone. Readers find the one or the other, never a part.

    A folder takes the place of another by an exchange of names (Linux on its own file systems). Elsewhere it takes two
    renames: between them, for less than a millisecond, there is no folder; `put_back` mends it if the process ends
    just then.
    """
    if shown.is_dir():
        if not _exchange(built, shown):
            replaced = shown.with_name(shown.name + REPLACED)
            os.rename(shown, replaced)
            os.rename(built, shown)
            os.rename(replaced, built)
        shutil.rmtree(built)
    else:
        os.replace(built, shown)
    _flush(shown.parent)


def put_back(folder: Path) -> None:
    """Give a shown folder its name again that a `put` has left without it, and remove what another has left over."""
    for replaced in folder.glob(f"*{REPLACED}"):
        shown = replaced.with_name(replaced.name.removesuffix(REPLACED))
        if shown.exists():
            shutil.rmtree(replaced)
        else:
            os.rename(replaced, shown)


def sync(path: Path) -> None:
    """Have the file, or the folder with the files in it, safe on the disk."""
    for part in path.iterdir() if path.is_dir() else ():
        _flush(part)
    _flush(path)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _exchange(one: Path, other: Path) -> bool:
    """Let two names change places; whether the system can."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(IN_THIS_FOLDER, os.fsencode(one), IN_THIS_FOLDER, os.fsencode(other), EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in NOT_OFFERED:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))
