"""Earlier versions of the warehouse: kept and listed."""

import datetime as dt
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from segmentation.errors import WarehouseError
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.connection import open_database
from segmentation.warehouse.disk import writing_to
from segmentation.warehouse.upgrades import is_earlier, stored_format

log = logging.getLogger(__name__)


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

    Beyond them the newest version of an earlier format is kept, so that there is a way back to the release before. The
    file is linked, not copied: it takes no more space until the next one is published.
    """
    folder = versions_folder(settings.path)
    with writing_to(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        link(settings.path, folder / f"{run_id}.duckdb")
        for old in _surplus(settings):
            old.file.unlink()


def _surplus(settings: WarehouseSettings) -> list[Version]:
    versions = list_versions(settings.path)
    beyond = versions[settings.keep :]
    if not beyond or _is_way_back(versions[settings.keep - 1]):
        return beyond
    way_back = next(filter(_is_way_back, beyond), None)
    return [version for version in beyond if version != way_back]


def _is_way_back(version: Version) -> bool:
    try:
        with open_database(version.file, read_only=True) as connection:
            return is_earlier(stored_format(connection))
    except WarehouseError as error:
        log.warning("a version that nobody can go back to: %s", error)
        return False


def list_versions(warehouse: Path) -> list[Version]:
    """Versions that are kept, the newest first."""
    found = [
        Version(file.stem, dt.datetime.fromtimestamp(file.stat().st_mtime), file)
        for file in versions_folder(warehouse).glob("*.duckdb")
    ]
    return sorted(found, key=lambda version: (version.published_at, version.run_id), reverse=True)


def link(file: Path, target: Path) -> None:
    """Let `target` be one file with `file`, in the place of what it was."""
    target.unlink(missing_ok=True)
    os.link(file, target)
