"""What people are told of nights that are run without a server."""

from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Completed, Crashed, Failed

from flows import notices
from segmentation.errors import SourceError, UnknownCustomerError
from segmentation.notices import stage
from segmentation.warehouse.connection import open_database
from segmentation.warehouse.schema import create_tables
from tests.builders import write_source
from tests.flows.conftest import Place
from tests.notices.servers import web_server


def test_a_night_that_fails_one_of_old_data_and_one_that_works_again(place: Place) -> None:
    source = place.folder / "source"
    with web_server() as hooks:
        (place.folder / "mailworth.toml").write_text(
            f'[source]\npath = "{source}"\n[warehouse]\npath = "w.duckdb"\n[reports]\npath = "reports"\n'
            f'[notices]\nwebhooks = ["{hooks.url}"]\n'
        )
        assert place.run("night", "--as-of", "2024-01-31").returncode == 1
        write_source(source)
        old = place.run("night", "--as-of", "2024-03-06")
        assert old.returncode == 1
        assert "orders end on 2024-01-05, 61 days before the night of 2024-03-06" in old.stderr.splitlines()[-1]
        assert not place.warehouse.exists()
        done = place.run("night", "--as-of", "2024-01-31")
        assert done.returncode == 0, done.stderr
    missing, stale, recovered, warned = hooks.posts
    assert missing["subject"] == "Mailworth: night 2024-01-31 has failed"
    assert missing["lines"][0].startswith(str(source))
    assert stale["lines"][0].startswith("orders end on 2024-01-05, 61 days")
    assert recovered["event"] == "recovery"
    assert warned["lines"] == [
        "orders end on 2024-01-05, 26 days before 2024-01-31. See why the source brings no newer ones."
    ]
    assert [post["link"] for post in hooks.posts] == [None] * 4, "there is no page without a server"


def run_of(folder: Path, url: str) -> FlowRun:
    settings = folder / "m.toml"
    settings.write_text(f'[warehouse]\npath = "{folder / "w.duckdb"}"\n[notices]\nwebhooks = ["{url}"]\n')
    return FlowRun(id=uuid4(), flow_id=uuid4(), name="night 2024-01-31", parameters={"settings": str(settings)})


@pytest.mark.parametrize(
    ("flow", "state", "line"),
    [
        ("night", Failed(data=SourceError("orders.csv: is empty")), "orders.csv: is empty"),
        ("night", Failed(message="orders.csv: is empty"), "orders.csv: is empty"),
        ("night", Failed(data=ValueError("row of Anna Nowak")), notices.FAULT),
        ("night", Crashed(message="Process exited with status code: -9"), notices.CUT_OFF),
        ("erase-customer", Failed(data=UnknownCustomerError("customer 17: nobody")), notices.WITHHELD),
    ],
    ids=["to be put right", "the same on the page", "a fault", "killed", "an erasure"],
)
def test_why_a_run_failed_without_rows_and_persons(tmp_path: Path, flow: str, state: object, line: str) -> None:
    server = "http://127.0.0.1:4200/api"
    with web_server() as hooks, temporary_settings({PREFECT_API_URL: server}):
        run = run_of(tmp_path, hooks.url)
        notices.failure(SimpleNamespace(name=flow), run, state)  # type: ignore[arg-type]
    [post] = hooks.posts
    assert line in post["lines"][0]
    assert "Anna" not in post["text"]
    assert "17" not in post["lines"][0]
    assert post["link"] == f"http://127.0.0.1:4200/runs/flow-run/{run.id}"


def test_a_notice_that_nobody_takes_does_not_fail_the_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(stage.time, "sleep", lambda _: None)
    with open_database(tmp_path / "w.duckdb") as connection:
        create_tables(connection)
    with web_server() as hooks:
        run = run_of(tmp_path, hooks.url)
    flow = SimpleNamespace(name="night")
    notices.failure(flow, run, Failed(data=SourceError("x")))
    notices.finished(flow, run, Completed())
    notices.finished(flow, run, Completed(name="Skipped"))
    assert len([line for line in caplog.messages if line.startswith("notice not sent")]) == 2
