"""Hooks of flows: people are told when a run fails, and what a night found. A notice never changes how a run ends."""

from typing import Any
from uuid import UUID

from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import FailedRun
from prefect.logging.loggers import flow_run_logger
from prefect.settings import PREFECT_API_URL

from flows.late import SKIPPED
from segmentation.errors import MailworthError
from segmentation.notices.notice import FAULT, tell_failure
from segmentation.notices.stage import tell_of_failure, tell_of_night
from segmentation.settings import Settings, load_settings

CUT_OFF = "It was cut off: its process was killed, memory ran out, or the machine went down."
WITHHELD = "Why is told in its log only, as it may name a person."


def failure(flow: Any, flow_run: FlowRun, state: State[Any]) -> None:
    """Hook of a run that has failed or crashed."""
    try:
        settings = _settings_of(flow_run)
        notice = tell_failure(flow_run.name, _why(flow.name, state), link_to(flow_run.id, settings))
        tell_of_failure(notice, settings, of_night=flow.name == "night")
    except MailworthError as error:
        flow_run_logger(flow_run, flow).warning("notice not sent: %s", error)


def finished(flow: Any, flow_run: FlowRun, state: State[Any]) -> None:
    """Hook of a night that has finished; one that was skipped has found nothing."""
    if state.name == SKIPPED:
        return
    try:
        settings = _settings_of(flow_run)
        tell_of_night(settings, flow_run.name, link_to(flow_run.id, settings))
    except MailworthError as error:
        flow_run_logger(flow_run, flow).warning("notice not sent: %s", error)


def tell_cut_off(run: FlowRun, settings: Settings) -> None:
    """Tell of a run whose process could not do so any more."""
    notice = tell_failure(run.name, CUT_OFF, link_to(run.id, settings))
    tell_of_failure(notice, settings, of_night=run.name.startswith("night "))


def link_to(run_id: UUID | str, settings: Settings) -> str | None:
    """The run on Prefect's page; None without a server."""
    api = PREFECT_API_URL.value()
    return f"{(settings.notices.page or api.removesuffix('/api')).rstrip('/')}/runs/flow-run/{run_id}" if api else None


def _settings_of(run: FlowRun) -> Settings:
    given = run.parameters
    return load_settings(given.get("settings"), warehouse={"path": given.get("warehouse")})


def _why(flow: str, state: State[Any]) -> str:
    """The one line that says what is wrong; only of errors written for users, as others may show a row.

    A run of the page has it as the message of a state without an exception; see flows.page.
    """
    if state.is_crashed():
        return CUT_OFF
    error = state.result(raise_on_failure=False)
    if not isinstance(error, MailworthError | FailedRun):
        return f"It is {FAULT}."
    return WITHHELD if flow == "erase-customer" else str(error)
