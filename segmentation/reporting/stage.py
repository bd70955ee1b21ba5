"""Write the pages of one as-of date, and the index of all dates, from the warehouse."""

import datetime as dt
import os
import re
from functools import partial
from pathlib import Path

from segmentation.reporting.assets import FOLDER, make_assets
from segmentation.reporting.pages.model import Night
from segmentation.reporting.site import build_index, build_pages
from segmentation.reporting.words import choose_words
from segmentation.settings import ReportSettings
from segmentation.warehouse.connection import Connection, fetch
from segmentation.warehouse.disk import writing_to
from segmentation.warehouse.publishing import building_path

DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


def open_night(connection: Connection, as_of: dt.date, settings: ReportSettings) -> Night:
    """What pages of the date are made from."""
    return Night(partial(fetch, connection), as_of, choose_words(settings.language, settings.currency))


def write_report(connection: Connection, as_of: dt.date, settings: ReportSettings) -> Path:
    """Build what `settings.shown(as_of)` names, for publishing to show; returns the first page of the date.

    Pages of other dates stay as they are. The index is made from the names of their folders and from the warehouse.

    Raises:
        DiskError: the folder cannot be written.
    """
    night = open_night(connection, as_of, settings)
    folder, index = settings.shown(as_of)
    with writing_to(folder):
        write_assets(settings.path)
        building_path(folder).mkdir()
        for name, text in build_pages(night):
            (building_path(folder) / name).write_text(text, encoding="utf-8")
        building_path(index).write_text(build_index(night, {str(as_of), *list_dates(settings.path)}), encoding="utf-8")
    return settings.page(as_of)


def write_assets(site: Path) -> None:
    """Write those that are not there yet; older ones stay, as older pages have links to them."""
    missing = [asset for asset in make_assets().values() if not (site / asset.file).exists()]
    if not missing:
        return
    (site / FOLDER).mkdir(parents=True, exist_ok=True)
    building = building_path(site / FOLDER)
    building.mkdir()
    for asset in missing:
        built = building / Path(asset.file).name
        built.write_text(asset.text, encoding="utf-8")
        os.replace(built, site / asset.file)
    building.rmdir()


def list_dates(site: Path) -> list[str]:
    """The dates that have pages, by the names of their folders."""
    return [page.parent.name for page in site.glob("*/index.html") if DATE.fullmatch(page.parent.name)]
