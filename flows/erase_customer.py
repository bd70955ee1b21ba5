"""Erase a customer from Prefect's page, and let Prefect's own database forget the id."""

from pathlib import Path

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.runtime import flow_run

from flows import notices
from flows.forgetting import write_prefect_anew
from flows.turns import turn
from segmentation.erasure.stage import erase_customer as erase
from segmentation.run import continue_run
from segmentation.settings import load_settings

FORGOTTEN = "forgotten"


@flow(
    name="erase-customer", flow_run_name="erase a customer", on_failure=[notices.failure], on_crashed=[notices.failure]
)
def erase_customer(
    customer_id: str,
    source: Path | None = None,
    warehouse: Path | None = None,
    reports: Path | None = None,
    settings: Path | None = None,
) -> None:
    """Take a customer out of every table, version and list, for good, and look where else they are named.

    Args:
        customer_id: Customer to erase, as in crm.customers. Prefect forgets it.
        source: Folder of the source, which is not searched. Empty: as in the settings.
        warehouse: Published warehouse. Empty: as in the settings.
        reports: Folder of the reports. Empty: as in the settings.
        settings: Settings file. Empty: mailworth.toml in the folder of the server.
    """
    with get_client(sync_client=True) as client:
        client.update_flow_run(flow_run.id, parameters={"customer_id": FORGOTTEN})
    try:
        chosen = load_settings(
            settings, source={"path": source}, warehouse={"path": warehouse}, reports={"path": reports}
        )
        with turn(chosen.warehouse) as patient:
            patiently = chosen.model_copy(update={"warehouse": patient})
            erasure = erase(continue_run("erase-customer", patiently), customer_id)
    finally:
        write_prefect_anew()
    erasure.refuse_finds()
