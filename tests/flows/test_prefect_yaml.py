"""prefect.yaml is that of the deployments; `make test-place` deploys it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
FILE = ROOT / "prefect.yaml"


def made(folder: Path, **settings: str) -> str:
    """What the command writes in a folder without a settings file."""
    return subprocess.run(
        [sys.executable, "-m", "flows.prefect_yaml"],
        cwd=folder,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": str(ROOT), **settings},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def deployments(text: str) -> dict[str, dict[str, Any]]:
    return {deployment["name"]: deployment for deployment in yaml.safe_load(text)["deployments"]}


def test_the_file_has_the_deployments_of_the_default_settings(tmp_path: Path) -> None:
    assert FILE.read_text(encoding="utf-8") == made(tmp_path), "run `make docs`"


def test_the_schedule_is_that_of_the_settings(tmp_path: Path) -> None:
    schedule = {"MAILWORTH_NIGHT__CRON": "15 3 * * 1-5", "MAILWORTH_NIGHT__TIMEZONE": "America/New_York"}
    schedules = {name: read["schedules"] for name, read in deployments(made(tmp_path, **schedule)).items()}
    assert schedules.pop("night") == [{"cron": "15 3 * * 1-5", "timezone": "America/New_York"}]
    assert "plan-mailing" in schedules
    assert not any(schedules.values())


def test_every_deployment_runs_one_at_a_time_in_the_pool_and_says_what_it_does() -> None:
    for deployment in deployments(FILE.read_text(encoding="utf-8")).values():
        assert (deployment["concurrency_limit"], deployment["tags"]) == (1, ["mailworth"])
        assert deployment["work_pool"]["name"] == "mailworth"
        assert deployment["description"]
