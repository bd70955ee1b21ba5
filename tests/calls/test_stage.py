"""The call list of a small shop: who is on it, why, what is known when, and the file."""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from segmentation.calls.stage import NO_MARGIN, export_calls, list_calls
from segmentation.contract.calls import CALL_TABLES
from segmentation.contract.inputs import CUSTOMERS
from segmentation.errors import CallError, SettingsError
from segmentation.segments.stage import segment_customers
from segmentation.settings import CampaignSettings, RfmSettings, ValueSettings, load_settings
from segmentation.value.stage import value_customers
from segmentation.warehouse.connection import Connection, execute
from segmentation.warehouse.schema import add_attribute
from tests.builders import fill, order
from tests.offers.shop import AS_OF, fill_shop
from tests.value.test_stage import fill_shop as fill_value_shop

ANNA = {"name": "Anna", "capacity": 5}
NUMBER = "+48 22 694 67 90"


def call(
    connection: Connection, as_of: dt.date = AS_OF, agents: tuple[dict[str, Any], ...] = (ANNA,), **plan: Any
) -> pl.DataFrame:
    """The list of `as_of`, in its order."""
    segment_customers(connection, as_of, RfmSettings())
    list_calls(connection, load_settings(calls={"agents": agents}, plan=plan), as_of)
    rows = connection.sql("from targeting.call_list").pl()
    return rows.filter(pl.col("as_of_date") == as_of).sort("overall_rank")


def left_out(connection: Connection) -> dict[str, int]:
    """Customers by the reason why they may not be called."""
    return dict(execute(connection, "select reason, customers from targeting.call_exclusions where customers > 0"))


def rhythm(customer: str, *days_ago: int, **others: Any) -> list[dict[str, Any]]:
    return [order(customer, str(AS_OF - dt.timedelta(days=day)), margin=2.0, **others) for day in days_ago]


@pytest.fixture
def shop(warehouse: Connection) -> Connection:
    """150 customers, and one who buys every 10 days with the largest margins."""
    fill_shop(warehouse, alike=False, customers=150)
    add_attribute(warehouse, CUSTOMERS, "phone_consent")
    fill(warehouse, "crm.customers", {"customer_id": "best", "phone": NUMBER, "phone_consent": "yes"})
    orders = [row | {"margin": 50.0} for row in rhythm("best", *range(11, 300, 10))]
    fill(warehouse, "crm.orders", *orders)
    execute(warehouse, "update crm.customers set phone = $number where phone is null", number=f"={NUMBER}")
    execute(warehouse, "update crm.customers set phone_consent = 'yes'")
    return warehouse


def test_the_best_is_first_with_the_reason_in_words(shop: Connection) -> None:
    fill(
        shop,
        "crm.order_lines",
        {"order_id": f"best-{AS_OF - dt.timedelta(days=11)}", "product_id": "w", "category": "wine", "amount": 5},
    )
    fill(
        shop,
        "crm.campaigns",
        {"campaign_id": "s", "starts_on": dt.date(2024, 5, 1), "ends_on": dt.date(2024, 5, 31), "channel": "email"},
    )
    fill(shop, "crm.contacts", {"campaign_id": "s", "customer_id": "best", "arm": "treatment"})
    fill(
        shop,
        "crm.service_contacts",
        {"service_contact_id": "1", "customer_id": "best", "at": dt.datetime(2024, 6, 25, 9), "reason": "delivery"},
    )
    fill(shop, "targeting.best_offers", {"customer_id": "best", "as_of_date": AS_OF, "rank": 1, "category": "cheese"})
    first = call(shop).row(0, named=True)
    assert first["customer_id"] == "best"
    assert first["reason"] == "buys every 10 days, last 11 days ago; usually buys wine; asked about delivery 5 days ago"
    assert (first["last_contact_on"], first["last_contact"]) == (dt.date(2024, 6, 25), "request")
    assert first["category"] == "cheese"
    assert first["note"] is None
    # 29 orders of 50, drawn to the mean of all orders as if of two more.
    mean = execute(shop, "select sum(margin) / count(*) from crm.orders")[0][0]
    assert first["expected_margin"] == pytest.approx(first["probability"] * (29 * 50 + 2 * float(mean)) / 31, rel=1e-6)


def test_the_list_is_ranked_by_expected_margin_and_no_longer_than_the_capacity(shop: Connection) -> None:
    rows = call(shop, agents=(ANNA, {"name": "Ben", "capacity": 3}))
    assert rows.height == 8
    assert rows["expected_margin"].is_sorted(descending=True)
    assert rows["agent"].value_counts().sort("agent").rows() == [("Anna", 5), ("Ben", 3)]


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        ("update crm.customers set deceased = true where customer_id = 'best'", "deceased"),
        ("update crm.customers set phone = '0' where customer_id = 'best'", "no valid address for the channel"),
        ("update crm.customers set phone = null where customer_id = 'best'", "no valid address for the channel"),
        ("insert into crm.suppressions (customer_id, reason) values ('best', 'objection')", "objected to marketing"),
        (
            "insert into crm.suppressions (customer_id, reason) values ('best', 'robinson')",
            "on a suppression list: robinson",
        ),
        ("update crm.customers set phone_consent = 'no' where customer_id = 'best'", "no consent to the channel"),
        ("update crm.customers set phone_consent = null where customer_id = 'best'", "no consent to the channel"),
        (
            "insert into crm.contacts (campaign_id, customer_id, arm, contacted_on) "
            "values ('call', 'best', 'treatment', date '2024-06-20')",
            "contacted too recently",
        ),
        (
            "insert into crm.contacts (campaign_id, customer_id, arm) values ('call', 'best', 'control')",
            "in an overlapping campaign",
        ),
    ],
)
def test_who_must_not_be_called_is_not_on_it(shop: Connection, refusal: str, reason: str) -> None:
    fill(shop, "crm.campaigns", {"campaign_id": "call", "starts_on": dt.date(2024, 6, 20), "channel": "phone"})
    assert "best" in call(shop)["customer_id"].to_list()
    assert left_out(shop) == {}
    execute(shop, refusal)
    assert "best" not in call(shop)["customer_id"].to_list()
    assert left_out(shop) == {reason: 1}


def test_a_letter_counts_and_rest_days_are_those_of_plans(shop: Connection) -> None:
    letter = {"campaign_id": "s", "starts_on": dt.date(2024, 6, 22), "channel": "mail", "ends_on": dt.date(2024, 6, 30)}
    fill(shop, "crm.campaigns", letter)
    fill(shop, "crm.contacts", {"campaign_id": "s", "customer_id": "best", "arm": "treatment"})
    # Nine days before the day after the as-of date.
    assert "best" not in call(shop, rest_days_by_channel={"mail": 10})["customer_id"].to_list()
    assert "best" in call(shop, rest_days_by_channel={"mail": 9})["customer_id"].to_list()


def test_of_a_household_only_the_best_is_called_where_settings_say_so(shop: Connection) -> None:
    execute(shop, "update crm.customers set household_id = 'h' where customer_id in ('best', 'c001', 'c002')")
    everybody = ({"name": "Anna", "capacity": 1000},)
    assert call(shop, agents=everybody).height == 151
    rows = call(shop, agents=everybody, one_per_household=["phone"])
    assert rows.height == 149
    assert {"c001", "c002"}.isdisjoint(rows["customer_id"])
    assert rows["customer_id"][0] == "best"
    assert left_out(shop) == {"another of the household is mailed": 2}


def test_the_global_control_group_is_not_called(shop: Connection) -> None:
    group = {"share": 0.5, "since": dt.date(2024, 1, 1), "until": dt.date(2024, 12, 31)}
    rows = call(shop, agents=({"name": "Anna", "capacity": 1000},), global_control=group)
    drawn = execute(shop, "select count(*) from targeting.global_control")[0][0]
    assert left_out(shop) == {"in the global control group": drawn}
    assert 0 < drawn == 151 - rows.height


def test_without_consents_nobody_is_called_and_the_reason_is_said(warehouse: Connection) -> None:
    fill_shop(warehouse, alike=False, customers=20)
    assert call(warehouse).is_empty()
    row = warehouse.sql("from targeting.call_exclusions").pl().row(0, named=True)
    assert (row["reason"], row["customers"]) == ("no consent to the channel", 20)
    assert row["note"].endswith("no column phone_consent, so nobody counts as having consented")


def test_the_model_is_checked_and_used_where_value_uses_it(warehouse: Connection) -> None:
    fill_value_shop(warehouse)
    value_customers(warehouse, AS_OF, ValueSettings(), CampaignSettings(margin_rate=0.5))
    call(warehouse)
    check = warehouse.sql("from targeting.call_check").pl()
    overall = check.filter(pl.col("bin") == 0)
    assert set(overall["method"]) == {"same for all", "own rhythm", "bg/nbd"}
    assert check.filter("chosen")["method"].n_unique() == 1
    assert overall["note"].null_count() == 3
    assert overall.sort("brier_score")["chosen"].to_list() == [True, False, False]
    assert overall["ordered"].n_unique() == 1


def test_nothing_after_the_date_is_known_nor_after_the_days_held_back_begin(shop: Connection) -> None:
    earlier = AS_OF - dt.timedelta(days=14)
    first, check = call(shop, earlier), shop.sql("from targeting.call_check").pl()
    fill(shop, "crm.orders", *(order("best", "2024-06-20", order_id=f"x{number}", margin=9.0) for number in range(3)))
    again = call(shop, earlier)
    assert first.equals(again)
    assert check.equals(shop.sql("from targeting.call_check").pl())

    call(shop)
    before = shop.sql("from targeting.call_check").pl()
    execute(shop, "delete from crm.orders where ordered_at >= $day::date + 1", day=earlier)
    call(shop)
    after = shop.sql("from targeting.call_check").pl()
    expected = [rows.filter(pl.col("bin") == 0).sort("method")["expected"] for rows in (before, after)]
    assert expected[0].equals(expected[1])
    assert after["ordered"].max() == 0


def test_customers_keep_their_agent_from_night_to_night_and_old_lists_go(shop: Connection) -> None:
    agents = ({"name": "Anna", "capacity": 40}, {"name": "Ben", "capacity": 40})
    first = call(shop, AS_OF - dt.timedelta(days=1), agents)
    second = call(shop, AS_OF, agents)
    both = first.join(second, on="customer_id", suffix="_later")
    assert both.height > 20
    assert (both["agent"] == both["agent_later"]).all()
    assert call(shop, AS_OF, agents).equals(second)
    call(shop, AS_OF + dt.timedelta(days=93), agents)
    assert execute(shop, "select count(*) from targeting.call_list where as_of_date <= $day", day=AS_OF) == [(0,)]


def test_without_agents_there_is_no_list(shop: Connection) -> None:
    assert call(shop, agents=()).is_empty()
    assert execute(shop, "select count(*) from targeting.call_check") == [(0,)]


def test_without_orders_to_learn_from_there_is_no_list(warehouse: Connection) -> None:
    fill(warehouse, "crm.customers", {"customer_id": "c1"})
    fill(warehouse, "crm.orders", order("c1", str(AS_OF)))
    assert call(warehouse).is_empty()
    assert warehouse.sql("select note from targeting.call_check").pl()["note"].to_list() == [
        "nobody had ordered by then"
    ]


def test_what_is_not_known_is_said(warehouse: Connection) -> None:
    fill(warehouse, "crm.customers", {"customer_id": "c1"})
    fill(warehouse, "crm.orders", *(order("c1", str(AS_OF - dt.timedelta(days=day))) for day in (5, 20, 40, 60)))
    row = call(warehouse, consent_required=[]).row(0, named=True)
    assert row["expected_margin"] is None
    assert row["note"] == (
        f"{NO_MARGIN}; phone not checked: the source has none; consent is not known: the source has no column "
        "phone_consent, so who has not refused mail counts as having consented"
    )
    assert row["reason"] == "buys every 18 days, last 5 days ago"
    assert row["last_contact_on"] is None


def test_the_file_is_for_the_owner_only_and_holds_no_formula(shop: Connection, tmp_path: Path) -> None:
    call(shop)
    fill(
        shop, "ops.runs", {"run_id": "n", "flow": "night", "as_of_date": AS_OF, "finished_at": dt.datetime(2024, 7, 1)}
    )
    file = tmp_path / "new" / "calls.csv"
    assert export_calls(shop, file) == 5
    assert file.stat().st_mode & 0o777 == 0o600
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert {row["phone"] for row in rows} == {f"'{NUMBER}", f"'={NUMBER}"}
    file.chmod(0o644)
    export_calls(shop, file, agent="Anna")
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CallError, match=r"no call list of Ben; set calls\.agents"):
        export_calls(shop, file, agent="Ben")


def test_two_agents_of_one_name_are_refused() -> None:
    with pytest.raises(SettingsError, match="two agents are called Anna"):
        load_settings(calls={"agents": [ANNA, ANNA]})


def test_every_table_has_its_key_once(shop: Connection) -> None:
    execute(shop, "update crm.customers set phone = null where customer_id = 'c001'")
    call(shop)
    for table in CALL_TABLES:
        rows = shop.sql(f"from {table.full_name}").pl()
        assert rows.height
        assert rows.select(table.key).is_unique().all()


def test_of_many_customers_times_are_taken_in_weeks_with_about_the_same_list(
    shop: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_day = call(shop)
    monkeypatch.setattr("segmentation.calls.stage.FEW", 0)
    by_week = call(shop)
    assert by_week["customer_id"][0] == by_day["customer_id"][0] == "best"
    assert by_week["reason"][0] == by_day["reason"][0]
    assert by_week["probability"][0] == pytest.approx(by_day["probability"][0], abs=0.15)
