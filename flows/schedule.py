"""When nights are due, as Prefect's schedule reckons it, daylight saving included."""

import asyncio
import datetime as dt

from prefect.server.schemas.schedules import CronSchedule

from segmentation.settings import NightSettings

LOOKED_BACK = (dt.timedelta(hours=1), dt.timedelta(days=2), dt.timedelta(days=35), dt.timedelta(days=367))


def list_due(night: NightSettings, start: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
    """Moments between `start` and `end`, both with a zone, at which a night is due; in order, 1,000 at most."""
    schedule = CronSchedule(cron=night.cron, timezone=night.timezone)
    return list(asyncio.run(schedule.get_dates(start=start, end=end)))


def last_due(night: NightSettings, now: dt.datetime) -> dt.datetime | None:
    """When a night was last due; None where that is more than a year ago."""
    for span in LOOKED_BACK:
        if due := list_due(night, now - span, now):
            return due[-1]
    return None
