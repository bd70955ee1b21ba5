"""Reports and lists over HTTP: what is there for whom, and nothing else."""

import socket
from pathlib import Path

import httpx
import pytest

from flows.files import VARIABLE, find_link, serving_files
from segmentation.errors import MailworthError
from segmentation.settings import Settings, load_settings

PASSWORD = "correct horse battery staple"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, "")  # put back at the end
    half = ("reports/half.html.building", "reports/2024-07-31.building/index.html")
    replay = (f"w.duckdb.replays/2024-05-31/{name}" for name in ("reports/assets/a.css", "w.duckdb", "out/list.csv"))
    for name in ("reports/2024-06-30/index.html", "out/list.csv", "w.duckdb", *half, *replay):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"this is {name}")
    (tmp_path / "reports" / "secret").symlink_to(tmp_path / "w.duckdb")
    return tmp_path


def settings(site: Path, **serve: object) -> Settings:
    return load_settings(
        warehouse={"path": site / "w.duckdb"},
        reports={"path": site / "reports"},
        serve={"files_port": free_port()} | serve,
    )


def test_reports_are_served_and_nothing_beside_them(site: Path) -> None:
    chosen = settings(site)
    with serving_files(chosen):
        link = find_link(site / "reports" / "2024-06-30" / "index.html", chosen)
        assert link is not None
        answer = httpx.get(link)
        assert (answer.status_code, answer.text) == (200, "this is reports/2024-06-30/index.html")
        assert answer.headers["content-type"] == "text/html"
        assert find_link(site / "out" / "list.csv", chosen) is None
        base = link.partition("/reports/")[0]
        style = httpx.get(f"{base}/replays/2024-05-31/reports/assets/a.css")
        assert (style.status_code, style.headers["content-type"]) == (200, "text/css")
        for path in (
            *("/", "/reports", "/reports/2024-06-30", "/lists/list.csv", "/reports/half.html.building"),
            *("/reports/2024-07-31.building/index.html", "/replays/2024-05-31/w.duckdb"),
            "/replays/2024-05-31/out/list.csv",
            *("/reports/%2e%2e/w.duckdb", "/reports//etc/passwd", "/reports/secret", "/reports/%00"),
        ):
            assert httpx.get(base + path).status_code == httpx.codes.NOT_FOUND, path
    with pytest.raises(httpx.ConnectError):
        httpx.get(link)


def test_lists_are_served_behind_the_password_only(site: Path) -> None:
    chosen = settings(site, password=PASSWORD)
    with serving_files(chosen):
        link = find_link(site / "out" / "list.csv", chosen)
        assert link is not None
        for auth in (None, ("admin", "wrong"), ("", PASSWORD)):
            refused = httpx.get(link, auth=auth)
            assert refused.status_code == httpx.codes.UNAUTHORIZED
            assert "Basic" in refused.headers["www-authenticate"]
        assert httpx.get(link, auth=("admin", PASSWORD)).text == "this is out/list.csv"


def test_links_are_as_browsers_reach_them(site: Path) -> None:
    chosen = settings(site, files_url="https://mail.example/files")
    with serving_files(chosen):
        assert find_link(site / "reports" / "a b.html", chosen) == "https://mail.example/files/reports/a%20b.html"


def test_a_port_that_is_taken_is_told(site: Path) -> None:
    chosen = settings(site)
    with serving_files(chosen), pytest.raises(MailworthError, match=r"for reports and lists, is taken .*files_port"):  # noqa: SIM117
        with serving_files(chosen):
            pass
