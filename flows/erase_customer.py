"""Erase a customer from Prefect's page, and let Prefect's own database forget the id."""

from pathlib import Path
from typing import Annotated

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.runtime import flow_run
from pydantic import Field

from flows import artifacts, notices
from flows.forgetting import write_prefect_anew
from flows.page import in_words
from flows.turns import turn
from segmentation.digests.erasure import show_erasure
from segmentation.erasure.stage import erase_customer as erase
from segmentation.erasure.stage import preview_erasure
from segmentation.run import continue_run
from segmentation.settings import load_settings

FORGOTTEN = "forgotten"


@flow(
    name="erase-customer", flow_run_name="erase a customer", on_failure=[notices.failure], on_crashed=[notices.failure]
)
@in_words
def erase_customer(
    customer_id: Annotated[str, Field(min_length=1, pattern=r"\S")],
    dry_run: bool = True,
    source: Path | None = None,
    warehouse: Path | None = None,
    reports: Path | None = None,
    settings: Path | None = None,
) -> None:
    """Take a customer out of every table, version and list, for good, and look where else they are named.

    Args:
        customer_id: Customer to erase, as in crm.customers. Prefect forgets it.
        dry_run: Only look what would be removed; nothing is changed.
        source: Folder of the source, which is not searched. Empty: as in the settings.
        warehouse: Published warehouse. Empty: as in the settings.
        reports: Folder of the reports. Empty: as in the settings.
        settings: Settings file. Empty: mailworth.toml in the folder of the server.
    """
    with get_client(sync_client=True) as client:
        client.update_flow_run(flow_run.id, parameters={"customer_id": FORGOTTEN, "dry_run": dry_run})
    try:
        chosen = load_settings(
            settings, source={"path": source}, warehouse={"path": warehouse}, reports={"path": reports}
        )
        with turn(chosen.warehouse) as patient:
            run = continue_run("erase-customer", chosen.model_copy(update={"warehouse": patient}))
            erasure = preview_erasure(run, customer_id) if dry_run else erase(run, customer_id)
    finally:
        write_prefect_anew()
    artifacts.show(lambda: show_erasure(erasure.removed, len(erasure.finds), is_done=not dry_run))
    if not dry_run:
        erasure.refuse_finds()
