"""A folder takes the place of another as a whole, whatever the system offers and whenever the process ends."""

import errno
import os
from pathlib import Path

import pytest

from segmentation.errors import DiskError
from segmentation.settings import WarehouseSettings
from segmentation.warehouse import swapping
from segmentation.warehouse.publishing import building_path, rewriting, show

OLD, NEW = {"index.html": "old", "gone.html": "old"}, {"index.html": "new", "more.html": "new"}


def write(folder: Path, pages: dict[str, str]) -> Path:
    folder.mkdir(parents=True)
    for name, text in pages.items():
        (folder / name).write_text(text)
    return folder


def read(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


@pytest.fixture
def date(tmp_path: Path) -> Path:
    """Pages of a date that are shown, with the next beside them."""
    shown = write(tmp_path / "reports" / "2024-01-31", OLD)
    write(building_path(shown), NEW)
    return shown


@pytest.fixture(params=[True, False], ids=["exchanging", "renaming"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that can let two names change places, and one that cannot."""
    if not request.param:
        monkeypatch.setattr(swapping, "_exchange", lambda one, other: False)


@pytest.mark.usefixtures("system")
def test_all_of_the_new_is_there_and_nothing_of_the_old(date: Path) -> None:
    show(date)
    assert read(date) == NEW
    assert [path.name for path in date.parent.iterdir()] == [date.name]


def test_the_first_pages_are_moved(tmp_path: Path) -> None:
    shown = tmp_path / "2024-01-31"
    write(building_path(shown), NEW)
    show(shown)
    assert read(shown) == NEW


def test_this_system_exchanges_folders(date: Path) -> None:
    built = building_path(date)
    if not swapping._exchange(built, date):
        pytest.skip("no renameat2 here")
    assert (read(date), read(built)) == (NEW, OLD)


def test_what_the_system_refuses_is_an_error(date: Path) -> None:
    with pytest.raises(FileNotFoundError):
        swapping._exchange(date.with_name("nothing"), date)
    with pytest.raises(DiskError, match="2024-02-29: cannot be written"):
        show(date.with_name("2024-02-29"))
    assert read(date) == OLD


@pytest.mark.parametrize("kill_at", [1, 2, 3])
def test_a_process_that_ends_between_two_renames_leaves_the_old_pages_or_the_new(
    date: Path, kill_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run, of whatever date, gives the folder its name again."""
    renames = 0
    rename = os.rename

    def rename_or_end(one: Path, other: Path) -> None:
        nonlocal renames
        renames += 1
        if renames == kill_at:
            raise KeyboardInterrupt
        rename(one, other)

    monkeypatch.setattr(swapping, "_exchange", lambda one, other: False)
    with monkeypatch.context() as ending:
        ending.setattr(os, "rename", rename_or_end)
        with pytest.raises(KeyboardInterrupt):
            show(date)
    settings = WarehouseSettings(path=date.parent.parent / "w.duckdb")
    with rewriting(settings, date.parent):
        assert read(date) == (NEW if kill_at == 3 else OLD)
    assert [path.name for path in date.parent.iterdir()] == [date.name]


def test_what_is_built_and_not_shown_is_thrown_away(date: Path) -> None:
    settings = WarehouseSettings(path=date.parent.parent / "w.duckdb")
    with rewriting(settings, date.parent):
        write(building_path(date), NEW)
        building_path(date.parent / "index.html").write_text("new")
    assert read(date) == OLD
    assert [path.name for path in date.parent.iterdir()] == [date.name]


def test_a_kernel_without_it_is_told_from_a_disk_that_refuses(date: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swapping.ctypes, "get_errno", lambda: errno.EINVAL)
    assert not swapping._exchange(date.with_name("nothing"), date)
