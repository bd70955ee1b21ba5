"""A browser, and `mailworth serve` on the night of the sample, once per session.

`--pictures FOLDER` keeps what is seen on the way. Of a test that fails, what was seen last is kept.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.ui.marketer import USER, Marketer

ROOT = Path(__file__).parent.parent.parent
COMMAND = str(Path(sys.executable).parent / "mailworth")
# Without these Chromium looks for its maker's hosts at every start.
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PATIENCE = 120  # seconds; a run starts Python and Prefect anew
FIRST_START = 900  # a fresh machine compiles and creates Prefect's database first
PASSWORD = "correct horse"
SETTINGS = f"""
[source]
path = "{ROOT / "data" / "sample"}"
[warehouse]
path = "w.duckdb"
[reports]
path = "reports"
currency = "$"
[night]
as_of = 2017-12-31
[campaigns]
unit_cost = 0.55
margin_rate = 0.25
[plan]
budget = 400
control_share = 0.2
consent_required = []
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", type=Path, help="folder for pictures of the pages")


@dataclass
class Served:
    """A folder with a published night, and `mailworth serve` in it.

    Attributes:
        process: the server, once it is started.
        seconds: from the command to the page, for each start.
    """

    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None
    seconds: list[float] = field(default_factory=list)

    @property
    def lines(self) -> Path:
        """What the server says."""
        return self.folder / "serve.log"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def files(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def environment(self) -> dict[str, str]:
        own = {"PREFECT_HOME": str(self.folder / "prefect"), "MAILWORTH_SERVE__PASSWORD": PASSWORD}
        return {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": str(ROOT), **own}

    def run(self, *arguments: str) -> None:
        """One command line in the folder."""
        done = subprocess.run(
            [COMMAND, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start the server, and wait until the page can be used."""
        began = time.monotonic()
        with self.lines.open("ab") as lines:
            command = [COMMAND, "serve", "--port", str(self.port)]
            self.process = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=lines, stderr=lines)
        end = began + FIRST_START
        while not self._is_ready():
            assert self.process.poll() is None, self.lines.read_text()
            assert time.monotonic() < end, "the page did not come"
            time.sleep(0.2)
        self.seconds.append(time.monotonic() - began)

    def stop(self) -> None:
        """Stop it, as Ctrl-C does."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)

    def _is_ready(self) -> bool:
        try:
            found = httpx.post(f"{self.address}/api/deployments/filter", json={}, auth=(USER, PASSWORD))
        except httpx.TransportError:
            return False
        return found.is_success and len(found.json()) == 6


def _two_free_ports() -> int:
    """A port of the page, with that of the files after it."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def place(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A published night, not served."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "mailworth.toml").write_text(SETTINGS)
    place = Served(folder, _two_free_ports())
    place.run("night")
    return place


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest) -> Path | None:
    chosen: Path | None = request.config.getoption("--pictures")
    return chosen


@pytest.fixture
def window(chromium: Browser, place: Served, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A browser of somebody who knows the password of the files; of a failure its last picture is kept."""
    credentials = {"username": USER, "password": PASSWORD, "origin": place.files}
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, http_credentials=credentials, reduced_motion="reduce"
    )  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE * 1000)
    failed_before = request.session.testsfailed
    yield context
    if request.session.testsfailed > failed_before:
        for number, page in enumerate(context.pages):
            file = place.folder / f"{request.node.name}-{number}.png"
            page.screenshot(path=file)
            sys.stderr.write(f"last seen: {file}; the server's lines: {place.lines}\n")
    context.close()


@pytest.fixture
def marketer(window: BrowserContext, place: Served, pictures: Path | None) -> Marketer:
    """Somebody who has logged in; the server must be there."""
    anna = Marketer(window.new_page(), place.address, pictures)
    anna.arrive(PASSWORD)
    return anna
