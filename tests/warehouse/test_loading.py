"""Loads add up, can be repeated, and let a correction replace what it corrects."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from segmentation.contract.inputs import INPUT_TABLES
from segmentation.errors import RejectedShareError
from segmentation.sources.loading import Load
from segmentation.warehouse.connection import Connection
from tests.builders import write_source
from tests.warehouse.loads import counts, load_source, reasons, rows

ORDERS = "order_id,customer_id,ordered_at,amount\n"
NOTHING = (0, 0, 0)

EVERY_TABLE = {
    "customers": "customer_id,first_name,mail_consent,created_on,tier\nc1,Ann,no,2020-02-29,gold\nc2,,,,\n",
    "orders": ORDERS + "o1,c1,2024-01-05 10:30:00,19.99\no2,c2,2024-02-01,-5\n",
    "order_lines": "order_id,product_id,amount,category,quantity\no1,p1,9.99,food,0.5\no1,p2,10,,\n",
    "campaigns": "campaign_id,starts_on,ends_on,unit_cost,control_share\nk1,2024-03-01,2024-04-30,0.55,0.1\n",
    "contacts": "campaign_id,customer_id,arm\nk1,c1,treatment\nk1,c2,control\n",
    "responses": "campaign_id,customer_id,responded_at,value\nk1,c1,2024-03-05 09:00:00,20\n",
    "suppressions": "reason,customer_id,email,until\nrobinson,c2,,9999-12-31\nbounced,,a@b.example,\n",
    "service_contacts": "service_contact_id,customer_id,at,minutes,cost\ns1,c1,2024-03-06 12:00:00,4.5,3.20\n",
    "costs": "name,amount,kind,from,to\nlicence,100,monthly,2024-01-01,9999-12-31\nsetup,5000,,,\n",
}


def contents(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """All rows of crm, in the order they lie in."""
    return {table.name: rows(connection, f"from {table.full_name}") for table in INPUT_TABLES}


def test_a_first_load_of_every_table(loading: Connection, tmp_path: Path) -> None:
    loads = load_source(loading, write_source(tmp_path, **EVERY_TABLE), limit=0.0)

    assert {name: counts(load) for name, load in loads.items()} == {
        "customers": (2, 0, 0),
        "orders": (2, 0, 0),
        "order_lines": (2, 0, 0),
        "campaigns": (1, 0, 0),
        "contacts": (2, 0, 0),
        "responses": (1, 0, 0),
        "suppressions": (2, 0, 0),
        "service_contacts": (1, 0, 0),
        "costs": (2, 0, 0),
    }
    assert rows(
        loading,
        "select customer_id, first_name, mail_consent, created_on, deceased, tier from crm.customers order by 1",
    ) == [("c1", "Ann", False, dt.date(2020, 2, 29), None, "gold"), ("c2", None, True, None, None, None)]
    assert rows(loading, "select order_id, ordered_at, amount, margin from crm.orders order by 1") == [
        ("o1", dt.datetime(2024, 1, 5, 10, 30), Decimal("19.99"), None),
        ("o2", dt.datetime(2024, 2, 1), Decimal("-5.00"), None),
    ]
    assert rows(loading, "select product_id, amount, quantity from crm.order_lines order by 1") == [
        ("p1", Decimal("9.99"), 0.5),
        ("p2", Decimal("10.00"), None),
    ]
    assert rows(loading, "select reason, until from crm.suppressions order by 1") == [
        ("bounced", None),
        ("robinson", dt.date(9999, 12, 31)),
    ]


def test_the_same_load_again_changes_nothing(loading: Connection, tmp_path: Path) -> None:
    folder = write_source(tmp_path, **EVERY_TABLE)
    first = load_source(loading, folder)
    before = contents(loading)

    again = load_source(loading, folder, "second")

    assert contents(loading) == before
    assert {name: counts(load) for name, load in again.items()} == {
        name: (0, 0, load.rows_loaded) for name, load in first.items()
    }


def test_every_run_leaves_its_counts(loading: Connection, tmp_path: Path) -> None:
    folder = write_source(tmp_path, costs="name,amount\na,1\na,x\n")
    loads = load_source(loading, folder)
    load_source(loading, folder, "second")

    assert rows(loading, "select * from quality.loads where run_id = 'first'") == [
        ("first", *load.__dict__.values()) for load in loads.values()
    ]
    assert loads["costs"] == Load("costs", str(folder / "costs.csv"), 2, 1, 1, 0)
    assert rows(
        loading, "select rows_unchanged from quality.loads where run_id = 'second' and table_name = 'costs'"
    ) == [(1,)]


def test_a_missing_optional_table_is_told(loading: Connection, tmp_path: Path) -> None:
    load = load_source(loading, write_source(tmp_path))["contacts"]

    assert load == Load(
        "contacts", None, 0, 0, 0, 0, None, "the source has no such table; what depends on it is skipped"
    )
    assert rows(loading, "select * exclude (run_id) from quality.loads where table_name = 'contacts'") == [
        tuple(load.__dict__.values())
    ]


def test_a_table_that_goes_missing_keeps_its_rows(loading: Connection, tmp_path: Path) -> None:
    load_source(loading, write_source(tmp_path / "1", costs="name,amount\na,1\n"))
    load = load_source(loading, write_source(tmp_path / "2"), "second")["costs"]

    assert counts(load) == NOTHING
    assert rows(loading, "select name from crm.costs") == [("a",)]


def test_a_corrected_row_replaces_the_one_of_its_key(loading: Connection, tmp_path: Path) -> None:
    both = ORDERS + "o1,c1,2024-01-05,10\no2,c1,2024-01-06,20\n"
    load_source(loading, write_source(tmp_path / "1", orders=both))
    load = load_source(loading, write_source(tmp_path / "2", orders=both.replace(",20\n", ",25\n")), "second")["orders"]

    assert counts(load) == (1, 0, 1)
    assert rows(loading, "select order_id, amount from crm.orders order by 1") == [
        ("o1", Decimal("10.00")),
        ("o2", Decimal("25.00")),
    ]


def test_a_correction_may_empty_a_value(loading: Connection, tmp_path: Path) -> None:
    load_source(loading, write_source(tmp_path / "1", customers="customer_id,city\nc1,Rome\n"))
    load = load_source(loading, write_source(tmp_path / "2", customers="customer_id,city\nc1,\n"), "second")

    assert counts(load["customers"]) == (1, 0, 0)
    assert rows(loading, "select customer_id, city from crm.customers") == [("c1", None)]


def test_a_bad_correction_leaves_the_stored_row(loading: Connection, tmp_path: Path) -> None:
    load_source(loading, write_source(tmp_path / "1"))
    load = load_source(loading, write_source(tmp_path / "2", orders=ORDERS + "o1,c1,soon,11\n"), "second")["orders"]

    assert counts(load) == (0, 1, 0)
    assert rows(loading, "select amount from crm.orders") == [(Decimal("10.00"),)]


def test_late_rows_join_those_the_source_no_longer_brings(loading: Connection, tmp_path: Path) -> None:
    load_source(loading, write_source(tmp_path / "1", customers="customer_id\nc1\nc2\n"))
    late = write_source(tmp_path / "2", customers="customer_id\nc1\n", orders=ORDERS + "o0,c2,2019-05-06,7\n")

    assert counts(load_source(loading, late, "second")["orders"]) == (1, 0, 0), "c2 is known from the first load"
    assert rows(loading, "select order_id, ordered_at::date::varchar from crm.orders order by 1") == [
        ("o0", "2019-05-06"),
        ("o1", "2024-01-05"),
    ]


def test_a_key_of_two_columns(loading: Connection, tmp_path: Path) -> None:
    lines = "order_id,product_id,amount\no1,p1,1\no1,p2,2\n"
    load_source(loading, write_source(tmp_path / "1", order_lines=lines))
    load = load_source(loading, write_source(tmp_path / "2", order_lines=lines.replace("p2,2", "p2,3")), "second")

    assert counts(load["order_lines"]) == (1, 0, 1)
    assert rows(loading, "select product_id, amount::int from crm.order_lines order by 1") == [("p1", 1), ("p2", 3)]


def test_tables_without_a_key_stay_single(loading: Connection, tmp_path: Path) -> None:
    suppressions = "reason,customer_id,since\nrobinson,c1,\nrobinson,c1,2024-01-01\nrobinson,c1,\n"
    first = load_source(loading, write_source(tmp_path, suppressions=suppressions))
    again = load_source(loading, tmp_path, "second")

    assert counts(first["suppressions"]) == (2, 0, 1)
    assert counts(again["suppressions"]) == (0, 0, 3)
    assert rows(loading, "select since::varchar from crm.suppressions order by 1") == [("2024-01-01",), (None,)]


def test_exact_repetitions_count_as_unchanged(loading: Connection, tmp_path: Path) -> None:
    """Alike after trimming and conversion: 10 is 10.00."""
    text = "o1,c1,2024-01-05,10\n o1 ,c1,2024-01-05 00:00:00,10.00\no1,c1,2024-01-05,10\n"

    assert counts(load_source(loading, write_source(tmp_path, orders=ORDERS + text))["orders"]) == (1, 0, 2)


def test_of_rows_with_one_key_the_first_counts(loading: Connection, tmp_path: Path) -> None:
    (write_source(tmp_path) / "orders.csv").unlink()
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "2.csv").write_text(ORDERS + "o1,c1,2024-01-05,30\no1,c1,2024-01-05,20\n")
    (tmp_path / "orders" / "1.csv").write_text(ORDERS + "o1,c1,bad,10\no1,c1,2024-01-05,20\no1,c1,2024-01-05,20\n")

    load = load_source(loading, tmp_path)["orders"]

    assert counts(load) == (1, 2, 2), "1.csv row 2 is loaded; 1.csv row 3 and 2.csv row 2 repeat it"
    assert load.source == f"{tmp_path / 'orders' / '1.csv'}, {tmp_path / 'orders' / '2.csv'}"
    assert reasons(loading, "orders") == [
        (1, "ordered_at is not a date and time: bad"),
        (1, "another row with the same order_id and other content comes before"),
    ]
    assert rows(loading, "select amount::int from crm.orders") == [(20,)]


def test_defaults_stand_in_for_missing_columns_and_values(loading: Connection, tmp_path: Path) -> None:
    tables = {
        "campaigns": "campaign_id,starts_on\nk1,2024-01-01\n",
        "contacts": "campaign_id,customer_id\nk1,c1\n",
        "costs": "name,amount,kind\na,1,\nb,2,monthly\n",
    }
    load_source(loading, write_source(tmp_path / "1", **tables))

    assert rows(loading, "select mail_consent from crm.customers") == [(True,)]
    assert rows(loading, "select arm from crm.contacts") == [("treatment",)]
    assert rows(loading, "select kind from crm.costs order by name") == [("once",), ("monthly",)]

    tables |= {"contacts": "campaign_id,customer_id,arm\nk1,c1, \n", "customers": "customer_id,mail_consent\nc1,\n"}
    again = load_source(loading, write_source(tmp_path / "2", **tables), "second")

    assert counts(again["contacts"]) == counts(again["customers"]) == (0, 0, 1)


def test_a_new_attribute_appears_and_is_commented(loading: Connection, tmp_path: Path) -> None:
    load_source(loading, write_source(tmp_path / "1", customers="customer_id\nc1\nc2\n"))
    text = 'customer_id,"""gold"" tier",age\nc1,yes,7\nc2,,\n'
    load = load_source(loading, write_source(tmp_path / "2", customers=text), "second")["customers"]

    assert counts(load) == (1, 0, 1), "c2 has no value in the new columns"
    assert rows(loading, 'select customer_id, """gold"" tier", age from crm.customers order by 1') == [
        ("c1", "yes", "7"),
        ("c2", None, None),
    ]
    assert rows(
        loading,
        "select column_name, data_type, comment from duckdb_columns() "
        "where schema_name = 'crm' and table_name = 'customers' and comment like 'Attribute%' order by 1",
    ) == [
        ('"gold" tier', "VARCHAR", "Attribute, as the source has it"),
        ("age", "VARCHAR", "Attribute, as the source has it"),
    ]


def test_columns_with_a_leading_underscore_are_left_out(loading: Connection, tmp_path: Path) -> None:
    """Tools that copy tables write such columns; they change with every copy."""
    text = "customer_id,_synced,_file,_row,_reason,city\nc1,7,7,7,7,Rome\n,7,7,7,7,Bonn\n"

    load = load_source(loading, write_source(tmp_path, customers=text), tables=["customers"])["customers"]

    assert counts(load) == (1, 1, 0)
    assert rows(loading, "select customer_id, city from crm.customers") == [("c1", "Rome")]
    assert reasons(loading, "customers") == [(2, "customer_id is missing")]
    columns = {column for (column,) in rows(loading, "select column_name from (describe crm.customers)")}
    assert columns == {*INPUT_TABLES[0].column_names, "known_from"}


def test_an_attribute_may_have_any_name(loading: Connection, tmp_path: Path) -> None:
    names = [
        "good",
        "stored",
        "fresh",
        "checked",
        "typed",
        "raw",
        "row",
        "select",
        "reason",
        "crm",
        "it's",
        'a """b"""',
    ]
    text = f"customer_id,{','.join(names)}\n" + "".join(
        f"{key}{f',{value}' * len(names)}\n" for key, value in [("c1", "yes"), ("", "no"), ("c1", "no")]
    )

    load = load_source(loading, write_source(tmp_path, customers=text), tables=["customers"])["customers"]

    assert counts(load) == (1, 2, 0)
    declared = ", ".join(INPUT_TABLES[0].column_names)
    assert rows(loading, f"select * exclude ({declared}, known_from) from crm.customers") == [("yes",) * len(names)]


def test_an_attribute_that_disappears_is_emptied(loading: Connection, tmp_path: Path) -> None:
    """As a declared column is: a row is what the source said last, whichever of its values changed."""
    load_source(loading, write_source(tmp_path / "1", customers="customer_id,city,tier\nc1,Rome,gold\nc2,Bonn,red\n"))
    later = write_source(tmp_path / "2", customers="customer_id,city\nc1,Rome\nc2,Kiel\n")
    load = load_source(loading, later, "second")["customers"]

    assert counts(load) == (2, 0, 0)
    assert rows(loading, "select customer_id, city, tier from crm.customers order by 1") == [
        ("c1", "Rome", None),
        ("c2", "Kiel", None),
    ]


def test_columns_of_tables_without_attributes_are_left_out(loading: Connection, tmp_path: Path) -> None:
    text = "order_id,customer_id,ordered_at,amount,clerk\no1,c1,2024-01-05,10,Bob\n"

    assert counts(load_source(loading, write_source(tmp_path, orders=text))["orders"]) == (1, 0, 0)
    assert "clerk" not in {name for (name,) in rows(loading, "select column_name from (describe crm.orders)")}


@pytest.mark.parametrize(("limit", "refused"), [(0.39, True), (0.4, False)])
def test_too_many_rejects_are_refused(loading: Connection, tmp_path: Path, limit: float, refused: bool) -> None:
    """Two of five rows."""
    good = "".join(f"o{number},c1,2024-01-05,10\n" for number in range(3))
    folder = write_source(tmp_path, orders=ORDERS + good + "o8,c1,2024-01-05,ten\no9,c1,2024-01-05,ten\n")

    if refused:
        with pytest.raises(RejectedShareError) as refusal:
            load_source(loading, folder, limit=limit)
        assert str(refusal.value) == (
            f"{folder / 'orders.csv'}: 2 of 5 rows of orders break the contract, more than "
            "quality.rejected_share_limit = 0.39 allows; most often (2): amount is not an amount of money. "
            "Nothing is published."
        )
    else:
        assert counts(load_source(loading, folder, limit=limit)["orders"]) == (3, 2, 0)


def test_the_most_frequent_reason_is_named(loading: Connection, tmp_path: Path) -> None:
    text = "o1,c8,2024-01-05,10\no2,c1,2024-01-05,\no3,c1,2024-01-05,\no4,c1\n"

    with pytest.raises(RejectedShareError, match=r"4 of 4 rows of orders .* most often \(2\): amount is missing\."):
        load_source(loading, write_source(tmp_path, orders=ORDERS + text), limit=0.05)
