"""How a run looks on Prefect's page: what went wrong in one line, and a name that tells."""

import functools
import logging
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from prefect.client.orchestration import get_client
from prefect.runtime import deployment, flow_run
from prefect.states import Failed

from segmentation.errors import MailworthError

DOT = "\N{MIDDLE DOT}"  # between the parts of a run's name
P = ParamSpec("P")
R = TypeVar("R")


def from_page() -> bool:
    """Whether this run was started by its deployment: from the page, by the schedule or through the API.

    A run within another run is not.
    """
    return deployment.id is not None and flow_run.parent_flow_run_id is None


def in_words(work: Callable[P, R]) -> Callable[P, R]:
    """End a run of the page that the user can put right with one line as the message of its state, no traceback.

    Elsewhere the error is raised as it is.
    """

    @functools.wraps(work)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return work(*args, **kwargs)
        except MailworthError as error:
            if not from_page():
                raise
            failed: Any = Failed(message=str(error))
            return failed  # type: ignore[no-any-return]  # Prefect takes a state for the end of the run

    return told


def rename_run(name: str) -> None:
    """Give the run of the page the name that tells what came out."""
    if from_page():
        with get_client(sync_client=True) as client:
            client.update_flow_run(flow_run.id, name=name)


class _OneLine(logging.Filter):
    """Takes the traceback off an error that the user can put right."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], MailworthError):
            record.exc_info, record.exc_text = None, None
        return True


for _name in ("prefect.flow_runs", "prefect.task_runs"):
    logging.getLogger(_name).addFilter(_OneLine())
