"""One command for one machine: Prefect's server with its UI, every deployment, and the night on schedule."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from prefect.client.orchestration import get_client
from prefect.runner import Runner

from flows.address import USER, page_url
from flows.deployments import list_deployments
from flows.files import serving_files
from flows.following import SERVED_BY
from flows.late import catch_up, night_cut_off, start_missed
from flows.leftovers import end_leftovers
from flows.notices import tell_cut_off
from flows.turns import free_turn
from flows.upkeep import keeping_up, remove_others
from segmentation.errors import MailworthError
from segmentation.settings import ServeSettings, Settings

START_SECONDS = 600  # the first start creates Prefect's database
STOP_SECONDS = 20
LOOK_AGAIN_SECONDS = 180

CUT_OFF = "`mailworth serve` ended while it ran, and it with it; what was published before stays as it was"
STOPPED = "`mailworth serve` was stopped while it ran, and it with it; what was published before stays as it was"


def serve_deployments(settings: Settings, *, tell: Callable[[str], None]) -> None:
    """Serve until interrupted, in the environment of flows.address.

    At the start runs that an earlier server has left are marked as crashed, and a night that was missed or cut off is
    run. At the end runs under way are ended.

    Args:
        tell: is given the lines to show.

    Raises:
        MailworthError: the server does not start, or ends by itself.
    """
    where, schedule = settings.serve, settings.night
    with _server(where, tell), keeping_up(settings), serving_files(settings):
        runner = _Runner(pause_on_shutdown=False, limit=None)
        for deployment in list_deployments(settings):
            runner.add_deployment(deployment)
        with get_client(sync_client=True) as client:
            remove_others(client)
        _begin_again(settings, tell)
        tell(f"The night runs at '{schedule.cron}' ({schedule.timezone}).")
        if where.password:
            tell(f"The page asks who you are: answer {USER}: followed by the password, in one piece.")
        tell(f"Ready: {page_url(where)}/deployments   Ctrl-C stops.")
        again = threading.Timer(LOOK_AGAIN_SECONDS, _look_again, (settings, tell))
        again.daemon = True
        again.start()
        try:
            with suppress(KeyboardInterrupt):
                asyncio.run(runner.start())
        finally:
            again.cancel()
            _end_runs()


class _Runner(Runner):
    """Stops for SIGTERM as it does for Ctrl-C: its own way does not end what it has begun, and says so at length."""

    def handle_sigterm(self, *_: Any, **__: Any) -> None:
        """Interrupt what runs."""
        signal.raise_signal(signal.SIGINT)


def _look_again(settings: Settings, tell: Callable[[str], None]) -> None:
    """Start a night that was due at the very start: Prefect makes its schedule anew then, from a minute later on."""
    with get_client(sync_client=True) as client:
        if told := start_missed(client, settings):
            tell(told)


def _begin_again(settings: Settings, tell: Callable[[str], None]) -> None:
    """Clear up after an earlier server, and catch up the night."""
    with get_client(sync_client=True) as client:
        cut_off = {run.id: run for run in end_leftovers(client, CUT_OFF)}
        free_turn(client)
        if night := night_cut_off(client, settings):  # it may have noticed itself that it lost its server
            cut_off[night.id] = night
        for run in cut_off.values():
            tell(f"{run.name} was cut off when `mailworth serve` ended.")
            tell_cut_off(run, settings)
        if told := catch_up(client, settings):
            tell(told)


def _end_runs() -> None:
    """Say of runs under way, whose processes the runner has ended, what became of them, if the server is there."""
    with (
        suppress(httpx.HTTPError),
        get_client(sync_client=True) as client,
    ):
        end_leftovers(client, STOPPED)


@contextmanager
def _server(where: ServeSettings, tell: Callable[[str], None]) -> Iterator[None]:
    """Prefect's server in a process of its own, which is ended with this one."""
    api = os.environ["PREFECT_API_URL"]
    if _answers(api):
        raise MailworthError(
            f"port {where.port} is taken: something answers at {api}; stop it or choose another --port"
        )
    tell("Starting Prefect's server; the first time takes a minute ...")
    os.environ[SERVED_BY] = str(os.getpid())
    command = [sys.executable, "-m", "flows.server", "--host", where.host, "--port", str(where.port)]
    log = Path(os.environ["PREFECT_HOME"]) / "server.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as lines:
        process = subprocess.Popen(command, stdout=lines, stderr=lines)
    stopping = threading.Event()
    try:
        _await_server(process, api, log)
        threading.Thread(target=_end_with, args=(process, stopping), name="server", daemon=True).start()
        yield
        if process.poll() is not None:
            raise MailworthError(
                f"Prefect's server has ended by itself (code {process.returncode}), and the runs with it: see {log}; "
                "start `mailworth serve` again, which runs a night that was cut off again"
            )
    finally:
        stopping.set()
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _end_with(server: "subprocess.Popen[bytes]", stopping: threading.Event) -> None:
    """Stop serving when the server ends by itself, as nothing can be run without it."""
    server.wait()
    if not stopping.is_set():
        os.kill(os.getpid(), signal.SIGTERM)


def _await_server(process: "subprocess.Popen[bytes]", api: str, log: Path) -> None:
    started = time.monotonic()
    while not _answers(api):
        if process.poll() is not None or time.monotonic() - started > START_SECONDS:
            raise MailworthError(f"Prefect's server did not start; see why in {log}")
        time.sleep(0.5)


def _answers(api: str) -> bool:
    try:
        return httpx.get(f"{api}/health", timeout=5).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
