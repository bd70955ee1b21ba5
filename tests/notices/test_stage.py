import base64
import datetime as dt
import logging
from pathlib import Path

import pytest

from segmentation.errors import NoticeError, SettingsError
from segmentation.notices import stage
from segmentation.notices.memory import Told, memory_file, recall_told, remember
from segmentation.notices.notice import Warned, tell_failure
from segmentation.notices.stage import find_warnings, send, send_test, tell_of_failure, tell_of_missing, tell_of_night
from segmentation.settings import NoticeSettings, Settings, load_settings
from segmentation.warehouse.connection import Connection, execute, open_database
from segmentation.warehouse.schema import create_tables
from tests.notices.servers import mail_server, web_server

FAILED = tell_failure("night 2024-03-10", "data/source/orders.csv: is empty", "http://127.0.0.1:4200/runs/flow-run/1")


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited before each further try; nothing is."""
    waited: list[float] = []
    monkeypatch.setattr(stage.time, "sleep", waited.append)
    return waited


def by_hook(url: str, **others: object) -> NoticeSettings:
    return NoticeSettings.model_validate({"webhooks": [url], **others})


def test_a_webhook_gets_text_and_its_parts() -> None:
    with web_server() as hooks:
        assert send(FAILED, by_hook(hooks.url))
    [post] = hooks.posts
    assert post["text"] == FAILED.text
    assert post["event"] == "failure"
    assert post["lines"] == ["data/source/orders.csv: is empty", "What was published before stays as it was."]
    assert post["link"] == "http://127.0.0.1:4200/runs/flow-run/1"


def test_an_e_mail_by_smtp_with_a_password_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILWORTH_NOTICES__SMTP_PASSWORD", "turtle")
    with mail_server() as mailbox:
        notices = {
            "smtp_host": "127.0.0.1",
            "smtp_port": mailbox.port,
            "smtp_starttls": False,
            "smtp_user": "night",
            "sender": "mailworth@example.org",
            "recipients": ["anna@example.org", "bo@example.org"],
        }
        assert send(FAILED, load_settings(notices=notices).notices)
    [message] = mailbox.messages
    assert "Subject: Mailworth: night 2024-03-10 has failed\n" in message
    assert "To: anna@example.org, bo@example.org\n" in message
    assert "\ndata/source/orders.csv: is empty\n" in message
    assert [line.split("<")[1].split(">")[0] for line in mailbox.recipients] == notices["recipients"]
    assert [base64.b64decode(text).decode().split("\0")[1:] for text in mailbox.signed_in] == [["night", "turtle"]]


def test_a_server_that_cannot_encrypt_gets_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with mail_server() as mailbox:
        settings = NoticeSettings(
            smtp_host="127.0.0.1", smtp_port=mailbox.port, sender="a@example.org", recipients=("b@example.org",)
        )
        assert not send(FAILED, settings)
    assert mailbox.messages == []
    assert "STARTTLS extension not supported" in caplog.text


def test_a_notice_is_sent_again_later_each_time(waits: list[float]) -> None:
    with web_server(503, 500, 200) as hooks:
        assert send(FAILED, by_hook(hooks.url))
    assert len(hooks.posts) == 1
    first, second = waits
    assert 1 <= first <= 3
    assert 4 <= second <= 12


def test_a_notice_that_nobody_takes_is_told_in_the_log_without_its_address(caplog: pytest.LogCaptureFixture) -> None:
    with web_server(404) as hooks:
        assert not send(FAILED, by_hook(hooks.url))
    assert caplog.messages == ["notice not sent: webhook at 127.0.0.1: the server answers 404"]
    assert "SECRET" not in caplog.text
    caplog.clear()
    assert not send(FAILED, by_hook(hooks.url)), "the server is gone"
    assert "ConnectError" in caplog.text
    assert "SECRET" not in caplog.text


def test_only_events_that_are_wanted_are_told() -> None:
    with web_server() as hooks:
        send(FAILED, by_hook(hooks.url, events=["warning"]))
    assert hooks.posts == []


def test_a_test_notice_says_what_is_wrong() -> None:
    with web_server() as hooks:
        assert send_test(by_hook(hooks.url, events=[])) == ("webhook at 127.0.0.1",)
    assert hooks.posts[0]["event"] == "test"
    with pytest.raises(NoticeError, match=r"webhook at 127.0.0.1: not sent: ConnectError"):
        send_test(by_hook(hooks.url))
    with pytest.raises(NoticeError, match=r"set notices.smtp_host or notices.webhooks"):
        send_test(NoticeSettings())


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """A warehouse with one night, which has rejected a twentieth of the orders."""
    file = tmp_path / "w.duckdb"
    with open_database(file) as connection:
        create_tables(connection)
        add_night(connection, "n1", "2024-03-10", rejected=5)
    return file


def add_night(connection: Connection, run_id: str, day: str, *, rejected: int) -> None:
    execute(
        connection,
        "insert into ops.runs by name select $run as run_id, 'night' as flow, $day::timestamp as started_at, "
        "$day::timestamp as finished_at, 'completed' as status, $day::date as as_of_date",
        run=run_id,
        day=day,
    )
    execute(
        connection,
        "insert into quality.loads by name select $run as run_id, 'orders' as table_name, 100 as rows_read, "
        "100 - $rejected as rows_loaded, $rejected as rows_rejected, 0 as rows_unchanged",
        run=run_id,
        rejected=rejected,
    )


def settings_of(file: Path, url: str) -> Settings:
    return load_settings(warehouse={"path": file}, notices={"webhooks": [url]})


def test_warnings_are_those_of_the_last_night(night: Path) -> None:
    with open_database(night) as connection:
        assert [one.key for one in find_warnings(connection, NoticeSettings())] == ["rejected orders"]
        add_night(connection, "n2", "2024-03-11", rejected=0)
        assert find_warnings(connection, NoticeSettings()) == ()


def test_a_warning_is_told_once_while_it_lasts_and_again_when_it_comes_back(night: Path) -> None:
    with web_server() as hooks:
        settings = settings_of(night, hooks.url)
        for day, rejected, told in (("10", 5, 1), ("11", 7, 1), ("12", 0, 1), ("13", 6, 2)):
            with open_database(night) as connection:
                add_night(connection, f"night {day}", f"2024-03-{day} 02:30", rejected=rejected)
            tell_of_night(settings, f"night 2024-03-{day}", None)
            assert len(hooks.posts) == told, day
    assert [post["subject"] for post in hooks.posts] == [
        "Mailworth: night 2024-03-10: a warning",
        "Mailworth: night 2024-03-13: a warning",
    ]


def test_a_night_that_works_again_is_told_once(night: Path) -> None:
    with open_database(night) as connection:
        add_night(connection, "n2", "2024-03-11", rejected=0)
    with web_server() as hooks:
        settings = settings_of(night, hooks.url)
        tell_of_failure(FAILED, settings, of_night=True)
        tell_of_failure(FAILED, settings, of_night=True)
        for _ in range(2):
            tell_of_night(settings, "night 2024-03-11", None)
    assert [post["event"] for post in hooks.posts] == ["failure", "failure", "recovery"]


def test_a_night_that_has_not_started_is_told_once_until_one_works(night: Path) -> None:
    due = dt.datetime(2024, 3, 12, 2, 30)
    with open_database(night) as connection:
        add_night(connection, "n2", "2024-03-12 09:00", rejected=0)
    with web_server() as hooks:
        settings = settings_of(night, hooks.url)
        for _ in range(2):
            tell_of_missing(settings, due, None)
        tell_of_night(settings, "night 2024-03-12", None)
        tell_of_missing(settings, due + dt.timedelta(1), None)
    assert [post["event"] for post in hooks.posts] == ["not started", "recovery", "not started"]
    assert "due at 2024-03-12 02:30 and has not begun 60 minutes later" in hooks.posts[0]["text"]


def test_nothing_is_written_where_nobody_is_told(night: Path) -> None:
    settings = load_settings(warehouse={"path": night})
    tell_of_failure(FAILED, settings, of_night=True)
    tell_of_night(settings, "night 2024-03-10", None)
    assert not memory_file(night).exists()


def test_what_was_told_is_kept_and_a_broken_file_is_as_none(tmp_path: Path) -> None:
    file = tmp_path / "w.duckdb"
    told = Told(is_broken=True, missed="2024-03-10 02:30", warnings=("a",))
    remember(file, told)
    assert recall_told(file) == told
    assert told.news((Warned("a", ""), Warned("b", ""))) == (Warned("b", ""),)
    memory_file(file).write_text('{"is_bro')
    assert recall_told(file) == Told()


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ('smtp_host = "mail.example.org"', "smtp_host needs sender and recipients"),
        ('webhooks = ["file:///etc/passwd"]', "begins with https:// or http://"),
        ('sender = "Anna"', "'Anna' is not an e-mail address"),
        ('events = ["success"]', "Input should be 'failure', 'warning', 'not started' or 'recovery'"),
        ('smtp_password = "turtle"', "put it into the environment as MAILWORTH_NOTICES__SMTP_PASSWORD"),
    ],
)
def test_settings_that_cannot_work_are_refused(tmp_path: Path, keys: str, told: str) -> None:
    file = tmp_path / "mailworth.toml"
    file.write_text(f"[notices]\n{keys}\n")
    with pytest.raises(SettingsError) as refused:
        load_settings(file)
    assert told in str(refused.value)
    assert "turtle" not in str(refused.value)


def test_secrets_are_not_recorded_with_a_run() -> None:
    settings = load_settings(notices={"webhooks": ["https://hooks.example.org/T0/SECRET"]})
    assert "SECRET" not in settings.model_dump_json()
    assert logging.getLogger("httpx").getEffectiveLevel() >= logging.WARNING, "httpx logs addresses at INFO"
