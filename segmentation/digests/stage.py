"""Read what a run has published, and digest it."""

from segmentation.digests.night import show_campaigns, show_loads, show_segments
from segmentation.digests.pieces import Piece
from segmentation.digests.plan import show_plan, tell_plan
from segmentation.reporting.catalogue import SOURCE_LANGUAGE
from segmentation.reporting.words import Words, choose_words
from segmentation.run import Run
from segmentation.warehouse.connection import Connection, fetch, open_database


def digest_night(run: Run, plan_id: str | None) -> list[Piece]:
    """Loads, segments, verdicts on campaigns and the draft of a night."""
    words = _choose_words(run)
    with open_database(run.warehouse, run.settings.warehouse, read_only=True) as connection:
        return [
            *show_loads(fetch(connection, "report_loads"), words),
            *show_segments(fetch(connection, "report_rfm"), words),
            *show_campaigns(fetch(connection, "report_campaigns"), words),
            *(_digest_plan(connection, plan_id, words) if plan_id else ()),
        ]


def digest_campaigns(run: Run, campaign_id: str | None) -> list[Piece]:
    """Verdicts on one campaign, or on all."""
    with open_database(run.warehouse, run.settings.warehouse, read_only=True) as connection:
        return show_campaigns(fetch(connection, "report_campaigns"), _choose_words(run), campaign_id)


def digest_plan(run: Run, plan_id: str) -> list[Piece]:
    """Everything that helps to decide on a plan."""
    with open_database(run.warehouse, run.settings.warehouse, read_only=True) as connection:
        return _digest_plan(connection, plan_id, _choose_words(run))


def describe_plan(run: Run, plan_id: str) -> str:
    """The figures of a plan as Markdown."""
    with open_database(run.warehouse, run.settings.warehouse, read_only=True) as connection:
        plan = fetch(connection, "report_plan", as_of_date=run.as_of, plan_id=plan_id).row(0, named=True)
    return tell_plan(plan, _choose_words(run))


def _digest_plan(connection: Connection, plan_id: str, words: Words) -> list[Piece]:
    plan = fetch(connection, "report_plan", as_of_date=None, plan_id=plan_id).row(0, named=True)
    waterfall, power = (fetch(connection, name, plan_id=plan_id) for name in ("plan_waterfall", "plan_power"))
    return show_plan(plan, waterfall, power, words)


def _choose_words(run: Run) -> Words:
    """English, whatever the report's language, as Prefect's page around it is."""
    return choose_words(SOURCE_LANGUAGE, run.settings.reports.currency)
