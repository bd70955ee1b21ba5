"""Plan a mailing on the warehouse of the last night."""

from pathlib import Path
from typing import Annotated

from prefect import flow
from pydantic import Field

from flows import notices, tasks
from flows.turns import writing
from segmentation.approval.life import refuse_old_data
from segmentation.run import Published, continue_run
from segmentation.settings import PolicyName, load_settings


@flow(name="plan-mailing", flow_run_name="plan a mailing", on_failure=[notices.failure], on_crashed=[notices.failure])
def plan_mailing(
    budget: Annotated[float, Field(ge=0)] | None = None,
    campaign_id: str | None = None,
    unit_cost: Annotated[float, Field(gt=0)] | None = None,
    control_share: Annotated[float, Field(ge=0, le=0.5)] | None = None,
    without_hold_out: bool | None = None,
    rest_days: Annotated[int, Field(ge=0, le=730)] | None = None,
    policy: PolicyName | None = None,
    warehouse: Path | None = None,
    reports: Path | None = None,
    settings: Path | None = None,
) -> Published:
    """Draft a plan of a mailing: a dry run that writes no list. What is left empty is taken from the settings.

    Args:
        budget: Money for pieces and fixed cost.
        campaign_id: Campaign to plan. Empty: the next to start, or a new one.
        unit_cost: Cost of one piece, where the campaign has none of its own.
        control_share: Share of the selected customers that is held out, 0 to 0.5.
        without_hold_out: Permits a share of 0, with which nothing can be proven.
        rest_days: Days without a contact before the in-home date.
        policy: profit: largest expected profit first, where hold-outs prove it. response: likeliest to respond first.
            rfm: best recency, frequency and spend first.
        warehouse: Published warehouse. Empty: as in the settings.
        reports: Folder of the reports. Empty: as in the settings.
        settings: Settings file. Empty: mailworth.toml in the folder of the server.
    """
    wanted = {
        "budget": budget,
        "campaign_id": campaign_id,
        "unit_cost": unit_cost,
        "control_share": control_share,
        "without_hold_out": without_hold_out,
        "rest_days": rest_days,
        "policy": policy,
    }
    chosen = load_settings(settings, plan=wanted, warehouse={"path": warehouse}, reports={"path": reports})
    run = continue_run("plan-mailing", chosen)
    refuse_old_data(run.as_of, run.today, chosen.plan)
    with writing(chosen.warehouse, run.lists, chosen.reports.path):
        plan_id = tasks.plan(run)
        tasks.check_power(run, plan_id)
        report = tasks.report(run)
        tasks.publish_warehouse(run)
        tasks.keep(run)
    return Published(run.warehouse, report, plan_id=plan_id)
