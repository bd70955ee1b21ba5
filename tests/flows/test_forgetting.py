"""PostgreSQL as Prefect's database forgets what was replaced, to the byte; a database elsewhere is told."""

import logging
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import (
    PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW,
    PREFECT_SERVER_DATABASE_CONNECTION_URL,
    temporary_settings,
)

from flows import forgetting
from segmentation.errors import MailworthError
from tests.database import Server

WORD = b"klient-4711-nieznany"
FILE = "select current_setting('data_directory') || '/' || pg_relation_filepath('flow_run')"


@pytest.fixture
def replaced(server: Server) -> Iterator[Server]:
    """A table of which a row was replaced: its page still has the old one."""
    server.run(f"create table flow_run (parameters text); insert into flow_run values ('{WORD.decode()}')")
    server.run("update flow_run set parameters = 'forgotten'")
    yield server
    server.run("drop table flow_run")


def stored(server: Server) -> bytes:
    """The bytes of the table on the disk."""
    server.run("checkpoint")
    command = [str(server.programs / "psql"), "-qAt", server.address()]
    told = subprocess.run(command, input=FILE, text=True, check=True, capture_output=True).stdout
    return Path(told.strip()).read_bytes()


def forget(address: str) -> None:
    known = {PREFECT_SERVER_DATABASE_CONNECTION_URL: address, PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW: "ignore"}
    with temporary_settings(known):
        forgetting.write_prefect_anew()


def test_no_page_of_postgresql_keeps_what_was_replaced(replaced: Server) -> None:
    assert WORD in stored(replaced)
    forget(replaced.address().replace("postgresql:", "postgresql+asyncpg:"))
    assert WORD not in stored(replaced)
    assert b"forgotten" in stored(replaced)


def test_a_table_that_is_not_let_go_of_is_told_without_the_password(
    replaced: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "PATIENCE", 1)
    command = [str(replaced.programs / "psql"), "-qAt", replaced.address()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin
        assert holder.stdout
        holder.stdin.write("begin;\nlock table flow_run;\nselect 'held';\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(MailworthError, match=r"mailworth:\*\*\*@127.*did not let go of it in 1 s"):
            forget(replaced.address().replace("postgresql:", "postgresql+asyncpg:"))
        holder.stdin.close()


def test_a_database_elsewhere_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "segmentation"):
        forget(f"sqlite+aiosqlite:///{tmp_path}/none.db")
    assert "Prefect's database is elsewhere" in caplog.text
