"""A pack is written again line by line as it stands, but for the person's, and its manifest follows."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from segmentation.erasure.packs import count_pack_lines, find_packs, write_pack_anew
from segmentation.erasure.stage import erase_customer, preview_erasure
from segmentation.pack.excel import read_sheet
from segmentation.pack.stage import export_plan
from segmentation.run import Run, continue_run
from segmentation.settings import load_settings
from segmentation.warehouse.connection import Connection
from segmentation.warehouse.publishing import show
from tests.builders import fill

PLAN = "july@2024-06-30"
IDS = ("k1", "=k2", "k3,é", "k10")


def export(warehouse: Connection, folder: Path, ids: Sequence[str] = IDS, **pack: Any) -> tuple[Path, ...]:
    """A pack of some customers, shown."""
    for rank, customer_id in enumerate(ids, 1):
        fill(warehouse, "crm.customers", {"customer_id": customer_id, "last_name": 'Gołąb "k1"', "city": "Łódź"})
        row = {"plan_id": PLAN, "customer_id": customer_id, "arm": "treatment", "cell": "A", "rank": rank}
        fill(warehouse, "targeting.selection", row)
    plan = {"plan_id": PLAN, "campaign_id": "july", "as_of_date": dt.date(2024, 6, 30), "parameters": "{}"}
    fill(warehouse, "targeting.plans", plan | {"created_at": dt.datetime(2024, 7, 1, 3)})
    settings = load_settings(
        warehouse={"path": folder / "w.duckdb"},
        pack={"columns": ["last_name", "customer_id", "city", "title"], "sort": "rank"} | pack,
    )
    run = Run("export-plan", "export-1", settings, dt.date(2024, 6, 30), dt.datetime(2024, 7, 1, 3), "someone")
    files = export_plan(warehouse, run, PLAN)
    show(*files)
    return files


LAYOUTS = (
    {"format": ["csv"], "delimiter": ";", "line_end": "crlf", "encoding": "windows-1250"},
    {"format": ["csv"], "labels": {"customer_id": "Nr"}},
    {"format": ["fixed width"], "fixed_width": {"last_name": 20, "customer_id": 6, "city": 9, "title": 3}},
    {"format": ["fixed width", "csv"], "fixed_width": {"last_name": 9, "customer_id": 6, "city": 9, "title": 3}},
)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("customer_id", IDS)
def test_every_other_line_stays_byte_by_byte(
    warehouse: Connection, tmp_path: Path, layout: dict[str, Any], customer_id: str
) -> None:
    *files, manifest = export(warehouse, tmp_path, **layout)
    before = {file: file.read_bytes().splitlines(keepends=True) for file in files}
    [pack] = find_packs(manifest.parent)
    assert count_pack_lines(pack, customer_id) == dict.fromkeys(files, 1) | {manifest: 0}
    show(*write_pack_anew(pack, customer_id, set(files), tmp_path / "tmp"))
    for file, lines in before.items():
        del lines[IDS.index(customer_id) + (file.suffix == ".csv")]
        assert file.read_bytes() == b"".join(lines)
        assert file.stat().st_mode & 0o777 == 0o600
    for entry in json.loads(manifest.read_text(encoding="utf-8"))["files"]:
        content = (manifest.parent / entry["name"]).read_bytes()
        assert entry["rows"] == 3
        assert (entry["bytes"], entry["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    [pack] = find_packs(manifest.parent)
    assert set(count_pack_lines(pack, customer_id).values()) == {0}


def test_a_worksheet_is_written_again_without_the_person(warehouse: Connection, tmp_path: Path) -> None:
    sheet, manifest = export(warehouse, tmp_path, format=["xlsx"])
    [pack] = find_packs(manifest.parent)
    assert count_pack_lines(pack, "=k2") == {sheet: 1, manifest: 0}
    show(*write_pack_anew(pack, "=k2", {sheet}, tmp_path / "tmp"))
    with sheet.open("rb") as source:
        rows = list(read_sheet(source))
    assert [row[1] for row in rows] == ["customer_id", "k1", "k3,é", "k10"]
    [pack] = find_packs(manifest.parent)
    [entry] = pack.told["files"]
    assert (entry["rows"], entry["sha256"]) == (3, hashlib.sha256(sheet.read_bytes()).hexdigest())


def test_an_erasure_that_was_stopped_after_the_manifest_is_done_again(warehouse: Connection, tmp_path: Path) -> None:
    file, manifest = export(warehouse, tmp_path)
    [pack] = find_packs(manifest.parent)
    show(*write_pack_anew(pack, "k1", {file}, tmp_path / "tmp")[:1])
    told = manifest.read_text(encoding="utf-8")
    [pack] = find_packs(manifest.parent)
    assert count_pack_lines(pack, "k1")[file] == 1
    show(*write_pack_anew(pack, "k1", {file}, tmp_path / "tmp"))
    assert manifest.read_text(encoding="utf-8") == told


def test_another_file_of_the_name_is_left_to_the_search(warehouse: Connection, tmp_path: Path) -> None:
    sheet, manifest = export(warehouse, tmp_path, format=["xlsx"])
    sheet.chmod(0o600)
    sheet.write_bytes(b"k1")
    manifest.with_name("x.manifest.json").write_text("no JSON")
    [pack] = find_packs(manifest.parent)
    assert count_pack_lines(pack, "k1") == {manifest: 0}


def test_an_erasure_finds_the_person_in_packs_of_every_format(warehouse: Connection, night: Run) -> None:
    pack = {"format": ["csv", "xlsx", "fixed width"], "encoding": "windows-1250"}
    widths = {"last_name": 20, "customer_id": 8, "city": 9, "title": 3}
    *files, manifest = export(warehouse, night.warehouse.parent, ("k10011", "k1001"), fixed_width=widths, **pack)
    assert {file.parent for file in files} == {night.lists}
    run = continue_run("erase-customer", night.settings, triggered_by="test")
    assert not preview_erasure(run, "k1001").finds
    erasure = erase_customer(run, "k1001")
    assert not erasure.finds
    lists = erasure.removed.filter(table="mailing list")
    assert {(file, rows) for file, _, rows in lists.rows()} >= {(str(file), 1) for file in files}
    assert [entry["rows"] for entry in json.loads(manifest.read_text(encoding="utf-8"))["files"]] == [1, 1, 1]
    assert files[0].read_text("cp1250").splitlines()[1:] == ['"Gołąb ""k1""",k10011,Łódź,']
    with files[1].open("rb") as source:
        assert len(list(read_sheet(source))) == 2
