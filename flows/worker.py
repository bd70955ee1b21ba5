"""A worker for prefect.yaml: `python -m flows.worker`.

Other than `prefect worker start` it keeps forms and approvals up to date, as `mailworth serve` does.
"""

import runpy
import sys

from prefect.client.orchestration import get_client

from flows.prefect_yaml import POOL
from flows.upkeep import keeping_up, refresh_forms
from segmentation.settings import load_settings


def work() -> None:
    """Work until it is ended, for the server that PREFECT_API_URL names.

    Raises:
        SettingsError: the settings are wrong.
        WarehouseError: there is a warehouse, but not one that choices can be read from.
    """
    settings = load_settings()
    with get_client(sync_client=True) as client:
        refresh_forms(client)
    sys.argv = ["prefect", "worker", "start", "--pool", POOL]
    with keeping_up(settings):
        runpy.run_module("prefect", run_name="__main__")


if __name__ == "__main__":
    work()
