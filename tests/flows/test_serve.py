"""`mailworth serve` as a marketer meets it: the server, the deployments, a run from the page's button."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from segmentation.warehouse.connection import query_warehouse
from tests.flows.conftest import SAMPLE, Place

PATIENCE = 900  # seconds; a fresh machine compiles and creates Prefect's database first


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Api:
    """Prefect's API as the page uses it."""

    def __init__(self, port: int) -> None:
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}/api", timeout=30)

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


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, prefect_home: Any) -> Iterator[tuple[Place, Api]]:
    place = Place(tmp_path_factory.mktemp("serve"), prefect_home)
    (place.folder / "mailworth.toml").write_text(
        f'[source]\npath = "{SAMPLE}"\n[warehouse]\npath = "w.duckdb"\n[reports]\npath = "reports"\n'
        '[night]\nas_of = 2017-12-31\ncron = "15 3 * * *"\ntimezone = "Europe/Warsaw"\n'
    )
    port = free_port()
    process = subprocess.Popen(
        place.command("serve", "--port", port),
        cwd=place.folder,
        env=place.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    api = Api(port)
    try:
        end = time.monotonic() + PATIENCE
        while len(api.deployments()) < 4:
            assert process.poll() is None, "mailworth serve has ended"
            assert time.monotonic() < end, "mailworth serve is not ready"
            time.sleep(0.5)
        yield place, api
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        with pytest.raises(httpx.TransportError):
            api.client.get("/health")
        api.client.close()


def test_all_deployments_are_there_and_the_night_has_its_schedule(served: tuple[Place, Api]) -> None:
    _, api = served
    deployments = api.deployments()
    assert set(deployments) == {"night", "plan-mailing", "measure-campaign", "erase-customer"}
    schedules = {name: [s["schedule"] for s in row["schedules"]] for name, row in deployments.items()}
    assert schedules["plan-mailing"] == schedules["measure-campaign"] == []
    assert [(s["cron"], s["timezone"]) for s in schedules["night"]] == [("15 3 * * *", "Europe/Warsaw")]
    assert all(row["description"] for row in deployments.values())


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
    logs = api.ask("POST", "/logs/filter", {"logs": {"flow_run_id": {"any_": [run["id"]]}}}).json()
    assert any("155,848 rows read" in line["message"] for line in logs)
    assert query_warehouse(place.warehouse, "select count(*) as n from crm.orders")["n"][0] == 155_848


def test_an_impossible_value_is_refused_before_anything_starts(served: tuple[Place, Api]) -> None:
    _, api = served
    answer = api.start(api.deployments()["plan-mailing"], control_share=0.9)
    assert answer.status_code == 409
    assert "control_share" in answer.text


def test_prefect_forgets_whom_it_was_asked_to_erase(served: tuple[Place, Api]) -> None:
    """The id is a parameter of the run: after it, no byte of Prefect's files has it, in free pages or logs either."""
    place, api = served
    for customer_id, state in (("klient-4711-nieznany", "FAILED"), ("1001", "COMPLETED")):
        answer = api.start(api.deployments()["erase-customer"], customer_id=customer_id)
        assert answer.is_success, answer.text
        ended = api.await_end(answer.json())
        assert ended["state_type"] == state, ended["state"]["message"]
        assert ended["parameters"] == {"customer_id": "forgotten"}
        files = [file for file in place.prefect_home.rglob("*") if file.is_file()]
        assert "prefect.db" in {file.name for file in files}
        assert [file for file in files if b"klient-4711" in file.read_bytes()] == []
    left = "select count(*)::int as n from crm.customers where customer_id = '1001'"
    assert query_warehouse(place.warehouse, left)["n"].to_list() == [0]
    assert query_warehouse(place.warehouse, "select count(*)::int as n from crm.customers")["n"].to_list() == [2468]
