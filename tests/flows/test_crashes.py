"""What a night meets on disks and in sources: the old warehouse stays, one line says why, the next night is good."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from segmentation.warehouse.connection import query_warehouse
from tests.builders import write_source
from tests.flows.conftest import Answer, Console

Disk = Callable[[str, str], Path]
FULL = "cannot be written (No space left on device); make room on its disk and run again"
READ_ONLY = "cannot be written (Read-only file system); check the folder"


@dataclass(frozen=True)
class Site:
    """Where nights run: a source, and a folder of the warehouse with one night published."""

    console: Console
    source: Path
    folder: Path
    reports: Path

    @property
    def warehouse(self) -> Path:
        return self.folder / "w.duckdb"

    def night(self, as_of: str = "2024-02-29", before: str = "", full: Path | None = None) -> Answer:
        return self.console.run(
            *("night", "--source", self.source, "--warehouse", self.warehouse),
            *("--reports", self.reports, "--as-of", as_of),
            before=before,
            full=full,
        )

    def files(self) -> set[str]:
        """Everything in the folder of the warehouse, but for what makes the disk full."""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")} - {"ballast", "out/ballast"}

    def nights(self) -> list[str]:
        query = "select as_of_date::varchar as night from ops.runs order by finished_at"
        return query_warehouse(self.warehouse, query)["night"].to_list()


@pytest.fixture(scope="module")
def first_night(console: Console, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published warehouse, to start from."""
    folder = tmp_path_factory.mktemp("first")
    site = Site(console, write_source(folder / "source"), folder, folder / "reports")
    done = site.night("2024-01-31")
    assert done.returncode == 0, done.stderr
    return site.warehouse


@pytest.fixture
def site(console: Console, first_night: Path, tmp_path: Path) -> Site:
    made = Site(console, write_source(tmp_path / "source"), tmp_path / "data", tmp_path / "reports")
    made.folder.mkdir(exist_ok=True)
    shutil.copy(first_night, made.warehouse)
    return made


@pytest.fixture
def site_on_little_disk(console: Console, first_night: Path, little_disk: Disk, tmp_path: Path) -> Site:
    little_disk("24m", "data")
    made = Site(console, write_source(tmp_path / "source"), tmp_path / "data", tmp_path / "reports")
    shutil.copy(first_night, made.warehouse)
    return made


def refused(site: Site, *, before: str = "", full: Path | None = None) -> str:
    """A night that fails as it should; returns the line that says why."""
    published, files = site.warehouse.read_bytes(), site.files()
    done = site.night(before=before, full=full)

    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert [line for line in lines if line.startswith("mailworth: ")] == lines[-1:]
    assert all(" s  " in line for line in lines[:-1]), "steps, and no traceback"
    assert site.warehouse.read_bytes() == published
    assert site.nights() == ["2024-01-31"]
    assert site.files() - files <= {"w.duckdb.lock", "out"}, "nothing is left lying about"
    assert not list(site.reports.rglob("*.building"))
    return lines[-1].removeprefix("mailworth: ")


def next_night_is_good(site: Site) -> None:
    for ballast in (site.folder / "ballast", site.folder / "out" / "ballast", site.reports / "ballast"):
        ballast.unlink(missing_ok=True)
    done = site.night()
    assert done.returncode == 0, done.stderr
    assert site.nights() == ["2024-01-31", "2024-02-29"]
    assert not [name for name in site.files() if "building" in name]


@pytest.mark.parametrize("step", ["extract_table", "load_checked", "cluster_customers", "plan_mailing", "record_run"])
def test_a_disk_that_is_full_from_a_step_on(site_on_little_disk: Site, step: str) -> None:
    site = site_on_little_disk

    assert refused(site, before=step, full=site.folder) == f"{site.folder}/w.duckdb.building: {FULL}"
    next_night_is_good(site)


def test_a_disk_that_is_full_when_the_night_begins(site_on_little_disk: Site) -> None:
    site = site_on_little_disk

    assert refused(site, before="inspect_source", full=site.folder) == f"{site.folder}/w.duckdb.lock: {FULL}"
    next_night_is_good(site)


def test_a_source_that_is_larger_than_the_disk(site_on_little_disk: Site) -> None:
    site = site_on_little_disk
    numbers = pl.select(order_id=pl.int_range(0, 300_000)).select(
        pl.col("order_id").hash(1).cast(pl.String) + pl.col("order_id").hash(2).cast(pl.String),
        customer_id=pl.lit("c1"),
        ordered_at=pl.lit("2024-01-05"),
        amount=pl.col("order_id") % 1000,
        keycode=pl.col("order_id").hash(3).cast(pl.String) + pl.col("order_id").hash(4).cast(pl.String),
    )
    numbers.write_csv(site.source / "orders.csv")

    assert refused(site) == f"{site.folder}/w.duckdb.building: {FULL}"
    write_source(site.source)
    next_night_is_good(site)


def test_a_full_disk_of_the_reports(site: Site, little_disk: Disk) -> None:
    little_disk("8m", "reports")

    assert refused(site, before="write_report", full=site.reports).endswith(f"2024-02-29: {FULL}")
    next_night_is_good(site)


def test_a_plan_is_approved_and_exported_and_a_full_disk_of_the_lists_stops_only_that(
    site: Site, little_disk: Disk, tmp_path: Path
) -> None:
    little_disk("1m", "data/out")
    settings = tmp_path / "mailworth.toml"
    settings.write_text(
        f'[reports]\npath = "{site.reports}"\n[warehouse]\npath = "{site.warehouse}"\n[night]\nas_of = 2024-01-31\n'
    )
    query = "select plan_id, status, approved_by from targeting.plans"

    def plan() -> tuple[str, ...]:
        return query_warehouse(site.warehouse, query).row(0)

    plan_id = plan()[0]

    def run(command: str, *options: object, **trouble: Any) -> Answer:
        return site.console.run(command, plan_id, *options, "--settings", settings, **trouble)

    assert "is a draft; approve it first" in run("export").stderr
    approved = run("approve", "--by", "Anna")
    assert approved.returncode == 0, approved.stderr
    assert plan() == (plan_id, "approved", "Anna")
    assert "was approved on" in run("approve", "--by", "Anna").stderr
    full = run("export", before="export_plan", full=site.folder / "out")
    assert full.stderr.splitlines()[-1] == f"mailworth: {site.folder}/out: {FULL}"
    assert plan()[1] == "approved"
    (site.folder / "out" / "ballast").unlink()
    exported = run("export")
    assert exported.returncode == 0, exported.stderr
    assert plan()[1] == "exported"
    [file] = (site.folder / "out").glob("*.csv")
    assert file.read_text().splitlines()[1].startswith("c1,")
    assert "was exported on" in run("reject", "--by", "Bo", "--why", "cut").stderr
    runs = query_warehouse(site.warehouse, "select flow, triggered_by from ops.runs order by finished_at, run_id")
    assert runs["flow"].to_list() == ["night", "approve-plan", "export-plan"]
    assert runs["triggered_by"][1] == "Anna"


def test_a_full_disk_of_the_copy_for_analysts(site: Site, little_disk: Disk, tmp_path: Path, console: Console) -> None:
    copy = little_disk("1m", "open") / "a.duckdb"
    settings = tmp_path / "mailworth.toml"
    settings.write_text(
        f'[source]\npath = "{site.source}"\n[reports]\npath = "{site.reports}"\n'
        f'[warehouse]\npath = "{site.warehouse}"\nanalysts = "{copy}"\nanalysts_salt = "0123456789abcdef"\n'
    )
    before = site.warehouse.read_bytes()

    done = console.run("night", "--settings", settings, "--as-of", "2024-02-29")

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"mailworth: {copy}.building: {FULL}"
    assert site.warehouse.read_bytes() == before
    assert list(copy.parent.iterdir()) == []


def test_a_folder_of_the_warehouse_that_is_read_only(site_on_little_disk: Site) -> None:
    site = site_on_little_disk
    subprocess.run(["mount", "-o", "remount,ro", site.folder], check=True)

    assert refused(site) == f"{site.warehouse}: {READ_ONLY}"
    subprocess.run(["mount", "-o", "remount,rw", site.folder], check=True)
    next_night_is_good(site)


def test_a_folder_of_reports_that_is_read_only(site: Site, little_disk: Disk) -> None:
    little_disk("8m", "reports")
    subprocess.run(["mount", "-o", "remount,ro", site.reports], check=True)

    assert refused(site) == f"{site.reports}/2024-02-29: {READ_ONLY}"
    subprocess.run(["mount", "-o", "remount,rw", site.reports], check=True)
    next_night_is_good(site)


ORDERS = 'order_id,customer_id,ordered_at,amount,keycode\no1,c1,2024-01-05,10.00,a\no2,c1,2024-01-06,11.00,"b"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ORDERS[:-3], "orders.csv: breaks off in its last line, 3; deliver the whole file again"),
        (ORDERS[: ORDERS.index(",11.00")], "orders.csv: breaks off in its last line, 3; deliver the whole file again"),
        (ORDERS[: ORDERS.index("\no1")], "has no rows; orders must not be empty"),
        (ORDERS[:12], "column customer_id, ordered_at, amount is missing; there are: order_id, cus"),
        ("", "is empty; it needs a first line with the column names"),
    ],
    ids=["in a quote", "in a line", "after the header", "in the header", "before it begins"],
)
def test_a_csv_file_that_breaks_off(site: Site, text: str, told: str) -> None:
    write_source(site.source, orders=text)

    line = refused(site)
    assert line.startswith(f"{site.source}/orders.csv: ")
    assert told in line


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_parquet_file_that_breaks_off(site: Site, share: float) -> None:
    file = site.source / "orders.parquet"
    pl.read_csv(site.source / "orders.csv").write_parquet(file)
    (site.source / "orders.csv").unlink()
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])

    assert refused(site) == f"{file}: is not a readable Parquet file; write it again"
    file.write_bytes(whole)
    next_night_is_good(site)


@pytest.mark.parametrize("option", ["--source", "--warehouse", "--reports", "--settings"])
@pytest.mark.parametrize(
    ("name", "told"),
    [("x" * 300, "is too long"), ("a/" * 2500, "is too long"), ("a\0b", "has a NUL"), ("\udcff", "UTF-8")],
)
def test_a_path_of_an_impossible_name(console: Console, tmp_path: Path, option: str, name: str, told: str) -> None:
    done = console.run("night", option, tmp_path / name)

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert told in done.stderr
