"""The night: from the source to a published warehouse and a report."""

import datetime as dt
from pathlib import Path

from prefect import flow
from prefect.runtime import flow_run

from flows import tasks
from segmentation.run import Published, last_day_known, start_run
from segmentation.settings import load_settings
from segmentation.warehouse.publishing import writing


def _run_name() -> str:
    given = flow_run.parameters
    return f"night {last_day_known(load_settings(given['settings']), given['as_of'])}"


@flow(name="night", flow_run_name=_run_name)
def night(
    as_of: dt.date | None = None,
    source: Path | None = None,
    warehouse: Path | None = None,
    reports: Path | None = None,
    settings: Path | None = None,
) -> Published:
    """Load the source, segment customers, measure campaigns, plan the next mailing, publish, report.

    If anything fails, the warehouse of the night before stays as it is.

    Args:
        as_of: Last day whose orders count. Empty: the day in the settings, or else today.
        source: Folder with the input tables. Empty: as in the settings.
        warehouse: File to publish. Empty: as in the settings.
        reports: Folder for the report. Empty: as in the settings.
        settings: Settings file. Empty: mailworth.toml in the folder of the server.
    """
    chosen = load_settings(settings, source={"path": source}, warehouse={"path": warehouse}, reports={"path": reports})
    run = start_run("night", chosen, as_of=as_of)
    tables = tasks.look_at_source(run)
    with writing(chosen.warehouse, run.lists, chosen.reports.path):
        for table in tables:
            tasks.extract(run, table)
            tasks.check(run, table)
        tasks.segment(run)
        tasks.cluster(run)
        tasks.credit(run)
        tasks.measure(run)
        mailing_list = tasks.plan(run)
        report = tasks.report(run)
        tasks.publish_warehouse(run, [mailing_list, report], tables)
    return Published(run.warehouse, report, mailing_list)
