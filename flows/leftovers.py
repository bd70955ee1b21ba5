"""Runs that ended with an earlier `mailworth serve`: they are told from those that run."""

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterTags,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Crashed

from flows.deployments import TAG

UNDER_WAY = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING, StateType.PAUSED]


def end_leftovers(client: SyncPrefectClient, why: str) -> list[FlowRun]:
    """Mark what is under way by the server's record as crashed; only where none of it can be.

    Runs that are suspended, so that they have no process, and those of a work pool are left as they are.

    Returns:
        The runs, in the order in which they were to start.
    """
    under_way = client.read_flow_runs(
        deployment_filter=DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG])),
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=UNDER_WAY))),
        limit=200,
    )
    left = [run for run in under_way if run.work_queue_id is None and not _is_suspended(run)]
    for run in left:
        client.set_flow_run_state(run.id, Crashed(message=why))
    return sorted(left, key=lambda run: (str(run.expected_start_time), run.id))


def _is_suspended(run: FlowRun) -> bool:
    return bool(run.state and run.state.state_details.pause_reschedule)
