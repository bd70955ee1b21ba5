"""Contacts of an export last: through a crash, through the nights after it; a night before it does not know them."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from segmentation.pack.stage import export_plan
from segmentation.run import Run
from segmentation.settings import load_settings
from segmentation.sources.recall import recall
from segmentation.warehouse.connection import execute, open_database, open_memory
from segmentation.warehouse.publishing import publish, writing
from segmentation.warehouse.schema import create_tables
from tests.builders import fill, write_source
from tests.warehouse.loads import load_source

NIGHT = dt.date(2024, 6, 30)
IN_HOME = dt.date(2024, 7, 14)
PLAN = "july@2024-06-30"
SOURCE = {
    "customers": "customer_id,created_on\nc1,2020-01-01\nc2,2020-01-01\nc3,2020-01-01\n",
    "orders": "order_id,customer_id,ordered_at,amount\no1,c1,2024-01-05,10\n",
}
CONTACTS = "campaign_id,customer_id,arm,cell,keycode,contacted_on,unit_cost\n"
OURS = [
    ("c1", "treatment", "A", "K1", IN_HOME, 0.5),
    ("c2", "treatment", "A", "K1", IN_HOME, 0.5),
    ("c3", "control", "A", None, IN_HOME, None),
]
KNOWN = "select customer_id, arm, cell, keycode, contacted_on, unit_cost from crm.contacts order by all"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A warehouse after a night with an approved plan."""
    settings = load_settings(warehouse={"path": tmp_path / "data" / "w.duckdb", "threads": 1})
    run = Run("export-plan", "export-1", settings, NIGHT, dt.datetime(2024, 7, 1, 9), "someone")
    with writing(settings.warehouse):
        with run.building(with_staging=True) as connection:
            load_source(connection, write_source(tmp_path / "june", **SOURCE), "june", as_of=NIGHT)
            for rank, (customer_id, arm, cell, keycode, *_) in enumerate(OURS, 1):
                row = {"plan_id": PLAN, "customer_id": customer_id, "arm": arm, "cell": cell, "keycode": keycode}
                fill(connection, "targeting.selection", row | {"rank": rank})
            plan = {"plan_id": PLAN, "campaign_id": "july", "as_of_date": NIGHT, "parameters": '{"unit_cost": 0.5}'}
            fill(connection, "targeting.plans", plan | {"created_at": dt.datetime(2024, 7, 1, 3), "status": "approved"})
        publish(settings.warehouse)
    return run


def export(run: Run, *, crash: bool = False) -> tuple[Path, ...]:
    with writing(run.settings.warehouse, run.lists):
        with run.building() as connection:
            files = export_plan(connection, run, PLAN)
        if crash:
            raise KeyboardInterrupt
        publish(run.settings.warehouse, *files)
    return files


def load(run: Run, folder: Path, as_of: dt.date, **tables: str) -> dict[str, tuple[int, int]]:
    """A night's loads; rows loaded and unchanged by table."""
    with writing(run.settings.warehouse):
        with run.building(with_staging=True) as connection:
            source = write_source(folder / str(as_of), **SOURCE | tables)
            loads = load_source(connection, source, str(as_of), as_of=as_of)
        publish(run.settings.warehouse)
    return {name: (load.rows_loaded, load.rows_unchanged) for name, load in loads.items()}


def ask(run: Run, query: str) -> list[tuple[Any, ...]]:
    with open_database(run.warehouse, read_only=True) as connection:
        return execute(connection, query)


def recalled(run: Run, as_of: dt.date, query: str) -> list[tuple[Any, ...]]:
    with open_memory() as connection:
        create_tables(connection)
        recall(connection, run.warehouse, "replay", as_of)
        return execute(connection, query)


def test_a_crash_leaves_nothing_and_the_export_is_done_again_once(run: Run) -> None:
    with pytest.raises(KeyboardInterrupt):
        export(run, crash=True)
    assert ask(run, KNOWN) == []
    assert list(run.lists.iterdir()) == []
    files = export(run)
    first = [file.read_bytes() for file in files]
    assert ask(run, KNOWN) == OURS
    assert [file.read_bytes() for file in export(run)] == first
    assert ask(run, KNOWN) == OURS
    assert sorted(run.lists.iterdir()) == sorted(files)


def test_files_that_were_lost_after_the_warehouse_was_published_come_back(run: Run) -> None:
    files = export(run)
    first = [file.read_bytes() for file in files]
    for file in files:
        file.unlink()
    assert [file.read_bytes() for file in export(run)] == first
    assert ask(run, "select count(*) from crm.contacts") == [(3,)]


def test_a_night_whose_source_does_not_bring_them_keeps_them(run: Run, tmp_path: Path) -> None:
    export(run)
    load(run, tmp_path, dt.date(2024, 7, 1))
    assert ask(run, KNOWN) == OURS
    assert ask(run, "select campaign_id, starts_on from crm.campaigns") == [("july", IN_HOME)]


def test_what_the_source_brings_of_them_wins_and_is_accounted_for(run: Run, tmp_path: Path) -> None:
    export(run)
    campaigns = "campaign_id,starts_on,name\njuly,2024-07-14,Summer\nmay,2024-05-01,Spring\n"
    contacts = CONTACTS + (
        "july,c1,treatment,A,K1,2024-07-14,0.5\njuly,c2,treatment,A,K1,2024-07-16,0.6\nmay,c1,,,,2024-05-01,\n"
    )
    loads = load(run, tmp_path, dt.date(2024, 7, 20), campaigns=campaigns, contacts=contacts)
    assert loads["contacts"] == (2, 1)
    assert loads["campaigns"] == (2, 0)
    found = ask(run, "select campaign_id, customer_id, contacted_on::varchar from crm.contacts order by all")
    assert found == [
        ("july", "c1", "2024-07-14"),
        ("july", "c2", "2024-07-16"),
        ("july", "c3", "2024-07-14"),
        ("may", "c1", "2024-05-01"),
    ]
    assert ask(run, "select customer_id, known_until::varchar from history.contacts") == [("c2", "2024-07-20")]
    export(run)
    assert ask(run, "select count(*) from crm.contacts") == [(4,)]
    # What the source has brought for the first time is known since its own day, though an export was before it.
    assert recalled(run, dt.date(2024, 6, 1), "select campaign_id, customer_id from crm.contacts") == [("may", "c1")]


@pytest.mark.parametrize(
    ("as_of", "campaigns", "contacts"),
    [(NIGHT, 0, 0), (dt.date(2024, 7, 1), 1, 0), (dt.date(2024, 7, 13), 1, 0), (IN_HOME, 1, 3)],
)
def test_a_replay_knows_the_campaign_after_the_export_and_contacts_from_their_day(
    run: Run, as_of: dt.date, campaigns: int, contacts: int
) -> None:
    export(run)
    query = "select (select count(*) from crm.campaigns), (select count(*) from crm.contacts)"
    assert recalled(run, as_of, query) == [(campaigns, contacts)]


def test_another_connection_reads_no_half_export(run: Run) -> None:
    with writing(run.settings.warehouse, run.lists):
        with run.building() as connection:
            export_plan(connection, run, PLAN)
        assert ask(run, KNOWN) == []
        publish(run.settings.warehouse)
    assert ask(run, KNOWN) == OURS
