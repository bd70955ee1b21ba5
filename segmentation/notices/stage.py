"""Send notices, and find the warnings of a night in the warehouse."""

import datetime as dt
import logging
import random
import smtplib
import time
from dataclasses import replace

import httpx

from segmentation.errors import NoticeError
from segmentation.notices.channels import Send, list_channels
from segmentation.notices.memory import recall_told, remember
from segmentation.notices.notice import Notice, Warned, tell_not_started, tell_recovery, tell_test, tell_warnings
from segmentation.notices.warnings import WARNINGS
from segmentation.settings import NoticeSettings, Settings
from segmentation.warehouse.connection import Connection, execute, fetch, open_database

log = logging.getLogger(__name__)

DELAYS = (2, 8, 30)  # seconds before the second try and those after it, more or less


def send(notice: Notice, settings: NoticeSettings) -> bool:
    """Send a notice on every channel, if its event is one to tell of; whether all channels took it.

    A channel that fails is tried again, later each time; what fails for good is told in the log.
    """
    if notice.event != "test" and notice.event not in settings.events:
        return True
    failures = [_try(name, way) for name, way in list_channels(notice, settings)]
    return not any(failures)


def send_test(settings: NoticeSettings) -> tuple[str, ...]:
    """Send a test on every channel, once; returns the channels.

    Raises:
        NoticeError: no channel is set, or one does not take it.
    """
    channels = tuple(list_channels(tell_test(), settings))
    if not channels:
        raise NoticeError("nobody is to be told anything: set notices.smtp_host or notices.webhooks")
    for name, way in channels:
        if why := _fail(way):
            raise NoticeError(f"{name}: not sent: {why}")
    return tuple(name for name, _ in channels)


def tell_of_failure(notice: Notice, settings: Settings, *, of_night: bool) -> None:
    """Send the notice of a failure; after that of a night it is waited for one that works."""
    if not settings.notices.is_on:
        return
    if of_night:
        remember(settings.warehouse.path, replace(recall_told(settings.warehouse.path), is_broken=True))
    send(notice, settings.notices)


def tell_of_night(settings: Settings, run: str, link: str | None) -> None:
    """After a night has finished: that it works again, if it did not, and what it warns of, if that is new."""
    if not settings.notices.is_on:
        return
    warehouse = settings.warehouse.path
    with open_database(warehouse, settings.warehouse, read_only=True) as connection:
        warned = find_warnings(connection, settings.notices)
    told = recall_told(warehouse)
    remember(warehouse, told.after(warned))
    if told.is_broken:
        send(tell_recovery(run, link), settings.notices)
    if news := told.news(warned):
        send(tell_warnings(run, news, link), settings.notices)


def tell_of_missing(settings: Settings, due: dt.datetime, link: str | None) -> None:
    """Tell once that the night due at `due`, local time, has not started."""
    warehouse, key = settings.warehouse.path, f"{due:%Y-%m-%d %H:%M}"
    told = recall_told(warehouse)
    if told.missed == key:
        return
    remember(warehouse, replace(told, is_broken=True, missed=key))
    send(tell_not_started(key, settings.notices.grace_minutes, link), settings.notices)


def find_warnings(connection: Connection, settings: NoticeSettings) -> tuple[Warned, ...]:
    """The warnings of the last night in the warehouse; none where no night has finished."""
    last = "select run_id, as_of_date from ops.runs where flow = 'night' order by finished_at desc limit 1"
    nights = execute(connection, last)
    if not nights:
        return ()
    known = dict(zip(("run_id", "as_of_date"), nights[0], strict=True))
    return tuple(
        warned
        for kind in WARNINGS
        for warned in kind.find(
            fetch(connection, kind.relation, **{name: known[name] for name in kind.parameters}), settings
        )
    )


def _try(name: str, way: Send) -> str | None:
    """Why a channel does not take a notice, after some tries; None where it does."""
    why = _fail(way)
    for delay in DELAYS:
        if why is None:
            break
        time.sleep(delay * random.uniform(0.5, 1.5))
        why = _fail(way)
    if why:
        log.warning("notice not sent: %s: %s", name, why)
    return why


def _fail(way: Send) -> str | None:
    """Send once; why it failed, without the address, which may be a secret."""
    try:
        way()
    except httpx.HTTPStatusError as error:
        return f"the server answers {error.response.status_code}"
    except (OSError, smtplib.SMTPException, httpx.HTTPError) as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    return None
