"""A small warehouse with versions, lists and files of the user's beside it."""

import datetime as dt
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from segmentation.run import Run, record_run, start_run
from segmentation.settings import load_settings
from segmentation.warehouse.connection import Connection, execute, open_database
from segmentation.warehouse.publishing import publish, writing
from segmentation.warehouse.versions import keep_version, list_versions
from tests.builders import fill, order

DAY = dt.date(2024, 6, 30)
JAN = {
    "customer_id": "k1001",
    "household_id": "h1",
    "first_name": "Jan",
    "last_name": "Gołąb",
    "address_line": "ul. Długa 5",
    "postcode": "00-950",
    "email": "Jan.Golab@example.pl",
    "phone": "+48 600 100 200",
}
# His wife: the same address and telephone, another e-mail address.
EWA = JAN | {"customer_id": "c1002", "first_name": "Ewa", "last_name": "Gołębiowska", "email": "ewa@example.pl"}
ADAM = {
    "customer_id": "k10011",
    "first_name": "Adam",
    "last_name": "Nowak",
    "address_line": "ul. Krótka 1",
    "postcode": "30-001",
    "email": "adam@example.pl",
    "phone": "+48 600 300 400",
}


def settle(folder: Path) -> Run:
    """A night on the warehouse of a folder: its settings, its date, its id."""
    settings = load_settings(
        None,
        warehouse={"path": folder / "data" / "w.duckdb", "threads": 1},
        reports={"path": folder / "reports"},
        source={"path": folder / "data" / "source"},
    )
    return start_run("night", settings, as_of=DAY, triggered_by="test")


def fill_everything(connection: Connection) -> None:
    """Every table with somebody in it has a row of Jan and one of somebody else."""
    fill(connection, "crm.customers", ADAM, JAN, EWA)
    ids = ("k1001", "k10011")
    for customer_id in ids:
        fill(connection, "crm.orders", order(customer_id, "2024-01-05", order_id=f"o-{customer_id}"))
        fill(connection, "crm.order_lines", {"order_id": f"o-{customer_id}", "product_id": "p1", "amount": 1.0})
        fill(connection, "crm.contacts", {"campaign_id": "k1", "customer_id": customer_id, "arm": "treatment"})
        fill(
            connection,
            "crm.responses",
            {"campaign_id": "k1", "customer_id": customer_id, "responded_at": dt.datetime(2024, 3, 5)},
        )
        fill(
            connection,
            "crm.service_contacts",
            {"service_contact_id": f"s-{customer_id}", "customer_id": customer_id, "at": dt.datetime(2024, 3, 6)},
        )
        for table in ("segments.rfm", "segments.clusters", "segments.history"):
            fill(connection, table, {"customer_id": customer_id, "as_of_date": DAY})
        fill(connection, "targeting.selection", {"plan_id": "k2@2024-06-30", "customer_id": customer_id})
        fill(connection, "targeting.exclusions", {"plan_id": "k1@2024-05-31", "customer_id": customer_id})
        fill(
            connection,
            "response.attribution",
            {"campaign_id": "k1", "customer_id": customer_id, "order_id": f"o-{customer_id}"},
        )
    fill(
        connection,
        "crm.suppressions",
        {"reason": "by id", "customer_id": "k1001", "email": None, "postcode": None, "last_name": None},
        {"reason": "by e-mail", "customer_id": None, "email": "JAN.golab@example.pl", "postcode": None},
        {"reason": "by name", "customer_id": None, "email": None, "postcode": "00-950", "last_name": "GOŁĄB"},
        {"reason": "of Ewa", "customer_id": None, "email": "ewa@example.pl", "postcode": None, "last_name": None},
    )
    fill(connection, "crm.campaigns", {"campaign_id": "k1", "starts_on": dt.date(2024, 3, 1)})
    fill(connection, "response.campaigns", {"campaign_id": "k1", "mailed": 2, "responders": 2})
    fill(connection, "targeting.waterfall", {"plan_id": "k2@2024-06-30", "step": 1, "customers_before": 3})
    fill(connection, "quality.loads", {"run_id": "n1", "table_name": "customers", "rows_read": 9, "rows_rejected": 8})
    fill(
        connection,
        "quality.rejects",
        *(
            {"run_id": "n1", "table_name": "customers", "reason": reason, "raw": raw}
            for reason, raw in (
                ("created_on is not a date: soon", '{"customer_id":"k1001","created_on":"soon"}'),
                ("customer_id is not in customers: k1001", '{"order_id":"o7"}'),
                ("unreadable line", 'k1001;"Jan;Gołąb;00-950'),
                ("customer_id is missing", '{"first_name":"JAN","last_name":"Gołąb","email":null}'),
                ("customer_id is missing", '{"email":"jan.golab@example.pl"}'),
                ("amount is missing", '{"order_id":"o-k1001","product_id":"p9"}'),
                ("created_on is not a date: k1001x", '{"customer_id":"k10011","created_on":"k1001x"}'),
                ("unreadable line", "k10011;Adam"),
            )
        ),
    )


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three versions, the last of them published, a list, a report, and a source."""
    folder = tmp_path_factory.mktemp("built")
    run = settle(folder)
    for number in (1, 2, 3):
        run_id = f"night-{number}"
        with writing(run.settings.warehouse) as building:
            with open_database(building) as connection:
                if number == 1:
                    fill_everything(connection)
                execute(connection, "comment on column crm.customers.city is 'told by the user'")
                record_run(connection, replace(run, run_id=run_id), input_fingerprint=None)
            publish(run.settings.warehouse)
        os.utime(run.warehouse, ns=(number * 10**15, number * 10**15 + number))
        keep_version(run.settings.warehouse, run_id)
    run.lists.mkdir()
    (run.lists / "k2@2024-06-30.csv").write_text(
        "rank,customer_id,first_name,last_name,email\n1,k10011,Adam,Nowak,adam@example.pl\n"
        "2,k1001,Jan,Gołąb,Jan.Golab@example.pl\n1001,c1002,Ewa,Gołębiowska,ewa@example.pl\n"
    )
    (run.settings.reports.path / "2024-06-30").mkdir(parents=True)
    (run.settings.reports.path / "2024-06-30" / "index.html").write_text("<p>3 customers</p>")
    run.settings.source.path.mkdir()
    (run.settings.source.path / "customers.csv").write_text("customer_id,email\nk1001,Jan.Golab@example.pl\n")
    return folder


def place_in(folder: Path, built: Path) -> Run:
    """A copy of what was built; the newest version is the published file again."""
    shutil.copytree(built, folder, dirs_exist_ok=True)
    run = settle(folder)
    newest = list_versions(run.warehouse)[0].file
    newest.unlink()
    os.link(run.warehouse, newest)
    return run


@pytest.fixture
def night(tmp_path: Path, built: Path) -> Run:
    """Three nights of its own."""
    return place_in(tmp_path, built)
