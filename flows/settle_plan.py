"""What becomes of a draft: it is approved or rejected, and an approved one is exported. Each is a run of its own."""

from pathlib import Path
from typing import Annotated

from prefect import flow
from pydantic import Field

from flows import notices, tasks
from flows.turns import writing
from segmentation.run import Published, continue_run
from segmentation.settings import load_settings

Name = Annotated[str, Field(min_length=1, pattern=r"\S")]


@flow(
    name="approve-plan", flow_run_name="approve {plan_id}", on_failure=[notices.failure], on_crashed=[notices.failure]
)
def approve_plan(
    plan_id: Name,
    approved_by: Name,
    warehouse: Path | None = None,
    reports: Path | None = None,
    settings: Path | None = None,
) -> Published:
    """Approve a draft. It can be exported then, and no later plan replaces it.

    Args:
        plan_id: Plan to approve, as in targeting.plans.
        approved_by: Who approves.
        warehouse: Published warehouse. Empty: as in the settings.
        reports: Folder of the reports. Empty: as in the settings.
        settings: Settings file. Empty: mailworth.toml in the folder of the server.
    """
    chosen = load_settings(settings, warehouse={"path": warehouse}, reports={"path": reports})
    run = continue_run("approve-plan", chosen, triggered_by=approved_by.strip())
    with writing(chosen.warehouse, chosen.reports.path):
        tasks.approve(run, plan_id)
        report = tasks.report(run)
        tasks.publish_warehouse(run)
        tasks.keep(run)
    return Published(run.warehouse, report, plan_id=plan_id)


@flow(name="reject-plan", flow_run_name="reject {plan_id}", on_failure=[notices.failure], on_crashed=[notices.failure])
def reject_plan(
    plan_id: Name,
    rejected_by: Name,
    why: Name,
    warehouse: Path | None = None,
    reports: Path | None = None,
    settings: Path | None = None,
) -> Published:
    """Reject a draft or an approved plan that is not exported.

    Args:
        plan_id: Plan to reject, as in targeting.plans.
        rejected_by: Who rejects.
        why: In a few words.
        warehouse: Published warehouse. Empty: as in the settings.
        reports: Folder of the reports. Empty: as in the settings.
        settings: Settings file. Empty: mailworth.toml in the folder of the server.
    """
    chosen = load_settings(settings, warehouse={"path": warehouse}, reports={"path": reports})
    run = continue_run("reject-plan", chosen, triggered_by=rejected_by.strip())
    with writing(chosen.warehouse, chosen.reports.path):
        tasks.reject(run, plan_id, why)
        report = tasks.report(run)
        tasks.publish_warehouse(run)
        tasks.keep(run)
    return Published(run.warehouse, report, plan_id=plan_id)


@flow(name="export-plan", flow_run_name="export {plan_id}", on_failure=[notices.failure], on_crashed=[notices.failure])
def export_plan(
    plan_id: Name,
    warehouse: Path | None = None,
    reports: Path | None = None,
    settings: Path | None = None,
) -> Published:
    """Write the files of an approved plan for the mail house. Nothing is sent. Exporting again writes the same files.

    Args:
        plan_id: Plan to export, as in targeting.plans.
        warehouse: Published warehouse. Empty: as in the settings.
        reports: Folder of the reports. Empty: as in the settings.
        settings: Settings file. Empty: mailworth.toml in the folder of the server.
    """
    chosen = load_settings(settings, warehouse={"path": warehouse}, reports={"path": reports})
    run = continue_run("export-plan", chosen)
    with writing(chosen.warehouse, run.lists, chosen.reports.path):
        lists = tasks.export(run, plan_id)
        report = tasks.report(run)
        tasks.publish_warehouse(run, lists)
        tasks.keep(run)
    return Published(run.warehouse, report, lists, plan_id)
