"""A night run again, a night run late, and a night of the past: the same result."""

from collections.abc import Sequence, Set
from pathlib import Path
from typing import Any

import pytest

from segmentation.contract.model import Table
from segmentation.contract.published import PUBLISHED_TABLES
from segmentation.contract.sql import quote
from segmentation.warehouse.connection import execute, open_database
from tests.builders import write_source
from tests.flows.conftest import Console, Place

ORDERS = "order_id,customer_id,ordered_at,amount\n"
CAMPAIGNS = "campaign_id,starts_on,ends_on\nspring,2024-05-01,2024-05-31\n"
CONTACTS = "campaign_id,customer_id,arm\n" + "".join(
    f"spring,c{number},{'control' if number % 4 == 0 else 'treatment'}\n" for number in range(40)
)


def orders(months: range) -> str:
    return ORDERS + "".join(
        f"o{month}-{number},c{number},2024-0{month}-{1 + number % 28:02},{10 + number % 7}\n"
        for month in months
        for number in range(month % 3, 40, 1 + month % 3)
    )


def customers(city: str) -> str:
    return "customer_id,city\n" + "".join(f"c{number},{city if number == 1 else 'Bonn'}\n" for number in range(40))


JUNE = {"customers": customers("Rome"), "orders": orders(range(1, 7)), "campaigns": CAMPAIGNS, "contacts": CONTACTS}
JULY = JUNE | {"customers": customers("Kiel"), "orders": orders(range(1, 8))}
# What a run says of itself: its time, and its id made of it.
OF_THE_RUN = {"run_id", "started_at", "finished_at", "created_at"}
BUT_LOADS = [table for table in PUBLISHED_TABLES if table.schema not in {"quality", "ops", "history"}]


def export(
    file: Path, tables: Sequence[Table] = PUBLISHED_TABLES, without: Set[str] = frozenset()
) -> dict[str, list[Any]]:
    """Every row of the tables, in one order."""
    with open_database(file, read_only=True) as connection:
        return {
            table.full_name: execute(
                connection,
                f"select {', '.join(quote(name) for name in table.column_names if name not in without)} "
                f"from {table.full_name} order by all",
            )
            for table in tables
        }


@pytest.fixture(scope="module")
def on_time(tmp_path_factory: pytest.TempPathFactory, prefect_home: Path, console: Console) -> Place:
    """The night of June in June, and that of July in July."""
    place = Place(tmp_path_factory.mktemp("on_time"), prefect_home, console)
    for name, source, as_of in (("june", JUNE, "2024-06-30"), ("july", JULY, "2024-07-31")):
        done = place.night(write_source(place.folder / name, **source), as_of)
        assert done.returncode == 0, done.stderr
        (place.folder / f"{name}.duckdb").write_bytes(place.warehouse.read_bytes())
    return place


def test_the_same_night_again_changes_nothing(on_time: Place) -> None:
    before = export(on_time.warehouse)
    page = on_time.reports / "2024-07-31" / "index.html"
    files = (on_time.warehouse.read_bytes(), page.read_bytes())

    done = on_time.night(on_time.folder / "july", "2024-07-31")

    assert done.returncode == 0, done.stderr
    assert "nothing is new since night-20240731-" in done.stderr
    assert f"Report     {page}" in done.stderr.replace("\n", " ")
    assert export(on_time.warehouse) == before
    assert (on_time.warehouse.read_bytes(), page.read_bytes()) == files


def test_a_night_run_late_gives_what_it_would_have_given_in_time(on_time: Place, place: Place) -> None:
    """June is run in July, on what the source has by then; only since when rows are known, and loads, differ."""
    source = write_source(place.folder / "source", **JULY)
    for as_of in ("2024-06-30", "2024-07-31"):
        done = place.night(source, as_of)
        assert done.returncode == 0, done.stderr

    without = OF_THE_RUN | {"known_from"}
    assert export(place.warehouse, BUT_LOADS, without) == export(on_time.folder / "july.duckdb", BUT_LOADS, without)


def test_a_past_night_sees_what_was_known_then_and_leaves_the_published_warehouse(on_time: Place) -> None:
    before = on_time.warehouse.read_bytes()

    done = on_time.night(on_time.folder / "july", "2024-06-30")

    assert done.returncode == 0, done.stderr
    replay = on_time.folder / "w.duckdb.replays" / "2024-06-30"
    tables = [table for table in BUT_LOADS if table.schema != "crm"]
    first = on_time.folder / "june.duckdb"
    assert export(replay / "w.duckdb", tables, OF_THE_RUN) == export(first, tables, OF_THE_RUN)
    assert export(replay / "w.duckdb", tables)["segments.rfm"] != []
    with open_database(replay / "w.duckdb", read_only=True) as connection:
        assert execute(connection, "select city from crm.customers where customer_id = 'c1'") == [("Rome",)]
    assert (replay / "reports" / "2024-06-30" / "index.html").is_file()
    assert on_time.warehouse.read_bytes() == before
