"""Profiles of a small warehouse: who counts, what is known when, and attributes with any name and value."""

import datetime as dt
import logging
import unicodedata
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from segmentation.attributes.kinds import ALL_ALIKE, IDENTIFIES, NOBODY
from segmentation.attributes.stage import profile_attributes
from segmentation.contract.attributes import ATTRIBUTE_PROFILES, PROFILE_COLUMNS, attribute_names
from segmentation.contract.history import CRM_TABLES
from segmentation.contract.inputs import CUSTOMERS
from segmentation.contract.privacy import privacy_of
from segmentation.segments.stage import leave_out_objectors
from segmentation.warehouse.connection import Connection, execute
from tests.attributes.shop import AS_OF, Customer, fill_customers
from tests.builders import empty_warehouse, fill

FIGURES = ("customers", "unknown", "in_group", "in_all")


def profile(connection: Connection, as_of: dt.date = AS_OF) -> pl.DataFrame:
    profile_attributes(connection, as_of)
    return connection.sql("from segments.attribute_profiles order by all").pl()


def shop(home: str = "home", age: str = "age") -> list[Customer]:
    """40 of the segment s, of whom 30 own their home, and 60 of t, of whom 15 do; the first of each is not known."""
    rows: list[Customer] = [
        (f"s{i:02}", "s", {home: None if i == 40 else "own" if i < 30 else "rent", age: str(20 + i)}) for i in range(41)
    ]
    rows += [
        (f"t{i:02}", "t", {home: None if i == 60 else "own" if i < 15 else "rent", age: str(40 + i % 40)})
        for i in range(61)
    ]
    return rows


def found(profiles: pl.DataFrame, **match: str) -> dict[str, Any]:
    return profiles.row(by_predicate=pl.all_horizontal(pl.col(k) == v for k, v in match.items()), named=True)


def test_the_whole_by_hand(warehouse: Connection, caplog: pytest.LogCaptureFixture) -> None:
    fill_customers(warehouse, shop())
    for i in range(41):
        cluster = {"customer_id": f"s{i:02}", "as_of_date": AS_OF, "cluster_id": 1, "cluster_name": "Recent"}
        fill(warehouse, "segments.clusters", cluster)
    fill(warehouse, "segments.value", *({"customer_id": f"t{i:02}", "portfolio": "keep"} for i in range(61)))
    with caplog.at_level(logging.INFO):
        profiles = profile(warehouse)

    own = found(profiles, grouping="segment", group_name="s", attribute="home", value="own")
    assert [own[figure] for figure in FIGURES] == [40, 1, 0.75, 0.45]
    assert (own["index"], own["standing"], own["as_of_date"]) == (pytest.approx(166.67, abs=0.01), "over", AS_OF)
    in_cluster = found(profiles, grouping="cluster", group_name="Recent", attribute="home", value="own")
    assert {k: v for k, v in in_cluster.items() if k not in ("grouping", "group_name")} == {
        k: v for k, v in own.items() if k not in ("grouping", "group_name")
    }
    keep = found(profiles, grouping="portfolio", group_name="keep", attribute="home", value="own")
    assert [keep[figure] for figure in FIGURES] == [60, 1, 0.25, 0.45]
    age = found(profiles, grouping="segment", group_name="t", attribute="age")
    assert (age["customers"], age["unknown"], age["kind"]) == (61, 0, "mean")
    assert age["in_group"] == pytest.approx(40 + (sum(range(40)) + sum(range(21))) / 61)
    assert "2 attributes profile 2 segments, 1 clusters and 1 portfolio groups; 12 of 12 shares" in caplog.text


def test_who_is_not_scored_is_in_no_figure(warehouse: Connection) -> None:
    fill_customers(warehouse, shop())
    before = profile(warehouse)
    fill(warehouse, "crm.customers", {"customer_id": "nobody"})
    execute(warehouse, "update crm.customers set home = 'castle', age = '900' where customer_id = 'nobody'")
    assert profile(warehouse).equals(before)


def test_objection_and_erasure_leave_nothing_of_a_person(warehouse: Connection) -> None:
    """The profiles are those of a warehouse that has never heard of them."""
    customers = shop()
    objector: Customer = ("x1", "s", {"home": "castle", "age": "99"})
    erased: Customer = ("x2", "t", {"home": "own", "age": "98"})
    fill_customers(warehouse, customers)
    without = profile(warehouse)
    fill_customers(warehouse, [objector, erased])
    assert not profile(warehouse).equals(without)
    fill(warehouse, "crm.suppressions", {"reason": "objection", "customer_id": "x1"})
    leave_out_objectors(warehouse, AS_OF)
    execute(warehouse, "delete from segments.rfm where customer_id = 'x1'")  # as scoring would
    for table in ("crm.customers", "segments.rfm"):
        execute(warehouse, f"delete from {table} where customer_id = 'x2'")

    assert profile(warehouse).equals(without)


def test_a_value_of_few_is_never_written(warehouse: Connection) -> None:
    customers = [
        (id_, segment, attributes | {"home": "ul. Długa 5"} if id_ in ("s01", "t01", "t02", "t03") else attributes)
        for id_, segment, attributes in shop()
    ]
    fill_customers(warehouse, customers)
    profiles = profile(warehouse)
    assert set(profiles["value"].drop_nulls()) == {"other", "rent"}  # 4 too few, and so the next fewest with them
    assert "Długa" not in profiles.write_csv()


def test_only_what_is_meant_is_an_attribute(warehouse: Connection) -> None:
    """Every declared column is filled; the open one that is meant is profiled, and never another."""
    texts = {c.name: f"secret {c.name}" for c in CUSTOMERS.columns if c.type == "VARCHAR" and c.name != "customer_id"}
    fill_customers(warehouse, shop(), **texts)
    execute(warehouse, "update crm.customers set country = if(customer_id < 's20', 'PL', 'CZ')")
    profiles = profile(warehouse)
    assert set(profiles["attribute"]) == {"home", "age", "country"}
    assert "secret" not in profiles.write_csv()


def test_no_withheld_column_and_no_pseudonym_can_occur() -> None:
    stored = next(table for table in CRM_TABLES if table.name == "customers").columns
    open_ones = {column.name for column in stored if privacy_of(column) == "open"}
    assert attribute_names(column.name for column in stored) == PROFILE_COLUMNS
    assert set(PROFILE_COLUMNS) <= open_ones
    assert attribute_names(["E-mail", "EMAIL", "Last_Name", "shoe size", "customer_ID"]) == ("E-mail", "shoe size")
    assert all(privacy_of(column) == "open" for column in ATTRIBUTE_PROFILES.columns)
    assert "customer_id" not in ATTRIBUTE_PROFILES.column_names


def test_attributes_left_out_say_why(warehouse: Connection) -> None:
    customers = [(i, s, {"card": f"no. {i}", "club": "yes", "empty": None}) for i, s, _ in shop()]
    fill_customers(warehouse, customers)
    rows = profile(warehouse).select("grouping", "attribute", "kind", "customers", "unknown", "note").rows()
    assert sorted(rows, key=str) == [
        (None, "card", "left out", 102, 0, IDENTIFIES),
        (None, "club", "left out", 102, 0, ALL_ALIKE),
        (None, "empty", "left out", 0, 102, NOBODY),
    ]


def test_nobody_scored_and_nothing_known(warehouse: Connection, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert profile(warehouse).is_empty()
    assert "no attribute of customers profiles their segments" in caplog.text
    fill_customers(warehouse, [("c1", "s", {})])
    assert profile(warehouse).is_empty(), "country is no attribute of a source that does not bring it"


def test_each_date_is_written_once_and_the_others_stay(warehouse: Connection) -> None:
    fill_customers(warehouse, shop())
    first = profile(warehouse)
    execute(warehouse, "update crm.customers set home = 'rent' where customer_id < 's20'")
    later = AS_OF + dt.timedelta(7)
    profile(warehouse, later)
    both = profile(warehouse, later)
    assert both.filter(pl.col("as_of_date") == AS_OF).equals(first)
    assert both.filter(pl.col("as_of_date") == later).height == first.height


def test_threads_and_the_order_of_rows_change_nothing() -> None:
    written = set()
    for rows in (shop(), shop()[::-1]):
        with empty_warehouse() as connection:
            customers = [(i, s, a | {"km": f"{abs(hash_(i)) / 7:.9f}"}) for i, s, a in rows]
            fill_customers(connection, customers)
            written.add(profile(connection).write_csv())
    assert len(written) == 1


def hash_(text: str) -> int:
    return sum(ord(letter) * 31**place % 1009 for place, letter in enumerate(text))


@pytest.mark.parametrize("far", [0, 1_000_000, -999_999_000_000])
def test_means_and_variances_wherever_the_numbers_lie(warehouse: Connection, far: int) -> None:
    values = {segment: [far + (i * i % 37) * step for i in range(40)] for segment, step in (("s", 0.25), ("t", 0.5))}
    fill_customers(
        warehouse,
        [
            (f"{name}{i:02}", name, {"x": str(number)})
            for name, numbers in values.items()
            for i, number in enumerate(numbers)
        ],
    )
    cell = found(profile(warehouse), grouping="segment", group_name="s")
    test = stats.ttest_ind(values["s"], values["t"], equal_var=False)
    assert cell["in_group"] == pytest.approx(sum(values["s"]) / 40, rel=1e-12)
    assert cell["p_value"] == pytest.approx(test.pvalue, rel=1e-3 if far < 0 else 1e-6)


def test_agrees_with_polars_on_random_customers(warehouse: Connection) -> None:
    random = np.random.default_rng(8)
    table = pl.DataFrame(
        {
            "customer_id": [f"c{i:03}" for i in range(300)],
            "segment": random.choice(["s", "t", "u"], 300).tolist(),
            "colour": random.choice(["red", "blue", "green", ""], 300).tolist(),
            "km": [f"{number:.2f}" for number in random.gamma(2, size=300)],
        }
    )
    fill_customers(warehouse, [(i, s, {"colour": c, "km": k}) for i, s, c, k in table.iter_rows()])
    profiles = profile(warehouse).filter(pl.col("grouping") == "segment")
    known = table.filter(pl.col("colour") != "")
    for (segment, colour), part in known.group_by("segment", "colour"):
        cell = found(profiles, group_name=str(segment), attribute="colour", value=str(colour))
        assert cell["in_group"] == part.height / (known["segment"] == segment).sum()
        assert cell["in_all"] == (known["colour"] == colour).mean()
        assert cell["unknown"] == ((table["segment"] == segment) & (table["colour"] == "")).sum()
    for (segment,), part in table.group_by("segment"):
        cell = found(profiles, group_name=str(segment), attribute="km")
        assert cell["in_group"] == pytest.approx(part["km"].cast(pl.Float64).mean())


odd = st.one_of(
    st.sampled_from(
        ["nan", "NaN", "inf", "null", "None", "other", "segment", "value", "attribute", "%", "'; drop", "ł"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
)
names = odd.filter(
    lambda name: name.strip() and name.lower() not in {c.name for c in CUSTOMERS.columns} | {"known_from"}
)


@given(names, odd, odd)
@settings(max_examples=10)
def test_any_name_and_value(name: str, one: str, two: str) -> None:
    """30 customers of s have one value, 20 of t another."""
    rows: list[Customer] = [(f"s{i:02}", "s", {name: one}) for i in range(30)]
    rows += [(f"t{i:02}", "t", {name: two}) for i in range(20)]
    with empty_warehouse() as connection:
        fill_customers(connection, rows)
        profiles = profile(connection)
    assert set(profiles["attribute"]) == {name}
    counted = trimmed(one), trimmed(two)
    if "" in counted or counted[0] == counted[1]:
        assert profiles["kind"].to_list() == ["left out"]
    else:
        cell = found(profiles, grouping="segment", group_name="s", value=counted[0])
        assert (cell["in_group"], cell["in_all"], cell["customers"]) == (1, 0.6, 30)


def trimmed(text: str) -> str:
    """DuckDB trims Unicode's space separators, and nothing else that Python takes for white."""
    spaces = "".join(sign for sign in set(text) if unicodedata.category(sign) == "Zs")
    return text.strip(spaces) if spaces else text
