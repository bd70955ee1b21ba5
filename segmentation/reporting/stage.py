"""Write the report of one as-of date from the warehouse."""

import datetime as dt
from pathlib import Path

from segmentation.settings import ReportSettings
from segmentation.warehouse.connection import Connection
from segmentation.warehouse.publishing import building_path


def write_report(connection: Connection, as_of: dt.date, settings: ReportSettings) -> Path:
    """Write the report; returns the file that publishing will show: `<reports>/<as_of>/index.html`."""
    file = settings.path / as_of.isoformat() / "index.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    building_path(file).write_text("<html></html>", encoding="utf-8")
    return file
