"""Plan a mailing on the warehouse of the last night."""

import datetime as dt
from pathlib import Path
from typing import Annotated

from prefect import flow
from prefect.runtime import flow_run
from pydantic import Field

from flows import artifacts, notices, tasks
from flows.page import DOT, in_words, rename_run
from flows.turns import writing
from segmentation.approval.life import refuse_old_data
from segmentation.digests.stage import digest_plan
from segmentation.run import Published, continue_run
from segmentation.settings import ChannelName, PolicyName, load_settings
from segmentation.targeting.plan import name_campaign

MOST_MONEY = 1e12


def _run_name() -> str:
    given = flow_run.parameters
    campaign = given["campaign_id"] or given["new_campaign"] or "next campaign"
    return f"plan {campaign}" if given["budget"] is None else f"plan {campaign} {DOT} {given['budget']:,.0f}"


@flow(name="plan-mailing", flow_run_name=_run_name, on_failure=[notices.failure], on_crashed=[notices.failure])
@in_words
def plan_mailing(
    campaign_id: str | None = None,
    new_campaign: str | None = None,
    starts_on: dt.date | None = None,
    channel: ChannelName | None = None,
    budget: Annotated[float, Field(ge=0, le=MOST_MONEY)] | None = None,
    control_share: Annotated[float, Field(ge=0, le=0.5)] | None = None,
    without_hold_out: bool | None = None,
    segments: list[str] | None = None,
    offers: list[str] | None = None,
    rest_days: Annotated[int, Field(ge=0, le=730)] | None = None,
    unit_cost: Annotated[float, Field(gt=0, le=MOST_MONEY)] | None = None,
    policy: PolicyName | None = None,
    warehouse: Path | None = None,
    reports: Path | None = None,
    settings: Path | None = None,
) -> Published:
    """Draft a plan of a mailing: a dry run that writes no list. What is left empty is taken from the settings.

    Args:
        campaign_id: Campaign to plan. Empty: the next to start, or a new one.
        new_campaign: Name of a campaign that no table has, in place of campaign_id.
        starts_on: In-home date of a new campaign.
        channel: Channel of a campaign that has none of its own.
        budget: Money for pieces and fixed cost.
        control_share: Share of the selected customers that is held out, 0 to 0.5.
        without_hold_out: Permits a share of 0, with which nothing can be proven.
        segments: Segments that may be mailed. Empty: all of them.
        offers: Offers of the settings that compete. Empty: all of them.
        rest_days: Days without a contact before the in-home date.
        unit_cost: Cost of one piece, where the campaign has none of its own.
        policy: profit: largest expected profit first, where hold-outs prove it. response: likeliest to respond first.
            rfm: best recency, frequency and spend first.
        warehouse: Published warehouse. Empty: as in the settings.
        reports: Folder of the reports. Empty: as in the settings.
        settings: Settings file. Empty: mailworth.toml in the folder of the server.
    """
    wanted = {
        "campaign_id": name_campaign(campaign_id, new_campaign),
        "starts_on": starts_on,
        "channel": channel,
        "budget": budget,
        "control_share": control_share,
        "without_hold_out": without_hold_out,
        "only_segments": segments,
        "only_offers": offers,
        "rest_days": rest_days,
        "unit_cost": unit_cost,
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
    rename_run(f"plan {plan_id} {DOT} {chosen.plan.budget:,.0f} {DOT} draft")
    published = Published(run.warehouse, report, plan_id=plan_id)
    artifacts.show(lambda: digest_plan(run, plan_id))
    artifacts.show_files(published, chosen)
    return published
