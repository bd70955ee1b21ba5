"""Read what a run has published, and digest it."""

from segmentation.digests.night import show_campaigns, show_loads, show_segments
from segmentation.digests.pieces import Piece
from segmentation.digests.plan import show_plan, tell_plan
from segmentation.run import Run
from segmentation.warehouse.connection import Connection, fetch, open_database


def digest_night(run: Run, plan_id: str | None) -> list[Piece]:
    """Loads, segments, verdicts on campaigns and the draft of a night."""
    currency = run.settings.reports.currency
    with open_database(run.warehouse, run.settings.warehouse, read_only=True) as connection:
        return [
            *show_loads(fetch(connection, "report_loads")),
            *show_segments(fetch(connection, "report_rfm"), currency),
            *show_campaigns(fetch(connection, "report_campaigns"), currency),
            *(_digest_plan(connection, plan_id, currency) if plan_id else ()),
        ]


def digest_campaigns(run: Run, campaign_id: str | None) -> list[Piece]:
    """Verdicts on one campaign, or on all."""
    with open_database(run.warehouse, run.settings.warehouse, read_only=True) as connection:
        return show_campaigns(fetch(connection, "report_campaigns"), run.settings.reports.currency, campaign_id)


def digest_plan(run: Run, plan_id: str) -> list[Piece]:
    """Everything that helps to decide on a plan."""
    with open_database(run.warehouse, run.settings.warehouse, read_only=True) as connection:
        return _digest_plan(connection, plan_id, run.settings.reports.currency)


def describe_plan(run: Run, plan_id: str) -> str:
    """The figures of a plan as Markdown."""
    with open_database(run.warehouse, run.settings.warehouse, read_only=True) as connection:
        plan = fetch(connection, "report_plan", as_of_date=run.as_of, plan_id=plan_id).row(0, named=True)
    return tell_plan(plan, run.settings.reports.currency)


def _digest_plan(connection: Connection, plan_id: str, currency: str) -> list[Piece]:
    plan = fetch(connection, "report_plan", as_of_date=None, plan_id=plan_id).row(0, named=True)
    waterfall, power = (fetch(connection, name, plan_id=plan_id) for name in ("plan_waterfall", "plan_power"))
    return show_plan(plan, waterfall, power, currency)
