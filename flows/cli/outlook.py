"""What a server that is running knows: when the next night is due, what failed last, what waits for somebody."""

import datetime as dt
import os
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from segmentation.settings import Settings

PATIENCE = 5  # seconds
PREFIX = "Flow run encountered an exception: "

NEXT_NIGHT = {
    "deployments": {"name": {"any_": ["night"]}},
    "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
    "sort": "EXPECTED_START_TIME_ASC",
    "limit": 1,
}
LAST_FAILURE = {
    "flow_runs": {"state": {"type": {"any_": ["FAILED", "CRASHED"]}}},
    "sort": "END_TIME_DESC",
    "limit": 1,
}
WAITING = {"flow_runs": {"state": {"type": {"any_": ["PAUSED"]}}}, "sort": "START_TIME_ASC"}


def list_outlook(settings: Settings) -> Iterator[str]:
    """Lines to show; one that says so where no server answers. Prefect is not imported for it."""
    import httpx

    from flows.address import USER, page_url

    page, password = page_url(settings.serve), settings.serve.password
    api = os.environ.get("PREFECT_API_URL", f"{page}/api")
    auth = (USER, password.get_secret_value()) if password else None
    try:
        with httpx.Client(base_url=api, auth=auth, timeout=PATIENCE) as client:
            following, failed, waiting = (_ask(client, what) for what in (NEXT_NIGHT, LAST_FAILURE, WAITING))
    except (httpx.HTTPError, ValueError) as error:
        yield f"Next night    none: no server answers at {page} ({type(error).__name__}); start `mailworth serve`"
        return
    zone = ZoneInfo(settings.night.timezone)
    for run in following:
        yield f"Next night    {_local(run['expected_start_time'], zone)}"
    for run in failed:
        why = (run["state"]["message"] or "").removeprefix(PREFIX)
        yield f"Last failure  {_local(run['end_time'], zone)}  {run['name']}: {why}"
    for run in waiting:
        yield f"Waiting       {_local(run['start_time'], zone)}  {run['name']}  {page}/runs/flow-run/{run['id']}"


def _ask(client: Any, what: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.post("/flow_runs/filter", json=what)
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()
    return found


def _local(moment: str | None, zone: ZoneInfo) -> str:
    return f"{dt.datetime.fromisoformat(moment).astimezone(zone):%Y-%m-%d %H:%M}" if moment else "(not known)     "
