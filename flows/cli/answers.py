"""What commands tell and show when they are done."""

from pathlib import Path
from typing import TYPE_CHECKING

from flows.cli.progress import tell
from flows.cli.tables import print_rows

if TYPE_CHECKING:
    from segmentation.erasure.stage import Erasure
    from segmentation.run import Published


def show_relation(warehouse: Path, relation: str, **parameters: object) -> None:
    """Print the rows of segmentation/sql/`relation`.sql."""
    from segmentation.warehouse.connection import fetch
    from segmentation.warehouse.reading import reading

    with reading(warehouse) as connection:
        print_rows(fetch(connection, relation, **parameters))


def say_published(published: "Published") -> None:
    """Tell which files there are now, and which plan."""
    tell(f"Warehouse  {published.warehouse}")
    tell(f"Report     {published.report}")
    for file in published.lists:
        tell(f"List       {file}")
    if published.plan_id is not None:
        tell(f"Plan       {published.plan_id}")


def say_erased(erasure: "Erasure", *, done: bool) -> None:
    """Tell what was removed, what stays and what was found elsewhere."""
    if not done:
        tell("Dry run    nothing is changed; this is what would be removed")
    if erasure.erased_before:
        tell(f"Erased     on {erasure.erased_before} already; every file was searched again")
    tell(f"Hashes     {erasure.hashes} identifiers, salted, so that no source brings the person back")
    tell("Stays      campaign results, thresholds, profiles, waterfalls, counts of loads; the next night counts anew")
    tell(f"Searched   for {', '.join(erasure.searched) or 'nothing, since the id has fewer than 4 characters'}")
    if erasure.not_searched:
        tell(f"           not for {', '.join(erasure.not_searched)}, which other customers have too")
    for find in erasure.finds:
        tell(f"Found      {find}")
