"""The app that commands are added to, and what they share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from flows.cli.progress import show_progress
from segmentation import __version__

Settings = Annotated[Path | None, Parameter(name="--settings", help="Settings file; ./mailworth.toml if there is one.")]
Warehouse = Annotated[Path | None, Parameter(name="--warehouse", help="Published DuckDB file.")]
Reports = Annotated[Path | None, Parameter(name="--reports", help="Folder of the reports.")]

app = App(
    name="mailworth",
    version=__version__,
    help="Segment customers, pick whom to mail, measure what it brought. Start with: mailworth demo",
    result_action="return_value",
)


@contextmanager
def working(what: str, settings: Path | None, **given: dict[str, Any]) -> Iterator[None]:
    """Show progress; a mistake in the settings or arguments is told before Prefect takes its seconds to start."""
    from segmentation.settings import load_settings

    load_settings(settings, **given)
    with show_progress(what):
        yield


def places(warehouse: Path | None, reports: Path | None) -> dict[str, dict[str, Path | None]]:
    """The settings that --warehouse and --reports stand for."""
    return {"warehouse": {"path": warehouse}, "reports": {"path": reports}}
