"""Campaigns as they should not be: each figure that cannot be had is empty with its reason, and doubts are told."""

import datetime as dt
import re
from typing import Any

import polars as pl
import pytest

from segmentation.reporting.words import choose_words
from segmentation.response.campaigns import NO_COST
from segmentation.response.question import NO_REPLIES
from segmentation.response.stage import measure_campaigns
from segmentation.settings import CampaignSettings, RfmSettings
from segmentation.warehouse.connection import Connection
from tests.builders import fill, order
from tests.reporting.site import build_page

AS_OF = dt.date(2024, 6, 30)
JUNE = {"campaign_id": "june", "starts_on": dt.date(2024, 6, 1), "ends_on": dt.date(2024, 6, 14), "unit_cost": 1.0}
FIGURES = ("uplift", "ci_low", "ci_high", "p_value")


def mail(warehouse: Connection, *, mailed: int = 60, held_out: int = 40, **campaign: Any) -> None:
    """A hundred customers with an order in May, half of whom order in June, and a campaign in June."""
    names = [f"c{number:03d}" for number in range(100)]
    fill(warehouse, "crm.customers", *({"customer_id": name} for name in names))
    fill(warehouse, "crm.campaigns", JUNE | campaign)
    fill(warehouse, "crm.orders", *(order(name, "2024-05-10", 10 + i % 7) for i, name in enumerate(names)))
    fill(warehouse, "crm.orders", *(order(name, "2024-06-03", 5 + i % 11) for i, name in enumerate(names) if i % 2))
    arms = ["treatment"] * mailed + ["control"] * held_out
    if arms:
        rows = zip(names, arms, strict=False)
        fill(warehouse, "crm.contacts", *({"campaign_id": "june", "customer_id": n, "arm": arm} for n, arm in rows))


def measured(warehouse: Connection, **settings: Any) -> dict[str, pl.DataFrame]:
    measure_campaigns(warehouse, AS_OF, CampaignSettings(margin_rate=0.3, **settings), RfmSettings(), seed=1)
    names = ("uplift", "campaigns", "contamination", "concurrent", "credits")
    return {name: warehouse.sql(f"from response.{name} where campaign_id = 'june' order by all").pl() for name in names}


def whole(found: dict[str, pl.DataFrame], metric: str = "conversion") -> dict[str, Any]:
    rows = found["uplift"].filter(pl.col("method") != "randomised_adjusted", dimension="all", metric=metric)
    return rows.row(0, named=True)


def page(warehouse: Connection) -> str:
    """The words of the report's page about campaigns, without its definitions."""
    html = build_page(warehouse, AS_OF, choose_words("en", "EUR"))
    section = html[html.index('<section id="campaigns"') : html.index('<section id="comparison"')]
    return " ".join(re.sub(r"<[^>]*>", " ", section).split())


def campaign(found: dict[str, pl.DataFrame]) -> dict[str, Any]:
    return found["campaigns"].row(0, named=True)


def test_a_campaign_without_contacts(warehouse: Connection) -> None:
    mail(warehouse, mailed=0, held_out=0)
    found = measured(warehouse)
    assert found["uplift"]["uplift"].null_count() == found["uplift"].height
    assert found["uplift"].filter(pl.col("uplift").is_null())["note"].null_count() == 0
    row = campaign(found)
    assert (row["mailed"], row["held_out"], row["cost"], row["incremental_profit"]) == (0, 0, None, None)
    assert (row["response_rate"], row["roi"], row["pays"]) == (None, None, "not proven")
    assert "nobody was mailed" in row["note"]
    assert NO_COST not in row["note"]
    shown = page(warehouse)
    assert "june 2024-06-01 to 2024-06-14 observational cannot be told 0 0 " in shown
    assert "nobody was mailed" in shown


def test_only_a_hold_out(warehouse: Connection) -> None:
    mail(warehouse, mailed=0)
    found = measured(warehouse)
    assert [whole(found)[name] for name in FIGURES] == [None] * 4
    assert whole(found)["note"] == "fewer than 2 customers in an arm"
    assert "nobody was mailed" in campaign(found)["note"]


def test_without_control_the_figures_are_a_models_and_say_so(warehouse: Connection) -> None:
    mail(warehouse, held_out=0)
    found = measured(warehouse)
    assert set(found["uplift"]["method"]) == {"observational"}
    assert campaign(found)["design"] == "observational"
    assert found["contamination"].select("control", "contaminated", "share", "note").rows() == [
        (0, 0, None, "nobody was held out")
    ]
    assert found["uplift"]["complier_uplift"].null_count() == found["uplift"].height


def test_without_a_reply(warehouse: Connection) -> None:
    mail(warehouse)
    found = measured(warehouse)
    assert [whole(found, "response")[name] for name in FIGURES] == [None] * 4
    assert whole(found, "response")["note"] == NO_REPLIES
    row = campaign(found)
    assert (row["responders"], row["response_rate"], row["cost_per_response"]) == (None, None, None)
    assert NO_REPLIES in row["note"]
    assert whole(found)["uplift"] is not None
    assert NO_REPLIES in page(warehouse)


@pytest.mark.parametrize("ends_on", [dt.date(2024, 7, 31), None])
def test_an_open_window_and_one_that_is_not_given(warehouse: Connection, ends_on: dt.date | None) -> None:
    mail(warehouse, ends_on=ends_on)
    found = measured(warehouse)
    row, conversion = campaign(found), whole(found)
    assert (row["provisional"], row["pays"], conversion["provisional"]) == (True, "not proven", True)
    assert conversion["sequential_ci_low"] < conversion["ci_low"]
    assumed = "the source gives no ends_on, so a response window of 60 days is assumed"
    for note in (row["note"], conversion["note"]):
        assert (assumed in (note or "")) is (ends_on is None)


def test_without_a_cost(warehouse: Connection) -> None:
    mail(warehouse, unit_cost=None)
    row = campaign(measured(warehouse))
    assert [row[name] for name in ("cost", "incremental_profit", "roi", "cost_per_response")] == [None] * 4
    assert (row["pays"], row["incremental_margin"] is None) == ("not proven", False)
    assert NO_COST in row["note"]
    assert NO_COST in page(warehouse)


def test_pieces_with_a_cost_need_none_of_the_hold_out(warehouse: Connection) -> None:
    mail(warehouse, unit_cost=None)
    warehouse.execute("update crm.contacts set unit_cost = 0.5 where arm = 'treatment'")
    assert campaign(measured(warehouse))["cost"] == 30
    warehouse.execute("update crm.contacts set unit_cost = null where customer_id = 'c000'")
    row = campaign(measured(warehouse))
    assert (row["cost"], row["incremental_profit"]) == (None, None)


def test_customers_in_both_arms_are_told_of(warehouse: Connection) -> None:
    mail(warehouse)
    days = (dt.date(2024, 6, 2), dt.date(2024, 6, 5))
    for day, customers in zip(days, (7, 3), strict=True):
        fill(warehouse, "quality.both_arms", {"campaign_id": "june", "as_of_date": day, "customers": customers})
    told = "3 customers were in both arms and left out (quality.rejects)"
    found = measured(warehouse)
    assert found["uplift"]["note"].str.contains(told, literal=True).all()
    assert campaign(found)["note"].count(told) == 1
    fill(warehouse, "quality.both_arms", {"campaign_id": "june", "as_of_date": AS_OF, "customers": 0})
    assert whole(measured(warehouse))["note"] is None


def test_held_out_who_live_with_mailed_ones(warehouse: Connection) -> None:
    mail(warehouse)
    warehouse.execute("update crm.customers set household_id = 'h' || (substr(customer_id, 2)::int % 50)")
    found = measured(warehouse)
    told = "40 of 40 held out live with a mailed customer (40 households in both arms), so the uplift may be too small"
    assert whole(found)["note"] == told
    assert whole(found)["uplift"] is not None


def contaminate(warehouse: Connection) -> None:
    """Of 40 held out four were mailed: one has a day, one a key code, two quote one; of 60 mailed three have no day."""
    warehouse.execute("update crm.contacts set keycode = 'K-1', contacted_on = '2024-05-30' where arm = 'treatment'")
    warehouse.execute("update crm.contacts set contacted_on = null where customer_id in ('c000', 'c001', 'c002')")
    warehouse.execute("update crm.contacts set contacted_on = '2024-05-30' where customer_id = 'c060'")
    warehouse.execute("update crm.contacts set keycode = 'K-1' where customer_id = 'c062'")
    fill(warehouse, "crm.orders", order("c064", "2024-06-09", 8, keycode="k1"))
    fill(warehouse, "crm.orders", order("c066", "2024-05-09", 8, keycode="k1"))  # before anything was mailed
    fill(
        warehouse,
        "crm.responses",
        *(
            {"campaign_id": "june", "customer_id": name, "responded_at": dt.datetime(2024, 6, 9), "keycode": code}
            for name, code in (("c068", "K 1"), ("c070", None))
        ),
    )


def test_controls_mailed_anyway_are_shown_with_what_they_do_to_the_estimate(warehouse: Connection) -> None:
    mail(warehouse)
    before = whole(measured(warehouse), "revenue")
    assert (before["complier_uplift"], before["note"]) == (None, None)
    contaminate(warehouse)
    found = measured(warehouse)
    shown = found["contamination"].row(0, named=True)
    assert (shown["control"], shown["contaminated"], shown["by_contact"], shown["by_quote"]) == (40, 4, 2, 2)
    assert (shown["treated"], shown["unreached"]) == (60, 3)
    assert (shown["share"], round(shown["share_ci_low"], 4), round(shown["share_ci_high"], 4)) == (0.1, 0.0396, 0.2305)
    for metric in ("response", "conversion", "revenue", "margin"):
        row = whole(found, metric)
        assert row["complier_uplift"] == pytest.approx(row["uplift"] / (1 - 4 / 40 - 3 / 60))
        assert row["complier_ci_low"] < row["complier_uplift"] < row["complier_ci_high"]
    assert found["uplift"].filter(method="randomised_adjusted")["complier_uplift"].is_null().all()
    assert found["uplift"]["note"].str.contains("4 of 40 held out were mailed anyway").all()
    assert "3 of 60 to be mailed have no day of contact" in campaign(found)["note"]
    shown = page(warehouse)
    assert "june : 4 of 40 held out were mailed anyway, as far as is known: 10.0% (4.0% to 23.1%); 3 of 60" in shown
    assert "for being mailed, among those it depended on" in shown
    assert "response.contamination" not in shown  # what is missing has a reason of its own


def test_what_the_whole_hold_out_has_tells_nothing(warehouse: Connection) -> None:
    mail(warehouse)
    warehouse.execute("update crm.contacts set contacted_on = '2024-05-30', keycode = arm")
    found = measured(warehouse)
    assert found["contamination"].select("contaminated", "unreached").rows() == [(0, 0)]
    assert whole(found)["note"] is None


def test_what_is_not_known_yet_contaminates_nobody(warehouse: Connection) -> None:
    mail(warehouse)
    warehouse.execute("update crm.contacts set keycode = 'K-1' where arm = 'treatment'")
    fill(warehouse, "crm.orders", order("c064", "2024-07-01", 8, keycode="K-1"))
    assert measured(warehouse)["contamination"]["contaminated"].to_list() == [0]


def other(warehouse: Connection, *customers: str, **campaign: Any) -> None:
    own = {"campaign_id": "other", "starts_on": dt.date(2024, 6, 10), "ends_on": dt.date(2024, 6, 20)} | campaign
    fill(warehouse, "crm.campaigns", own)
    fill(
        warehouse,
        "crm.contacts",
        *({"campaign_id": own["campaign_id"], "customer_id": n, "arm": "treatment"} for n in customers),
    )


def test_a_campaign_of_the_same_days_that_mailed_both_arms_alike(warehouse: Connection) -> None:
    mail(warehouse)
    other(warehouse, *(f"c{number:03d}" for number in range(0, 100, 2)))
    other(warehouse, "c000", campaign_id="later", starts_on=dt.date(2024, 6, 15))
    found = measured(warehouse)
    row = found["concurrent"].row(0, named=True)
    assert found["concurrent"].height == 1
    assert (row["other_campaign_id"], row["shared_days"], row["is_same_kind"]) == ("other", 5, True)
    assert (row["treated_mailed"], row["treated_share"]) == (30, 0.5)
    assert (row["control_mailed"], row["control_share"]) == (20, 0.5)
    assert (row["p_value"], row["verdict"]) == (1, "pass")
    assert whole(found)["note"] == "campaign other mailed some in the same days, both arms alike"
    assert found["contamination"].select("contaminated", "mailed_elsewhere").rows() == [(0, 20)]
    assert whole(found)["complier_uplift"] is None
    shown = page(warehouse)
    assert "june : other, 5 days in common, mailed 50.0% of the mailed and 50.0% of the held out" in shown
    assert "Mailed and held out differ" not in shown


def test_a_campaign_of_the_same_days_that_mailed_one_arm_more(warehouse: Connection) -> None:
    mail(warehouse)
    other(warehouse, *(f"c{number:03d}" for number in range(70, 100)), channel="email")
    found = measured(warehouse, unit_cost=0.0)
    row = found["concurrent"].row(0, named=True)
    assert (row["is_same_kind"], row["treated_share"], row["control_share"], row["verdict"]) == (False, 0, 0.75, "fail")
    assert row["p_value"] < 1e-12
    assert set(found["uplift"]["comparability"]) == {"fail"}
    assert found["uplift"]["note"].str.contains("campaign other mailed one arm more than the other").all()
    assert campaign(found)["pays"] == "not proven"
    assert found["contamination"]["mailed_elsewhere"].to_list() == [0]
    assert "Mailed and held out differ by more than the mailing" in page(warehouse)
