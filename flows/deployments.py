"""What can be started from Prefect's page, and when by itself."""

from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows.erase_customer import erase_customer
from flows.measure_campaign import measure_campaign
from flows.night import night
from flows.plan_mailing import plan_mailing
from flows.replay_night import replay_night
from flows.settle_plan import approve_plan, export_plan, reject_plan
from segmentation.settings import NightSettings

TAG = "mailworth"  # of every deployment


def list_deployments(schedule: NightSettings) -> tuple[RunnerDeployment, ...]:
    """Every deployment, the night with its schedule."""
    return (
        _deployment(night, "night", schedule=Cron(schedule.cron, timezone=schedule.timezone)),
        _deployment(replay_night, "replay-night"),
        _deployment(plan_mailing, "plan-mailing"),
        _deployment(approve_plan, "approve-plan"),
        _deployment(reject_plan, "reject-plan"),
        _deployment(export_plan, "export-plan"),
        _deployment(measure_campaign, "measure-campaign"),
        _deployment(erase_customer, "erase-customer"),
    )


def _deployment(flow: object, name: str, **how: object) -> RunnerDeployment:
    deployment: RunnerDeployment = flow.to_deployment(  # type: ignore[attr-defined]
        name, concurrency_limit=1, entrypoint_type=EntrypointType.MODULE_PATH, tags=[TAG], **how
    )
    return deployment
