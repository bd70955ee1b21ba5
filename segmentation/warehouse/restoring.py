"""Going back to an earlier version of the warehouse."""

from segmentation.errors import WarehouseError
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.disk import writing_to
from segmentation.warehouse.publishing import preparing, publish
from segmentation.warehouse.versions import link, list_versions, versions_folder


def restore_version(settings: WarehouseSettings, run_id: str) -> None:
    """Publish the version of `run_id` again, in one step, as it is; runs go on from there.

    Raises:
        WarehouseError: there is no such version; the message lists those that are kept.
        WarehouseLockedError: a run is writing.
        DiskError: the folder cannot be written.
    """
    kept = {version.run_id: version.file for version in list_versions(settings.path)}
    if run_id not in kept:
        known = ", ".join(kept) or "none"
        raise WarehouseError(f"{versions_folder(settings.path)}: no version {run_id}; kept: {known}")
    with preparing(settings) as built:
        with writing_to(built.parent):
            link(kept[run_id], built)
        publish(settings)
