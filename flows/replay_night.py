"""Run the night of an earlier day again, with what was known then."""

import datetime as dt
from pathlib import Path

from prefect import flow

from flows import artifacts, notices, tasks
from flows.page import in_words
from flows.turns import writing
from segmentation.digests.stage import digest_night
from segmentation.run import Published, Run, start_replay
from segmentation.settings import load_settings


@flow(name="replay-night", flow_run_name="replay {as_of}", on_failure=[notices.failure], on_crashed=[notices.failure])
@in_words
def replay_night(as_of: dt.date, warehouse: Path | None = None, settings: Path | None = None) -> Published:
    """Run the night of an earlier day again, with what the warehouse knew on that day and the settings of today.

    The published warehouse, reports and lists stay as they are: the results go to a folder of their own beside it.

    Args:
        as_of: Last day whose orders count.
        warehouse: Published warehouse. Empty: as in the settings.
        settings: Settings file. Empty: mailworth.toml in the folder of the server.
    """
    chosen = load_settings(settings, warehouse={"path": warehouse})
    run = start_replay(chosen, as_of)
    with writing(run.settings.warehouse, run.lists, run.settings.reports.path):
        tasks.recall_known(run, chosen.warehouse.path)
        published = work_out(run)
        tasks.publish_warehouse(run)
    artifacts.show(lambda: digest_night(run, published.plan_id))
    artifacts.show_files(published, chosen)
    return published


def work_out(run: Run) -> Published:
    """From loaded rows to the warehouse and report that a night publishes, with a draft of the next mailing."""
    tasks.segment(run)
    tasks.cluster(run)
    tasks.value(run)
    tasks.offer(run)
    tasks.call(run)
    tasks.profile(run)
    tasks.credit(run)
    tasks.measure(run)
    tasks.compare(run)
    tasks.weigh(run)
    plan_id = tasks.plan(run)
    tasks.forecast(run)
    return Published(run.warehouse, tasks.report(run), plan_id=plan_id)
