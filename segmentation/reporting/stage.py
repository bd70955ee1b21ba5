"""Write the pages of one as-of date, and the index of all dates, from the warehouse."""

import datetime as dt
from pathlib import Path

from segmentation.reporting.assets import write_assets
from segmentation.reporting.pages.model import Night
from segmentation.reporting.site import build_index, build_pages
from segmentation.settings import ReportSettings
from segmentation.warehouse.connection import Connection
from segmentation.warehouse.disk import writing_to
from segmentation.warehouse.publishing import building_path


def write_report(connection: Connection, as_of: dt.date, settings: ReportSettings) -> Path:
    """Build what `settings.shown(as_of)` names, for publishing to show; returns the first page of the date.

    Pages of other dates stay as they are. The index is made from the names of their folders and from the warehouse.

    Raises:
        DiskError: the folder cannot be written.
    """
    night = Night(connection, as_of, settings.currency)
    folder, index = settings.shown(as_of)
    write_assets(settings.path)
    with writing_to(folder):
        building_path(folder).mkdir()
        for name, text in build_pages(night):
            (building_path(folder) / name).write_text(text, encoding="utf-8")
        building_path(index).write_text(build_index(night, {as_of, *list_dates(settings.path)}), encoding="utf-8")
    return settings.page(as_of)


def list_dates(site: Path) -> set[dt.date]:
    """The dates that have pages."""
    found = set()
    for page in site.glob("????-??-??/index.html"):
        try:
            found.add(dt.date.fromisoformat(page.parent.name))
        except ValueError:  # a folder of another kind
            continue
    return found
