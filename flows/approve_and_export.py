"""Show a plan on Prefect's page, ask for approval, and do what was answered."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal

from prefect import flow
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from prefect.input.actions import create_flow_run_input, read_flow_run_input
from pydantic import ConfigDict, Field

from flows import artifacts, notices, tasks
from flows.page import DOT, in_words, rename_run
from flows.turns import writing
from segmentation.approval.life import Decision
from segmentation.digests.stage import describe_plan, digest_plan
from segmentation.run import Published, Run, continue_run
from segmentation.settings import Settings, load_settings

SEEN = "plan-as-shown"  # input of the run that holds what was shown
GRACE = 600  # seconds after the deadline in which flows.upkeep ends the run in words, before Prefect does in its own
Text = Annotated[str, Field(min_length=1, pattern=r"\S")]


class Answer(RunInput):
    """What the page asks while the run waits."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "if": {"properties": {"decision": {"const": "reject"}}, "required": ["decision"]},
            "then": {"required": ["why"], "properties": {"why": {"minLength": 1}}},
        },
    )

    decision: Literal["approve", "reject"] = Field(
        title="Your decision",
        description="approve: the plan may go out, and no later plan replaces it. reject: it will not go out.",
    )
    name: Text = Field(title="Your name", description="It is kept with the plan, so that others know whom to ask.")
    export: bool = Field(
        True,
        title="Write the files for the mail house now",
        description="If you approve. Nothing is sent. Not yet? Start approve-and-export for this plan again later.",
    )
    why: str = Field("", title="Why, if you reject", description="In a few words; needed to reject.")


@flow(
    name="approve-and-export",
    flow_run_name="approve {plan_id}",
    on_failure=[notices.failure],
    on_crashed=[notices.failure],
)
@in_words
def approve_and_export(
    plan_id: Text,
    warehouse: Path | None = None,
    reports: Path | None = None,
    settings: Path | None = None,
) -> Published:
    """Show a plan, wait for somebody to approve or reject it on the page, and export it if that is wanted.

    While it waits no process runs and nothing is held: the run is suspended, and started anew once it is answered. What
    was shown is kept with the run, so that nobody decides on a plan that has changed since.

    Args:
        plan_id: Plan to decide on, a draft or an approved one.
        warehouse: Published warehouse. Empty: as in the settings.
        reports: Folder of the reports. Empty: as in the settings.
        settings: Settings file. Empty: mailworth.toml in the folder of the server.
    """
    chosen = load_settings(settings, warehouse={"path": warehouse}, reports={"path": reports})
    seen: Any = read_flow_run_input(SEEN)
    told = ""
    if seen is None:
        looking = continue_run("approve-and-export", chosen)
        shown = tasks.look_at_plan(looking, plan_id)
        artifacts.show(lambda: digest_plan(looking, plan_id))
        told = describe_plan(looking, plan_id)
        seen = {"status": shown["status"], "created_at": shown["created_at"].isoformat()}
        create_flow_run_input(SEEN, seen)
    answer = _ask(chosen, told)  # the run ends here until somebody has answered
    decision = Decision(
        seen | {"created_at": dt.datetime.fromisoformat(seen["created_at"])},
        is_rejected=answer.decision == "reject",
        why=answer.why,
        export=answer.export,
    )
    run = continue_run("approve-and-export", chosen, triggered_by=answer.name.strip())
    return _settle(run, plan_id, decision)


def _ask(chosen: Settings, told: str) -> Answer:
    """The answer; where there is none yet, the run ends here and is started again with it."""
    hours = chosen.plan.approval_hours
    waits = (
        f"Waterfall, power and picture are artifacts of the run. Without an answer in {hours:g} hours nothing changes."
    )
    asked: Any = Answer.with_initial_data(description=f"{told}\n\n{waits}")
    answer: Answer = suspend_flow_run(wait_for_input=asked, timeout=round(hours * 3600) + GRACE)
    return answer


def _settle(run: Run, plan_id: str, decision: Decision) -> Published:
    with writing(run.settings.warehouse, run.lists, run.settings.reports.path):
        lists = tasks.settle(run, plan_id, decision)
        report = tasks.report(run)
        tasks.publish_warehouse(run, lists)
        tasks.keep(run)
    done = "rejected" if decision.is_rejected else "exported" if lists else "approved"
    rename_run(f"approve {plan_id} {DOT} {done}")
    published = Published(run.warehouse, report, lists, plan_id)
    artifacts.show_files(published, run.settings)
    return published
