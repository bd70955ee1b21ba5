"""prefect.yaml is that of the deployments, as Prefect reads it."""

from pathlib import Path

import yaml
from prefect.cli.deploy._models import PrefectYamlModel

from flows.deployments import list_deployments
from flows.prefect_yaml import describe_deployments
from segmentation.settings import NightSettings

FILE = Path(__file__).parent.parent.parent / "prefect.yaml"


def test_the_file_has_the_deployments_of_the_default_settings() -> None:
    made = describe_deployments(list_deployments(NightSettings()))
    assert FILE.read_text(encoding="utf-8") == made, "run `make docs`"


def test_prefect_reads_of_it_what_was_meant() -> None:
    schedule = NightSettings(cron="15 3 * * 1-5", timezone="America/New_York")
    read = PrefectYamlModel.model_validate(yaml.safe_load(describe_deployments(list_deployments(schedule))))
    deployments = {deployment.name: deployment for deployment in read.deployments}
    assert len(deployments) == len(list_deployments(schedule))
    night = deployments["night"]
    assert night.schedules is not None
    assert [(given.cron, given.timezone) for given in night.schedules] == [("15 3 * * 1-5", "America/New_York")]
    assert (night.concurrency_limit, night.tags, night.work_pool.name) == (1, ["mailworth"], "mailworth")
    assert night.description.startswith("Load the source, segment and value customers,")
    assert not any(given.schedules for name, given in deployments.items() if name != "night")
