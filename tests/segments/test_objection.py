"""Who has objected to marketing is in nothing that describes or ranks a customer (GDPR, article 21)."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from segmentation.clusters.stage import cluster_customers
from segmentation.history.stage import keep_history
from segmentation.response.stage import measure_campaigns
from segmentation.run import Run
from segmentation.segments.stage import segment_customers
from segmentation.settings import CampaignSettings, ClusterSettings, RfmSettings, load_settings
from segmentation.targeting.expectation import expected_response
from segmentation.targeting.stage import plan_mailing
from segmentation.warehouse.connection import Connection
from tests.builders import fill, order

AS_OF = dt.date(2024, 6, 30)
SCORED_TABLES = ("rfm", "clusters", "history")


def shop(warehouse: Connection, *suppressions: dict[str, Any], customers: int = 20) -> None:
    """Customers c00, c01 ... who differ in what they spend and when, and rules about some of them."""
    ids = [f"c{i:02d}" for i in range(customers)]
    fill(
        warehouse,
        "crm.customers",
        *({"customer_id": c, "email": f"{c}@Example.org", "postcode": "00-950", "last_name": f"Name{c}"} for c in ids),
    )
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=5 * i) for i in range(customers)]
    fill(
        warehouse,
        "crm.orders",
        *(order(c, f"{day}", 10 + 3 * i) for i, (c, day) in enumerate(zip(ids, days, strict=True))),
    )
    fill(warehouse, "crm.suppressions", *suppressions)


def segment_all(warehouse: Connection) -> None:
    segment_customers(warehouse, AS_OF, RfmSettings())
    cluster_customers(warehouse, AS_OF, ClusterSettings(smallest=2, largest=3))
    keep_history(warehouse, AS_OF, drift_limit=0.25)


def scored(warehouse: Connection, table: str = "rfm") -> set[str]:
    return set(warehouse.sql(f"from segments.{table}").pl()["customer_id"])


@pytest.mark.parametrize(
    "rule",
    [
        {"customer_id": "c03"},
        {"email": "C03@example.ORG"},
        {"postcode": "00-950", "last_name": "NAMEC03"},
        {"customer_id": "c03", "reason": "OBJECTION"},
        {"customer_id": "c03", "since": AS_OF, "until": AS_OF},
    ],
)
def test_an_objector_is_in_no_score_cluster_or_history(warehouse: Connection, rule: dict[str, Any]) -> None:
    shop(warehouse, {"reason": "Objection"} | rule)
    fill(warehouse, "segments.history", {"customer_id": "c03", "as_of_date": dt.date(2024, 5, 31), "segment": "loyal"})
    segment_all(warehouse)
    assert warehouse.sql("from segments.unscored").fetchall() == [("c03", AS_OF, "objection")]
    for table in SCORED_TABLES:
        assert scored(warehouse, table) == {f"c{i:02d}" for i in range(20)} - {"c03"}, table
    assert warehouse.sql("select sum(customers) from segments.cluster_profiles").fetchall() == [(19,)]
    by_measure = warehouse.sql("select distinct sum(customers) from segments.rfm_thresholds group by measure")
    assert by_measure.fetchall() == [(19,)]


@pytest.mark.parametrize(
    "rule",
    [
        {"reason": "robinson", "customer_id": "c03"},
        {"reason": "objection", "customer_id": "c03", "until": dt.date(2024, 6, 29)},
        {"reason": "objection", "customer_id": "c03", "since": dt.date(2024, 7, 1)},
        {"reason": "objection", "postcode": "00-951", "last_name": "Namec03"},
        {"reason": "objection", "email": "c99@example.org"},
    ],
)
def test_other_suppressions_and_other_days_leave_a_customer_scored(warehouse: Connection, rule: dict[str, Any]) -> None:
    shop(warehouse, rule)
    segment_all(warehouse)
    assert warehouse.sql("from segments.unscored").fetchall() == []
    assert all("c03" in scored(warehouse, table) for table in SCORED_TABLES)


def test_clusters_are_fitted_as_if_the_objector_were_not_there(warehouse: Connection) -> None:
    shop(warehouse, {"reason": "objection", "customer_id": "c19"})
    warehouse.execute("update crm.orders set amount = 1e9 where customer_id = 'c19'")
    segment_all(warehouse)
    with_objector = warehouse.sql("from segments.cluster_model order by all").pl()
    warehouse.execute("delete from crm.orders where customer_id = 'c19'")
    segment_all(warehouse)
    assert warehouse.sql("from segments.cluster_model order by all").pl().equals(with_objector)


def test_an_objection_that_is_withdrawn_lets_the_customer_be_scored_again(warehouse: Connection) -> None:
    shop(warehouse, {"reason": "objection", "customer_id": "c03"})
    segment_all(warehouse)
    warehouse.execute("delete from crm.suppressions")
    segment_all(warehouse)
    assert warehouse.sql("from segments.unscored").fetchall() == []
    assert "c03" in scored(warehouse)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({}, "objected to marketing"),
        ({"until": dt.date(2024, 7, 13)}, "objected to marketing"),  # holds on the as-of date only
        ({"since": dt.date(2024, 7, 14)}, "objected to marketing"),  # holds on the in-home date only
        ({"reason": "robinson"}, "on a suppression list: robinson"),
    ],
)
def test_a_plan_leaves_objectors_out_by_that_reason(warehouse: Connection, rule: dict[str, Any], reason: str) -> None:
    shop(warehouse, {"reason": "objection", "customer_id": "c03"} | rule)
    if reason == "objected to marketing":  # comes before a missing consent
        warehouse.execute("update crm.customers set mail_consent = false where customer_id = 'c03'")
    segment_all(warehouse)
    settings = load_settings(plan={"budget": 100, "unit_cost": 1})
    plan_mailing(warehouse, Run("plan-mailing", "p", settings, AS_OF, dt.datetime(2024, 7, 1), "someone"))
    assert warehouse.sql("select customer_id, reason from targeting.exclusions").fetchall() == [("c03", reason)]
    steps = warehouse.sql("select reason from targeting.waterfall order by step limit 2").fetchall()
    assert steps == [("deceased",), ("objected to marketing",)]


@pytest.mark.parametrize("held_out", [0, 60])
def test_a_past_campaign_counts_objectors_in_the_whole_and_in_no_segment(warehouse: Connection, held_out: int) -> None:
    """With a hold-out and without; the objector bought, replied, and does not move the rates of segments."""
    mailed, others = 60, 60
    ids = [f"c{i:03d}" for i in range(mailed + others)]
    fill(warehouse, "crm.customers", *({"customer_id": c} for c in ids))
    fill(warehouse, "crm.orders", *(order(c, f"2024-03-{1 + i % 28:02d}", 10 + i) for i, c in enumerate(ids)))
    fill(warehouse, "crm.suppressions", {"reason": "objection", "customer_id": "c000"})
    fill(
        warehouse,
        "crm.campaigns",
        {"campaign_id": "may", "starts_on": dt.date(2024, 5, 1), "ends_on": dt.date(2024, 5, 31)},
    )
    arms = ["treatment"] * mailed + ["control"] * held_out
    contacts = ({"campaign_id": "may", "customer_id": c, "arm": arm} for c, arm in zip(ids, arms, strict=False))
    fill(warehouse, "crm.contacts", *contacts)
    buyers = ["c000", "c001", "c002", "c060", "c061"]
    fill(warehouse, "crm.orders", *(order(c, "2024-05-10", 40) for c in buyers))
    reply = {"campaign_id": "may", "customer_id": "c000", "responded_at": dt.datetime(2024, 5, 10)}
    fill(warehouse, "crm.responses", reply)
    segment_all(warehouse)
    measure_campaigns(warehouse, AS_OF, CampaignSettings(), RfmSettings(), seed=1)
    uplift = warehouse.sql("from response.uplift").pl()
    treated = uplift.filter(metric="conversion").group_by("dimension").agg(pl.sum("treated"))
    assert dict(treated.iter_rows())["all"] == mailed
    assert dict(treated.iter_rows())["segment"] == mailed - 1
    assert "never bought" not in uplift["level"]
    whole = uplift.filter(dimension="all", metric="conversion")
    assert whole["treated_mean"].to_list() == [pytest.approx(3 / 60)]
    assert warehouse.sql("select mailed, responders from response.campaigns").fetchall() == [(mailed, 1)]
    if held_out:
        assert expected_response(uplift)["expected_response"].max() == 0
