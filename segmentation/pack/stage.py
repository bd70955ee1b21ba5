"""Export a plan: files for the mail house in the folder of lists, and the contact history in crm.*."""

import csv
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from segmentation.contract.history import CRM_TABLES
from segmentation.contract.inputs import CAMPAIGNS, CONTACTS, CUSTOMERS
from segmentation.contract.targeting import ADDRESS_CHECKS, PLANS, SELECTION
from segmentation.errors import PackError
from segmentation.pack.addresses import find_rules
from segmentation.pack.files import create_for_the_owner, hash_file, write_files
from segmentation.pack.layout import (
    ENDINGS,
    MANIFEST,
    choose_columns,
    file_name,
    refuse_cut_codes,
    refuse_long_sheet,
)
from segmentation.pack.lines import OF_THE_PLAN, addresses_query, file_query, lines_query, longest_query, seed_rows
from segmentation.pack.manifest import Cell, Findings, WrittenFile, describe_pack, manifest_text
from segmentation.run import Run
from segmentation.settings import PackSettings, PlanSettings
from segmentation.settings.pack import seed_values
from segmentation.targeting.plan import Mailing, choose_mailing
from segmentation.warehouse.connection import (
    Connection,
    ask,
    batches,
    execute,
    fetch,
    frames,
    kept,
    temporary_folder,
)
from segmentation.warehouse.disk import writing_to
from segmentation.warehouse.publishing import building_path
from segmentation.warehouse.schema import append_relation, replace_rows, stored_attributes, stored_columns

log = logging.getLogger(__name__)

LINES = 50_000  # held at a time
STORED = {table.name: table for table in CRM_TABLES}


def export_plan(connection: Connection, run: Run, plan_id: str) -> tuple[Path, ...]:
    """Write the files of a plan and their manifest, and everybody who was selected into the contact history.

    A customer who is held out is in no file. The campaign and its contacts come into crm.* where they are not there
    yet, so that the same plan can be exported again: its files are the same, and nothing is added.

    Returns:
        Files that publishing will show, the manifest last.

    Raises:
        PackError: there is no such plan, another plan of the campaign was exported, the files cannot be as the settings
            ask, or a customer who is held out would be mailed.
        PlanError: the campaign has started by the as-of date of the plan.
        DiskError: the folder of lists cannot be written.
    """
    settings, plan = run.settings.pack, _read_plan(connection, plan_id)
    mailing = _read_mailing(connection, plan)
    with _laid_out(connection, settings, plan), writing_to(run.lists):
        run.lists.mkdir(mode=0o700, parents=True, exist_ok=True)
        problems = check_addresses(connection, settings, plan_id=plan_id)
        cells, counts = _read_cells(connection), fetch(connection, "pack_counts", plan_id=plan_id).row(0, named=True)
        if counts["seeds_that_are_customers"]:
            raise PackError("pack.seeds: a seed has the customer_id of a customer; give seeds ids of their own")
        held_out = fetch(connection, "pack_held_out", plan_id=plan_id, campaign_id=plan["campaign_id"])["customer_id"]
        _refuse(plan, cells, problems, held_out, settings)
        _refuse_long_sheets(connection, settings, plan_id, cells)
        findings = Findings()
        written = _write(connection, run, plan, cells, findings)
        seeds = ask(connection, "select customer_id from pack_seeds order by customer_id")["customer_id"].to_list()
    _refuse_other_sum(written, cells, planned=counts["planned"] - counts["not_known"], seeds=len(seeds))
    replace_rows(connection, ADDRESS_CHECKS, problems.with_columns(pl.lit(plan_id).alias("plan_id")), plan_id=plan_id)
    _remember(connection, run, plan_id, mailing)
    manifest = run.lists / file_name(plan_id, MANIFEST)
    described = describe_pack(
        plan,
        in_home_date=mailing.starts_on,
        cells=cells,
        files=[file for _, file in written],
        seeds=seeds,
        problems=dict(problems["problem"].value_counts().iter_rows()),
        held_out=len(held_out),
        not_known=counts["not_known"],
        findings=findings,
        settings=settings,
    )
    with writing_to(manifest), create_for_the_owner(building_path(manifest)) as target:
        target.write(manifest_text(described).encode())
    log.info("pack of %s: %s files in %s", plan_id, len(written), run.lists)
    return (*(path for path, _ in written), manifest)


def check_addresses(connection: Connection, settings: PackSettings, *, plan_id: str | None = None) -> pl.DataFrame:
    """`customer_id`, `problem`: what is wrong with addresses of those to be mailed in a plan, or of all customers.

    Raises:
        PackError: customers have no column of the name in pack.region.
    """
    known = stored_columns(connection, CUSTOMERS.full_name)
    if settings.region and settings.region not in known:
        raise PackError(f"pack.region: customers have no column {settings.region}; there are: {', '.join(known)}")
    query = addresses_query(settings.region, planned=plan_id is not None)
    with kept(connection, "addresses", query, **({"plan_id": plan_id} if plan_id else {})):
        places = fetch(connection, "address_places")
        rules = find_rules(places, default=settings.default_country, countries=settings.countries)
        with frames(connection, address_rules=rules):
            return fetch(connection, "address_problems")


def _read_plan(connection: Connection, plan_id: str) -> dict[str, Any]:
    found = ask(connection, f"from {PLANS.full_name} where plan_id = $plan_id", plan_id=plan_id)
    if found.is_empty():
        known = ask(connection, f"select plan_id from {PLANS.full_name} order by plan_id")["plan_id"]
        raise PackError(f"there is no plan {plan_id}; there are: {', '.join(known) or 'none'}")
    plan = found.row(0, named=True)
    others = fetch(connection, "exported_before", campaign_id=plan["campaign_id"], plan_id=plan_id)["plan_id"]
    if len(others):
        raise PackError(
            f"plan {plan_id}: campaign {plan['campaign_id']} was exported as {others[0]}; "
            "export that again, or plan another campaign"
        )
    return plan


def _read_mailing(connection: Connection, plan: dict[str, Any]) -> Mailing:
    """The campaign as it was planned."""
    try:
        settings = PlanSettings.model_validate_json(plan["parameters"])
    except ValidationError as error:
        raise PackError(f"plan {plan['plan_id']}: was made by another version of Mailworth; plan it again") from error
    named = settings.model_copy(update={"campaign_id": plan["campaign_id"]})
    return choose_mailing(ask(connection, f"from {CAMPAIGNS.full_name}"), plan["as_of_date"], named)


@contextmanager
def _laid_out(connection: Connection, settings: PackSettings, plan: dict[str, Any]) -> Iterator[None]:
    """Keep pack_cells, pack_seeds and pack_lines for a while."""
    customers = (*CUSTOMERS.column_names, *stored_attributes(connection, STORED[CUSTOMERS.name]))
    selection = [name for name in stored_columns(connection, SELECTION.full_name) if name not in OF_THE_PLAN]
    sources = choose_columns(settings.columns, selection=selection, customers=customers)
    seeds = seed_rows([*seed_values(settings.seeds), *_read_seeds(settings.seeds_file)], customers)
    bound = {"plan_id": plan["plan_id"], "default_country": settings.default_country}
    with (
        frames(connection, pack_seeds=seeds),
        kept(connection, "pack_cells", plan_id=plan["plan_id"]),
        kept(connection, "pack_lines", lines_query(settings.columns, sources), **bound),
    ):
        if "fixed width" in settings.format:
            longest = dict(execute(connection, longest_query(settings.columns, sources)))
            refuse_cut_codes(longest, settings.fixed_width)
        yield


def _read_seeds(file: Path | None) -> list[dict[str, str]]:
    if file is None:
        return []
    try:
        with file.open(encoding="utf-8-sig", newline="") as source:
            return [
                {name: value for name, value in row.items() if value} for row in csv.DictReader(source, strict=True)
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PackError(f"{file}: seeds cannot be read ({error}); it must be CSV in UTF-8 with commas") from error


def _read_cells(connection: Connection) -> list[Cell]:
    rows = execute(connection, "select cell, keycodes, customers from pack_cells order by cell nulls first")
    return [Cell(cell, tuple(keycodes or ()), customers) for cell, keycodes, customers in rows]


def _refuse(
    plan: dict[str, Any], cells: Sequence[Cell], problems: pl.DataFrame, held_out: pl.Series, settings: PackSettings
) -> None:
    """Refuse what must not leave the house, before anything is written.

    Args:
        held_out: customers who are in a line of the pack and held out.

    Raises:
        PackError: see `export_plan`.
    """
    plan_id = plan["plan_id"]
    if not cells:
        raise PackError(f"plan {plan_id}: nobody is to be mailed")
    if len(held_out):
        raise PackError(
            f"plan {plan_id}: {len(held_out):,} of those to be mailed are held out of the plan or of campaign "
            f"{plan['campaign_id']}, such as {held_out[0]}; nothing is written, plan it again"
        )
    if settings.bad_addresses == "refuse" and problems.height:
        first = problems.row(0, named=True)
        raise PackError(
            f"plan {plan_id}: {problems['customer_id'].n_unique():,} addresses have a problem, such as that of "
            f'{first["customer_id"]} ({first["problem"]}); mend them, or set pack.bad_addresses = "keep"'
        )


def _refuse_long_sheets(connection: Connection, settings: PackSettings, plan_id: str, cells: Sequence[Cell]) -> None:
    if "xlsx" in settings.format:
        seeds = execute(connection, "select count(*) from pack_seeds")[0][0]
        for of_file in _files(settings, cells):
            refuse_long_sheet(sum(cell.customers + seeds for cell in of_file), f"plan {plan_id}")


def _files(settings: PackSettings, cells: Sequence[Cell]) -> list[list[Cell]]:
    """The cells of each file."""
    return [[cell] for cell in cells] if settings.split_by_cell else [list(cells)]


def _write(
    connection: Connection, run: Run, plan: dict[str, Any], cells: Sequence[Cell], findings: Findings
) -> list[tuple[Path, WrittenFile]]:
    settings, written = run.settings.pack, []
    files = _files(settings, cells)
    for of_file in files:
        of_cell = len(files) > 1
        cell = of_file[0].name if of_cell else None
        targets = {
            kind: run.lists / file_name(plan["plan_id"], f".{ENDINGS[kind]}", (cell or "") if of_cell else None)
            for kind in settings.format
        }
        query, bound = file_query(settings, of_cell=of_cell), {"cell": cell} if of_cell else {}
        folder = temporary_folder(connection)
        with batches(connection, query, rows=LINES, **bound) as lines:
            rows = write_files(lines, targets, settings, findings, created=plan["created_at"], folder=folder)
        for kind, path in targets.items():
            built = building_path(path)
            written.append((path, WrittenFile(path.name, kind, cell, rows, built.stat().st_size, hash_file(built))))
    return written


def _refuse_other_sum(
    written: Sequence[tuple[Path, WrittenFile]], cells: Sequence[Cell], *, planned: int, seeds: int
) -> None:
    """Every customer to be mailed and every seed of every cell is in the files of a format, and nobody else.

    Raises:
        RuntimeError: the sums differ: a fault of the export.
    """
    for kind in {file.format for _, file in written}:
        rows = sum(file.rows for _, file in written if file.format == kind)
        if rows != planned + seeds * len(cells):
            raise RuntimeError(f"{kind}: {rows} lines for {planned} customers and {seeds} seeds in {len(cells)} cells")


def _remember(connection: Connection, run: Run, plan_id: str, mailing: Mailing) -> None:
    """Add campaign and contacts to crm.* where they are not there."""
    cost = {"starts_on": mailing.starts_on, "unit_cost": mailing.unit_cost, "as_of_date": run.as_of}
    append_relation(
        connection,
        STORED[CAMPAIGNS.name],
        "pack_campaign",
        campaign_id=mailing.campaign_id,
        plan_id=plan_id,
        channel=mailing.channel,
        fixed_cost=mailing.fixed_cost,
        control_share=mailing.control_share,
        **cost,
    )
    append_relation(
        connection,
        STORED[CONTACTS.name],
        "pack_contacts",
        campaign_id=mailing.campaign_id,
        plan_id=plan_id,
        **cost,
    )
