"""Nights that do not begin, by a server that does not answer, as when it hangs."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from flows.watch import look
from segmentation.settings import Settings, load_settings
from tests.flows.test_serve import free_port
from tests.notices.servers import Hooks, web_server

DUE = dt.datetime(2027, 6, 10, 0, 30, tzinfo=dt.UTC)  # 02:30 in Warsaw
GRACE = dt.timedelta(minutes=60)
LONG_AGO = DUE - dt.timedelta(days=9)


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    server = f"http://127.0.0.1:{free_port()}/api"
    with temporary_settings({PREFECT_API_URL: server, PREFECT_CLIENT_MAX_RETRIES: 0}), web_server() as running:
        yield running


def settings_of(folder: Path, hooks: Hooks) -> Settings:
    return load_settings(
        warehouse={"path": folder / "w.duckdb"}, notices={"webhooks": [hooks.url], "page": "https://mail.example.org"}
    )


def test_a_night_that_has_not_begun_within_its_grace_is_told_once(tmp_path: Path, hooks: Hooks) -> None:
    settings = settings_of(tmp_path, hooks)
    for waited, told in ((0, 0), (59, 0), (60, 1), (61, 1), (23 * 60, 1), (24 * 60 + 59, 1), (25 * 60, 2)):
        look(settings, LONG_AGO, DUE + dt.timedelta(minutes=waited))
        assert len(hooks.posts) == told, waited
    first, second = hooks.posts
    assert first["subject"] == "Mailworth: the night of 2027-06-10 has not started"
    assert "due at 2027-06-10 02:30" in first["text"]
    assert first["link"] == "https://mail.example.org"
    assert "2027-06-11" in second["subject"]


def test_a_night_that_was_due_before_the_watch_began_has_the_grace_from_then_on(tmp_path: Path, hooks: Hooks) -> None:
    settings = settings_of(tmp_path, hooks)
    began = DUE + dt.timedelta(hours=5)
    look(settings, began, began + GRACE / 2)
    assert hooks.posts == []
    look(settings, began, began + GRACE)
    assert len(hooks.posts) == 1
