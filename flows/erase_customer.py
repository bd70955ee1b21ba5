"""Erase a customer from Prefect's page, and let Prefect's own database forget the id."""

import sqlite3
from contextlib import closing
from pathlib import Path

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.runtime import flow_run
from prefect.settings import get_current_settings
from sqlalchemy.engine import make_url

from flows import notices
from flows.turns import turn
from segmentation.erasure.stage import erase_customer as erase
from segmentation.errors import MailworthError
from segmentation.run import continue_run
from segmentation.settings import load_settings

FORGOTTEN = "forgotten"
PATIENCE = 60  # seconds that Prefect's server has to let go of its database


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
        _write_prefect_anew()
    erasure.refuse_finds()


def _write_prefect_anew() -> None:
    """Let no unused page of Prefect's database, if it is a file of this machine, keep what was replaced.

    Raises:
        MailworthError: the server does not let go of it.
    """
    address = get_current_settings().server.database.connection_url
    url = make_url(address.get_secret_value()) if address else None
    if url is None or url.get_backend_name() != "sqlite" or not Path(url.database or "").is_file():
        return
    try:
        with closing(sqlite3.connect(str(url.database), timeout=PATIENCE, isolation_level=None)) as database:
            database.execute("vacuum")
            [(is_busy, *_)] = database.execute("pragma wal_checkpoint(truncate)").fetchall()
    except sqlite3.OperationalError as error:
        raise _busy(url.database) from error
    if is_busy:
        raise _busy(url.database)


def _busy(file: str | None) -> MailworthError:
    return MailworthError(
        f"{file}: Prefect's server did not let go of it in {PATIENCE} s, so that an unused page of it may still hold "
        "the id; erase again when nothing else runs"
    )
