"""Late nights: one is caught up, the others are skipped and say why."""

import datetime as dt
from zoneinfo import ZoneInfo

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
)
from prefect.client.schemas.objects import FlowRun, State
from prefect.client.schemas.sorting import FlowRunSort
from prefect.context import FlowRunContext
from prefect.states import Completed

from flows.schedule import last_due
from segmentation.nights import MOST_TRIES, Try, is_missing, last_published
from segmentation.settings import Settings

NIGHT = "night/night"
SKIPPED = "Skipped"  # name of the state of a late night that is not run


def superseded(settings: Settings) -> State[None] | None:
    """For a night on schedule: the state to end in if a later one does its work or has done it; None if it is to run.

    A later night reads the same source on a later day, so the earlier one would add nothing to it.
    """
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    if run is None or not run.auto_scheduled or run.expected_start_time is None:
        return None
    published = last_published(settings)
    if published and published.started_at >= run.expected_start_time:
        return _skipped(f"{published.run_id} was published since it was due")
    with get_client(sync_client=True) as client:
        since = runs_since(client, run.deployment_id, run.expected_start_time)
    later = [other for other in since if other.id != run.id and not _is_cancelled(other)]
    if later and later[-1].expected_start_time:
        due = later[-1].expected_start_time.astimezone(ZoneInfo(settings.night.timezone))
        return _skipped(f"superseded by the night of {due:%Y-%m-%d %H:%M}")
    return None


def night_cut_off(client: SyncPrefectClient, settings: Settings) -> FlowRun | None:
    """The last night that has begun, if it was cut off and nothing was published since."""
    begun = [run for run in _recent_runs(client, settings) if run.start_time or _is_crashed(run)]
    if not begun or not _is_crashed(begun[-1]):
        return None
    last, published = begun[-1], last_published(settings)
    began = last.start_time or last.expected_start_time
    return None if published and began and published.started_at > began else last


def catch_up(client: SyncPrefectClient, settings: Settings) -> str | None:
    """Start the night that was cut off, with what it was given, or that was missed.

    Returns:
        What is done, in words; None where nothing is missing.
    """
    cut_off = night_cut_off(client, settings)
    if cut_off is None:
        return start_missed(client, settings)
    if sum(_is_crashed(run) for run in _recent_runs(client, settings)) >= MOST_TRIES:
        return f"The night was cut off {MOST_TRIES} times: it is not tried again; start it by hand."
    deployment = client.read_deployment_by_name(NIGHT)
    client.create_flow_run_from_deployment(deployment.id, parameters=cut_off.parameters)
    return f"{cut_off.name} was cut off and is run again."


def start_missed(client: SyncPrefectClient, settings: Settings) -> str | None:
    """Start the night that was due while no server ran; what is done, in words, or None where none is missing."""
    recent = _recent_runs(client, settings)
    due = last_due(settings.night, dt.datetime.now(dt.UTC))
    tries = [Try(run.expected_start_time, _is_crashed(run)) for run in recent if run.expected_start_time]
    if due is None or not is_missing(due, last_published(settings), tries):
        return None
    client.create_flow_run_from_deployment(client.read_deployment_by_name(NIGHT).id)
    return f"The night of {due.astimezone(ZoneInfo(settings.night.timezone)):%Y-%m-%d %H:%M} was missed and is run now."


def _recent_runs(client: SyncPrefectClient, settings: Settings) -> list[FlowRun]:
    """Runs of the night since it was last due, and of a day at least."""
    now = dt.datetime.now(dt.UTC)
    since = min(last_due(settings.night, now) or now, now - dt.timedelta(days=1))
    return runs_since(client, client.read_deployment_by_name(NIGHT).id, since)


def runs_since(client: SyncPrefectClient, deployment: object, start: dt.datetime) -> list[FlowRun]:
    """Runs of the night that were to start between `start` and now, in order."""
    return client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment])),
        flow_run_filter=FlowRunFilter(
            expected_start_time=FlowRunFilterExpectedStartTime(after_=start, before_=dt.datetime.now(dt.UTC))
        ),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=200,
    )


def _skipped(why: str) -> State[None]:
    return Completed(name=SKIPPED, message=why)


def _is_cancelled(run: FlowRun) -> bool:
    return bool(run.state and run.state.is_cancelled())


def _is_crashed(run: FlowRun) -> bool:
    return bool(run.state and run.state.is_crashed())
