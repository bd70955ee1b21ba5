"""Build beside, then swap in whole: readers see the complete old warehouse or the complete new one."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segmentation.errors import WarehouseError, WarehouseLockedError
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.connection import EngineError, open_database
from segmentation.warehouse.schema import create_tables

READ_ONLY = 0o444


def building_path(file: Path) -> Path:
    """Where the next version of `file` is built."""
    return file.with_name(file.name + ".building")


def staging_path(warehouse: Path) -> Path:
    """Where the rows of a source lie until they are checked."""
    return warehouse.with_name(warehouse.name + ".staging")


@contextmanager
def writing(settings: WarehouseSettings, *folders: Path) -> Iterator[Path]:
    """Hold the write lock and give the path of a copy of the warehouse to change.

    The copy is complete: the published rows, or empty tables for a first run. It is thrown away at the end unless
    `publish` has moved it into place, so a run that fails leaves the old warehouse as it was.

    Args:
        folders: where other files are built; what is not published of them is thrown away too.

    Raises:
        WarehouseError: the folder cannot be written, or the published file is not a warehouse.
        WarehouseLockedError: another run is writing.
    """
    warehouse = settings.path
    with write_lock(warehouse):
        _discard(warehouse, folders)
        building = building_path(warehouse)
        try:
            if warehouse.exists():
                shutil.copyfile(warehouse, building)
            _prepare(building, settings)
            yield building
        finally:
            _discard(warehouse, folders)


def _prepare(building: Path, settings: WarehouseSettings) -> None:
    try:
        with open_database(building, settings) as connection:
            create_tables(connection)
    except (WarehouseError, EngineError) as error:
        raise WarehouseError(
            f"{settings.path}: the next version cannot be built on it; if it is no Mailworth warehouse, "
            f"move it away: {str(error).splitlines()[0]}"
        ) from error


def publish(warehouse: Path, *others: Path) -> None:
    """Move the built warehouse to where readers look, in one step that is either done or not; then the other files.

    Raises:
        WarehouseError: the built warehouse was not closed properly, so that its log would be lost.
    """
    log = building_path(warehouse).with_name(building_path(warehouse).name + ".wal")
    if log.exists():
        raise WarehouseError(f"{log}: the new warehouse was not closed; nothing is published")
    building_path(warehouse).chmod(READ_ONLY)
    for file in (warehouse, *others):
        show(file)


def show(file: Path) -> None:
    """Move what was built of `file` into its place, durably."""
    _sync(building_path(file))
    os.replace(building_path(file), file)
    _sync(file.parent)


@contextmanager
def write_lock(warehouse: Path) -> Iterator[None]:
    """Let nobody else write the warehouse; the lock of a process that has ended is free.

    Raises:
        WarehouseError: the folder cannot be written.
        WarehouseLockedError: another run is writing.
    """
    path = warehouse.with_name(warehouse.name + ".lock")
    try:
        warehouse.parent.mkdir(parents=True, exist_ok=True)
        if warehouse.is_dir():
            raise WarehouseError(f"{warehouse}: is a folder; name a file to write the warehouse to")
        handle = path.open("a+")
    except OSError as error:
        raise WarehouseError(f"{warehouse}: cannot be written ({error.strerror}); check the folder") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            raise WarehouseLockedError(
                f"{warehouse}: another run is writing it (process {holder}); wait for it to end"
            ) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def _discard(warehouse: Path, folders: tuple[Path, ...]) -> None:
    for path in (building_path(warehouse), staging_path(warehouse)):
        for leftover in (path, path.with_name(path.name + ".wal")):
            leftover.unlink(missing_ok=True)
    for folder in folders:
        for leftover in folder.rglob(building_path(Path("*")).name):
            leftover.unlink()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
