"""Which night is to run when nights are late: one, however many were missed."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from segmentation.settings import Settings
from segmentation.warehouse.connection import execute, open_database

MOST_TRIES = 3  # of a night that is cut off again and again, as where memory does not suffice


@dataclass(frozen=True)
class Try:
    """A run of the night.

    Attributes:
        due: when it was to start, with a zone.
        was_cut_off: its process was killed, or ended with the machine or the server.
    """

    due: dt.datetime
    was_cut_off: bool


@dataclass(frozen=True)
class PublishedNight:
    """The last night in the warehouse; `started_at` has a zone."""

    run_id: str
    started_at: dt.datetime


def last_published(settings: Settings) -> PublishedNight | None:
    """The night that was published last; None where there is none."""
    if not settings.warehouse.path.exists():
        return None
    nights = "select run_id, started_at from ops.runs where flow = 'night' order by finished_at desc limit 1"
    with open_database(settings.warehouse.path, settings.warehouse, read_only=True) as connection:
        found = execute(connection, nights)
    if not found:
        return None
    run_id, started_at = found[0]
    return PublishedNight(run_id, started_at.replace(tzinfo=ZoneInfo(settings.night.timezone)))


def is_missing(due: dt.datetime | None, published: PublishedNight | None, tries: Collection[Try]) -> bool:
    """Whether the night due at `due` is to be started now, since nothing else will.

    Not where no night was ever published, as nobody expects one yet; where one has started since; or where one was
    tried and failed, as somebody has to put something right first. One that was cut off is tried again, MOST_TRIES
    times in all.

    Args:
        due: when a night was last due.
        tries: runs since, also those that are still to begin.
    """
    if due is None or published is None or published.started_at >= due:
        return False
    since = [one for one in tries if one.due >= due]
    return all(one.was_cut_off for one in since) and len(since) < MOST_TRIES
