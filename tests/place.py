"""prefect.yaml where there is a Prefect server: its deployments, a worker, and a night of the sample through it.

Usage: python -m tests.place. Prefect's server is one of its own, with its database in PostgreSQL where that is
installed, else in a file. The deployments must be those of `mailworth serve`: forms, schedule, tags and limits; the
night must load the sample, show its log and give the forms what to choose from; and after an erasure no table of
Prefect's may have the id. Prints how long each step took.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment

from flows.deployments import list_deployments
from flows.prefect_yaml import POOL
from segmentation.settings import Settings, load_settings
from segmentation.warehouse.connection import query_warehouse
from tests.database import Server, find_programs, running_server
from tests.flows.test_serve import Api, free_port

ROOT = Path(__file__).parent.parent
PREFECT = (sys.executable, "-m", "prefect")
PATIENCE = 120  # seconds
SETTINGS = f'[source]\npath = "{ROOT}/data/sample"\n[night]\nas_of = 2017-12-31\n'
NOBODY = "klient-4711-nieznany"


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long a step took."""
    started = time.monotonic()
    yield
    print(f"{time.monotonic() - started:6.1f} s  {what}", flush=True)  # noqa: T201  # what the script is for


@contextmanager
def process(folder: Path, environment: dict[str, str], module: str, *arguments: str) -> Iterator[None]:
    """A module that runs meanwhile; its last lines are shown if anything fails."""
    log = folder / f"{module}.log"
    with log.open("wb") as lines:
        command = [sys.executable, "-m", module, *arguments]
        running = subprocess.Popen(command, cwd=folder, env=environment, stdout=lines, stderr=lines)
    try:
        yield
    except BaseException:
        sys.stderr.write(log.read_text()[-4000:])
        raise
    finally:
        running.terminate()
        running.wait(60)


def await_health(api: str) -> None:
    """Wait for the server."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if httpx.get(f"{api}/health", timeout=5).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise TimeoutError(api)


def await_equal(api: Api, settings: Settings) -> None:
    """Wait until the deployments of the server are those that `mailworth serve` would have now."""
    expected = {deployment.name: served(deployment) for deployment in list_deployments(settings)}
    end = time.monotonic() + PATIENCE
    while (there := {name: told(row) for name, row in api.deployments().items()}) != expected:
        if time.monotonic() > end:
            differ = [name for name in {*there, *expected} if there.get(name) != expected.get(name)]
            raise AssertionError("\n".join(f"{name}: {there.get(name)} is not {expected.get(name)}" for name in differ))
        time.sleep(1)


def told(row: dict[str, Any]) -> dict[str, Any]:
    """A deployment as the server has it."""
    return {
        "description": row["description"],
        "tags": row["tags"],
        "entrypoint": row["entrypoint"],
        "limit": row["global_concurrency_limit"]["limit"],
        "schedules": [(s["schedule"]["cron"], s["schedule"]["timezone"]) for s in row["schedules"]],
        "form": filled(row["parameter_openapi_schema"]),
        "pool": row["work_pool_name"],
    }


def served(deployment: RunnerDeployment) -> dict[str, Any]:
    """A deployment as `mailworth serve` would send it, but in the pool."""
    schedules = [given.schedule for given in deployment.schedules or ()]
    return {
        "description": deployment.description,
        "tags": deployment.tags,
        "entrypoint": deployment.entrypoint,
        "limit": deployment.concurrency_limit,
        "schedules": [(cron.cron, cron.timezone) for cron in schedules if isinstance(cron, CronSchedule)],
        "form": filled(deployment._parameter_openapi_schema.model_dump(mode="json")),
        "pool": POOL,
    }


def filled(form: dict[str, Any]) -> dict[str, Any]:
    """The parts of a form that are not empty; those that are may be left out on the way."""
    return {name: part for name, part in form.items() if part}


def run(api: Api, name: str, state: str = "COMPLETED", **parameters: object) -> None:
    """Start a deployment and wait until it has ended in a state."""
    answer = api.start(api.deployments()[name], **parameters)
    assert answer.is_success, answer.text
    ended = api.await_end(answer.json())
    assert ended["state_type"] == state, ended["state"]["message"]


def tables_with(server: Server, word: str) -> list[str]:
    """Files of the database, its logs left out, that have the word."""
    server.run("checkpoint")
    data = subprocess.run(
        [str(server.programs / "psql"), "-qAt", server.address(), "-c", "show data_directory"],
        text=True,
        check=True,
        capture_output=True,
    ).stdout.strip()
    files = [file for file in (Path(data) / "base").rglob("*") if file.is_file()]
    assert files
    return [str(file) for file in files if word.encode() in file.read_bytes()]


def check(folder: Path, server: Server | None) -> None:
    """All of it, in a folder of its own."""
    port = free_port()
    environment = os.environ | {
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PWD": str(folder),
        "DO_NOT_TRACK": "1",
    }
    if server is not None:
        address = server.address().replace("postgresql:", "postgresql+asyncpg:")
        environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = address

    def prefect(*arguments: str) -> None:
        command = [*PREFECT, "--no-prompt", *arguments]
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)

    (folder / "mailworth.toml").write_text(f'{SETTINGS}[warehouse]\npath = "{folder}/w.duckdb"\n')
    shutil.copy(ROOT / "prefect.yaml", folder)
    with process(folder, environment, "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)):
        with timed("server"):
            await_health(environment["PREFECT_API_URL"])
        api = Api(port)
        with timed("prefect deploy --all"):
            prefect("work-pool", "create", "mailworth", "--type", "process")
            prefect("deploy", "--all")
        settings = load_settings(folder / "mailworth.toml")
        with process(folder, environment, "flows.worker"):
            with timed("worker, and the forms of a first night"):
                await_equal(api, settings)
            with timed("next nights on the list"):
                api.await_scheduled()
            with timed("night of the sample through the worker"):
                run(api, "night")
            with timed("forms with what there is to choose from"):
                await_equal(api, settings)
            assert query_warehouse(settings.warehouse.path, "select count(*) from crm.orders").item() == 155_848
            assert (folder / "reports/2017-12-31/index.html").exists()
            assert api.await_line("155,848 rows read")
            with timed("erasure of nobody through the worker"):
                run(api, "erase-customer", "FAILED", customer_id=NOBODY)
            if server is not None:
                assert tables_with(server, NOBODY) == []
        api.client.close()


def main() -> None:
    """Check once, with PostgreSQL where it is installed."""
    programs = find_programs()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(running_server(programs)) if programs else None
        print("Prefect's database:", "PostgreSQL" if server else "a file; PostgreSQL is not installed")  # noqa: T201
        check(folder, server)
    print("All as it should be.")  # noqa: T201


if __name__ == "__main__":
    main()
