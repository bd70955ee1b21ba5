"""What the script of the pages does, in a browser that reads them from files; skipped where there is none."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from segmentation.reporting.stage import write_report
from segmentation.settings import ReportSettings
from segmentation.warehouse.publishing import show
from tests.builders import empty_warehouse, fill
from tests.reporting.test_site import JUNE, campaign, fill_campaigns

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")

SORT = """
const table = document.querySelector("table");
const column = (index) => [...table.tBodies[0].rows].map((row) => said(row.cells[index]));
const sort = (index) => table.tHead.rows[0].cells[index].querySelector("button").click();
const told = { before: column(0) };
sort(2); told.mailed = column(2); told.aria = table.tHead.rows[0].cells[2].getAttribute("aria-sort");
sort(2); told.again = column(2);
sort(8); told.profit = column(8);
sort(0); told.names = column(0);
told.tabs = asTabs(table);
told.label = table.tHead.rows[0].cells[2].querySelector("button").getAttribute("aria-label");
answer(told);
"""
POINT = """
const picture = document.querySelector(".picture");
const toggle = document.querySelector(".legend button");
enliven(picture).then((view) => {
  const first = view.signal("switched_off");
  toggle.click();
  setTimeout(() => answer({
    live: picture.classList.contains("live"),
    marks: picture.querySelectorAll(".live-view .mark-symbol path").length,
    first,
    off: view.signal("switched_off"),
    pressed: toggle.getAttribute("aria-pressed"),
  }), 500);
});
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of four campaigns, one of them with a name that a sheet would run, and one without an estimate."""
    folder = tmp_path_factory.mktemp("site")
    settings = ReportSettings(path=folder, currency="USD")
    with empty_warehouse() as warehouse:
        fill_campaigns(warehouse, 2)
        hostile = campaign(2, name="=cmd()", mailed=9, incremental_profit=-1234.5)
        unknown = {"incremental_profit": None, "incremental_profit_ci_low": None, "incremental_profit_ci_high": None}
        fill(warehouse, "response.campaigns", hostile, campaign(3, mailed=12345, **unknown))
        write_report(warehouse, JUNE, settings)
    show(*settings.shown(JUNE))
    return folder


def ask(page: Path, script: str, profile: Path) -> Any:
    """What `script` answers once the page is loaded."""
    asking = page.with_name(f"asking-{page.name}")
    answer = "const answer = (told) => { document.title = JSON.stringify(told); };"
    run = f"<script>window.addEventListener('load', () => {{ {answer} {script} }});</script>"
    asking.write_text(page.read_text(encoding="utf-8").replace("</body>", f"{run}</body>"), encoding="utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    command += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    command += [f"--user-data-dir={profile}", "--virtual-time-budget=10000", "--dump-dom", asking.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r"<title>(.*?)</title>", done.stdout)
    assert found
    return json.loads(html.unescape(found[1]))


def test_tables_are_sorted_and_copied(site: Path, tmp_path: Path) -> None:
    told = ask(site / str(JUNE) / "campaigns.html", SORT, tmp_path)
    assert told["before"] == ["Campaign 3", "=cmd()", "Campaign 1", "Campaign 0"]
    assert (told["mailed"], told["aria"]) == (["12,345", "1,000", "1,000", "9"], "descending")
    assert told["again"] == ["9", "1,000", "1,000", "12,345"]
    assert told["profit"] == ["300 USD", "300 USD", "\N{MINUS SIGN}1,234 USD", "\N{EN DASH} [1]"], (
        "what is missing is last"
    )
    assert told["names"] == ["=cmd()", "Campaign 0", "Campaign 1", "Campaign 3"]
    assert told["label"] == "Sort by Mailed"
    header, *lines = [line.split("\t") for line in told["tabs"].split("\r\n")]
    first = dict(zip(header, lines[0], strict=True))
    assert first["Campaign"] == "'=cmd()"
    assert first["Mailed"] == "9"
    assert (first["Response rate"], first["Response rate, from"], first["Response rate, to"]) == (
        "0.08",
        "0.07",
        "0.09",
    )
    assert first["Incremental profit"] == "-1234.5"
    assert first["Cost"] == "550"
    last = dict(zip(header, lines[-1], strict=True))
    assert (last["Mailed"], last["Incremental profit"], last["Incremental profit, from"]) == ("12345", "", "")


def test_pictures_are_drawn_again_and_colours_switched_off(site: Path, tmp_path: Path) -> None:
    told = ask(site / str(JUNE) / "campaigns.html", POINT, tmp_path)
    assert told == {"live": True, "marks": 2, "first": [], "off": ["#d55e00"], "pressed": "false"}
