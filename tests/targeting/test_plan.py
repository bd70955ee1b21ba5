import datetime as dt
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import polars as pl
import pytest

from segmentation.errors import PlanError, SourceError
from segmentation.run import Run
from segmentation.settings import PackSettings, PolicyName, load_settings
from segmentation.targeting.exclusions import EXCLUSIONS, RANKED_EXCLUSIONS
from segmentation.targeting.keycodes import make_keycode, make_prefix
from segmentation.targeting.policies import TARGET_POLICIES
from segmentation.targeting.stage import plan_mailing
from segmentation.warehouse.connection import Connection
from segmentation.warehouse.schema import add_attribute
from tests.builders import TABLES, fill

AS_OF = dt.date(2024, 6, 30)
P = make_prefix("mailing-2024-07-14")


def run(**plan: Any) -> Run:
    plan = {"budget": 10, "unit_cost": 1, "without_hold_out": plan.get("control_share") == 0} | plan
    settings = load_settings(plan=plan, campaigns={"margin_rate": 0.5})
    return Run("plan-mailing", "plan-1", settings, AS_OF, dt.datetime(2024, 7, 1, 3), "someone")


def buyers(warehouse: Connection, count: int, **others: Any) -> None:
    """Customers c000, c001 ... with falling spend; the first half is loyal, the rest lost."""
    ids = [f"c{i:03d}" for i in range(count)]
    fill(warehouse, "crm.customers", *({"customer_id": c} | others for c in ids))
    scores = {"recency_score": 3, "frequency_score": 3, "monetary_score": 3, "as_of_date": AS_OF}
    fill(
        warehouse,
        "segments.rfm",
        *(
            {"customer_id": c, "spend": 1000 - i, "segment": "loyal" if i < count / 2 else "lost"} | scores
            for i, c in enumerate(ids)
        ),
    )


def table(warehouse: Connection, name: str) -> pl.DataFrame:
    return warehouse.sql(f"from targeting.{name} order by all").pl()


def test_each_exclusion_has_its_step_and_the_first_that_applies_is_the_reason(warehouse: Connection) -> None:
    buyers(warehouse, 9, last_name="Li", postcode="1")
    change = {
        "c000": "deceased = true, mail_consent = false",
        "c001": "mail_consent = false, undeliverable = true",
        "c002": "email = 'Anna@Example.org'",
        "c003": "postcode = '00-950', last_name = 'Nowak'",
        "c004": "undeliverable = true",
        "c008": "last_name = null",
    }
    for customer, what in change.items():
        warehouse.execute(f"update crm.customers set {what} where customer_id = '{customer}'")
    fill(warehouse, "crm.customers", {"customer_id": "x", "last_name": "Li", "postcode": "1"})
    fill(
        warehouse,
        "crm.suppressions",
        {"reason": "robinson", "email": "anna@example.org"},
        {"reason": "moved", "postcode": "00-950", "last_name": "NOWAK"},
        {"reason": "over", "customer_id": "c006", "until": dt.date(2024, 7, 13)},  # the day before the in-home date
        {"reason": "not yet", "customer_id": "c007", "since": dt.date(2024, 7, 15)},
    )
    fill(warehouse, "crm.campaigns", {"campaign_id": "june", "starts_on": dt.date(2024, 6, 15)})
    fill(warehouse, "crm.contacts", {"campaign_id": "june", "customer_id": "c005", "arm": "treatment"})
    plan_mailing(warehouse, run(control_share=0))
    assert dict(table(warehouse, "exclusions").select("customer_id", "reason").iter_rows()) == {
        "c000": "deceased",
        "c001": "no consent to the channel",
        "c002": "on a suppression list: robinson",
        "c003": "on a suppression list: moved",
        "c004": "undeliverable address",
        "c008": "no valid address for the channel",
        "c005": "contacted too recently",
        "x": "never bought",
    }
    waterfall = warehouse.sql("from targeting.waterfall order by step").pl()
    assert waterfall["customers_removed"].to_list() == [1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0]
    names = [rule.reason for rule in (*EXCLUSIONS, *RANKED_EXCLUSIONS) if not rule.is_chosen]
    names[3:4] = ["on a suppression list: moved", "on a suppression list: robinson"]
    assert waterfall["reason"].to_list() == [*names, "beyond the budget", "held out as control"]
    assert waterfall.filter(pl.col("note").is_not_null()).select("reason", "note").rows() == [
        ("no valid address for the channel", "address_line, city not checked: the source has none"),
        (
            "another of the household is mailed",
            "households are not known: the source has neither household_id nor addresses",
        ),
    ]
    assert set(table(warehouse, "selection")["customer_id"]) == {"c006", "c007"}


@pytest.mark.parametrize(
    ("setting", "channel", "planned"),
    [("keep", "mail", 4), ("refuse", "mail", 4), ("leave out", "email", 4), ("leave out", "mail", 2)],
)
def test_bad_addresses_leave_before_arms_are_drawn_if_they_are_to_leave(
    warehouse: Connection, setting: str, channel: str, planned: int
) -> None:
    buyers(warehouse, 4, address_line="x 1", city="y", postcode="00-950")
    warehouse.execute("update crm.customers set postcode = '00950' where customer_id in ('c001', 'c002')")
    fill(warehouse, "crm.campaigns", {"campaign_id": "k", "starts_on": dt.date(2024, 8, 1), "channel": channel})
    mailing = run(control_share=0, consent_required=[])
    plan_mailing(
        warehouse,
        replace(mailing, settings=mailing.settings.model_copy(update={"pack": PackSettings(bad_addresses=setting)})),
    )
    assert table(warehouse, "selection").height == planned
    left = table(warehouse, "exclusions").rows()
    assert left == [("k@2024-06-30", c, "incomplete or wrong address") for c in ("c001", "c002")][: 4 - planned]


@pytest.mark.parametrize("policy", sorted(TARGET_POLICIES))
@pytest.mark.parametrize("control_share", [0, 0.1, 0.5])
def test_every_plan_adds_up(warehouse: Connection, policy: str, control_share: float) -> None:
    buyers(warehouse, 300)
    plan_id = plan_mailing(warehouse, run(policy=policy, budget=40, control_share=control_share))
    selection, waterfall = table(warehouse, "selection"), warehouse.sql("from targeting.waterfall order by step").pl()
    plan = table(warehouse, "plans").row(0, named=True)
    treated = selection.filter(arm="treatment")
    assert plan["plan_id"] == plan_id == "mailing-2024-07-14@2024-06-30"
    assert (treated.height, plan["mailed"], plan["cost"]) == (40, 40, 40)
    assert plan["held_out"] == selection.height - 40
    assert selection["customer_id"].n_unique() == selection.height
    assert selection.sort("rank")["rank"].to_list() == list(range(1, selection.height + 1))
    assert selection.sort("rank")["arm"].last() == "treatment"
    assert waterfall["customers_before"][0] == 300
    assert (waterfall["customers_before"] - waterfall["customers_removed"]).equals(
        waterfall["customers_after"], check_names=False
    )
    assert waterfall["customers_after"][:-1].equals(waterfall["customers_before"][1:], check_names=False)
    assert waterfall["customers_after"].last() == 40
    assert selection.filter(arm="control")["keycode"].null_count() == plan["held_out"]


def test_every_policy_can_be_set() -> None:
    assert set(get_args(PolicyName)) == set(TARGET_POLICIES)
    assert all(name == policy.name for name, policy in TARGET_POLICIES.items())


def test_the_hold_out_is_the_hash_and_nothing_else(warehouse: Connection) -> None:
    buyers(warehouse, 200)
    plan_mailing(warehouse, run(budget=1000, control_share=0.3))
    arms = dict(table(warehouse, "selection").select("customer_id", "arm").iter_rows())
    for customer, arm in arms.items():
        digest = hashlib.md5(f"mailworth|mailing-2024-07-14|{customer}".encode()).hexdigest()
        share = int(digest[:15], 16) / 16**15
        assert arm == ("control" if share < 0.3 else "treatment")


def test_the_hold_out_has_its_share_and_differs_between_campaigns(warehouse: Connection) -> None:
    buyers(warehouse, 4000)
    fill(warehouse, "crm.campaigns", {"campaign_id": "august", "starts_on": dt.date(2024, 8, 1)})
    held = {}
    for campaign in ("one", "two"):
        plan_mailing(warehouse, run(campaign_id=campaign, budget=10_000, control_share=0.1))
        rows = table(warehouse, "selection").filter(pl.col("plan_id").str.starts_with(campaign))
        held[campaign] = set(rows.filter(arm="control")["customer_id"])
    # Binomial with 4,000 and 0.1: four standard deviations are 76.
    assert all(abs(len(customers) - 400) < 76 for customers in held.values())
    assert abs(len(held["one"] & held["two"]) - 40) < 25


def test_the_same_plan_again_changes_nothing_and_another_campaign_is_added(warehouse: Connection) -> None:
    buyers(warehouse, 50)
    plan_mailing(warehouse, run())
    before = [table(warehouse, name) for name in ("plans", "selection", "exclusions", "waterfall")]
    plan_mailing(warehouse, run())
    assert all(
        old.equals(table(warehouse, name))
        for old, name in zip(before, ("plans", "selection", "exclusions", "waterfall"), strict=True)
    )
    plan_mailing(warehouse, run(campaign_id="other"))
    assert table(warehouse, "plans").height == 2


def test_the_next_campaign_to_start_is_planned_with_its_own_cost(warehouse: Connection) -> None:
    buyers(warehouse, 100)
    fill(
        warehouse,
        "crm.campaigns",
        {"campaign_id": "later", "starts_on": dt.date(2024, 9, 1)},
        {
            "campaign_id": "next",
            "starts_on": dt.date(2024, 8, 1),
            "unit_cost": 2.0,
            "fixed_cost": 4,
            "control_share": 0.0,
        },
        {"campaign_id": "gone", "starts_on": AS_OF},
    )
    plan_mailing(warehouse, run(budget=10, unit_cost=1))
    plan = table(warehouse, "plans").row(0, named=True)
    assert (plan["campaign_id"], plan["mailed"], plan["cost"]) == ("next", 3, 10)


def test_a_campaign_that_was_exported_is_not_planned_again_unless_it_is_named(warehouse: Connection) -> None:
    buyers(warehouse, 20)
    fill(
        warehouse,
        "crm.campaigns",
        *({"campaign_id": c, "starts_on": dt.date(2024, 8, d)} for d, c in ((1, "a"), (9, "b"))),
    )
    fill(warehouse, "targeting.plans", {"plan_id": "a@2024-06-29", "campaign_id": "a", "status": "exported"})
    assert plan_mailing(warehouse, run()) == "b@2024-06-30"
    assert plan_mailing(warehouse, run(campaign_id="a")) == "a@2024-06-30"


def test_segments_that_replied_best_come_first_and_profit_follows_their_uplift(warehouse: Connection) -> None:
    buyers(warehouse, 40)
    fill(warehouse, "crm.campaigns", {"campaign_id": "may", "starts_on": dt.date(2024, 5, 1), "channel": "mail"})
    common = {"campaign_id": "may", "method": "randomised", "provisional": False}
    fill(
        warehouse,
        "response.uplift",
        {"dimension": "segment", "level": "loyal", "metric": "response", "treated": 900, "treated_mean": 0.01} | common,
        {"dimension": "segment", "level": "lost", "metric": "response", "treated": 100, "treated_mean": 0.10} | common,
        {"dimension": "segment", "level": "lost", "metric": "revenue", "uplift": 8, "ci_low": 4, "ci_high": 12}
        | common,
        {"dimension": "all", "level": "all", "metric": "revenue", "uplift": 6, "ci_low": 1, "ci_high": 11} | common,
    )
    plan_mailing(warehouse, run(budget=5, control_share=0))
    chosen = (
        table(warehouse, "selection")
        .sort("rank")
        .join(
            warehouse.sql("select customer_id, segment from segments.rfm").pl(), on="customer_id", maintain_order="left"
        )
    )
    assert chosen["segment"].to_list() == ["lost"] * 5
    # 10 replies of 100, drawn to 19 of 1,000 as if 100 more had been mailed.
    assert chosen["expected_response"][0] == pytest.approx((10 + 100 * 0.019) / 200)
    assert (chosen["expected_uplift"][0], chosen["expected_profit"][0]) == (8, pytest.approx(8 * 0.5 - 1))
    plan = table(warehouse, "plans").row(0, named=True)
    assert plan["expected_incremental_profit"] == pytest.approx(5 * (6 * 0.5 - 1))
    assert plan["expected_incremental_profit_ci_low"] == pytest.approx(5 * (1 * 0.5 - 1))
    profit = "profit from the randomised revenue uplift of 1 earlier mailings"
    added = "what is expected of each customer adds up to 15.00"  # 5 of 3
    assert plan["note"] == f"{profit}; nobody is held out, so nothing can be proven; {added}"


def measured(warehouse: Connection, **revenue: float) -> None:
    """An earlier mailing that brought so much revenue a head, by segment."""
    fill(warehouse, "crm.campaigns", {"campaign_id": "may", "starts_on": dt.date(2024, 5, 1), "channel": "mail"})
    common = {"campaign_id": "may", "method": "randomised", "provisional": False, "metric": "revenue"}
    levels = [("segment", level, uplift) for level, uplift in revenue.items()] + [("all", "all", 6.0)]
    rows = [
        {"dimension": dimension, "level": level, "uplift": uplift, "ci_low": uplift - 2, "ci_high": uplift + 2}
        for dimension, level, uplift in levels
    ]
    fill(warehouse, "response.uplift", *(row | common | {"treated": 100, "treated_mean": 0.1} for row in rows))


CARD = {"name": "card", "unit_cost": 1.0}
PARCEL = {"name": "parcel", "unit_cost": 3.0, "uplift_multiplier": 2.0}


def test_each_offer_is_a_cell_with_its_key_code_and_a_hold_out_of_its_own(warehouse: Connection) -> None:
    buyers(warehouse, 400)
    measured(warehouse, loyal=10.0, lost=3.0)
    plan_mailing(warehouse, run(budget=10_000, control_share=0.2))
    arms = dict(table(warehouse, "selection").select("customer_id", "arm").iter_rows())
    plan_id = plan_mailing(warehouse, run(budget=10_000, control_share=0.2, offers=[CARD, PARCEL]))
    selection = table(warehouse, "selection").filter(plan_id=plan_id)
    # A parcel brings the loyal 2 x 10 x 0.5 - 3 = 7, a card 4; the lost 0 and 0.50.
    assert dict(selection.select("customer_id", "arm").iter_rows()) == arms
    assert set(selection.select("offer", "cell", (pl.col("customer_id") < "c200").alias("loyal")).iter_rows()) == {
        ("parcel", "B", True),
        ("card", "A", False),
    }
    codes = selection.group_by("arm", "cell", "keycode").len().sort("arm", "cell")
    assert codes["keycode"].to_list() == [None, None, make_keycode(P, "A"), make_keycode(P, "B")]
    held = {cell: number for arm, cell, _, number in codes.iter_rows() if arm == "control"}
    assert all(20 < number < 60 for number in held.values())
    plan = table(warehouse, "plans").filter(plan_id=plan_id).row(0, named=True)
    mailed = selection.filter(arm="treatment")["cell"].value_counts().sort("cell")["count"].to_list()
    assert (plan["cost"], plan["optimality_gap"]) == (mailed[0] + 3 * mailed[1], pytest.approx(0, abs=1e-9))
    assert table(warehouse, "offers")["cell"].to_list() == ["A", "B"]


def test_an_offer_by_another_channel_goes_to_nobody_who_refuses_that_channel(warehouse: Connection) -> None:
    buyers(warehouse, 40)
    measured(warehouse, loyal=10.0, lost=3.0)
    add_attribute(warehouse, TABLES["crm.customers"], "email_consent")
    warehouse.execute(
        "update crm.customers set email = customer_id || '@example.org', email_consent = (customer_id < 'c010')"
    )
    letter = {"name": "e-mail", "channel": "email", "unit_cost": 0.01}
    plan_mailing(warehouse, run(budget=100, control_share=0.2, offers=[CARD, letter]))
    got = set(table(warehouse, "selection").select("offer", "channel", pl.col("customer_id") < "c010").iter_rows())
    assert got == {("e-mail", "email", True), ("card", "mail", False)}


def test_a_channel_that_there_is_not_is_refused(warehouse: Connection) -> None:
    buyers(warehouse, 4)
    with pytest.raises(PlanError, match=r"plan\.channels names mial; there are: mail, email, phone"):
        plan_mailing(warehouse, run(channels={"mial": {"pieces_per_day": 5}}))


def test_what_cannot_be_foreseen_is_null_with_its_reason(warehouse: Connection) -> None:
    buyers(warehouse, 20)
    plan_mailing(warehouse, run())
    plan = table(warehouse, "plans").row(0, named=True)
    missing = ("expected_response", "expected_incremental_profit", "minimum_detectable_uplift")
    assert [plan[name] for name in missing] == [None] * 3
    assert "recorded replies" in plan["note"]
    assert "measured uplift" in plan["note"]


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"campaign_id": "gone"}, "campaign gone started on 2024-06-30"),
        ({"budget": 0.5}, "plan.budget = 0.5 does not pay for one piece at 1"),
        ({"fixed_cost": 10}, "after fixed cost 10"),
        ({"starts_on": AS_OF}, "plan.starts_on = 2024-06-30 is no day after 2024-06-30, the last that is known"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(warehouse: Connection, plan: dict[str, Any], message: str) -> None:
    buyers(warehouse, 5)
    fill(warehouse, "crm.campaigns", {"campaign_id": "gone", "starts_on": AS_OF, "control_share": 0.1})
    with pytest.raises(PlanError, match=message):
        plan_mailing(warehouse, run(**plan))


def test_of_a_household_and_of_a_person_the_best_ranked_is_mailed(warehouse: Connection) -> None:
    buyers(warehouse, 8)
    for household, members in (("h1", "('c000', 'c002')"), ("h2", "('c001', 'c003', 'c004')")):
        warehouse.execute(f"update crm.customers set household_id = '{household}' where customer_id in {members}")
    warehouse.execute("update crm.customers set email = 'x@example.org' where customer_id in ('c003', 'c005')")
    plan_mailing(warehouse, run(control_share=0))
    left_out = dict.fromkeys(("c002", "c003", "c004"), "another of the household is mailed")
    assert dict(table(warehouse, "exclusions").select("customer_id", "reason").iter_rows()) == left_out
    selected = table(warehouse, "selection").sort("rank")
    assert selected["customer_id"].to_list() == ["c000", "c001", "c005", "c006", "c007"]
    assert selected["rank"].to_list() == [1, 2, 3, 4, 5]
    assert table(warehouse, "duplicates")["customer_id"].to_list() == ["c003", "c005"]
    second = plan_mailing(warehouse, run(control_share=0, duplicates="mail one", one_per_household=[]))
    excluded = table(warehouse, "exclusions").filter(pl.col("plan_id") == second)
    assert excluded.select("customer_id", "reason").rows() == [("c005", "duplicate of another customer")]


def test_only_the_segments_chosen_are_mailed_and_a_step_counts_the_others(warehouse: Connection) -> None:
    buyers(warehouse, 10)
    fill(warehouse, "crm.customers", {"customer_id": "x"})
    plan_mailing(warehouse, run(control_share=0, only_segments=["lost"]))
    assert set(table(warehouse, "selection")["customer_id"]) == {"c005", "c006", "c007", "c008", "c009"}
    steps = dict(table(warehouse, "waterfall").select("reason", "customers_removed").iter_rows())
    assert (steps["never bought"], steps["not in the segments chosen"]) == (1, 5)
    second = plan_mailing(warehouse, run(control_share=0, only_segments=["lost", "loyal"]))
    assert "not in the segments chosen" not in set(table(warehouse, "waterfall").filter(plan_id=second)["reason"])
    with pytest.raises(PlanError, match=r"plan\.only_segments names gold; there are: lost, loyal"):
        plan_mailing(warehouse, run(only_segments=["gold", "lost"]))


def test_a_new_campaign_has_the_channel_and_the_in_home_date_of_the_settings(warehouse: Connection) -> None:
    buyers(warehouse, 5, email="anna@example.org")
    own = {"channel": "email", "consent_required": [], "starts_on": dt.date(2024, 7, 9)}
    plan_mailing(warehouse, run(campaign_id="spring", **own))
    plan = table(warehouse, "plans").row(0, named=True)
    assert (plan["campaign_id"], plan["starts_on"]) == ("spring", dt.date(2024, 7, 9))
    assert set(table(warehouse, "selection")["channel"]) == {"email"}


def test_nobody_left_is_refused_with_the_steps_and_a_night_goes_on(warehouse: Connection) -> None:
    buyers(warehouse, 3, mail_consent=False)
    warehouse.execute("update crm.customers set deceased = true where customer_id = 'c000'")
    told = "nobody of 3 customers may be contacted by mail on 2024-07-14: deceased 1; no consent to the channel 2"
    with pytest.raises(PlanError, match=told):
        plan_mailing(warehouse, run())
    assert all(table(warehouse, name).is_empty() for name in ("plans", "exclusions", "waterfall", "suppression_lists"))
    limited = {"offers": [{"name": "card", "unit_cost": 1}], "segments": {"loyal": {"minimum": 2}}}
    for plan in ({}, limited):
        plan_mailing(warehouse, replace(run(**plan), flow="night"))
        assert table(warehouse, "waterfall").sort("step")["customers_after"].last() == 0
    assert table(warehouse, "plans")["mailed"].to_list() == [0, 0]


def test_a_list_that_cannot_be_used_stops_the_plan_before_it_writes(warehouse: Connection, tmp_path: Path) -> None:
    buyers(warehouse, 3)
    file = tmp_path / "list.csv"
    lists = [{"file": file, "reason": "robinson"}]
    file.write_text("who\nc001\n")
    with pytest.raises(SourceError, match=r"list\.csv: people cannot be found by its columns \(who\)"):
        plan_mailing(warehouse, run(suppression_lists=lists))
    assert table(warehouse, "plans").is_empty()
    file.write_text("customer_id\nc001\n")
    plan_mailing(warehouse, run(suppression_lists=lists))
    assert table(warehouse, "exclusions")["reason"].to_list() == ["on a suppression list: robinson"]
    told = table(warehouse, "suppression_lists").select("list_number", "list_reason", "rows_read", "customers_matched")
    assert told.rows() == [(0, None, 0, 0), (1, "robinson", 1, 1)]


def test_a_campaign_that_would_mail_nobody_is_refused_and_one_that_holds_nobody_out_says_so(
    warehouse: Connection,
) -> None:
    buyers(warehouse, 5)
    start = {"starts_on": dt.date(2024, 8, 1)}
    fill(warehouse, "crm.campaigns", {"campaign_id": "all", "control_share": 1.0} | start)
    fill(warehouse, "crm.campaigns", {"campaign_id": "none", "control_share": 0.0} | start)
    with pytest.raises(PlanError, match="campaign all: control_share = 1 holds everybody out and mails nobody"):
        plan_mailing(warehouse, run(campaign_id="all"))
    plan_mailing(warehouse, run(campaign_id="none"))
    assert "nobody is held out, so nothing can be proven" in table(warehouse, "plans")["note"][0]
