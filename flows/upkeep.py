"""While the server runs: forms follow what is published, and approvals that nobody gave end."""

import datetime as dt
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    DeploymentFilterTags,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import PrefectHTTPStatusError
from prefect.states import Cancelled

from flows.approve_and_export import GRACE
from flows.deployments import TAG, build_schema
from flows.forms import FORMS
from segmentation.approval.life import APPROVE_ON_PAGE
from segmentation.choices import read_choices
from segmentation.errors import MailworthError
from segmentation.settings import FILE_VARIABLE, Settings, load_settings

EVERY = 1.0  # seconds between looks
LOOKS_AT_APPROVALS = 10  # every so many looks
NOT_DECIDED = "Not decided"

log = logging.getLogger(__name__)


@contextmanager
def keeping_up(settings: Settings) -> Iterator[None]:
    """Keep the page up to date in a thread of its own."""
    stop = threading.Event()
    thread = threading.Thread(target=_keep_up, args=(settings, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(EVERY)


def _keep_up(settings: Settings, stop: threading.Event) -> None:
    seen, looks = _fingerprint(settings), 0
    while not stop.wait(EVERY):
        looks += 1
        try:
            with get_client(sync_client=True) as client:
                if (now := _fingerprint(settings)) != seen:
                    refresh_forms(client)
                    seen = now
                if looks % LOOKS_AT_APPROVALS == 0:
                    end_undecided(client, dt.datetime.now(dt.UTC))
        except (MailworthError, PrefectHTTPStatusError, httpx.HTTPError) as error:
            log.warning("the page is not up to date, and is tried again: %s", error)


def _fingerprint(settings: Settings) -> tuple[object, ...]:
    """Changes when another warehouse is published or the settings file is written."""
    files = (settings.warehouse.path, os.environ.get(FILE_VARIABLE))
    return tuple((os.stat(file).st_ino, os.stat(file).st_mtime_ns) for file in files if file and os.path.exists(file))


def refresh_forms(client: SyncPrefectClient) -> None:
    """Let every form offer what there is to choose from now.

    Raises:
        SettingsError: the settings file is wrong.
        WarehouseError: the warehouse cannot be read.
    """
    settings = load_settings()
    choices = read_choices(settings)
    served = {found.name: found for found in client.read_deployments(deployment_filter=_ours())}
    for form in FORMS:
        if form.name in served:
            schema: Any = build_schema(form, settings, choices).model_dump(exclude_unset=True)
            client.update_deployment(served[form.name].id, DeploymentUpdate(parameter_openapi_schema=schema))


def remove_others(client: SyncPrefectClient) -> None:
    """Take deployments off the page that an earlier version of Mailworth has left."""
    names = {form.name for form in FORMS}
    for found in client.read_deployments(deployment_filter=_ours()):
        if found.name not in names:
            client.delete_deployment(found.id)


def end_undecided(client: SyncPrefectClient, now: dt.datetime) -> None:
    """End runs that have waited for an answer as long as the settings say."""
    waiting = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.PAUSED]))),
        deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=[APPROVE_ON_PAGE])),
    )
    for run in waiting:
        if (deadline := _deadline(run)) is not None and deadline <= now:
            told = (
                f"nobody decided on {run.parameters['plan_id']} by {deadline.astimezone():%Y-%m-%d %H:%M}; nothing is "
                f"changed, the plan is as it was; start {APPROVE_ON_PAGE} again to decide"
            )
            client.set_flow_run_state(run.id, Cancelled(name=NOT_DECIDED, message=told), force=True)


def _deadline(run: FlowRun) -> dt.datetime | None:
    timeout = run.state.state_details.pause_timeout if run.state else None
    return None if timeout is None else timeout - dt.timedelta(seconds=GRACE)


def _ours() -> DeploymentFilter:
    return DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
