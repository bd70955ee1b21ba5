"""One command for one machine: Prefect's server with its UI, every deployment, and the night on schedule."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx
from prefect.client.orchestration import get_client
from prefect.exceptions import TerminationSignal
from prefect.runner import Runner

from flows.address import USER, page_url
from flows.deployments import list_deployments
from flows.files import serving_files
from flows.upkeep import keeping_up, remove_others
from segmentation.errors import MailworthError
from segmentation.settings import ServeSettings, Settings

START_SECONDS = 600  # the first start creates Prefect's database
STOP_SECONDS = 20


def serve_deployments(settings: Settings, *, tell: Callable[[str], None]) -> None:
    """Serve until interrupted, in the environment of flows.address.

    Args:
        tell: is given the lines to show.

    Raises:
        MailworthError: the server does not start.
    """
    where, schedule = settings.serve, settings.night
    with _server(where, tell), keeping_up(settings), serving_files(settings):
        runner = Runner(pause_on_shutdown=False, limit=None)
        for deployment in list_deployments(settings):
            runner.add_deployment(deployment)
        with get_client(sync_client=True) as client:
            remove_others(client)
        tell(f"The night runs at '{schedule.cron}' ({schedule.timezone}).")
        if where.password:
            tell(f"The page asks who you are: answer {USER}: followed by the password, in one piece.")
        tell(f"Ready: {page_url(where)}/deployments   Ctrl-C stops.")
        with suppress(KeyboardInterrupt, TerminationSignal):
            asyncio.run(runner.start())


@contextmanager
def _server(where: ServeSettings, tell: Callable[[str], None]) -> Iterator[None]:
    """Prefect's server in a process of its own, which is ended with this one."""
    api = os.environ["PREFECT_API_URL"]
    if _answers(api):
        raise MailworthError(
            f"port {where.port} is taken: something answers at {api}; stop it or choose another --port"
        )
    tell("Starting Prefect's server; the first time takes a minute ...")
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", where.host, "--port", str(where.port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await_server(process, api)
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _await_server(process: "subprocess.Popen[bytes]", api: str) -> None:
    started = time.monotonic()
    while not _answers(api):
        if process.poll() is not None or time.monotonic() - started > START_SECONDS:
            raise MailworthError(f"Prefect's server did not start; see why with: {' '.join(map(str, process.args))}")  # type: ignore[arg-type]
        time.sleep(0.5)


def _answers(api: str) -> bool:
    try:
        return httpx.get(f"{api}/health", timeout=5).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
