"""One run: what it works on, since when, for whom. Made once at the edge; the only place that asks the clock."""

import datetime as dt
import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from segmentation.settings import Settings
from segmentation.warehouse.connection import Connection, open_database
from segmentation.warehouse.publishing import building_path


@dataclass(frozen=True)
class Run:
    """A run of a flow.

    Attributes:
        as_of: last day whose orders are known.
        started_at: local time of the business, to the second.
    """

    flow: str
    run_id: str
    settings: Settings
    as_of: dt.date
    started_at: dt.datetime
    triggered_by: str

    @property
    def warehouse(self) -> Path:
        """The published file."""
        return self.settings.warehouse.path

    @property
    def parameters(self) -> str:
        """The settings as JSON."""
        return json.dumps(self.settings.model_dump(mode="json"), sort_keys=True)

    @contextmanager
    def building(self) -> Iterator[Connection]:
        """A connection to the version being built."""
        with open_database(building_path(self.warehouse), self.settings.warehouse) as connection:
            yield connection

    def now(self) -> dt.datetime:
        """Local time of the business, to the second."""
        return local_time(self.settings)


def start_run(flow: str, settings: Settings, *, as_of: dt.date | None = None, triggered_by: str | None = None) -> Run:
    """A run that starts now.

    Args:
        as_of: night.as_of, or else today, where None.
        triggered_by: the user of this machine where None.
    """
    started_at = local_time(settings)
    known_until = as_of or settings.night.as_of or started_at.date()
    run_id = f"{flow}-{known_until:%Y%m%d}-{started_at:%Y%m%dT%H%M%S}"
    return Run(flow, run_id, settings, known_until, started_at, triggered_by or getpass.getuser())


def local_time(settings: Settings) -> dt.datetime:
    """Now, in the zone of the business, without zone and fractions."""
    return dt.datetime.now(ZoneInfo(settings.night.timezone)).replace(tzinfo=None, microsecond=0)
