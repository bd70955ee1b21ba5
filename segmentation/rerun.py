"""A night that is run a second time and finds nothing new leaves what is published as it is."""

import logging

from segmentation import __version__
from segmentation.run import Published, Run
from segmentation.warehouse.connection import Connection, execute, fetch
from segmentation.warehouse.versions import list_versions

log = logging.getLogger(__name__)


def published_before(connection: Connection, run: Run) -> Published | None:
    """What the last night has published, if this one would publish the same after its loads; else None.

    The same: date, settings, version of Mailworth, no row loaded, the same rows rejected, no other run in between, and
    everything of it is in its place. A version is kept when all is in its place, so what a crash has left half
    published is published anew.
    """
    found = fetch(
        connection,
        "nothing_new",
        run_id=run.run_id,
        as_of_date=run.as_of,
        parameters=run.parameters,
        code_version=__version__,
    )
    kept = {version.run_id for version in list_versions(run.warehouse)}
    published = Published(run.warehouse, run.settings.reports.page(run.as_of), plan_id=_last_plan(connection))
    places = (*published.files, *run.settings.reports.shown(run.as_of))
    if found.is_empty() or found.item() not in kept or not all(place.exists() for place in places):
        return None
    log.info("nothing is new since %s: what it has published stays as it is", found.item())
    return published


def _last_plan(connection: Connection) -> str | None:
    plan_id: str | None = execute(connection, "select max_by(plan_id, created_at) from targeting.plans")[0][0]
    return plan_id
