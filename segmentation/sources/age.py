"""Whether a source is new enough for a night."""

import datetime as dt

from segmentation.errors import StaleDataError
from segmentation.run import Run
from segmentation.warehouse.connection import execute


def refuse_stale(newest: dt.date | None, as_of: dt.date, stale_days: int) -> None:
    """Refuse a night that would tell old news as new.

    Args:
        newest: day of the newest order, up to `as_of`.
        stale_days: of night.stale_days; 0 refuses nothing.

    Raises:
        StaleDataError: the newest order is more than `stale_days` before `as_of`, or there is none.
    """
    if not stale_days or (newest is not None and as_of - newest <= dt.timedelta(stale_days)):
        return
    age = f"orders end on {newest}, {(as_of - newest).days:,} days" if newest else "there are no orders"
    raise StaleDataError(
        f"{age} before the night of {as_of}, and night.stale_days = {stale_days}; nothing is published: deliver newer "
        "orders, run the night of an earlier day with --as-of, or set a larger number (0 for any)"
    )


def check_age(run: Run) -> None:
    """Look at the orders loaded so far, those of earlier nights included.

    Raises:
        StaleDataError: as `refuse_stale`.
    """
    newest = "select max(ordered_at::date) from crm.orders where ordered_at::date <= $as_of"
    with run.building() as connection:
        found = execute(connection, newest, as_of=run.as_of)[0][0]
    refuse_stale(found, run.as_of, run.settings.night.stale_days)
