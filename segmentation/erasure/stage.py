"""Erase a customer: from every database, version and mailing list; and look whether they are named anywhere else."""

import datetime as dt
import logging
import os
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from segmentation.erasure.databases import count_rows, knows_erasure, write_anew
from segmentation.erasure.lists import count_lines, write_list_anew
from segmentation.erasure.packs import count_pack_lines, find_packs, write_pack_anew
from segmentation.erasure.person import Person, find_person
from segmentation.erasure.relations import find_mentions, stored_relations
from segmentation.erasure.search import Find, describe_mentions, files_below, kinds_in, search_file
from segmentation.errors import FoundElsewhereError, UnknownCustomerError
from segmentation.reporting.assets import FOLDER, is_asset
from segmentation.run import Run, lists_folder, replays_folder
from segmentation.settings import WarehouseSettings
from segmentation.warehouse.connection import open_database
from segmentation.warehouse.disk import writing_to
from segmentation.warehouse.publishing import OWNER_READS, building_path, preparing, publish, show, write_lock
from segmentation.warehouse.versions import list_versions, versions_folder

log = logging.getLogger(__name__)

REMOVED = pl.Schema({"file": pl.String, "table": pl.String, "rows": pl.Int64})
LINES = "mailing list"


@dataclass(frozen=True)
class Erasure:
    """What an erasure has removed, or would remove.

    Attributes:
        removed: `file`, `table`, `rows`: one row per file and table that had rows of the person.
        finds: where the person is still named.
        hashes: identifiers of the person that are kept as hashes.
        searched: kinds of words that files were searched for.
        not_searched: kinds that they were not, since other customers have the same words.
        erased_before: the day, where no file had the person any more.
    """

    removed: pl.DataFrame
    finds: tuple[Find, ...]
    hashes: int
    searched: tuple[str, ...]
    not_searched: tuple[str, ...]
    erased_before: dt.date | None

    def refuse_finds(self) -> None:
        """Make sure that nothing is left to be removed by hand.

        Raises:
            FoundElsewhereError: the person is still named; the message says where.
        """
        if self.finds:
            raise FoundElsewhereError(
                "the person is erased from Mailworth's own files, but still named in: "
                f"{'; '.join(map(str, self.finds))}. Remove them there, then erase again to see that nothing is left"
            )


def preview_erasure(run: Run, customer_id: str) -> Erasure:
    """What `erase_customer` would remove and find; nothing is changed.

    Raises:
        UnknownCustomerError: no file has such a customer, and none was erased.
        WarehouseLockedError: another run is writing.
    """
    with ExitStack() as locks:
        for warehouse in _warehouses(run):
            locks.enter_context(write_lock(warehouse))
        person = _find(run, customer_id)
        return _describe(person, _count(run, person), _search_others(run, person))


def erase_customer(run: Run, customer_id: str) -> Erasure:
    """Take the customer out of everything Mailworth has written, and keep hashes by which later loads know them.

    The published file comes last. Until then it names the person, so that an erasure that was stopped half way knows
    all there is to look for when it is done again; and a version that was written anew has the hashes already, so
    that nobody comes back by going back to it.

    Raises:
        UnknownCustomerError: no file has such a customer, and none was erased.
        WarehouseError: a file cannot be opened as a database.
        WarehouseLockedError: another run is writing.
        DiskError: a disk is full, or a folder cannot be written.
    """
    with ExitStack() as locks:
        warehouses, building = _warehouses(run), {}
        for warehouse in warehouses:
            places = lists_folder(warehouse.path), versions_folder(warehouse.path)
            building[warehouse.path] = locks.enter_context(preparing(warehouse, *places))
        person = _find(run, customer_id)
        finds = _search_others(run, person)
        removed = _count(run, person)
        held = {Path(file) for file in removed["file"]}
        for warehouse in warehouses:
            _write_lists_anew(warehouse, customer_id, held, building[warehouse.path].with_name("tmp"))
        for warehouse in reversed(warehouses):
            files = _databases(warehouse.path)
            outdated = [file for file in files if file in held or not knows_erasure(file, person, run)]
            if warehouse.analysts and warehouse.path not in outdated:
                outdated.append(warehouse.path)  # an erasure may have been stopped before the copy for analysts
            _write_all_anew(warehouse, outdated, building[warehouse.path], person, run)
        return _describe(person, removed, [*finds, *_search_own(run, person)])


def _write_lists_anew(warehouse: WarehouseSettings, customer_id: str, held: set[Path], folder: Path) -> None:
    """Every list of `held` in the folder of one warehouse, and the manifest of its pack."""
    packs = find_packs(lists_folder(warehouse.path))
    for pack in packs:
        if held.intersection(pack.files):
            show(*write_pack_anew(pack, customer_id, held, folder))
    in_packs = {file for pack in packs for file in pack.files}
    for file in sorted(held.intersection(_lists_of(warehouse, customer_id)) - in_packs):
        write_list_anew(file, customer_id)
        show(file)


def _write_all_anew(warehouse: WarehouseSettings, outdated: list[Path], built: Path, person: Person, run: Run) -> None:
    """Of the files of one warehouse first the versions, then what is published, with the copy for analysts."""
    path = warehouse.path
    published = _versions_of_the_published(path) if path in outdated else []
    for file in outdated:
        if file not in (path, *published):
            _write_anew(file, built, person, run)
            with writing_to(file):
                os.replace(built, building_path(file))
            show(file)
    if path in outdated:
        _write_anew(path, built, person, run)
        for version in published:
            with writing_to(version):
                os.link(built, building_path(version))
            show(version)
        publish(warehouse)


def _write_anew(old: Path, new: Path, person: Person, run: Run) -> None:
    """With the time of the old file, by which versions are ordered."""
    write_anew(old, new, person, run)
    with writing_to(new):
        shutil.copystat(old, new)
        new.chmod(OWNER_READS)
    log.info("%s: written anew", old)


def _warehouses(run: Run) -> list[WarehouseSettings]:
    """The published warehouse, and those of nights that were run again."""
    main = run.settings.warehouse
    replays = sorted(replays_folder(main.path).glob(f"*/{main.path.name}"))
    return [main, *(main.model_copy(update={"path": path, "analysts": None}) for path in replays)]


def _databases(warehouse: Path) -> list[Path]:
    """The published file and its versions; what is one file under two names once."""
    versions = [version.file for version in list_versions(warehouse)]
    return [warehouse, *(file for file in versions if not file.samefile(warehouse))]


def _all_databases(run: Run) -> list[Path]:
    return [file for warehouse in _warehouses(run) for file in _databases(warehouse.path)]


def _lists(run: Run, customer_id: str) -> dict[Path, int]:
    """Every mailing list with the lines of the person on it."""
    return {file: lines for warehouse in _warehouses(run) for file, lines in _lists_of(warehouse, customer_id).items()}


def _lists_of(warehouse: WarehouseSettings, customer_id: str) -> dict[Path, int]:
    """The files of packs with their manifests, and CSV files that are of none."""
    folder = lists_folder(warehouse.path)
    counted: dict[Path, int] = {}
    for pack in find_packs(folder):
        counted |= count_pack_lines(pack, customer_id)
    for file in sorted(folder.glob("*.csv")):
        if file not in counted and (lines := count_lines(file, customer_id)) is not None:
            counted[file] = lines
    return counted


def _versions_of_the_published(warehouse: Path) -> list[Path]:
    """The version that is published; after an erasure that was stopped it may be a file of its own."""
    written = warehouse.stat().st_mtime_ns
    return [version.file for version in list_versions(warehouse) if version.file.stat().st_mtime_ns == written]


def _find(run: Run, customer_id: str) -> Person:
    person = find_person(_all_databases(run), customer_id, run)
    if not person.is_there and person.erased_before is None:
        raise UnknownCustomerError(
            f"{run.warehouse}: neither it nor a version of it has this customer; ids are those of crm.customers"
        )
    return person


def _count(run: Run, person: Person) -> pl.DataFrame:
    rows = [
        (str(file), table, rows)
        for file in _all_databases(run)
        for table, rows in count_rows(file, person, run).items()
    ]
    rows += [(str(file), LINES, lines) for file, lines in _lists(run, person.customer_id).items() if lines]
    return pl.DataFrame(rows, schema=REMOVED, orient="row")


def _search_others(run: Run, person: Person) -> list[Find]:
    """Every file that is neither a database nor a list of Mailworth's; the folder of the source is left out."""
    known = {*_all_databases(run), *_lists(run, person.customer_id)}
    known |= {version.file for version in list_versions(run.warehouse)}
    if run.settings.warehouse.analysts:
        known.add(run.settings.warehouse.analysts)  # made from the published file, each time anew
    finds = []
    for file in files_below((run.warehouse.parent, run.settings.reports.path), but=run.settings.source.path):
        if file not in known and not _is_asset(file, run):
            finds += search_file(file, person.words_in(own=_is_own(file, run)))
    return finds


def _is_own(file: Path, run: Run) -> bool:
    """Pages of reports are full of numbers, and a lock holds that of a process."""
    return file.suffix == ".lock" or (file.suffix == ".html" and _is_of_reports(file, run))


def _is_asset(file: Path, run: Run) -> bool:
    """Scripts of reports have every short word in them, and are the same whoever the customers are."""
    return file.parent.name == FOLDER and _is_of_reports(file, run) and is_asset(file.name, file.read_bytes())


def _is_of_reports(file: Path, run: Run) -> bool:
    return any(map(file.is_relative_to, (run.settings.reports.path, replays_folder(run.warehouse))))


def _search_own(run: Run, person: Person) -> list[Find]:
    """What rows of other customers say of the person.

    Raises:
        RuntimeError: rows or bytes of the person are left: a fault of the erasure.
    """
    words = person.words_in(own=True)
    finds = []
    for file in _all_databases(run):
        if left := count_rows(file, person, run):
            raise RuntimeError(f"{file}: rows of the erased person are left in {', '.join(left)}")
        with open_database(file, run.settings.warehouse, read_only=True) as connection:
            mentions = find_mentions(connection, stored_relations(connection), person.pattern)
        with file.open("rb") as content:
            if not mentions and (kinds := kinds_in(content, words)):
                raise RuntimeError(f"{file}: bytes of the erased person are left: {', '.join(sorted(kinds))}")
        finds += [Find(file, f"{what} of other customers") for what in describe_mentions(mentions)]
    lists = _lists(run, person.customer_id)
    if any(lists.values()):
        raise RuntimeError("lines of the erased person are left on a mailing list")
    return finds + [find for file in lists for find in search_file(file, words)]


def _describe(person: Person, removed: pl.DataFrame, finds: Sequence[Find]) -> Erasure:
    return Erasure(
        removed,
        tuple(finds),
        person.identifiers.height,
        tuple(dict.fromkeys(word.kind for word in person.words_in(own=False))),
        person.shared,
        None if person.is_there else person.erased_before,
    )
