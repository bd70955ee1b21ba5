"""Measure campaigns again on the warehouse of the last night."""

from pathlib import Path
from typing import Annotated

from prefect import flow
from prefect.runtime import flow_run
from pydantic import Field

from flows import artifacts, notices, tasks
from flows.page import in_words
from flows.turns import writing
from segmentation.digests.stage import digest_campaigns
from segmentation.run import Published, continue_run
from segmentation.settings import load_settings


def _run_name() -> str:
    return f"measure {flow_run.parameters['campaign_id'] or 'all campaigns'}"


@flow(name="measure-campaign", flow_run_name=_run_name, on_failure=[notices.failure], on_crashed=[notices.failure])
@in_words
def measure_campaign(
    campaign_id: str | None = None,
    margin_rate: Annotated[float, Field(ge=0, le=1)] | None = None,
    unit_cost: Annotated[float, Field(ge=0)] | None = None,
    warehouse: Path | None = None,
    reports: Path | None = None,
    settings: Path | None = None,
) -> Published:
    """Measure what a campaign brought, with the orders of the last night and other assumptions if wanted.

    Args:
        campaign_id: Campaign to measure. Empty: all that have started.
        margin_rate: Margin per money of revenue, where orders have no margin, 0 to 1.
        unit_cost: Cost of one piece, where the source has none.
        warehouse: Published warehouse. Empty: as in the settings.
        reports: Folder of the reports. Empty: as in the settings.
        settings: Settings file. Empty: mailworth.toml in the folder of the server.
    """
    assumed = {"margin_rate": margin_rate, "unit_cost": unit_cost}
    chosen = load_settings(settings, campaigns=assumed, warehouse={"path": warehouse}, reports={"path": reports})
    run = continue_run("measure-campaign", chosen)
    with writing(chosen.warehouse, run.lists, chosen.reports.path):
        tasks.credit(run)
        tasks.measure(run, campaign_id)
        tasks.compare(run)
        tasks.weigh(run)
        report = tasks.report(run)
        tasks.publish_warehouse(run)
        tasks.keep(run)
    published = Published(run.warehouse, report)
    artifacts.show(lambda: digest_campaigns(run, campaign_id))
    artifacts.show_files(published, chosen)
    return published
