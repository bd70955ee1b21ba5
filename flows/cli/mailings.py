"""Commands of marketers: plan a mailing, know what a hold-out can show, measure what mailings brought."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.validators import Number

from flows.cli.answers import say_published, show_relation
from flows.cli.app import Reports, Settings, Warehouse, app, places, working
from flows.cli.progress import tell
from flows.cli.tables import print_rows
from segmentation.settings import PolicyName


@app.command
def plan(
    *,
    budget: Annotated[float | None, Parameter(help="Money for pieces and fixed cost.")] = None,
    campaign: Annotated[str | None, Parameter(help="Campaign to plan; the next to start if left out.")] = None,
    unit_cost: Annotated[float | None, Parameter(help="Cost of one piece.")] = None,
    control_share: Annotated[float | None, Parameter(help="Share of the selected held out, 0 to 0.5.")] = None,
    without_hold_out: Annotated[
        bool | None, Parameter(help="Permit a share of 0, with which nothing can be proven.", negative="")
    ] = None,
    rest_days: Annotated[int | None, Parameter(help="Days without a contact before the in-home date.")] = None,
    policy: Annotated[PolicyName | None, Parameter(help="How customers are ranked.")] = None,
    warehouse: Warehouse = None,
    reports: Reports = None,
    settings: Settings = None,
) -> None:
    """Draft a plan under a budget: who is mailed, who is left out and why, who is held out.

    It is a dry run: no list is written. The same settings again replace the draft; others add one, to be compared by
    `mailworth plans`.

    Example: mailworth plan --budget 500 --control-share 0.2
    """
    wanted: dict[str, Any] = {
        "budget": budget,
        "campaign_id": campaign,
        "unit_cost": unit_cost,
        "control_share": control_share,
        "without_hold_out": without_hold_out,
        "rest_days": rest_days,
        "policy": policy,
    }
    with working("plan", settings, plan=wanted, **places(warehouse, reports)):
        from flows.plan_mailing import plan_mailing

        published = plan_mailing(**wanted, warehouse=warehouse, reports=reports, settings=settings)
    for relation in ("plan_waterfall", "plan_summary", "plan_offers", "plan_alternatives", "plan_constraints"):
        show_relation(published.warehouse, relation, plan_id=published.plan_id)
    say_published(published)
    tell(f"Next       mailworth approve '{published.plan_id}' --by NAME")


@app.command
def calls(
    *,
    out: Annotated[Path | None, Parameter(help="CSV file to write; beside the mailing lists if left out.")] = None,
    agent: Annotated[str | None, Parameter(help="Only the calls of this agent.")] = None,
    warehouse: Warehouse = None,
    settings: Settings = None,
) -> None:
    """Write the call list of the last night as CSV: whom each agent calls, in which order, and why.

    Example: mailworth calls --agent Anna --out calls.csv
    """
    with working("calls", settings):
        from segmentation.calls.stage import export_calls
        from segmentation.run import continue_run
        from segmentation.settings import load_settings
        from segmentation.warehouse.reading import reading

        run = continue_run("calls", load_settings(settings, warehouse={"path": warehouse}))
        file = out or run.lists / f"calls@{run.as_of}.csv"
        with reading(run.warehouse, run.settings.warehouse) as connection:
            customers = export_calls(connection, file, agent=agent)
    tell(f"Calls      {file} ({customers:,} customers)")


@app.command
def power(
    *,
    base_rate: Annotated[float | None, Parameter(help="Response rate without mailing, such as 0.02.")] = None,
    standard_deviation: Annotated[
        float | None, Parameter(help="For money in place of a rate: how much it differs between customers.")
    ] = None,
    uplift: Annotated[
        float | None, Parameter(help="What the mailing should add: 0.005 for half a point, or money.")
    ] = None,
    mailed: Annotated[
        int | None, Parameter(help="Customers to be mailed, in all cells.", validator=Number(gte=1))
    ] = None,
    control: Annotated[int | None, Parameter(help="Customers to be held out.", validator=Number(gte=1))] = None,
    control_share: Annotated[
        float | None, Parameter(help="Share held out; several are shown if left out.", validator=Number(gt=0, lt=1))
    ] = None,
    cells: Annotated[int, Parameter(help="Test cells that share the hold-out.", validator=Number(gte=1, lte=100))] = 1,
    wanted: Annotated[
        float, Parameter(name="--power", help="Probability to see the uplift.", validator=Number(gte=0.5, lt=1))
    ] = 0.8,
    warehouse: Warehouse = None,
    settings: Settings = None,
) -> None:
    """Before mailing: how many customers a test needs, and what a hold-out can show.

    With --mailed and --control: the smallest uplift they can show. With --uplift: how many customers show it. With
    neither: what the hold-out of the last plan can show, by cell. Tests are two-sided, with an error of 5 % for all
    cells together. The smallest uplift takes the spread of the base rate, as is usual; power and sizes take that of
    each arm, and so are a little more careful where few are held out.

    Example: mailworth power --base-rate 0.02 --uplift 0.005
    """
    if base_rate is None and standard_deviation is None and uplift is None and mailed is None and control is None:
        from segmentation.settings import load_settings

        path = load_settings(settings, warehouse={"path": warehouse}).warehouse.path
        show_relation(path, "plan_power", plan_id=None)
        return
    from segmentation.comparison.planning import answer_power

    asked = answer_power(
        base_rate=base_rate,
        standard_deviation=standard_deviation,
        uplift=uplift,
        mailed=mailed,
        held_out=control,
        control_share=control_share,
        cells=cells,
        power=wanted,
    )
    for rows in asked:
        print_rows(rows)


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
