"""Each reason on its own, on small warehouses worked by hand; and that every customer has one place in a plan."""

import datetime as dt
import sys
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.eligibility.stage import Eligibility, assess_customers
from segmentation.errors import PlanError
from segmentation.settings import load_settings
from segmentation.targeting.exclusions import (
    EXCLUSIONS,
    RANKED_EXCLUSIONS,
    apply_exclusions,
    apply_ranked_exclusions,
    build_waterfall,
    tell_waterfall,
)
from segmentation.warehouse.connection import Connection
from tests.builders import fill

AS_OF, IN_HOME = dt.date(2024, 6, 30), dt.date(2024, 7, 14)


def assess(warehouse: Connection, channel: str = "mail", **plan: Any) -> Eligibility:
    settings = load_settings(plan=plan)
    return assess_customers(warehouse, settings, as_of=AS_OF, campaign_id="planned", channel=channel, starts_on=IN_HOME)


def those(assessed: Eligibility, column: str) -> set[str]:
    return set(assessed.customers.filter(column)["customer_id"])


def campaign(warehouse: Connection, name: str, starts_on: dt.date, *contacts: tuple[str, str], **others: Any) -> None:
    fill(warehouse, "crm.campaigns", {"campaign_id": name, "starts_on": starts_on} | others)
    fill(warehouse, "crm.contacts", *({"campaign_id": name, "customer_id": c, "arm": arm} for c, arm in contacts))


def customers(warehouse: Connection, *ids: str, **others: Any) -> None:
    fill(warehouse, "crm.customers", *({"customer_id": c} | others for c in ids))


def days_before(days: int) -> dt.date:
    return IN_HOME - dt.timedelta(days=days)


def test_rest_days_count_from_the_last_contact_and_differ_by_channel(warehouse: Connection) -> None:
    customers(warehouse, "m29", "m30", "e3", "held", "later")
    for name, days, channel in (("m29", 29, "mail"), ("m30", 30, None), ("e3", 20, "email")):
        campaign(warehouse, name, days_before(days), (name, "treatment"), channel=channel)
    campaign(warehouse, "test", days_before(20), ("held", "control"))
    campaign(warehouse, "not known yet", days_before(5), ("later", "treatment"))
    assert those(assess(warehouse), "is_resting") == {"m29", "e3"}
    assert those(assess(warehouse, rest_days_by_channel={"email": 20}), "is_resting") == {"m29"}
    assert those(assess(warehouse, rest_days=0), "is_resting") == set()


@pytest.mark.parametrize(
    ("caps", "capped"),
    [
        ({}, set()),
        ({"mail": {"contacts": 2, "days": 90}}, {"two"}),
        ({"mail": {"contacts": 2, "days": 80}}, set()),  # the first contact of "two" is 80 days old
        ({"mail": {"contacts": 2, "days": 81}}, {"two"}),
        ({"all": {"contacts": 2, "days": 90}}, {"two", "both"}),
        ({"mail": {"contacts": 1, "days": 90}, "all": {"contacts": 9, "days": 9}}, {"two", "both"}),
        ({"email": {"contacts": 1, "days": 90}}, set()),  # of another channel
    ],
)
def test_caps_count_contacts_in_a_window_that_ends_in_home(
    warehouse: Connection, caps: dict[str, Any], capped: set[str]
) -> None:
    customers(warehouse, "two", "both", "held")
    campaign(warehouse, "a", days_before(80), ("two", "treatment"), ("both", "treatment"), channel="mail")
    campaign(warehouse, "b", days_before(40), ("two", "treatment"), ("held", "control"), channel="mail")
    campaign(warehouse, "c", days_before(35), ("both", "treatment"), channel="email")
    assert those(assess(warehouse, caps=caps), "is_at_cap") == capped


def plan(warehouse: Connection, name: str, status: str, as_of: dt.date, *selected: tuple[str, str]) -> None:
    plan_id = f"{name}@{as_of}"
    row = {"plan_id": plan_id, "campaign_id": name, "as_of_date": as_of, "status": status}
    fill(warehouse, "targeting.plans", row | {"starts_on": as_of + dt.timedelta(days=14)})
    fill(
        warehouse,
        "targeting.selection",
        *({"plan_id": plan_id, "customer_id": c, "arm": arm} for c, arm in selected),
    )


def test_plans_that_are_agreed_count_as_contacts_and_drafts_do_not(warehouse: Connection) -> None:
    customers(warehouse, "old", "approved", "exported", "held", "draft", "replanned", "own")
    day = dt.date(2024, 6, 20)  # in home on 4 July
    plan(warehouse, "one", "approved", day - dt.timedelta(days=1), ("old", "treatment"))
    plan(warehouse, "one", "approved", day, ("approved", "treatment"), ("held", "control"))
    plan(warehouse, "two", "exported", day, ("exported", "treatment"))
    plan(warehouse, "three", "draft", day, ("draft", "treatment"))
    plan(warehouse, "planned", "approved", day, ("own", "treatment"))  # the campaign that is planned
    plan(warehouse, "delivered", "exported", day, ("replanned", "treatment"))
    campaign(warehouse, "delivered", dt.date(2024, 1, 4), ("old", "treatment"))  # the source knows better by now
    found = assess(warehouse)
    assert those(found, "is_resting") == {"approved", "exported"}
    assert those(found, "is_in_campaign") == {"approved", "exported", "held"}


def test_who_is_in_a_campaign_that_overlaps_is_left_out(warehouse: Connection) -> None:
    customers(warehouse, "runs", "held", "over", "short", "long")
    campaign(
        warehouse, "60 days", days_before(59), ("runs", "treatment"), ("held", "control")
    )  # its last day is today's
    campaign(warehouse, "61 days ago", days_before(60), ("over", "treatment"))
    campaign(warehouse, "ended", days_before(20), ("short", "treatment"), ends_on=days_before(1))
    campaign(warehouse, "for long", days_before(300), ("long", "treatment"), ends_on=IN_HOME)
    assert those(assess(warehouse), "is_in_campaign") == {"runs", "held", "long"}
    assert those(assess(warehouse, overlap="mailed"), "is_in_campaign") == {"runs", "long"}
    assert those(assess(warehouse, overlap="nobody"), "is_in_campaign") == set()


def test_consent_to_a_channel_is_an_attribute_or_is_not_known(warehouse: Connection) -> None:
    customers(warehouse, "a", "b", "c", "d", "e")
    unknown = assess(warehouse, "email")
    assert those(unknown, "lacks_consent") == {"a", "b", "c", "d", "e"}
    assert "no column email_consent, so nobody counts" in unknown.notes["lacks_consent"]
    not_required = assess(warehouse, "email", consent_required=())
    assert those(not_required, "lacks_consent") == set()
    assert "who has not refused mail counts as having consented" in not_required.notes["lacks_consent"]
    warehouse.execute("update crm.customers set mail_consent = customer_id <> 'b'")
    assert those(assess(warehouse, "email", consent_required=()), "lacks_consent") == {"b"}
    warehouse.execute("alter table crm.customers add column email_consent varchar")
    warehouse.execute(
        "update crm.customers set email_consent = map {'a': 'true', 'b': '1', 'c': 'no', 'd': 'nein'}[customer_id]"
    )
    asked = assess(warehouse, "email")
    assert (those(asked, "lacks_consent"), "lacks_consent" in asked.notes) == ({"c", "d", "e"}, False)
    assert those(assess(warehouse, "email", consent_required=()), "lacks_consent") == {"c", "d"}
    assert those(assess(warehouse), "lacks_consent") == {"b"}


def test_a_channel_of_another_name_is_taken_for_mail(warehouse: Connection) -> None:
    customers(warehouse, "no", mail_consent=False)
    customers(warehouse, "u", undeliverable=True)
    customers(warehouse, "m")
    fill(warehouse, "crm.suppressions", {"reason": "moved", "customer_id": "m"})
    found = assess(warehouse, "catalogue")
    assert [those(found, flag) for flag in ("lacks_consent", "is_undeliverable", "is_suppressed")] == [
        {"no"},
        {"u"},
        {"m"},
    ]


def test_a_channel_needs_its_data_where_the_source_has_any(warehouse: Connection) -> None:
    customers(warehouse, "nothing")
    for channel, columns in (
        ("mail", "last_name, address_line, postcode, city"),
        ("email", "email"),
        ("phone", "phone"),
    ):
        found = assess(warehouse, channel)
        assert those(found, "lacks_data") == set()
        assert found.notes["lacks_data"] == f"{columns} not checked: the source has none"
    address = {"last_name": "Li", "address_line": "Main St 1", "postcode": "1", "city": "Ulm"}
    fill(
        warehouse,
        "crm.customers",
        {"customer_id": "all", "email": " li@example.org", "phone": "+48 600 123 456"} | address,
        {"customer_id": "idn", "email": "li@łódź.pl", "phone": "600123456"} | address | {"city": None},
        {"customer_id": "bad", "email": "li@example", "phone": "12"} | address | {"postcode": None},
    )
    assert those(assess(warehouse), "lacks_data") == {"nothing", "idn", "bad"}
    for channel in ("email", "phone"):
        assert those(assess(warehouse, channel), "lacks_data") == {"nothing", "bad"}


def test_a_wrong_postal_address_is_no_reason_not_to_write_an_email(warehouse: Connection) -> None:
    customers(warehouse, "u", undeliverable=True)
    customers(warehouse, "b", "m", "r")
    fill(
        warehouse,
        "crm.suppressions",
        *({"reason": r, "customer_id": r[0]} for r in ("bounced", "moved", "robinson")),
    )
    found = {channel: assess(warehouse, channel) for channel in ("mail", "email", "phone")}
    assert [those(one, "is_undeliverable") for one in found.values()] == [{"u"}, set(), set()]
    assert [those(one, "is_suppressed") for one in found.values()] == [{"m", "r"}, {"b", "r"}, {"r"}]


def test_what_suppressions_were_good_for_is_told(warehouse: Connection) -> None:
    customers(warehouse, "a", "b")
    fill(
        warehouse,
        "crm.suppressions",
        {"reason": "as Ms Li told Mr Ho", "customer_id": "a"},
        {"reason": "robinson", "customer_id": "gone"},
        {"reason": "over", "customer_id": "b", "until": days_before(1)},
    )
    found = assess(warehouse)
    assert found.lists.select("list_number", "rows_read", "rows_used", "customers_matched").rows() == [(0, 2, 2, 1)]
    assert found.customers.drop_nulls("suppressed_by")["suppressed_by"].to_list() == ["other"]  # free text is not told


FAMILY = {"last_name": "Kowalska", "postcode": "00-950", "address_line": "Długa 5"}


def test_a_household_is_its_id_or_a_name_at_an_address(warehouse: Connection) -> None:
    fill(
        warehouse,
        "crm.customers",
        {"customer_id": "a", "household_id": "h"},
        {"customer_id": "b", "household_id": "h"} | FAMILY,
        {"customer_id": "c"} | FAMILY,
        {"customer_id": "d"} | FAMILY | {"address_line": "DLUGA 5."},
        {"customer_id": "e"} | FAMILY | {"last_name": "Nowak"},
        {"customer_id": "f", "household_id": "alone"},
    )
    found = assess(warehouse).customers
    homes = found.drop_nulls("household").group_by("household").agg(pl.col("customer_id").sort())["customer_id"]
    assert sorted(homes.to_list()) == [["a", "b"], ["c", "d"]]
    assert assess(warehouse, one_per_household=()).customers["household"].null_count() == 6
    assert assess(warehouse, "email").customers["household"].null_count() == 6  # by default for mail alone


def test_duplicates_are_groups_of_whoever_shares_a_key(warehouse: Connection) -> None:
    jan = {"first_name": "Jan", "email": "jan@example.org"}
    fill(
        warehouse,
        "crm.customers",
        {"customer_id": "a", "phone": "+48 600 123 456"} | jan,
        {"customer_id": "b", "email": "JAN@example.org ", "first_name": "JAN"} | FAMILY,
        {"customer_id": "c", "first_name": "jan"} | FAMILY | {"address_line": "ul. inna"},
        {"customer_id": "d", "first_name": "Jan"} | FAMILY,  # as b by name and address
        {"customer_id": "e", "first_name": "Jan", "phone": "600-123-456"},  # as a by phone
        {"customer_id": "wife", "first_name": "Anna"} | FAMILY | {"email": "jan@example.org"},
        {"customer_id": "x", "email": "x@example.org"},
        {"customer_id": "y", "email": "X@example.org"},
        *({"customer_id": f"n{i}", "email": "none@example.org"} for i in range(21)),
    )
    found = assess(warehouse)
    assert found.duplicates.select("group_number", "customer_id", "matched_by").rows() == [
        (1, "a", "email, phone"),
        (1, "b", "email, name and address"),
        (1, "d", "name and address"),
        (1, "e", "phone"),
        (2, "x", "email"),
        (2, "y", "email"),
    ]
    assert found.customers["duplicate_group"].null_count() == found.customers.height  # shown, not left out
    assert assess(warehouse, duplicates="mail one").customers.drop_nulls("duplicate_group").height == 6


@given(pairs=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=14))
def test_groups_are_the_connected_components(pairs: list[tuple[int, int]]) -> None:
    """Against a search from each customer, on keys that each join two."""
    import scipy.sparse as sp

    from segmentation.warehouse.connection import fetch, open_memory

    keys = [(f"c{c:02}", "email", number, 1.0) for number, pair in enumerate(pairs) for c in set(pair)]
    schema = {"customer_id": pl.String, "kind": pl.String, "key_number": pl.Int64, "score": pl.Float64}
    with open_memory() as connection:
        connection.register("person_keys", pl.DataFrame(keys, schema=schema, orient="row").to_arrow())
        found = fetch(connection, "duplicates")
    graph = sp.coo_array(([1] * len(pairs), ([a for a, _ in pairs], [b for _, b in pairs])), shape=(12, 12))
    labels = sp.csgraph.connected_components(graph, directed=False)[1]
    numbers = dict(found.select("customer_id", "group_number").iter_rows())
    members = sorted({c for pair in pairs for c in pair})
    assert sorted(numbers) == [f"c{c:02}" for c in members]
    for one in members:
        for other in members:
            assert (labels[one] == labels[other]) == (numbers[f"c{one:02}"] == numbers[f"c{other:02}"])


def test_a_probable_duplicate_is_found_with_its_probability(warehouse: Connection) -> None:
    pytest.importorskip("splink", reason="an extra: mailworth[duplicates]")
    names = [f"{a}{b}{c}" for a in ("kowal", "nowa", "wisn", "lew") for b in "abcde" for c in ("ski", "czyk")]
    people = [
        {"customer_id": f"c{i:02}", "first_name": names[-i], "last_name": name, "postcode": f"{i:05}"}
        | {"address_line": f"{names[i // 2]} {i}", "phone": f"6000000{i:02}"}
        for i, name in enumerate(names)
    ]
    again = people[5] | {"customer_id": "again", "last_name": people[5]["last_name"] + "i", "phone": None}
    fill(warehouse, "crm.customers", *people, again)
    assert assess(warehouse).duplicates.is_empty()
    found = [assess(warehouse, duplicates_by="probable").duplicates for _ in range(2)]
    assert found[0].equals(found[1])
    assert set(found[0].select("customer_id", "matched_by").rows()) == {("again", "probable"), ("c05", "probable")}
    assert found[0]["score"].is_between(0.95, 0.999999).all()


def test_without_the_library_probable_duplicates_are_refused(
    warehouse: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    customers(warehouse, "a", "b", last_name="Li")
    monkeypatch.setitem(sys.modules, "splink", None)
    with pytest.raises(PlanError, match=r"needs splink: install mailworth\[duplicates\]"):
        assess(warehouse, duplicates_by="probable")


FLAGS = [rule.column for rule in EXCLUSIONS]
CANDIDATE = st.fixed_dictionaries(
    {flag: st.integers(0, 5).map(lambda n: n == 0) for flag in FLAGS}
    | {rule.column: st.none() | st.integers(1, 3) for rule in RANKED_EXCLUSIONS}
    | {"suppressed_by": st.sampled_from(["bounced", "robinson"])}
)


@given(rows=st.lists(CANDIDATE, max_size=25), pieces=st.integers(0, 10))
def test_everybody_has_one_place_and_the_steps_add_up(rows: list[dict[str, Any]], pieces: int) -> None:
    schema = {"customer_id": pl.String, **dict.fromkeys(FLAGS, pl.Boolean), "suppressed_by": pl.String}
    schema |= {rule.column: pl.Int64 for rule in RANKED_EXCLUSIONS}
    everybody = pl.DataFrame([{"customer_id": f"c{i:02}"} | row for i, row in enumerate(rows)], schema=schema)
    candidates = apply_exclusions(everybody)
    for row in candidates.iter_rows(named=True):
        first = next((rule for rule in EXCLUSIONS if row[rule.column]), None)
        expected = None if first is None else first.reason + (f": {row[first.detail]}" if first.detail else "")
        assert row["reason"] == expected
    may = candidates.filter(pl.col("reason").is_null()).with_columns(pl.int_range(1, pl.len() + 1).alias("rank"))
    judged = apply_ranked_exclusions(may)
    left = judged.filter(pl.col("reason").is_null())
    for number in (1, 2, 3):  # of a household one is left unless it has nobody who may be mailed
        home = judged.filter(
            (pl.col("household") == number) & (pl.col("reason").ne_missing(RANKED_EXCLUSIONS[0].reason))
        )
        assert left.filter(household=number)["rank"].to_list() == home["rank"].to_list()[:1]
    assert left["duplicate_group"].drop_nulls().is_unique().all()
    reasons = pl.concat([candidates["reason"].drop_nulls(), judged["reason"]])
    assert len(reasons) == len(rows)
    beyond = max(0, left.height - pieces)
    steps = build_waterfall(reasons, beyond_budget=beyond, held_out=0)
    assert steps["customers_before"][0] == len(rows)
    assert steps["customers_after"][-1] == left.height - beyond
    assert steps["customers_after"][:-1].to_list() == steps["customers_before"][1:].to_list()
    counts = dict(reasons.drop_nulls().value_counts().iter_rows())
    removed = dict(steps.select("reason", "customers_removed").iter_rows())
    assert {reason: count for reason, count in removed.items() if count and reason != "beyond the budget"} == counts
    assert (steps["customers_removed"] >= 0).all()


def test_the_waterfall_in_a_line_has_the_steps_that_matter() -> None:
    steps = build_waterfall(
        pl.Series(["deceased", "deceased", None]), beyond_budget=1, held_out=0, notes={"lacks_data": "not checked"}
    )
    told = "deceased 2; no valid address for the channel 0 (not checked); beyond the budget 1"
    assert tell_waterfall(steps) == told
