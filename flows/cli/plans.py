"""Commands on plans: list and compare them, approve, reject, export; and what a key code is."""

from typing import Annotated

from cyclopts import Parameter

from flows.cli.answers import say_published, show_relation
from flows.cli.app import Reports, Settings, Warehouse, app, places, working
from flows.cli.progress import tell
from flows.cli.tables import print_rows

PlanId = Annotated[str, Parameter(help="Plan; `mailworth plans` lists them.")]
MOST_COMPARED = 10


@app.command
def plans(*plan: PlanId, warehouse: Warehouse = None, settings: Settings = None) -> None:
    """List the plans of the last day and those that are approved or exported, or the ones named, side by side.

    Where there are 2 to 10, the customers they have in common are counted, too.

    Example: mailworth plans
    """
    from segmentation.settings import load_settings
    from segmentation.warehouse.connection import fetch
    from segmentation.warehouse.reading import reading

    path = load_settings(settings, warehouse={"path": warehouse}).warehouse.path
    with reading(path) as connection:
        listed = fetch(connection, "plan_list", plan_ids=list(plan))
        print_rows(listed)
        if 2 <= listed.height <= MOST_COMPARED:
            print_rows(fetch(connection, "plan_overlap", plan_ids=listed["plan_id"].to_list()))


@app.command
def approve(
    plan: PlanId,
    *,
    by: Annotated[str, Parameter(help="Who approves.")],
    warehouse: Warehouse = None,
    reports: Reports = None,
    settings: Settings = None,
) -> None:
    """Approve a draft; it can be exported then, and no later plan replaces it.

    Example: mailworth approve 'mailing-2018-01-14@2017-12-31' --by Anna
    """
    with working("approve", settings, **places(warehouse, reports)):
        from flows.settle_plan import approve_plan

        published = approve_plan(plan, by, warehouse=warehouse, reports=reports, settings=settings)
    say_published(published)
    tell(f"Next       mailworth export '{plan}'")


@app.command
def reject(
    plan: PlanId,
    *,
    by: Annotated[str, Parameter(help="Who rejects.")],
    why: Annotated[str, Parameter(help="Why, in a few words.")],
    warehouse: Warehouse = None,
    reports: Reports = None,
    settings: Settings = None,
) -> None:
    """Reject a draft or an approved plan that is not exported.

    Example: mailworth reject 'mailing-2018-01-14@2017-12-31' --by Anna --why "budget is cut"
    """
    with working("reject", settings, **places(warehouse, reports)):
        from flows.settle_plan import reject_plan

        published = reject_plan(plan, by, why, warehouse=warehouse, reports=reports, settings=settings)
    say_published(published)


@app.command
def export(
    plan: PlanId,
    *,
    warehouse: Warehouse = None,
    reports: Reports = None,
    settings: Settings = None,
) -> None:
    """Write the mailing list of an approved plan; again, the same list.

    Example: mailworth export 'mailing-2018-01-14@2017-12-31'
    """
    with working("export", settings, **places(warehouse, reports)):
        from flows.settle_plan import export_plan

        published = export_plan(plan, warehouse=warehouse, reports=reports, settings=settings)
    say_published(published)


@app.command
def keycode(
    code: Annotated[str, Parameter(help="Key code as a customer quotes it.")],
    *,
    warehouse: Warehouse = None,
    settings: Settings = None,
) -> None:
    """Tell whose key code it is; a misread one is told by its check character, with the codes it may have been.

    Example: mailworth keycode K7QMRAX
    """
    from segmentation.settings import load_settings
    from segmentation.targeting.keycodes import describe_check, plain_keycode

    path = load_settings(settings, warehouse={"path": warehouse}).warehouse.path
    show_relation(path, "keycode_candidates", keycode=code)
    tell(f"Check      {describe_check(plain_keycode(code))}")
