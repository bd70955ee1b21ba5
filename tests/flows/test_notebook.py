"""The analysts' notebook answers from a published warehouse."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from segmentation.warehouse.connection import query_warehouse
from tests.flows.conftest import ROOT, Place

NOTEBOOK = ROOT / "docs" / "notebooks" / "analyst.py"


def run_notebook(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> dict[str, Any]:
    """What the cells define, with the notebook started as a script."""
    monkeypatch.setattr(sys, "argv", [str(NOTEBOOK), *map(str, arguments)])
    spec = importlib.util.spec_from_file_location("analyst", NOTEBOOK)
    assert spec is not None
    assert spec.loader is not None
    notebook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(notebook)
    _, defined = notebook.app.run()
    defined["warehouse"].close()  # so that other tests may open it with settings of their own
    return dict(defined)


def test_its_cells_are_those_of_marimo() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "marimo", "check", "--strict", NOTEBOOK], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stdout + done.stderr


def test_it_answers_from_the_warehouse_that_is_named(sample_night: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    found = run_notebook(monkeypatch, "--warehouse", sample_night.warehouse)
    assert found["segments"]["customers"].sum() == 2469
    assert found["clusters"]["customers"].sum() == 2469
    assert found["portfolio"]["customers"].sum() == 2469
    assert found["migration"].is_empty()  # one night has no movement
    known = query_warehouse(
        sample_night.warehouse,
        "select count(*) from response.uplift where dimension = 'all' and metric = 'revenue' and uplift is not null",
    )
    assert found["brought"].height == known.item() > 0
    assert set(found["brought"]["method"]) == {"observational"}
    assert found["shares"]["share"][-1] == pytest.approx(1)
    assert found["what_if"].height == found["segments"].height


def test_what_if_is_arithmetic(sample_night: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where exactly the break-even share orders more, a mailing brings what it costs."""
    found = run_notebook(monkeypatch, "--warehouse", sample_night.warehouse)
    for segment in found["what_if"].iter_rows(named=True):
        margin = segment["mean_order"] * found["margin_rate"].value
        assert segment["break_even"] / 100 * margin == pytest.approx(found["unit_cost"].value)
        points = found["uplift"].value - segment["break_even"]
        assert segment["profit"] == pytest.approx(segment["customers"] * points / 100 * margin)


def test_the_settings_name_the_warehouse(sample_night: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAILWORTH_WAREHOUSE__PATH", str(sample_night.warehouse))
    assert run_notebook(monkeypatch)["path"] == sample_night.warehouse
