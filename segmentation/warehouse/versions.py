"""Earlier versions of the warehouse: kept, listed, gone back to."""

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

from segmentation.errors import WarehouseError
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.disk import writing_to
from segmentation.warehouse.publishing import preparing, publish


@dataclass(frozen=True)
class Version:
    """A version of the warehouse, named after the run that published it."""

    run_id: str
    published_at: dt.datetime
    file: Path


def versions_folder(warehouse: Path) -> Path:
    """Where versions are kept: `<name>.versions` beside the warehouse."""
    return warehouse.with_name(warehouse.name + ".versions")


def keep_version(settings: WarehouseSettings, run_id: str) -> None:
    """Keep what is published now as the version of `run_id`, and of all versions only the newest.

    The file is linked, not copied: it takes no more space until the next one is published.
    """
    folder = versions_folder(settings.path)
    with writing_to(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        _link(settings.path, folder / f"{run_id}.duckdb")
        for old in list_versions(settings.path)[settings.keep :]:
            old.file.unlink()


def list_versions(warehouse: Path) -> list[Version]:
    """Versions that are kept, the newest first."""
    found = [
        Version(file.stem, dt.datetime.fromtimestamp(file.stat().st_mtime), file)
        for file in versions_folder(warehouse).glob("*.duckdb")
    ]
    return sorted(found, key=lambda version: (version.published_at, version.run_id), reverse=True)


def restore_version(settings: WarehouseSettings, run_id: str) -> None:
    """Publish the version of `run_id` again, in one step; runs go on from there.

    Raises:
        WarehouseError: there is no such version; the message lists those that are kept.
        WarehouseLockedError: a run is writing.
        DiskError: the folder cannot be written.
    """
    kept = {version.run_id: version.file for version in list_versions(settings.path)}
    if run_id not in kept:
        known = ", ".join(kept) or "none"
        raise WarehouseError(f"{versions_folder(settings.path)}: no version {run_id}; kept: {known}")
    with preparing(settings) as built:
        with writing_to(built.parent):
            _link(kept[run_id], built)
        publish(settings)


def _link(file: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    os.link(file, target)
