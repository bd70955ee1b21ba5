"""`mailworth erase` on what a night and a plan have left: told to the user, and true."""

import datetime as dt
import os
import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from segmentation.warehouse.connection import execute, open_database, query_warehouse
from segmentation.warehouse.versions import list_versions
from tests.builders import write_source
from tests.flows.conftest import Console, Place, export_plan_of

NAMES = ("Jan", "Ewa", "Adam", "Maria", "Piotr", "Anna")
WORDS = ("klient-1003", "adam3@example.pl", "ul. Polna 103", "Adam Wójcik3", "600-300-103")


def small_source(folder: Path) -> Path:
    """Thirty customers with three orders each; every customer can be mailed but the fourth."""
    people = range(1, 31)
    first_names = {n: NAMES[(n - 1) % len(NAMES)] for n in people}
    customers = [
        f"klient-{1000 + n},{first_names[n]},Wójcik{n},ul. Polna {100 + n},00-{100 + n},"
        f"{first_names[n].lower()}{n}@example.pl,600-300-{100 + n}"
        for n in people
    ]
    orders = [f"z{n}-{k},klient-{1000 + n},2024-0{k}-{1 + n % 28:02},{10 * n + k}" for n in people for k in (1, 2, 3)]
    lines = [f"z{n}-{k},p{k},{10 * n + k}" for n in people for k in (1, 2, 3)]
    return write_source(
        folder,
        customers="\n".join(["customer_id,first_name,last_name,address_line,postcode,email,phone", *customers]),
        orders="\n".join(["order_id,customer_id,ordered_at,amount", *orders]),
        order_lines="\n".join(["order_id,product_id,amount", *lines, "z3-1,p9,soon", "z4-1,p9,soon"]),
        suppressions="reason,customer_id,email,until\nmoved,,ADAM3@example.pl,2024-01-31\nrobinson,klient-1004,,\n",
    )


def sums(file: Path) -> list[tuple[object, ...]]:
    """What is told of many."""
    with open_database(file, read_only=True) as connection:
        return [
            row
            for table in ("response.campaigns", "segments.rfm_thresholds", "targeting.waterfall", "quality.loads")
            for row in execute(connection, f"from {table} order by all")
        ]


def named_in(folder: Path) -> list[str]:
    """Files with a word of the person, and databases with a row that has one."""
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "source" not in file.parts:
            held = file.read_bytes()
            found += [f"{file}: {word}" for word in WORDS if word.encode() in held or word.encode("utf-16-le") in held]
        if file.suffix == ".duckdb":
            with open_database(file, read_only=True) as connection:
                for (table,) in execute(connection, "select schema_name || '.' || table_name from duckdb_tables()"):
                    text = repr(execute(connection, f"from {table}"))
                    found += [f"{file} {table}: {word}" for word in WORDS if word in text]
    return found


@pytest.fixture(scope="module")
def a_night(tmp_path_factory: pytest.TempPathFactory, prefect_home: Path, console: Console) -> Path:
    """A folder after a night and the export of its plan."""
    place = Place(tmp_path_factory.mktemp("night"), prefect_home, console)
    done = place.night(small_source(place.folder / "source"), "2024-03-31")
    assert done.returncode == 0, done.stderr
    export_plan_of(place, dt.date(2024, 3, 31))
    return place.folder


@pytest.fixture
def mailed(place: Place, a_night: Path) -> Place:
    """The same in a folder of its own; the version that is published is one file with it."""
    shutil.copytree(a_night, place.folder, dirs_exist_ok=True)
    [version] = list_versions(place.warehouse)
    version.file.unlink()
    os.link(place.warehouse, version.file)
    return place


def erase(place: Place, *arguments: object) -> tuple[int, str, str]:
    options = ("--warehouse", place.warehouse, "--reports", place.reports, "--source", place.folder / "source")
    done = place.run("erase", *arguments, *options)
    return done.returncode, done.stdout, done.stderr


def test_a_customer_is_erased_from_all_that_a_night_left(mailed: Place) -> None:
    before, versions = sums(mailed.warehouse), list_versions(mailed.warehouse)
    customers = query_warehouse(mailed.warehouse, "select customer_id from crm.customers")
    [mailing_list] = (mailed.folder / "out").glob("*.csv")
    lines = mailing_list.read_text().splitlines()
    named = "\n".join(named_in(mailed.folder))
    assert f"{mailing_list}: klient-1003" in named
    assert "segments.rfm: klient-1003" in named

    code, told, errors = erase(mailed, "klient-1003", "--dry-run")
    assert code == 0, errors
    assert "\n".join(named_in(mailed.folder)) == named, "a dry run removes nothing"
    code, said, errors = erase(mailed, "klient-1003")
    assert code == 0, errors
    assert said == told
    for table in ("crm.customers", "crm.order_lines", "crm.suppressions", "segments.rfm", "mailing list"):
        assert re.search(rf"{re.escape(table)} +┆", said), table
    assert "Stays" in errors

    assert named_in(mailed.folder) == []
    assert sums(mailed.warehouse) == before
    rest = customers.filter(pl.col("customer_id") != "klient-1003")
    assert query_warehouse(mailed.warehouse, "select customer_id from crm.customers").equals(rest)
    assert mailing_list.read_text().splitlines() == [line for line in lines if "klient-1003" not in line]
    rejects = query_warehouse(mailed.warehouse, "select raw from quality.rejects")["raw"].to_list()
    assert rejects == ['{"order_id":"z4-1","product_id":"p9","amount":"soon"}']

    [version] = list_versions(mailed.warehouse)
    assert (version.run_id, version.published_at) == (versions[0].run_id, versions[0].published_at)
    assert mailed.run("restore", version.run_id, "--warehouse", mailed.warehouse).returncode == 0
    assert mailed.run("report", "--warehouse", mailed.warehouse, "--reports", mailed.reports).returncode == 0
    assert named_in(mailed.folder) == []


def test_copies_of_the_users_are_told_in_one_line(mailed: Place) -> None:
    copy = mailed.folder / "old list.csv"
    copy.write_text("Wójcik3;Adam;adam3@example.pl\n", encoding="cp1250")
    code, _, errors = erase(mailed, "klient-1003")
    assert code == 1
    assert errors.splitlines()[-1] == (
        "mailworth: the person is erased from Mailworth's own files, but still named in: "
        f"{copy} (email, name). Remove them there, then erase again to see that nothing is left"
    )
    copy.unlink()
    assert named_in(mailed.folder) == []
    code, _, errors = erase(mailed, "klient-1003")
    assert code == 0
    assert "already; every file was searched again" in errors

    code, said, errors = erase(mailed, "klient-9")
    assert (code, said) == (1, "")
    refusal = "neither it nor a version of it has this customer; ids are those of crm.customers"
    assert errors.splitlines()[-1] == f"mailworth: {mailed.warehouse}: {refusal}"
