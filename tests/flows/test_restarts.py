"""What becomes of runs when `mailworth serve` is killed, stopped or was away: one night follows, nothing is left."""

import datetime as dt
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from segmentation.warehouse.connection import execute, open_database, query_warehouse
from tests.builders import write_source
from tests.flows.conftest import Console, Place
from tests.flows.test_serve import Api, free_port
from tests.notices.servers import Hooks, web_server

UNDER_WAY = {"PENDING", "RUNNING", "CANCELLING", "PAUSED"}


def wait_for(what: Callable[[], Any], name: str, patience: float = 200) -> Any:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.2)
    raise TimeoutError(name)


class Served:
    """`mailworth serve` in a folder, which can be killed and started again."""

    def __init__(self, place: Place, hooks: Hooks) -> None:
        self.place, self.hooks, self.port = place, hooks, free_port()
        self.log = place.folder / "serve.log"
        self.variables = {
            "PREFECT_HOME": str(place.folder / ".prefect"),
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
            "PREFECT_DEPLOYMENT_CONCURRENCY_SLOT_WAIT_SECONDS": "1",  # so that late nights are soon skipped
        }
        self.api = Api(self.port)
        self.start()

    def start(self) -> None:
        before = self.log.read_text().count("Ready") if self.log.exists() else 0
        with self.log.open("ab") as lines:
            self.process = subprocess.Popen(
                self.place.command("serve", "--port", self.port),
                cwd=self.place.folder,
                env=self.place.environment | self.variables,
                stdout=lines,
                stderr=lines,
            )
        wait_for(lambda: self.process.poll() is not None or self.log.read_text().count("Ready") > before, "serve")
        assert self.process.poll() is None, self.log.read_text()

    def end(self, how: signal.Signals) -> None:
        self.process.send_signal(how)
        self.process.wait(60)
        wait_for(lambda: not self.answers(), "the end of the server", 30)

    def answers(self) -> bool:
        try:
            return self.api.client.get("/health").is_success
        except httpx.TransportError:
            return False

    def runs(self, deployment: str = "night") -> list[dict[str, Any]]:
        """Its runs of today, in the order in which they were to start."""
        found = self.api.ask(
            "POST",
            "/flow_runs/filter",
            {
                "deployments": {"name": {"any_": [deployment]}},
                "flow_runs": {"expected_start_time": {"before_": dt.datetime.now(dt.UTC).isoformat()}},
                "sort": "EXPECTED_START_TIME_ASC",
            },
        )
        return list(found.json())

    def await_no_run_under_way(self) -> list[dict[str, Any]]:
        def all_ended() -> list[dict[str, Any]]:
            runs = self.runs()
            return runs if all(run["state_type"] not in UNDER_WAY | {"SCHEDULED"} for run in runs) else []

        return list(wait_for(all_ended, "the end of all runs"))

    def await_building(self) -> None:
        """A night has begun to write."""
        wait_for((self.place.folder / "w.duckdb.building").exists, "a night that builds")

    def nights(self) -> list[str]:
        sql = "select run_id from ops.runs where flow = 'night' order by finished_at"
        return query_warehouse(self.place.warehouse, sql)["run_id"].to_list()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, prefect_home: Path, console: Console) -> Iterator[Served]:
    """A server that was away when a night was due: the last night published is a week old."""
    place = Place(tmp_path_factory.mktemp("restarts"), prefect_home, console)
    due = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    source = write_source(place.folder / "source")
    with web_server() as hooks:
        (place.folder / "mailworth.toml").write_text(
            f'[source]\npath = "{source}"\n[warehouse]\npath = "w.duckdb"\n[reports]\npath = "reports"\n'
            f'[night]\nas_of = 2024-01-31\ncron = "{due.minute} {due.hour} * * *"\ntimezone = "UTC"\n'
            f'[notices]\nwebhooks = ["{hooks.url}"]\nold_days = 60\n'
        )
        done = place.run("night")
        assert done.returncode == 0, done.stderr
        date_back(place.warehouse, days=7)
        running = Served(place, hooks)
        yield running
        if running.process.poll() is None:
            running.end(signal.SIGTERM)
        running.api.client.close()


def date_back(warehouse: Path, *, days: int) -> None:
    """Let the nights of a warehouse have run so many days earlier; another setting makes the next one differ."""
    other = warehouse.with_name("other.duckdb")
    shutil.copyfile(warehouse, other)  # a server may be reading it
    with open_database(other) as connection:
        execute(
            connection,
            f"update ops.runs set parameters = '', started_at = started_at - interval {days} day, "
            f"finished_at = finished_at - interval {days} day",
        )
    other.replace(warehouse)


def schedule_runs(served: Served, number: int) -> list[str]:
    """Runs of the night that are to start tomorrow."""
    night = served.api.deployments()["night"]
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(1)).isoformat()
    state = {"state": {"type": "SCHEDULED", "state_details": {"scheduled_time": tomorrow}}}
    made = (served.api.ask("POST", f"/deployments/{night['id']}/create_flow_run", state) for _ in range(number))
    return [answer.json()["id"] for answer in made]


def make_late(served: Served, runs: list[str]) -> None:
    """Let runs be of the schedule, and hours late: as a server that was down leaves them."""
    with closing(sqlite3.connect(served.place.folder / ".prefect" / "prefect.db")) as database, database:
        for hours, run in enumerate(runs, start=3):
            when = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S.000000")
            change = "set auto_scheduled = 1, expected_start_time = ?, next_scheduled_start_time = ?"
            database.execute(f"update flow_run {change} where id = ?", (when, when, run))
            database.execute(
                "update flow_run_state set state_details = json_set(state_details, '$.scheduled_time', ?) "
                "where flow_run_id = ?",
                (when.replace(" ", "T") + "Z", run),
            )
        assert database.total_changes == 2 * len(runs)


def test_one_night_follows_a_kill_however_many_are_late(served: Served) -> None:
    assert "was missed and is run now" in served.log.read_text()
    runs, published = schedule_runs(served, 3), served.place.warehouse.read_bytes()
    served.await_building()
    assert len(processes_of(served)) == 2, "the server and the run"
    served.end(signal.SIGKILL)
    make_late(served, runs)
    assert served.place.warehouse.read_bytes() == published
    wait_for(lambda: not processes_of(served), "the end of the processes", 30)

    served.start()
    assert "was cut off and is run again" in served.log.read_text()
    *late, cut_off, again = served.await_no_run_under_way()
    assert cut_off["state_type"] == "CRASHED"
    assert again["state_type"] == "COMPLETED", again["state"]["message"]
    assert [run["state_name"] for run in late] == ["Skipped"] * 3
    assert "Traceback" not in served.log.read_text()
    assert all(run["state"]["message"].startswith(("superseded by the night of", "night-")) for run in late)
    assert len(served.nights()) == 2, "that of last week, and one"
    assert not (served.place.folder / "w.duckdb.building").exists()
    wait_for(lambda: len(served.hooks.posts) == 2, "notices")
    assert [post["event"] for post in served.hooks.posts] == ["failure", "recovery"]
    assert served.hooks.posts[0]["link"].endswith(f"/runs/flow-run/{cut_off['id']}")


def processes_of(served: Served) -> list[str]:
    """Command lines of the server and of runs that work in the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "cwd") == str(served.place.folder):
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:  # it has ended
            continue
    return [line for line in found if "prefect.engine" in line or "flows.server" in line]


def test_status_tells_what_is_to_come_and_what_failed(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILWORTH_SERVE__PORT", str(served.port))
    following = f"Next night    {dt.datetime.now(dt.UTC) + dt.timedelta(hours=23):%Y-%m-%d}"
    wait_for(lambda: following in served.place.run("status").stderr, following)
    told = served.place.run("status").stderr
    [failure] = [line for line in told.splitlines() if line.startswith("Last failure")]
    assert "night 2024-01-31: " in failure
    monkeypatch.setenv("MAILWORTH_SERVE__PORT", str(free_port()))
    assert "Next night    none: no server answers" in served.place.run("status").stderr


def test_runs_that_are_started_together_wait_for_each_other(served: Served) -> None:
    deployments = served.api.deployments()
    names = ("night", "plan-mailing", "measure-campaign")
    date_back(served.place.warehouse, days=1)
    runs = [served.api.start(deployments[name]).json() for name in names]
    ended = {name: served.api.await_end(run) for name, run in zip(names, runs, strict=True)}
    assert {name: run["state_type"] for name, run in ended.items()} == dict.fromkeys(names, "COMPLETED")
    flows = query_warehouse(served.place.warehouse, "select flow from ops.runs order by finished_at desc limit 3")
    assert set(flows["flow"]) == set(names)


def test_a_stop_in_a_run_ends_it_and_says_so(served: Served) -> None:
    date_back(served.place.warehouse, days=1)
    published = served.place.warehouse.read_bytes()
    run = served.api.start(served.api.deployments()["night"]).json()
    served.await_building()
    served.end(signal.SIGTERM)
    assert served.process.returncode == 0, served.log.read_text()
    assert "Traceback" not in served.log.read_text()
    assert served.place.warehouse.read_bytes() == published
    with closing(sqlite3.connect(served.place.folder / ".prefect" / "prefect.db")) as database:
        state = (
            "select state_type, message from flow_run join flow_run_state s on s.id = state_id where flow_run.id = ?"
        )
        [(kind, message)] = database.execute(state, (run["id"],)).fetchall()
    assert kind not in UNDER_WAY
    assert "stopped" in message or "shutting down" in message, (kind, message)
