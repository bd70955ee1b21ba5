"""The night: from the source to a published warehouse and a report."""

import datetime as dt
from pathlib import Path

from prefect import flow
from prefect.runtime import flow_run

from flows import artifacts, notices, tasks
from flows.late import superseded
from flows.page import in_words
from flows.replay_night import replay_night, work_out
from flows.secrets import with_secrets
from flows.turns import writing
from segmentation.digests.stage import digest_night
from segmentation.run import Published, last_day_known, last_night, start_run
from segmentation.settings import load_settings


def _run_name() -> str:
    given = flow_run.parameters
    return f"night {last_day_known(load_settings(given['settings']), given['as_of'])}"


@flow(
    name="night",
    flow_run_name=_run_name,
    on_completion=[notices.finished],
    on_failure=[notices.failure],
    on_crashed=[notices.failure],
)
@in_words
def night(
    as_of: dt.date | None = None,
    source: Path | None = None,
    warehouse: Path | None = None,
    reports: Path | None = None,
    settings: Path | None = None,
) -> Published:
    """Load the source, segment and value customers, measure campaigns, plan the next mailing, publish, report.

    If anything fails, or nothing is new, the warehouse of the night before stays as it is. A day before that of the
    last night is run again with what was known then, beside the published warehouse.

    Args:
        as_of: Last day whose orders count. Empty: the day in the settings, or else today.
        source: Folder with the input tables. Empty: as in the settings.
        warehouse: File to publish. Empty: as in the settings.
        reports: Folder for the report. Empty: as in the settings.
        settings: Settings file. Empty: mailworth.toml in the folder of the server.
    """
    chosen = with_secrets(
        load_settings(settings, source={"path": source}, warehouse={"path": warehouse}, reports={"path": reports})
    )
    if (skipped := superseded(chosen)) is not None:
        return skipped  # type: ignore[return-value]  # Prefect ends the run in it
    run, last = start_run("night", chosen, as_of=as_of), last_night(chosen)
    if last is not None and run.as_of < last:
        return replay_night(run.as_of, warehouse=warehouse, settings=settings)
    tables = tasks.look_at_source(run)
    with writing(chosen.warehouse, run.lists, chosen.reports.path):
        for table in tables:
            tasks.extract(run, table)
            tasks.check(run, table)
        tasks.check_age(run)
        before: Published | None = tasks.unchanged(run)
        if before is not None:
            return before
        published = work_out(run)
        tasks.publish_warehouse(run, source=tables)
        tasks.keep(run)
    artifacts.show(lambda: digest_night(run, published.plan_id))
    artifacts.show_files(published, chosen)
    return published
