"""The deployments as prefect.yaml, for a Prefect server or Cloud: `python -m flows.prefect_yaml > prefect.yaml`."""

import sys
from collections.abc import Iterable
from typing import Any

import yaml
from prefect.deployments.runner import RunnerDeployment

from flows.deployments import list_deployments
from segmentation.settings import load_settings

POOL = "mailworth"
USE = """\
# Made from flows/deployments.py and the settings by: python -m flows.prefect_yaml > prefect.yaml
# Where there is a Prefect server or Cloud, in the folder of mailworth.toml: docs/deploying.md
#   prefect work-pool create mailworth --type process
#   prefect deploy --all
#   python -m flows.worker
"""
# What flows/__init__.py sets for `mailworth serve`: here Prefect is imported before it.
ENVIRONMENT = {"DO_NOT_TRACK": "1", "PREFECT_LOGGING_EXTRA_LOGGERS": "segmentation"}


class _Dumper(yaml.SafeDumper):
    """Text of several lines is written as such."""


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _write_text)


def describe_deployments(deployments: Iterable[RunnerDeployment]) -> str:
    """The text of prefect.yaml: every deployment for the work pool, run in the folder in which it is deployed."""
    content = {
        "name": "mailworth",
        "pull": [{"prefect.deployments.steps.set_working_directory": {"directory": "{{ $PWD }}"}}],
        "deployments": [_describe(deployment) for deployment in deployments],
    }
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return USE + text


def _describe(deployment: RunnerDeployment) -> dict[str, Any]:
    return {
        "name": deployment.name,
        "entrypoint": deployment.entrypoint,
        "description": deployment.description,
        "tags": list(deployment.tags),
        "concurrency_limit": deployment.concurrency_limit,
        "schedules": [
            given.schedule.model_dump(mode="json", include={"cron", "timezone"})
            for given in deployment.schedules or ()
            if given.schedule
        ],
        "work_pool": {"name": POOL, "job_variables": {"env": dict(ENVIRONMENT)}},
    }


if __name__ == "__main__":
    sys.stdout.write(describe_deployments(list_deployments(load_settings())))
