"""prefect.yaml is that of the deployments; `make test-place` deploys it."""

from pathlib import Path

import yaml

from flows.deployments import list_deployments
from flows.prefect_yaml import describe_deployments
from segmentation.settings import NightSettings

FILE = Path(__file__).parent.parent.parent / "prefect.yaml"


def test_the_file_has_the_deployments_of_the_default_settings() -> None:
    made = describe_deployments(list_deployments(NightSettings()))
    assert FILE.read_text(encoding="utf-8") == made, "run `make docs`"


def test_the_schedule_is_that_of_the_settings() -> None:
    schedule = NightSettings(cron="15 3 * * 1-5", timezone="America/New_York")
    read = yaml.safe_load(describe_deployments(list_deployments(schedule)))["deployments"]
    schedules = {deployment["name"]: deployment["schedules"] for deployment in read}
    assert schedules.pop("night") == [{"cron": "15 3 * * 1-5", "timezone": "America/New_York"}]
    assert len(schedules) > 5
    assert not any(schedules.values())


def test_every_deployment_runs_one_at_a_time_in_the_pool_and_says_what_it_does() -> None:
    for deployment in yaml.safe_load(FILE.read_text(encoding="utf-8"))["deployments"]:
        assert (deployment["concurrency_limit"], deployment["tags"]) == (1, ["mailworth"])
        assert deployment["work_pool"]["name"] == "mailworth"
        assert deployment["description"]
