"""After an erasure nobody finds the person, whatever was half done before; everything else is as it was."""

import hashlib
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pytest
from pydantic import SecretStr

from segmentation.contract.published import PUBLISHED_TABLES
from segmentation.erasure.stage import Erasure, erase_customer, preview_erasure
from segmentation.errors import FoundElsewhereError, UnknownCustomerError, WarehouseError, WarehouseLockedError
from segmentation.run import Run, continue_run
from segmentation.warehouse.connection import execute, open_database, query_warehouse
from segmentation.warehouse.publishing import preparing, publish, write_lock
from segmentation.warehouse.restoring import restore_version
from segmentation.warehouse.versions import list_versions, versions_folder
from tests.builders import fill
from tests.erasure.conftest import place_in

ROOT = Path(__file__).parents[2]
# What only Jan has. Ewa has his address and telephone.
HIS = ("k1001", "jan.golab@example.pl", "Gołąb")
WITH_HIM = {
    "crm.contacts",
    "crm.customers",
    "crm.order_lines",
    "crm.orders",
    "crm.responses",
    "crm.service_contacts",
    "crm.suppressions",
    "quality.rejects",
    "response.attribution",
    "segments.clusters",
    "segments.history",
    "segments.rfm",
    "targeting.exclusions",
    "targeting.selection",
}


def erase(night: Run, customer_id: str = "k1001") -> Erasure:
    return erase_customer(continue_run("erase-customer", night.settings, triggered_by="test"), customer_id)


def preview(night: Run, customer_id: str = "k1001") -> Erasure:
    return preview_erasure(continue_run("erase-customer", night.settings, triggered_by="test"), customer_id)


def databases(night: Run) -> list[Path]:
    return [night.warehouse, *sorted(versions_folder(night.warehouse).glob("*.duckdb"))]


def files(night: Run) -> list[Path]:
    folder = night.warehouse.parent.parent
    return [
        file for file in sorted(folder.rglob("*")) if file.is_file() and night.settings.source.path not in file.parents
    ]


def contents(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table of a database, rows in the order they lie in."""
    with open_database(file, read_only=True) as connection:
        names = execute(connection, "select schema_name || '.' || table_name from duckdb_tables() order by all")
        return {name: execute(connection, f"from {name}") for (name,) in names}


def everything(night: Run) -> dict[str, str]:
    """A fingerprint of every file but the lock."""
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files(night) if file.suffix != ".lock"}


def assert_nobody_finds_him(night: Run) -> None:
    """By the bytes of every file, and by the text of every table, which DuckDB may have compressed."""
    for file in files(night):
        held = file.read_bytes().lower()
        for word in HIS:
            for encoding in ("utf-8", "utf-16-le", "cp1250"):
                # k1001 may begin something else
                whole = re.compile(re.escape(word.lower().encode(encoding)) + rb"(?![0-9x])")
                assert not whole.search(held), (file, word)
    for file in databases(night):
        for table, rows in contents(file).items():
            text = repr(rows)
            assert not re.search(r"\bk1001\b|golab@|gołąb\b", text.replace("night-", ""), re.IGNORECASE), (file, table)


@dataclass(frozen=True)
class Erased:
    """A place before and after."""

    night: Run
    before: dict[str, list[tuple[object, ...]]]
    described: list[list[tuple[object, ...]]]
    versions: list[tuple[str, int]]
    modes: dict[str, int]
    erasure: Erasure


DESCRIBED = (
    "select schema_name, table_name, comment, sql from duckdb_tables() order by all",
    "select table_name, column_name, column_index, comment, column_default, is_nullable from duckdb_columns() "
    "where not internal order by all",
    "select table_name, constraint_type, constraint_text from duckdb_constraints() order by all",
)


def describe(file: Path) -> list[list[tuple[object, ...]]]:
    """Tables, columns with their comments, and constraints."""
    return [query_warehouse(file, query).rows() for query in DESCRIBED]


def versions_of(night: Run) -> list[tuple[str, int]]:
    return [(version.run_id, version.file.stat().st_mtime_ns) for version in list_versions(night.warehouse)]


def modes_of(night: Run) -> dict[str, int]:
    return {file.name: file.stat().st_mode for file in databases(night)}


@pytest.fixture(scope="module")
def erased(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Erased:
    """A place in which Jan was erased; for tests that change nothing."""
    night = place_in(tmp_path_factory.mktemp("erased"), built)
    before = contents(night.warehouse), describe(night.warehouse), versions_of(night), modes_of(night)
    return Erased(night, *before, erase(night))


def test_he_is_gone_from_every_table_version_and_list(erased: Erased) -> None:
    assert_nobody_finds_him(erased.night)
    assert erased.erasure.finds == ()
    assert erased.erasure.erased_before is None
    removed = erased.erasure.removed.filter(pl.col("file") == str(erased.night.warehouse))
    assert set(removed["table"]) == WITH_HIM
    assert dict(removed.select("table", "rows").iter_rows())["crm.suppressions"] == 3
    assert dict(removed.select("table", "rows").iter_rows())["quality.rejects"] == 6
    assert set(erased.erasure.removed["file"]) == {
        str(file) for file in [*databases(erased.night)[:3], erased.night.lists / "k2@2024-06-30.csv"]
    }


def test_the_others_and_the_aggregates_stay_as_they_were(erased: Erased) -> None:
    after = contents(erased.night.warehouse)

    assert set(erased.before) == set(after) == {table.full_name for table in PUBLISHED_TABLES}
    for table, rows in erased.before.items():
        if table in WITH_HIM:
            assert [row for row in rows if row in after[table]] == after[table], "others keep their order"
        elif table == "ops.runs":
            assert after[table][: len(rows)] == rows
        elif not table.startswith("ops.erasure"):
            assert after[table] == rows
    assert [row[-1] for row in after["quality.rejects"]] == [
        '{"customer_id":"k10011","created_on":"k1001x"}',
        "k10011;Adam",
    ]
    assert [row[0] for row in after["crm.suppressions"]] == ["of Ewa"]
    assert {row[0] for row in after["crm.customers"]} == {"c1002", "k10011"}


def test_constraints_defaults_and_comments_survive(erased: Erased) -> None:
    assert describe(erased.night.warehouse) == erased.described
    assert "told by the user" in repr(erased.described)


def test_versions_keep_their_order_times_and_names_and_one_is_published(erased: Erased) -> None:
    assert versions_of(erased.night) == erased.versions
    assert modes_of(erased.night) == erased.modes
    versions = list_versions(erased.night.warehouse)
    assert [version.file.samefile(erased.night.warehouse) for version in versions] == [True, False, False]
    assert {path.name for path in erased.night.warehouse.parent.iterdir()} == {
        "out",
        "source",
        "w.duckdb",
        "w.duckdb.lock",
        "w.duckdb.versions",
    }


def test_the_run_is_told_without_his_id(erased: Erased) -> None:
    warehouse = erased.night.warehouse
    run = query_warehouse(warehouse, "from ops.runs where flow = 'erase-customer'").row(0, named=True)
    assert (run["status"], str(run["as_of_date"]), run["triggered_by"]) == ("completed", "2024-06-30", "test")
    assert "k1001" not in repr(run)
    [(run_id, day)] = query_warehouse(warehouse, "select distinct run_id, erased_on from ops.erasures").rows()
    assert (run_id, day) == (run["run_id"], run["started_at"].date())


def test_hashes_are_salted_the_same_in_every_file(erased: Erased) -> None:
    kept = [(contents(file)["ops.erasures"], contents(file)["ops.erasure_salt"]) for file in databases(erased.night)]
    assert all(each == kept[0] for each in kept)
    [(salt,)] = kept[0][1]
    assert isinstance(salt, str)
    assert len(salt) == 64
    expected = {
        kind: hashlib.sha256(f"{salt}|{kind}|{value}".encode()).hexdigest()
        for kind, value in (
            ("customer_id", "k1001"),
            ("order_id", "o-k1001"),
            ("email", "jan.golab@example.pl"),
            ("name and postcode", "gołąb|00-950"),
        )
    }
    assert {row[0]: row[1] for row in kept[0][0]} == expected


def test_the_next_erasure_uses_the_same_salt_and_an_earlier_version_brings_nobody_back(night: Run) -> None:
    erase(night)
    first = contents(night.warehouse)
    erase(night, "k10011")
    restore_version(night.settings.warehouse, "night-1")

    assert_nobody_finds_him(night)
    second = contents(night.warehouse)
    assert [row[0] for row in second["crm.customers"]] == ["c1002"]
    assert second["ops.erasure_salt"] == first["ops.erasure_salt"]
    assert set(first["ops.erasures"]) < set(second["ops.erasures"])


def test_the_list_loses_his_line_only_and_stays_private(night: Run) -> None:
    other = night.lists / "k1@2024-05-31.csv"
    other.write_text("rank,customer_id\n1,k10011\n")
    before = other.stat()
    erase(night)
    after = other.stat()

    file = night.lists / "k2@2024-06-30.csv"
    assert file.read_text() == (
        "rank,customer_id,first_name,last_name,email\n1,k10011,Adam,Nowak,adam@example.pl\n"
        "1001,c1002,Ewa,Gołębiowska,ewa@example.pl\n"
    )
    assert file.stat().st_mode & 0o777 == 0o600
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns), "a list without him is not touched"


def test_a_dry_run_tells_the_same_and_changes_nothing(night: Run) -> None:
    before = everything(night)
    told = preview(night)
    assert everything(night) == before
    assert told.removed.equals(erase(night).removed)


def test_erased_twice_is_told_and_does_no_harm(night: Run) -> None:
    erase(night)
    before = everything(night)
    again = erase(night)

    assert everything(night) == before
    assert again.erased_before is not None
    assert again.removed.is_empty()
    assert again.searched == ("customer_id",)


@pytest.mark.parametrize("customer_id", ["c9", "", "c100", "K1001", "k1001 "])
def test_an_unknown_customer_is_refused_without_naming_them(night: Run, customer_id: str) -> None:
    before = everything(night)
    for attempt in (preview, erase):
        with pytest.raises(UnknownCustomerError) as refusal:
            attempt(night, customer_id)
        assert str(refusal.value) == (
            f"{night.warehouse}: neither it nor a version of it has this customer; ids are those of crm.customers"
        )
    assert everything(night) == before


def test_a_run_that_writes_is_not_disturbed(night: Run) -> None:
    for attempt in (preview, erase):
        with write_lock(night.settings.warehouse), pytest.raises(WarehouseLockedError):
            attempt(night)


def test_a_version_that_cannot_be_opened_stops_it_before_anything_changes(night: Run) -> None:
    broken = versions_folder(night.warehouse) / "night-2.duckdb"
    broken.chmod(0o600)
    broken.write_bytes(b"no database" * 1000)
    before = everything(night)
    with pytest.raises(WarehouseError, match=r"night-2\.duckdb: cannot be opened as a DuckDB database"):
        erase(night)
    assert everything(night) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from segmentation.erasure import stage
from segmentation.run import continue_run
from segmentation.settings import load_settings
from tests.erasure.conftest import settle

left = int(sys.argv[2])
def mortal(step):
    def moved(*arguments):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        step(*arguments)
    return moved
for name in ("show", "publish"):
    setattr(stage, name, mortal(getattr(stage, name)))
stage.erase_customer(continue_run("erase-customer", settle(Path(sys.argv[1])).settings), "k1001")
print("done")
"""


@pytest.mark.parametrize("steps", range(5))
def test_killed_between_two_files_it_is_completed_by_running_it_again(night: Run, steps: int) -> None:
    """The list, two versions, the version that is published, the published file."""
    folder = night.warehouse.parent.parent
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), str(steps)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert query_warehouse(night.warehouse, "select count(*) as n from crm.customers")["n"].to_list() == [3]

    erasure = erase(night)

    assert_nobody_finds_him(night)
    assert "email" in erasure.searched, "it still knew what to look for"
    assert [version.file.samefile(night.warehouse) for version in list_versions(night.warehouse)] == [
        True,
        False,
        False,
    ]
    kept = [(contents(file)["ops.erasures"], contents(file)["ops.erasure_salt"]) for file in databases(night)]
    assert all(each == kept[0] for each in kept)
    assert not [file for file in files(night) if "building" in str(file)]


def test_the_count_of_steps_is_the_whole_of_it(night: Run) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(night.warehouse.parent.parent), "5"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "done\n", done.stderr


def test_nights_that_were_run_again_lose_him_too(night: Run) -> None:
    replay = night.warehouse.with_name("w.duckdb.replays") / "2024-05-31"
    (replay / "out").mkdir(parents=True)
    shutil.copyfile(night.warehouse, replay / "w.duckdb")
    shutil.copyfile(night.lists / "k2@2024-06-30.csv", replay / "out" / "k2@2024-05-31.csv")
    erasure = erase(night)

    assert_nobody_finds_him(night)
    assert not re.search(r"\bk1001\b", repr(contents(replay / "w.duckdb")))
    assert {str(replay / "w.duckdb"), str(replay / "out" / "k2@2024-05-31.csv")} < set(erasure.removed["file"])


def test_the_copy_for_analysts_is_made_anew_even_if_nothing_else_is(night: Run) -> None:
    """An erasure that was stopped after the published file would leave the old copy."""
    copy = night.warehouse.with_name("analysts.duckdb")
    own = {"analysts": copy, "analysts_salt": SecretStr("pepper")}
    warehouse = night.settings.warehouse.model_copy(update=own)
    night = replace(night, settings=night.settings.model_copy(update={"warehouse": warehouse}))
    with preparing(warehouse) as built:
        shutil.copyfile(night.warehouse, built)
        publish(warehouse)
    old = copy.read_bytes()
    customers = "select count(*)::int as n from crm.customers"
    assert query_warehouse(copy, customers)["n"].to_list() == [3]

    erasure = erase(night)
    assert query_warehouse(copy, customers)["n"].to_list() == [2]
    assert erasure.finds == ()

    copy.chmod(0o600)
    copy.write_bytes(old)
    assert erase(night).removed.is_empty()
    assert query_warehouse(copy, customers)["n"].to_list() == [2]
    assert "erasures" not in query_warehouse(copy, "select table_name from duckdb_tables()")["table_name"].to_list()


def test_tables_of_any_schema_are_looked_through(night: Run) -> None:
    version = versions_folder(night.warehouse) / "night-1.duckdb"
    version.chmod(0o600)
    with open_database(version) as connection:
        execute(connection, "create schema later")
        execute(
            connection, "create table later.facts as select unnest(['k1001', 'c1002', null]) as customer_id, 1 as n"
        )
        execute(connection, "create table later.lines as select unnest(['o-k1001', 'o-k10011']) as order_id, 1 as n")
        execute(connection, "create table later.numbers as select 1001 as n")
        execute(connection, "create view later.shown as select * from later.facts")
    erase(night)
    after = contents(version)
    assert after["later.facts"] == [("c1002", 1), (None, 1)]
    assert after["later.lines"] == [("o-k10011", 1)]
    assert after["later.numbers"] == [(1001,)]
    with open_database(version, read_only=True) as connection:
        assert execute(connection, "select count(*) from later.shown") == [(2,)]


def test_a_counted_reason_that_names_him_goes(night: Run) -> None:
    night.warehouse.chmod(0o600)
    with open_database(night.warehouse) as connection:
        fill(
            connection,
            "segments.service_reasons",
            {"reason": "parcel", "requests": 2},
            {"reason": "wants Jan Gołąb to be called", "requests": 1},
        )
    erase(night)
    assert query_warehouse(night.warehouse, "select reason from segments.service_reasons").rows() == [("parcel",)]


def test_an_order_that_is_anothers_by_now_keeps_its_lines(night: Run) -> None:
    with open_database(versions_folder(night.warehouse) / "night-1.duckdb", read_only=True) as connection:
        assert execute(connection, "select customer_id from crm.orders where order_id = 'o-k1001'") == [("k1001",)]
    night.warehouse.chmod(0o600)
    with open_database(night.warehouse) as connection:
        execute(
            connection, "insert into history.orders by name select *, date '2024-06-30' as known_until from crm.orders"
        )
        execute(connection, "update crm.orders set customer_id = 'k10011'")
    erase(night)

    lines = "select order_id from crm.order_lines order by 1"
    assert query_warehouse(night.warehouse, lines)["order_id"].to_list() == ["o-k1001", "o-k10011"]
    assert query_warehouse(night.warehouse, "select order_id from history.orders")["order_id"].to_list() == ["o-k10011"]
    kinds = query_warehouse(night.warehouse, "select kind from ops.erasures")["kind"].to_list()
    assert "order_id" not in kinds, "lines of that order must still be loaded"
    with open_database(versions_folder(night.warehouse) / "night-1.duckdb", read_only=True) as connection:
        assert execute(connection, lines) == [("o-k10011",)]


def test_what_others_share_is_not_held_against_them(night: Run) -> None:
    """Adam takes Jan's e-mail address and moves in with the name: both rules are his too, in every file."""
    for file in databases(night)[:1]:
        file.chmod(0o600)
        with open_database(file) as connection:
            execute(
                connection,
                "update crm.customers set email = 'jan.GOLAB@example.pl', last_name = 'Gołąb', postcode = '00-950', "
                "first_name = 'Jan' where customer_id = 'k10011'",
            )
    erasure = erase(night)

    assert contents(night.warehouse)["crm.suppressions"] == contents(databases(night)[1])["crm.suppressions"]
    assert [row[0] for row in contents(night.warehouse)["crm.suppressions"]] == ["by e-mail", "by name", "of Ewa"]
    assert [row[0] for row in contents(night.warehouse)["ops.erasures"]] == ["customer_id", "order_id"]
    assert erasure.searched == ("customer_id",)
    assert set(erasure.not_searched) == {"address_line", "email", "name", "phone"}


def test_what_others_say_of_him_is_told_with_its_column(night: Run) -> None:
    night.warehouse.chmod(0o600)
    with open_database(night.warehouse) as connection:
        execute(connection, "alter table crm.customers add column referred_by varchar")
        execute(connection, "update crm.customers set referred_by = 'k1001' where customer_id <> 'k1001'")
    erasure = erase(night)
    with pytest.raises(FoundElsewhereError) as refusal:
        erasure.refuse_finds()
    assert str(refusal.value) == (
        "the person is erased from Mailworth's own files, but still named in: "
        f"{night.warehouse} (crm.customers.referred_by in 2 rows of other customers). "
        "Remove them there, then erase again to see that nothing is left"
    )


def test_scripts_of_reports_are_searched_only_if_somebody_has_changed_them(night: Run) -> None:
    folder = night.settings.reports.path / "assets"
    folder.mkdir()
    script = folder / f"charts-{hashlib.sha256(b'let k1001 = 1').hexdigest()[:12]}.js"
    script.write_text("let k1001 = 1")
    assert preview(night).finds == ()
    script.write_text("let k1001 = 2")
    assert [str(find) for find in preview(night).finds] == [f"{script} (customer_id)"]
    script.unlink()
    folder.rmdir()


def test_files_of_others_are_told_by_name(night: Run) -> None:
    data = night.warehouse.parent
    (data / "old.txt").write_text("Gołąb Jan called", encoding="cp1250")
    (data / "deep").mkdir()
    (data / "deep" / "export.csv").write_bytes("id;email\nk1001;JAN.GOLAB@example.pl\n".encode("utf-16"))
    (data / "others.csv").write_text("c1002;k10011;k1001x\n")
    page = night.settings.reports.path / "2024-06-30" / "index.html"
    page.write_text("<p>k1001</p>")
    expected = [
        f"{data / 'old.txt'} (name)",
        f"{data / 'deep' / 'export.csv'} (customer_id, email)",
        f"{page} (customer_id)",
    ]

    assert [str(find) for find in preview(night).finds] == expected
    erasure = erase(night)
    assert [str(find) for find in erasure.finds] == expected
    with pytest.raises(FoundElsewhereError, match=re.escape("; ".join(expected))):
        erasure.refuse_finds()
    again = erase(night)
    assert [find.what for find in again.finds] == ["customer_id", "customer_id"], "only the id is known by then"
    for file in (data / "old.txt", data / "deep" / "export.csv", page):
        file.unlink()
    erase(night).refuse_finds()


def test_a_number_is_looked_for_where_ids_stand(night: Run, tmp_path: Path) -> None:
    """An id of digits alone is found in every amount and order number: in Mailworth's files only ids count."""
    for file in databases(night):
        file.chmod(0o600)
    with open_database(night.warehouse) as connection:
        execute(connection, "update crm.customers set customer_id = '1001' where customer_id = 'k1001'")
        execute(connection, "update crm.orders set customer_id = '1001' where customer_id = 'k1001'")
        execute(connection, "update crm.orders set order_id = '1001' where customer_id = 'k10011'")
        execute(connection, "update crm.order_lines set order_id = '1001' where order_id = 'o-k10011'")
    (tmp_path / "data" / "numbers.csv").write_text("amount\n1001\n")
    erasure = erase(night, "1001")

    assert [str(find) for find in erasure.finds] == [f"{tmp_path / 'data' / 'numbers.csv'} (customer_id)"]
    orders = query_warehouse(night.warehouse, "select order_id, customer_id from crm.orders").rows()
    assert orders == [("1001", "k10011")]
    assert query_warehouse(night.warehouse, "select order_id from crm.order_lines").rows() == [("1001",)]
    assert (night.lists / "k2@2024-06-30.csv").read_text().count("\n") == 4


def test_rows_left_behind_are_a_fault(night: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a file were not written anew, nobody would be told that all is well."""
    monkeypatch.setattr("segmentation.erasure.stage._write_all_anew", lambda *_: None)
    with pytest.raises(RuntimeError, match=r"w\.duckdb: rows of the erased person are left in crm\.contacts"):
        erase(night)


def test_bytes_left_behind_are_a_fault(night: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What DuckDB deletes stays in the file: deleting alone would not do."""
    from segmentation.erasure import databases as module

    def delete_only(old: Path, new: Path, person: object, run: Run) -> None:
        shutil.copyfile(old, new)
        with open_database(new) as connection:
            for table in WITH_HIM - {"crm.order_lines", "quality.rejects"}:
                execute(connection, f"delete from {table} where customer_id = 'k1001'")
            execute(connection, "delete from crm.order_lines where order_id = 'o-k1001'")
            execute(connection, "delete from crm.suppressions where reason <> 'of Ewa'")
            execute(connection, "delete from quality.rejects")

    assert module.write_anew is not None
    monkeypatch.setattr("segmentation.erasure.stage.write_anew", delete_only)
    with pytest.raises(RuntimeError, match=r"w\.duckdb: bytes of the erased person are left: .*email"):
        erase(night)
