"""Commands of marketers: plan a mailing, measure what mailings brought."""

from typing import Annotated, Any
from urllib.parse import unquote

from cyclopts import Parameter

from flows.cli.answers import say_published, show_relation
from flows.cli.app import Reports, Settings, Warehouse, app, places, working
from segmentation.settings import PolicyName


@app.command
def plan(
    *,
    budget: Annotated[float | None, Parameter(help="Money for pieces and fixed cost.")] = None,
    campaign: Annotated[str | None, Parameter(help="Campaign to plan; the next to start if left out.")] = None,
    unit_cost: Annotated[float | None, Parameter(help="Cost of one piece.")] = None,
    control_share: Annotated[float | None, Parameter(help="Share of the selected held out, 0 to 0.5.")] = None,
    rest_days: Annotated[int | None, Parameter(help="Days without a contact before the in-home date.")] = None,
    policy: Annotated[PolicyName | None, Parameter(help="How customers are ranked.")] = None,
    warehouse: Warehouse = None,
    reports: Reports = None,
    settings: Settings = None,
) -> None:
    """Plan a mailing under a budget: who is mailed, who is left out and why, who is held out.

    Example: mailworth plan --budget 500 --control-share 0.2
    """
    wanted: dict[str, Any] = {
        "budget": budget,
        "campaign_id": campaign,
        "unit_cost": unit_cost,
        "control_share": control_share,
        "rest_days": rest_days,
        "policy": policy,
    }
    with working("plan", settings, plan=wanted, **places(warehouse, reports)):
        from flows.plan_mailing import plan_mailing

        published = plan_mailing(**wanted, warehouse=warehouse, reports=reports, settings=settings)
    plan_id = unquote(published.mailing_list.stem) if published.mailing_list else None
    show_relation(published.warehouse, "plan_waterfall", plan_id=plan_id)
    show_relation(published.warehouse, "plan_summary", plan_id=plan_id)
    say_published(published)


@app.command
def measure(
    campaign: Annotated[str | None, Parameter(help="Campaign to measure; all that have started if left out.")] = None,
    *,
    margin_rate: Annotated[float | None, Parameter(help="Margin per money of revenue, 0 to 1.")] = None,
    unit_cost: Annotated[float | None, Parameter(help="Cost of one piece where the source has none.")] = None,
    warehouse: Warehouse = None,
    reports: Reports = None,
    settings: Settings = None,
) -> None:
    """Measure what campaigns brought, with the orders of the last night.

    Example: mailworth measure 18 --margin-rate 0.3
    """
    assumed = {"margin_rate": margin_rate, "unit_cost": unit_cost}
    with working("measure", settings, campaigns=assumed, **places(warehouse, reports)):
        from flows.measure_campaign import measure_campaign

        published = measure_campaign(
            campaign_id=campaign, **assumed, warehouse=warehouse, reports=reports, settings=settings
        )
    show_relation(published.warehouse, "campaign_results", campaign_id=campaign)
    say_published(published)
