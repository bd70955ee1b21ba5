"""`mailworth serve` as a marketer meets it: the server, the deployments, a run from the page's button."""

import base64
import datetime as dt
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from segmentation.warehouse.connection import query_warehouse
from tests.flows.conftest import SAMPLE, Console, Place

PATIENCE = 900  # seconds; a fresh machine compiles and creates Prefect's database first


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Api:
    """Prefect's API as the page uses it."""

    def __init__(self, port: int, auth: tuple[str, str] | None = None) -> None:
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}/api", timeout=30, auth=auth)

    def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Prefect answers 503 while its database is busy; whoever uses it asks again."""
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.client.request(method, path, json=body)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > end:
                return answer
            time.sleep(0.5)

    def deployments(self) -> dict[str, dict[str, Any]]:
        try:
            found = self.ask("POST", "/deployments/filter", {}).json()
        except httpx.TransportError:
            return {}
        return {row["name"]: row for row in found}

    def start(self, deployment: dict[str, Any], **parameters: object) -> httpx.Response:
        return self.ask("POST", f"/deployments/{deployment['id']}/create_flow_run", {"parameters": parameters})

    def await_end(self, run: dict[str, Any]) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found: dict[str, Any] = self.ask("GET", f"/flow_runs/{run['id']}").json()
            if found["state_type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}:
                return found
            time.sleep(0.5)
        raise TimeoutError(run["name"])

    def await_scheduled(self) -> list[str]:
        """When the server will start runs by itself."""
        scheduled = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}, "sort": "EXPECTED_START_TIME_ASC"}
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := self.ask("POST", "/flow_runs/filter", scheduled).json():
                return [run["expected_start_time"] for run in found]
            time.sleep(0.5)
        raise TimeoutError("no run is scheduled")

    def await_line(self, text: str) -> str:
        """One of the last lines of the log with `text`; the server has them a moment after the run has ended."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for line in self.ask("POST", "/logs/filter", {"sort": "TIMESTAMP_DESC"}).json():
                if text in line["message"]:
                    return str(line["message"])
            time.sleep(0.5)
        raise TimeoutError(text)


@contextmanager
def serving(place: Place, *arguments: object, auth: tuple[str, str] | None = None, **environment: str) -> Iterator[Api]:
    """The command with a server of its own, its lines in `serve.log`, ready; ended at the end."""
    port = free_port()
    log = place.folder / "serve.log"
    with log.open("wb") as lines:
        process = subprocess.Popen(
            place.command("serve", "--port", port, *arguments),
            cwd=place.folder,
            env=place.environment | environment,
            stdout=lines,
            stderr=lines,
        )
    api = Api(port, auth)
    try:
        end = time.monotonic() + PATIENCE
        while "Ready" not in log.read_text():
            assert process.poll() is None, "mailworth serve has ended"
            assert time.monotonic() < end, "mailworth serve is not ready"
            time.sleep(0.5)
        yield api
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        with pytest.raises(httpx.TransportError):
            api.client.get("/health")
        api.client.close()


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, prefect_home: Path, console: Console
) -> Iterator[tuple[Place, Api]]:
    place = Place(tmp_path_factory.mktemp("serve"), prefect_home, console)
    (place.folder / "mailworth.toml").write_text(
        f'[source]\npath = "{SAMPLE}"\n[warehouse]\npath = "w.duckdb"\n[reports]\npath = "reports"\n'
        '[night]\nas_of = 2017-12-31\ncron = "15 3 * * *"\ntimezone = "Europe/Warsaw"\n'
    )
    with serving(place) as api:
        yield place, api


def test_all_deployments_are_there_and_the_night_has_its_schedule(served: tuple[Place, Api]) -> None:
    _, api = served
    deployments = api.deployments()
    assert set(deployments) == {
        *("night", "replay-night", "measure-campaign", "erase-customer"),
        *("plan-mailing", "approve-and-export"),
    }
    schedules = {name: [s["schedule"] for s in row["schedules"]] for name, row in deployments.items()}
    assert schedules["plan-mailing"] == schedules["measure-campaign"] == []
    assert [(s["cron"], s["timezone"]) for s in schedules["night"]] == [("15 3 * * *", "Europe/Warsaw")]
    assert all(row["description"] for row in deployments.values())


def test_the_next_nights_are_on_the_list(served: tuple[Place, Api]) -> None:
    _, api = served
    starts = [dt.datetime.fromisoformat(start) for start in api.await_scheduled()]
    assert len(starts) >= 3
    assert {f"{start.astimezone(ZoneInfo('Europe/Warsaw')):%H:%M}" for start in starts} == {"03:15"}


def test_a_night_started_from_the_button_finishes_and_tells_its_story(served: tuple[Place, Api]) -> None:
    place, api = served
    answer = api.start(api.deployments()["night"])
    assert answer.is_success, answer.text
    run = answer.json()
    ended = api.await_end(run)
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]
    assert ended["name"] == "night 2017-12-31"
    tasks = api.ask("POST", "/task_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}}).json()
    names = {task["name"] for task in tasks}
    assert {"extract orders", "check orders", "segment customers", "measure campaigns"} <= names
    shown = api.ask("POST", "/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}}).json()
    keys = {
        "loads",
        "segments",
        "verdicts",
        "campaigns",
        "measuring",
        "plan",
        "plan-waterfall",
        "plan-picture",
        "report",
    }
    assert keys <= {artifact["key"] for artifact in shown}
    assert api.await_line("155,848 rows read").startswith("orders: ")
    assert query_warehouse(place.warehouse, "select count(*) as n from crm.orders")["n"][0] == 155_848


def test_an_impossible_value_is_refused_before_anything_starts(served: tuple[Place, Api]) -> None:
    _, api = served
    answer = api.start(api.deployments()["plan-mailing"], control_share=0.9)
    assert answer.status_code == 409
    assert "control_share" in answer.text


def test_pages_of_others_cannot_use_the_server_from_a_browser(served: tuple[Place, Api]) -> None:
    _, api = served
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    for origin, allowed in (
        (f"http://127.0.0.1:{api.client.base_url.port}", True),
        ("http://elsewhere.example", False),
    ):
        answer = api.client.options("/deployments/filter", headers={"Origin": origin, **ask})
        assert ("access-control-allow-origin" in answer.headers) is allowed


PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, console: Console) -> Iterator[tuple[Place, Api]]:
    """A server for other machines too, with everything that Prefect writes in a folder of its own."""
    folder = tmp_path_factory.mktemp("guarded")
    place = Place(folder, folder / "prefect", console)
    with serving(place, "--host", "0.0.0.0", auth=("admin", PASSWORD), MAILWORTH_SERVE__PASSWORD=PASSWORD) as api:
        yield place, api


@pytest.mark.parametrize("auth", [None, ("admin", "wrong"), ("admin", ""), ("", PASSWORD)])
def test_nobody_asks_the_server_without_the_password(guarded: tuple[Place, Api], auth: tuple[str, str] | None) -> None:
    _, api = guarded
    with httpx.Client(base_url=api.client.base_url, auth=auth) as client:
        for method, path in (("POST", "/deployments/filter"), ("POST", "/logs/filter"), ("GET", "/admin/version")):
            assert client.request(method, path).status_code == httpx.codes.UNAUTHORIZED
    assert api.ask("POST", "/deployments/filter", {}).status_code == httpx.codes.OK
    assert api.ask("GET", "/admin/version").status_code == httpx.codes.OK


def test_the_page_asks_for_the_password_and_for_its_own_host(guarded: tuple[Place, Api]) -> None:
    _, api = guarded
    told = httpx.get(f"http://127.0.0.1:{api.client.base_url.port}/ui-settings").json()
    assert (told["auth"], told["api_url"]) == ("BASIC", "/api")


def test_a_run_works_with_the_password_and_tells_it_nowhere(guarded: tuple[Place, Api]) -> None:
    place, api = guarded
    ended = api.await_end(api.start(api.deployments()["plan-mailing"], warehouse="none.duckdb").json())
    assert "none.duckdb: no warehouse here" in ended["state"]["message"]
    assert api.await_line("no warehouse here")
    assert b"answer admin: followed by the password" in (place.folder / "serve.log").read_bytes()
    written = [path for path in place.folder.rglob("*") if path.is_file()]
    secrets = (PASSWORD.encode(), base64.b64encode(f"admin:{PASSWORD}".encode()))
    assert len(written) > 2
    assert [path for path in written if any(secret in path.read_bytes() for secret in secrets)] == []


def test_prefect_forgets_whom_it_was_asked_to_erase(served: tuple[Place, Api]) -> None:
    """The id is a parameter of the run: after it, no byte of Prefect's files has it, in free pages or logs either."""
    place, api = served
    for customer_id, state in (("klient-4711-nieznany", "FAILED"), ("1001", "COMPLETED")):
        answer = api.start(api.deployments()["erase-customer"], customer_id=customer_id, dry_run=False)
        assert answer.is_success, answer.text
        ended = api.await_end(answer.json())
        assert ended["state_type"] == state, ended["state"]["message"]
        assert ended["parameters"] == {"customer_id": "forgotten", "dry_run": False}
        files = [file for file in place.prefect_home.rglob("*") if file.is_file()]
        assert "prefect.db" in {file.name for file in files}
        assert [file for file in files if b"klient-4711" in file.read_bytes()] == []
    left = "select count(*)::int as n from crm.customers where customer_id = '1001'"
    assert query_warehouse(place.warehouse, left)["n"].to_list() == [0]
    assert query_warehouse(place.warehouse, "select count(*)::int as n from crm.customers")["n"].to_list() == [2468]
