"""Build beside, then swap in whole: readers see the complete old warehouse or the complete new one."""

import fcntl
import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pydantic import SecretStr

from segmentation.errors import NewerWarehouseError, SettingsError, WarehouseError, WarehouseLockedError
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.analysts import write_copy
from segmentation.warehouse.connection import EngineError, open_database
from segmentation.warehouse.disk import writing_to
from segmentation.warehouse.swapping import put, put_back, sync
from segmentation.warehouse.upgrades import bring_up_to_date, last_run
from segmentation.warehouse.versions import keep_version

OWNER_READS = 0o400
ALL_READ = 0o444
OWNER_ONLY = 0o700  # of folders

log = logging.getLogger(__name__)


BUILDING = ".building"


def building_path(shown: Path) -> Path:
    """Where the next version of a file or folder of pages is written, or the folder in which a warehouse is built."""
    return shown.with_name(shown.name + BUILDING)


def next_version(warehouse: Path) -> Path:
    """The file that `publish` will move to `warehouse`."""
    return building_path(warehouse) / "warehouse.duckdb"


def staging_path(warehouse: Path) -> Path:
    """Where the rows of a source lie until they are checked."""
    return building_path(warehouse) / "staging.duckdb"


@contextmanager
def writing(settings: WarehouseSettings, *folders: Path) -> Iterator[Path]:
    """Hold the write lock and give the path of a copy of the warehouse to change.

    The copy is complete: the published rows, or empty tables for a first run. It lies in a folder that only the owner
    may enter, with everything else it takes to build it, and is thrown away at the end unless `publish` has moved it
    into place, so a run that fails leaves the old warehouse as it was. One of an earlier release is kept as a version
    and the copy brought up to date.

    Args:
        folders: where other files are built; what is not published of them is thrown away too.

    Raises:
        WarehouseError: the published file is not a warehouse.
        NewerWarehouseError: a later release has made it.
        WarehouseLockedError: another run is writing.
        SettingsError: a copy for analysts is wanted, but there is no salt.
        DiskError: the folder cannot be written.
    """
    warehouse = settings.path
    with preparing(settings, *folders) as built:
        if warehouse.exists():
            with writing_to(built.parent):
                shutil.copyfile(warehouse, built)
        if earlier_run := _prepare(built, settings):
            keep_version(settings, earlier_run)
        yield built


@contextmanager
def preparing(settings: WarehouseSettings, *folders: Path) -> Iterator[Path]:
    """As `writing`, but the next version is still to be put there."""
    if settings.analysts:
        _salt(settings)
    with rewriting(settings, *folders):
        for file in filter(None, (settings.path, settings.analysts)):
            with writing_to(building_path(file)):
                file.parent.mkdir(parents=True, exist_ok=True)
                building_path(file).mkdir(mode=OWNER_ONLY)
        yield next_version(settings.path)


@contextmanager
def rewriting(settings: WarehouseSettings, *folders: Path) -> Iterator[None]:
    """Hold the write lock; the warehouse stays, and what is built in `folders` and not shown is thrown away.

    Raises:
        WarehouseLockedError: another run is writing.
        DiskError: the folder cannot be written.
    """
    with write_lock(settings):
        _discard(settings, folders)
        try:
            yield
        finally:
            _discard(settings, folders)


def _prepare(building: Path, settings: WarehouseSettings) -> str | None:
    """Bring the copy up to date; the last run of the published file, if an earlier release has made that."""
    try:
        with open_database(building, settings) as connection:
            earlier = bring_up_to_date(connection, settings.path)
            return last_run(connection) if earlier else None
    except NewerWarehouseError:
        raise
    except (WarehouseError, EngineError) as error:
        raise WarehouseError(
            f"{settings.path}: the next version cannot be built on it; if it is no Mailworth warehouse, "
            f"move it away: {str(error).splitlines()[0]}"
        ) from error


def publish(settings: WarehouseSettings, *others: Path) -> None:
    """Move the built warehouse to where readers look, in one step that is either done or not; then the others in turn.

    The copy for analysts is written anew and shown with it, where the settings want one. Nothing is moved before all
    that is to be moved is safe on the disk.

    Raises:
        WarehouseError: the built warehouse was not closed properly, so that its log would be lost.
        DiskError: a disk is full, or a folder cannot be written.
    """
    built = next_version(settings.path)
    unwritten = built.with_name(built.name + ".wal")
    if unwritten.exists():
        raise WarehouseError(f"{unwritten}: the new warehouse was not closed; nothing is published")
    built.chmod(OWNER_READS)
    moves = {built: settings.path}
    if settings.analysts:
        copy = next_version(settings.analysts)
        write_copy(built, copy, _salt(settings), settings)
        copy.chmod(ALL_READ)
        moves[copy] = settings.analysts
        log.info("copy for analysts: %s", settings.analysts)
    _move(moves | {building_path(other): other for other in others})


def show(*others: Path) -> None:
    """Move what was built of each file or folder into its place, durably and in this order."""
    _move({building_path(other): other for other in others})


def _move(moves: dict[Path, Path]) -> None:
    for built, shown in moves.items():
        with writing_to(shown):
            sync(built)
    for built, shown in moves.items():
        with writing_to(shown):
            put(built, shown)


def _salt(settings: WarehouseSettings) -> SecretStr:
    if settings.analysts_salt is None:
        raise SettingsError(
            "warehouse.analysts is set, but not the secret its pseudonyms are made with; set the environment variable "
            "MAILWORTH_WAREHOUSE__ANALYSTS_SALT to a long random text and keep it"
        )
    return settings.analysts_salt


@contextmanager
def write_lock(settings: WarehouseSettings) -> Iterator[None]:
    """Let nobody else write the warehouse; the lock of a process that has ended is free.

    Another run is waited for as long as the settings say.

    Raises:
        WarehouseError: a folder is where the warehouse should be.
        WarehouseLockedError: another run is writing.
        DiskError: the folder cannot be written.
    """
    warehouse = settings.path
    path = warehouse.with_name(warehouse.name + ".lock")
    with writing_to(warehouse):
        warehouse.parent.mkdir(parents=True, exist_ok=True)
        if warehouse.is_dir():
            raise WarehouseError(f"{warehouse}: is a folder; name a file to write the warehouse to")
        handle = path.open("ab+", buffering=0)
    with handle:
        _await_lock(handle, settings)
        with writing_to(path):
            handle.truncate(0)
            handle.write(str(os.getpid()).encode())
        yield


def _await_lock(handle: BinaryIO, settings: WarehouseSettings) -> None:
    for waited in range(settings.wait_seconds):
        if _lock(handle):
            return
        if waited == 0:
            log.warning(
                "%s: process %s is writing it; waiting up to %s s",
                settings.path,
                _holder(handle),
                settings.wait_seconds,
            )
        time.sleep(1)
    if not _lock(handle):
        waited_for = f" after {settings.wait_seconds} s of waiting" if settings.wait_seconds else ""
        raise WarehouseLockedError(
            f"{settings.path}: another run is writing it (process {_holder(handle)}){waited_for}; "
            "wait for it to end, or set warehouse.wait_seconds"
        )


def _lock(handle: BinaryIO) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(handle: BinaryIO) -> str:
    handle.seek(0)
    return handle.read().decode() or "unknown"


def _discard(settings: WarehouseSettings, folders: tuple[Path, ...]) -> None:
    for file in filter(None, (settings.path, settings.analysts)):
        with writing_to(building_path(file)):
            if building_path(file).exists():
                shutil.rmtree(building_path(file))
    for folder in folders:
        with writing_to(folder):
            put_back(folder)
        for leftover in folder.glob(f"*{BUILDING}"):
            with writing_to(leftover):
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
