"""Versions of the warehouse are kept, pruned and gone back to."""

import os
from pathlib import Path

import pytest

from segmentation.errors import WarehouseError, WarehouseLockedError
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.publishing import building_path, write_lock
from segmentation.warehouse.restoring import restore_version
from segmentation.warehouse.versions import keep_version, list_versions, versions_folder


@pytest.fixture
def settings(tmp_path: Path) -> WarehouseSettings:
    return WarehouseSettings(path=tmp_path / "w.duckdb", keep=3)


def publish_text(settings: WarehouseSettings, number: int) -> None:
    """A new file in the place of the warehouse, an hour after the one before."""
    new = settings.path.with_name("new")
    new.write_text(f"version {number}")
    os.utime(new, (number * 3600, number * 3600))
    new.replace(settings.path)
    keep_version(settings, f"run-{number}")


def test_the_newest_versions_are_kept(settings: WarehouseSettings) -> None:
    for number in range(1, 6):
        publish_text(settings, number)

    assert [version.run_id for version in list_versions(settings.path)] == ["run-5", "run-4", "run-3"]
    assert [version.file.read_text() for version in list_versions(settings.path)][-1] == "version 3"


def test_going_back_changes_the_published_file_and_keeps_the_versions(settings: WarehouseSettings) -> None:
    for number in (1, 2):
        publish_text(settings, number)
    with settings.path.open() as reader:
        restore_version(settings, "run-1")
        assert reader.read() == "version 2"  # who had it open goes on

    assert settings.path.read_text() == "version 1"
    assert settings.path.stat().st_mode & 0o777 == 0o400
    assert not building_path(settings.path).exists()
    publish_text(settings, 3)
    assert [version.file.read_text() for version in list_versions(settings.path)] == [
        "version 3",
        "version 2",
        "version 1",
    ]


def test_an_unknown_version_is_refused_with_those_that_are_kept(settings: WarehouseSettings) -> None:
    with pytest.raises(WarehouseError, match="no version run-9; kept: none"):
        restore_version(settings, "run-9")
    publish_text(settings, 1)
    with pytest.raises(WarehouseError, match="no version run-9; kept: run-1"):
        restore_version(settings, "run-9")


def test_nobody_goes_back_while_a_run_writes(settings: WarehouseSettings) -> None:
    publish_text(settings, 1)
    with write_lock(settings), pytest.raises(WarehouseLockedError):
        restore_version(settings, "run-1")


def test_versions_are_for_their_owner_only(settings: WarehouseSettings) -> None:
    publish_text(settings, 1)
    assert versions_folder(settings.path).stat().st_mode & 0o777 == 0o700


def test_a_version_takes_no_space_of_its_own_while_it_is_published(settings: WarehouseSettings) -> None:
    publish_text(settings, 1)
    assert (versions_folder(settings.path) / "run-1.duckdb").samefile(settings.path)
