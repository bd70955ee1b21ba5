"""One writer at a time: runs of a server queue for the warehouse."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate, GlobalConcurrencyLimitUpdate
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.settings import PREFECT_API_URL

from segmentation.settings import WarehouseSettings
from segmentation.warehouse import publishing

LIMIT = "mailworth-writers"
LEASE = 60  # seconds after which the turn of a run that was killed is over
PATIENCE = 12 * 3600  # seconds that a run of a server waits for one that holds the lock of the file


@contextmanager
def turn(settings: WarehouseSettings) -> Iterator[WarehouseSettings]:
    """Wait until no other run of the server writes, and give the settings to write with.

    A run without a server has no queue: it waits as long as warehouse.wait_seconds says. A run that holds a turn is
    kept from the file only by one without a server, and waits for it.
    """
    if PREFECT_API_URL.value() is None:
        yield settings
        return
    with get_client(sync_client=True) as client:
        make_limit(client)
    with concurrency(LIMIT, lease_duration=LEASE, strict=True, raise_on_lease_renewal_failure=False):
        yield settings.model_copy(update={"wait_seconds": max(settings.wait_seconds, PATIENCE)})


@contextmanager
def writing(settings: WarehouseSettings, *folders: Path) -> Iterator[Path]:
    """As `segmentation.warehouse.publishing.writing`, when it is this run's turn."""
    with turn(settings) as patient, publishing.writing(patient, *folders) as built:
        yield built


def make_limit(client: SyncPrefectClient) -> None:
    """Let one run write at a time, unless that is so already."""
    with suppress(ObjectAlreadyExists):  # two runs may find none at once
        try:
            client.read_global_concurrency_limit_by_name(LIMIT)
        except ObjectNotFound:
            client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=LIMIT, limit=1))


def free_turn(client: SyncPrefectClient) -> None:
    """Take the turn from whoever had it; only where no run can be under way."""
    make_limit(client)
    client.update_global_concurrency_limit(LIMIT, GlobalConcurrencyLimitUpdate(active_slots=0))
