"""Who is credited with what, rule by rule, and against a plain search through mailings and orders."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.crediting.stage import credit_orders
from segmentation.settings import CampaignSettings
from segmentation.warehouse.connection import Connection
from segmentation.warehouse.schema import clear
from tests.builders import TABLES, empty_warehouse, fill, order

AS_OF = dt.date(2024, 6, 30)
ASSUMED = CampaignSettings(response_window_days=30, return_days=20)
ADDRESS = {"postcode": "SW1A 1AA", "address_line": "10 High St.", "last_name": "Smith-Jones"}

Credit = tuple[str, str, str | None, str, str | None]


def credit(warehouse: Connection, as_of: dt.date = AS_OF) -> pl.DataFrame:
    credit_orders(warehouse, as_of, ASSUMED)
    return warehouse.sql("from response.attribution").pl()


def credited(warehouse: Connection) -> set[Credit]:
    rows = credit(warehouse).select("campaign_id", "customer_id", "order_id", "method", "matched_by").rows()
    assert len(set(rows)) == len(rows)
    return set(rows)


def campaigns(warehouse: Connection, *customers: dict[str, Any]) -> None:
    """May (to 20 June) is mailed to a and b with key codes, June (30 days) to a alone; c is held out of May."""
    people = {name: {"customer_id": name} for name in "abcd"} | {row["customer_id"]: row for row in customers}
    fill(warehouse, "crm.customers", *people.values())
    fill(
        warehouse,
        "crm.campaigns",
        {"campaign_id": "may", "starts_on": dt.date(2024, 5, 1), "ends_on": dt.date(2024, 6, 20)},
        {"campaign_id": "june", "starts_on": dt.date(2024, 6, 1), "ends_on": None},
        {"campaign_id": "july", "starts_on": dt.date(2024, 7, 1), "ends_on": None},
    )
    fill(
        warehouse,
        "crm.contacts",
        {"campaign_id": "may", "customer_id": "a", "arm": "treatment", "keycode": "M-1"},
        {"campaign_id": "may", "customer_id": "b", "arm": "treatment", "keycode": "M-1"},
        {"campaign_id": "may", "customer_id": "c", "arm": "control", "keycode": "C-1"},
        {"campaign_id": "june", "customer_id": "a", "arm": "treatment", "keycode": "J-1"},
        {"campaign_id": "july", "customer_id": "b", "arm": "treatment", "keycode": "Y-1"},
    )


def test_key_code_first_then_the_last_mailing_before_the_order(warehouse: Connection) -> None:
    campaigns(warehouse)
    fill(
        warehouse,
        "crm.orders",
        order("a", "2024-06-10", order_id="coded", keycode="M-1"),
        order("a", "2024-06-11", order_id="matched"),
        order("a", "2024-05-31", order_id="before June"),
        order("a", "2024-04-30", order_id="too early"),
        order("b", "2024-06-21", order_id="too late"),
        order("b", "2024-06-20", order_id="last day"),
        order("b", "2024-05-01", order_id="first day"),
        order("c", "2024-05-10", order_id="held out"),
        order("a", "2024-06-30", order_id="last day of June's 30 days"),
        order("a", "2024-07-01", order_id="not known yet"),
        order("b", "2024-05-02", 0.0, order_id="free sample"),
    )
    assert credited(warehouse) == {
        ("may", "a", "coded", "keycode", None),
        ("june", "a", "matched", "matchback", "customer"),
        ("may", "a", "before June", "matchback", "customer"),
        ("may", "b", "last day", "matchback", "customer"),
        ("may", "b", "first day", "matchback", "customer"),
        ("june", "a", "last day of June's 30 days", "matchback", "customer"),
        ("may", "b", "free sample", "matchback", "customer"),
    }


def test_capitals_spaces_and_dashes_make_no_difference_to_key_codes(warehouse: Connection) -> None:
    campaigns(warehouse)
    written = ["M-1", "m1", " m 1 ", "M\N{EN DASH}1", "M\N{NO-BREAK SPACE}1", "M.1", "M-11", "-"]
    orders = [order("d", "2024-05-10", order_id=code, keycode=code) for code in written]
    fill(warehouse, "crm.orders", *orders)
    assert {order_id for _, _, order_id, _, _ in credited(warehouse)} == set(written[:5])


def test_a_code_counts_in_its_window_only_and_never_for_the_held_out(warehouse: Connection) -> None:
    """Otherwise the order goes the next way, if there is one, and the note says what became of the code."""
    campaigns(warehouse)
    fill(
        warehouse,
        "crm.orders",
        order("a", "2024-06-25", order_id="window over", keycode="M-1"),
        order("a", "2024-05-25", order_id="window not open", keycode="J-1"),
        order("b", "2024-05-25", order_id="not begun", keycode="Y-1"),
        order("b", "2024-05-26", order_id="unknown", keycode="X-9"),
        order("b", "2024-05-27", order_id="of the held out", keycode="C-1"),
        order("c", "2024-05-25", order_id="held out", keycode="M-1"),
        order("d", "2024-05-25", order_id="passed on", keycode="M-1"),
        order("d", "2024-06-25", order_id="passed on and over", keycode="M-1"),
    )
    rows = credit(warehouse).select("order_id", "campaign_id", "method", "note").rows()
    does_not_count = "the key code quoted does not count: its window was not open, or the customer was held out"
    no_mailing = "the key code quoted is of no mailing that has started"
    assert sorted(rows) == [
        ("not begun", "may", "matchback", no_mailing),
        ("of the held out", "may", "matchback", no_mailing),
        ("passed on", "may", "keycode", "the key code is of a piece mailed to somebody else"),
        ("unknown", "may", "matchback", no_mailing),
        ("window not open", "may", "matchback", does_not_count),
        ("window over", "june", "matchback", does_not_count),
    ]


def test_a_code_of_two_campaigns_is_that_of_the_one_the_customer_was_mailed_by(warehouse: Connection) -> None:
    days = {"first": dt.date(2024, 6, 1), "second": dt.date(2024, 6, 8), "same day": dt.date(2024, 6, 8)}
    fill(warehouse, "crm.customers", *({"customer_id": name} for name in "abcd"))
    fill(warehouse, "crm.campaigns", *({"campaign_id": name, "starts_on": day} for name, day in days.items()))
    mailed = [("first", "a"), ("second", "b"), ("same day", "c")]
    fill(
        warehouse,
        "crm.contacts",
        *({"campaign_id": x, "customer_id": y, "arm": "treatment", "keycode": "K"} for x, y in mailed),
    )
    fill(warehouse, "crm.orders", *(order(name, "2024-06-10", order_id=name, keycode="k") for name in "abcd"))
    assert credited(warehouse) == {
        ("first", "a", "a", "keycode", None),
        ("second", "b", "b", "keycode", None),
        ("same day", "c", "c", "keycode", None),
        ("same day", "d", "d", "keycode", None),  # nobody's: the last in-home date, then the first campaign_id
    }


def test_household_and_address_come_after_the_customers_own_mailing(warehouse: Connection) -> None:
    campaigns(
        warehouse,
        {"customer_id": "a", "household_id": "h1", **ADDRESS},
        {"customer_id": "b", "household_id": "h2", "postcode": "00-950", "address_line": "x", "last_name": "y"},
        {"customer_id": "c", "household_id": "h1", **ADDRESS},
        {"customer_id": "d", "household_id": "h1", "last_name": None},
        {"customer_id": "e", "postcode": "sw1a1aa", "address_line": "10  HIGH ST", "last_name": "smith jones"},
        {"customer_id": "f", **ADDRESS, "last_name": "Smith"},
        {"customer_id": "g", **ADDRESS, "postcode": None},
        {"customer_id": "h", "household_id": "h2"},
    )
    fill(
        warehouse,
        "crm.orders",
        *(order(name, "2024-05-10", order_id=f"{name} in May") for name in "cdefgh"),
        *(order(name, "2024-06-10", order_id=f"{name} in June") for name in "bcdeh"),
        order("d", "2024-06-10", order_id="d with code", keycode="m1"),
        order("h", "2024-06-21", order_id="h too late"),
    )
    assert credited(warehouse) == {
        ("may", "d", "d in May", "matchback", "household"),
        ("may", "e", "e in May", "matchback", "address"),
        ("may", "h", "h in May", "matchback", "household"),
        ("may", "b", "b in June", "matchback", "customer"),  # his own, though June is later and only a was mailed
        ("june", "c", "c in June", "matchback", "household"),  # held out of May alone
        ("june", "d", "d in June", "matchback", "household"),
        ("june", "e", "e in June", "matchback", "address"),
        ("may", "h", "h in June", "matchback", "household"),
        ("may", "d", "d with code", "keycode", None),
    }


def test_the_customers_own_older_mailing_comes_before_a_later_one_of_the_household(warehouse: Connection) -> None:
    campaigns(warehouse, {"customer_id": "a", "household_id": "h"}, {"customer_id": "b", "household_id": "h"})
    fill(warehouse, "crm.orders", order("b", "2024-06-10", order_id="o"))
    assert credited(warehouse) == {("may", "b", "o", "matchback", "customer")}


def taken(warehouse: Connection) -> list[tuple[Any, ...]]:
    returns = credit(warehouse).filter(pl.col("original_order_id").is_not_null())
    columns = ("order_id", "campaign_id", "method", "matched_by", "amount", "original_order_id", "note")
    return sorted(returns.select(columns).rows())


def test_a_return_takes_back_the_credit_of_the_last_credited_order_before_it(warehouse: Connection) -> None:
    campaigns(warehouse)
    fill(
        warehouse,
        "crm.orders",
        order("a", "2024-05-10", 30.0, order_id="first"),
        order("a", "2024-06-10", 50.0, order_id="second", keycode="M1"),
        order("a", "2024-06-10", -20.0, order_id="at once"),
        order("a", "2024-06-25", -30.0, order_id="window over"),
        order("a", "2024-05-09", -5.0, order_id="before any credit"),
        order("b", "2024-06-10", 40.0, order_id="b's"),
        order("b", "2024-06-30", -40.0, order_id="after 20 days"),
        order("c", "2024-06-10", -40.0, order_id="of the held out"),
        order("a", "2024-07-01", -1.0, order_id="not known yet"),
    )
    assert taken(warehouse) == [
        ("after 20 days", "may", "matchback", "customer", Decimal("-40.00"), "b's", None),
        ("at once", "may", "keycode", None, Decimal("-20.00"), "second", None),
        ("window over", "may", "keycode", None, Decimal("-30.00"), "second", None),
    ]


def test_a_return_too_late_takes_nothing_back(warehouse: Connection) -> None:
    campaigns(warehouse)
    fill(warehouse, "crm.orders", order("b", "2024-06-09", 40.0), order("b", "2024-06-30", -40.0))
    assert taken(warehouse) == []


def test_never_more_is_taken_back_than_was_credited(warehouse: Connection) -> None:
    campaigns(warehouse)
    fill(
        warehouse,
        "crm.orders",
        order("b", "2024-06-09", 40.0, order_id="order"),
        order("b", "2024-06-10", -30.0, order_id="part"),
        order("b", "2024-06-11", -30.0, order_id="too much"),
        order("b", "2024-06-12", -30.0, order_id="nothing left"),
    )
    too_large = "the return is larger than what is left of the credit"
    assert taken(warehouse) == [
        ("part", "may", "matchback", "customer", Decimal("-30.00"), "order", None),
        ("too much", "may", "matchback", "customer", Decimal("-10.00"), "order", too_large),
    ]


def test_replies_of_the_mailed_are_credited_to_their_campaign(warehouse: Connection) -> None:
    campaigns(warehouse)
    at = dt.datetime(2024, 5, 5)
    fill(
        warehouse,
        "crm.responses",
        {"campaign_id": "may", "customer_id": "b", "responded_at": at},
        {"campaign_id": "may", "customer_id": "c", "responded_at": at},  # held out
        {"campaign_id": "july", "customer_id": "b", "responded_at": at},  # has not started
    )
    assert credited(warehouse) == {("may", "b", None, "keycode", None)}


def test_crediting_again_changes_nothing(warehouse: Connection) -> None:
    campaigns(warehouse)
    fill(warehouse, "crm.orders", order("a", "2024-06-10"), order("a", "2024-06-12", -4.0))
    assert credit(warehouse).equals(credit(warehouse))


# ---- against a plain search

CUSTOMERS = ("c0", "c1", "c2", "c3", "c4")
CODES = ("K1", "k 1", "K2", "nothing", None)
START = dt.date(2024, 5, 1)
days = st.integers(0, 60).map(lambda number: START + dt.timedelta(days=number))
homes = st.sampled_from((None, "h1", "h2"))
worlds = st.fixed_dictionaries(
    {
        "customers": st.tuples(*(st.tuples(homes, homes) for _ in CUSTOMERS)),
        "campaigns": st.lists(st.tuples(days, st.none() | st.integers(0, 40)), max_size=4),
        "contacts": st.dictionaries(
            st.tuples(st.integers(0, 3), st.sampled_from(CUSTOMERS)),
            st.tuples(st.sampled_from(("treatment", "treatment", "control")), st.sampled_from(("K1", "K-2", None))),
            max_size=12,
        ),
        "orders": st.lists(
            st.tuples(
                st.sampled_from(CUSTOMERS), days, st.integers(-40, 60).map(lambda n: n / 4), st.sampled_from(CODES)
            ),
            max_size=25,
        ),
    }
)
World = dict[str, Any]


def build(warehouse: Connection, world: World) -> None:
    people = zip(CUSTOMERS, world["customers"], strict=True)
    fill(
        warehouse,
        "crm.customers",
        *(
            {"customer_id": name, "household_id": home, "postcode": at, "address_line": at, "last_name": at}
            for name, (home, at) in people
        ),
    )
    windows = [
        (starts_on, None if length is None else starts_on + dt.timedelta(days=length))
        for starts_on, length in world["campaigns"]
    ]
    tables = {
        "crm.campaigns": [
            {"campaign_id": f"m{number}", "starts_on": starts_on, "ends_on": ends_on}
            for number, (starts_on, ends_on) in enumerate(windows)
        ],
        "crm.contacts": [
            {"campaign_id": f"m{number}", "customer_id": customer, "arm": arm, "keycode": keycode}
            for (number, customer), (arm, keycode) in world["contacts"].items()
            if number < len(windows)
        ],
        "crm.orders": [
            order(customer, day.isoformat(), amount, order_id=f"o{number:02}", keycode=keycode)
            for number, (customer, day, amount, keycode) in enumerate(world["orders"])
        ],
    }
    for table, rows in tables.items():
        if rows:
            fill(warehouse, table, *rows)


def plain(code: str | None) -> str | None:
    return None if code is None else code.upper().replace(" ", "").replace("-", "")


def search(world: World) -> tuple[dict[str, tuple[str, str, str | None]], dict[str, tuple[str, float]]]:
    """Credits by order, and by return the original order and the money, looked for one by one."""
    people = dict(zip(CUSTOMERS, world["customers"], strict=True))
    mailings = {}
    for number, (starts_on, length) in enumerate(world["campaigns"]):
        ends_on = starts_on + dt.timedelta(days=ASSUMED.response_window_days - 1 if length is None else length)
        if starts_on <= AS_OF:
            mailings[number] = (starts_on, ends_on)
    arms = {key: arm for key, (arm, _) in world["contacts"].items() if key[0] in mailings}
    newest = sorted(mailings, key=lambda number: (-mailings[number][0].toordinal(), number))

    def mailed(number: int) -> list[str]:
        return [customer for (mailing, customer), arm in arms.items() if mailing == number and arm == "treatment"]

    def nearness(number: int, customer: str) -> int:
        if customer in mailed(number):
            return 3
        for place, way in ((0, 2), (1, 1)):
            home = people[customer][place]
            if home is not None and home in {people[other][place] for other in mailed(number)}:
                return way
        return 0

    def bears(number: int, code: str | None) -> bool:
        codes = {plain(world["contacts"][number, customer][1]) for customer in mailed(number)}
        return code is not None and plain(code) in codes

    credits: dict[str, tuple[str, str, str | None]] = {}
    lasts: dict[str, list[str]] = {}
    taken_back: dict[str, tuple[str, float]] = {}
    left: dict[str, float] = {}
    numbered = list(enumerate(world["orders"]))
    for place, (customer, day, amount, keycode) in sorted(numbered, key=lambda n: (n[1][1], n[1][2] < 0, n[0])):
        name = f"o{place:02}"
        if day > AS_OF:
            continue
        if amount < 0:
            if customer in lasts and (day - world["orders"][int(lasts[customer][-1][1:])][1]).days <= 20:
                original = lasts[customer][-1]
                money = min(-amount, left[original])
                left[original] -= money
                if money:
                    taken_back[name] = (original, -money)
            continue
        open_now = [
            number
            for number in newest
            if mailings[number][0] <= day <= mailings[number][1] and arms.get((number, customer)) != "control"
        ]
        coded = sorted((m for m in open_now if bears(m, keycode)), key=lambda m: -nearness(m, customer))
        matched = sorted((m for m in open_now if nearness(m, customer)), key=lambda m: -nearness(m, customer))
        if coded:
            credits[name] = (f"m{coded[0]}", "keycode", None)
        elif matched:
            way = {3: "customer", 2: "household", 1: "address"}[nearness(matched[0], customer)]
            credits[name] = (f"m{matched[0]}", "matchback", way)
        if name in credits:
            lasts.setdefault(customer, []).append(name)
            left[name] = amount
    return credits, taken_back


@pytest.fixture(scope="module")
def used_again() -> Iterator[Connection]:
    with empty_warehouse() as connection:
        yield connection


@given(world=worlds)
@settings(max_examples=150)
def test_credits_are_those_of_a_plain_search(used_again: Connection, world: World) -> None:
    for name in ("customers", "campaigns", "contacts", "orders"):
        clear(used_again, TABLES[f"crm.{name}"])
    build(used_again, world)
    rows = credit(used_again)
    orders, returns = (rows.filter(pl.col("original_order_id").is_null() == first) for first in (True, False))
    credits, taken_back = search(world)
    assert dict(
        (row[0], row[1:]) for row in orders.select("order_id", "campaign_id", "method", "matched_by").rows()
    ) == (credits)
    found = returns.select("order_id", "original_order_id", pl.col("amount").cast(pl.Float64)).rows()
    assert {row[0]: row[1:] for row in found} == taken_back
    assert rows["order_id"].n_unique() == rows.height
    assert_whole(rows, world)


def assert_whole(rows: pl.DataFrame, world: World) -> None:
    """Credited and uncredited orders are all orders, and no order's credit falls below nothing."""
    amounts = {f"o{place:02}": amount for place, (_, _, amount, _) in enumerate(world["orders"])}
    orders = rows.filter(pl.col("original_order_id").is_null())
    kept = sum(amount for name, amount in amounts.items() if amount >= 0 and name not in set(orders["order_id"]))
    everything = sum(amount for amount in amounts.values() if amount >= 0)
    assert float(orders["amount"].sum()) + kept == everything
    left = rows.group_by(pl.coalesce("original_order_id", "order_id")).agg(pl.col("amount").sum())
    assert (left["amount"] >= 0).all()
