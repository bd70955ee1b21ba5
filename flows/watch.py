"""A watch over nights, apart from what runs them: a night that has not begun in time is told of."""

import datetime as dt
import logging
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

import httpx
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL

from flows.late import NIGHT, runs_since
from flows.schedule import last_due
from segmentation.errors import MailworthError
from segmentation.nights import last_published
from segmentation.notices.stage import tell_of_missing
from segmentation.settings import Settings

EVERY = 30  # seconds

log = logging.getLogger(__name__)


def watch_nights(settings: Settings, *, pause: Callable[[float], None] = time.sleep) -> None:
    """Look again and again whether the last night due has begun. Does not return."""
    since = dt.datetime.now(dt.UTC)
    while True:
        pause(EVERY)
        try:
            look(settings, since, dt.datetime.now(dt.UTC))
        except MailworthError as error:  # such as a warehouse that cannot be read: the next look may do better
            log.warning("nights are not watched: %s", error)


def look(settings: Settings, since: dt.datetime, now: dt.datetime) -> None:
    """Tell of the last night due if it has not begun in time.

    Args:
        since: when the watch began; a night that was due before it has the grace from then on.
        now: with a zone, as `since`.
    """
    due = last_due(settings.night, now)
    grace = dt.timedelta(minutes=settings.notices.grace_minutes)
    if due is None or now < max(due, since) + grace or _has_begun(settings, due):
        return
    api = PREFECT_API_URL.value()
    page = settings.notices.page or (api.removesuffix("/api") if api else None)
    tell_of_missing(settings, due.astimezone(ZoneInfo(settings.night.timezone)), page)


def _has_begun(settings: Settings, due: dt.datetime) -> bool:
    """By the warehouse, or by a server that answers: one that does not cannot have begun a night."""
    published = last_published(settings)
    if published and published.started_at >= due:
        return True
    try:
        with get_client(sync_client=True) as client:
            runs = runs_since(client, client.read_deployment_by_name(NIGHT).id, due)
    except (httpx.HTTPError, PrefectHTTPStatusError):
        return False
    return any(run.start_time is not None for run in runs)
