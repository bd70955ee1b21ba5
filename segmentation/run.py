"""One run: what it works on, since when, for whom. Made once at the edge; the only place that asks the clock."""

import datetime as dt
import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from segmentation import __version__
from segmentation.contract.ops import RUNS
from segmentation.errors import WarehouseError
from segmentation.settings import Settings
from segmentation.spark.stage import computing
from segmentation.warehouse.connection import Connection, attach, execute, open_database
from segmentation.warehouse.publishing import building_path, next_version, staging_path
from segmentation.warehouse.reading import reading
from segmentation.warehouse.schema import append_rows


@dataclass(frozen=True)
class Published:
    """What a run has put where people look."""

    warehouse: Path
    report: Path
    lists: tuple[Path, ...] = ()
    plan_id: str | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them."""
        return (self.warehouse, self.report, *self.lists)


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
    def today(self) -> dt.date:
        """The day of the run, or the one that the settings hold for it."""
        return self.settings.night.as_of or self.started_at.date()

    @property
    def lists(self) -> Path:
        """Folder of the mailing lists."""
        return lists_folder(self.warehouse)

    @property
    def parameters(self) -> str:
        """The settings as JSON; secrets are starred out."""
        return json.dumps(self.settings.model_dump(mode="json"), sort_keys=True)

    @contextmanager
    def building(self, *, with_staging: bool = False) -> Iterator[Connection]:
        """A connection to the version being built, and to the rows of the source as `staging` if asked for."""
        with open_database(next_version(self.warehouse), self.settings.warehouse) as connection:
            if with_staging:
                attach(connection, staging_path(self.warehouse), "staging")
            yield connection

    @contextmanager
    def computing(self, *, with_staging: bool = False) -> Iterator[Connection]:
        """As `building`; with the engine spark, what reads all customers is computed there."""
        folder = building_path(self.warehouse)
        with (
            self.building(with_staging=with_staging) as connection,
            computing(connection, self.settings.spark, folder) as engine,
        ):
            yield engine


def start_run(flow: str, settings: Settings, *, as_of: dt.date | None = None, triggered_by: str | None = None) -> Run:
    """A run that starts now.

    Args:
        as_of: night.as_of, or else today, where None.
        triggered_by: the user of this machine where None.
    """
    started_at = local_time(settings)
    known_until = last_day_known(settings, as_of)
    run_id = f"{flow}-{known_until:%Y%m%d}-{started_at:%Y%m%dT%H%M%S}"
    return Run(flow, run_id, settings, known_until, started_at, triggered_by or getpass.getuser())


def last_day_known(settings: Settings, as_of: dt.date | None) -> dt.date:
    """`as_of`, or night.as_of of the settings, or today in the zone of the business."""
    return as_of or settings.night.as_of or local_time(settings).date()


def continue_run(flow: str, settings: Settings, *, triggered_by: str | None = None) -> Run:
    """A run that starts now on what the last night has published, with that night's as-of date.

    Raises:
        WarehouseError: there is no warehouse, it is a copy for analysts, or no night has finished in it.
    """
    with reading(settings.warehouse.path, settings.warehouse) as connection:
        as_of = _last_night(connection)
    if as_of is None:
        raise WarehouseError(f"{settings.warehouse.path}: no night has finished here; run `mailworth night` first")
    return start_run(flow, settings, as_of=as_of, triggered_by=triggered_by)


def _last_night(connection: Connection) -> dt.date | None:
    nights = "select as_of_date from ops.runs where flow in ('night', 'replay-night') order by finished_at desc limit 1"
    found = execute(connection, nights)
    return found[0][0] if found else None


def start_replay(settings: Settings, as_of: dt.date, *, triggered_by: str | None = None) -> Run:
    """A run that does the night of an earlier day again, in a folder of its own beside the warehouse."""
    folder = replays_folder(settings.warehouse.path) / str(as_of)
    own = settings.model_copy(
        update={
            "warehouse": settings.warehouse.model_copy(
                update={"path": folder / settings.warehouse.path.name, "analysts": None}
            ),
            "reports": settings.reports.model_copy(update={"path": folder / "reports"}),
        }
    )
    return start_run("replay-night", own, as_of=as_of, triggered_by=triggered_by)


def lists_folder(warehouse: Path) -> Path:
    """Where mailing lists are: `out` beside the warehouse."""
    return warehouse.parent / "out"


def replays_folder(warehouse: Path) -> Path:
    """Where nights that are run again leave their results: `<name>.replays` beside the warehouse."""
    return warehouse.with_name(warehouse.name + ".replays")


def last_night(settings: Settings) -> dt.date | None:
    """The as-of date of the last published night; None where there is none."""
    if not settings.warehouse.path.exists():
        return None
    with reading(settings.warehouse.path, settings.warehouse) as connection:
        return _last_night(connection)


def record_run(connection: Connection, run: Run, *, input_fingerprint: str | None) -> None:
    """Write the run to ops.runs as completed now."""
    row = {
        "run_id": run.run_id,
        "flow": run.flow,
        "started_at": run.started_at,
        "finished_at": local_time(run.settings),
        "status": "completed",
        "as_of_date": run.as_of,
        "parameters": run.parameters,
        "triggered_by": run.triggered_by,
        "code_version": __version__,
        "input_fingerprint": input_fingerprint,
    }
    append_rows(connection, RUNS, pl.DataFrame([row], schema_overrides={"input_fingerprint": pl.String}))


def local_time(settings: Settings) -> dt.datetime:
    """Now, in the zone of the business, without zone and fractions."""
    return dt.datetime.now(ZoneInfo(settings.night.timezone)).replace(tzinfo=None, microsecond=0)
