"""From contacts, orders and replies to response.comparison, response.trend and targeting.power."""

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from segmentation.comparison.change import MIXED
from segmentation.comparison.planning import NO_UPLIFT
from segmentation.comparison.stage import compare_measured, foresee_plan
from segmentation.response.power import Rate, power_of
from segmentation.response.stage import measure_campaigns
from segmentation.settings import CampaignSettings, ComparisonSettings, RfmSettings
from segmentation.warehouse.connection import Connection, fetch, frames
from tests.builders import fill, order

AS_OF = dt.date(2024, 6, 30)
STARTS = {"2022": dt.date(2022, 3, 1), "2023": dt.date(2023, 3, 1), "2024": dt.date(2024, 3, 1)}
CUSTOMERS = 600


def mail(warehouse: Connection, *, without_hold_out: tuple[str, ...] = (), types: dict[str, str] | None = None) -> None:
    """Three campaigns to the same customers, a third of them held out, with replies of some."""
    random = np.random.default_rng(1)
    customers = [f"c{number:03}" for number in range(CUSTOMERS)]
    fill(warehouse, "crm.customers", *({"customer_id": name} for name in customers))
    fill(warehouse, "crm.orders", *(order(name, "2021-12-24", 10.0 + n) for n, name in enumerate(customers)))
    for campaign_id, starts_on in STARTS.items():
        row = {"campaign_id": campaign_id, "starts_on": starts_on, "ends_on": starts_on + dt.timedelta(days=29)}
        fill(warehouse, "crm.campaigns", row | {"unit_cost": 0.5, "campaign_type": (types or {}).get(campaign_id)})
        rest = campaign_id not in without_hold_out
        contacts = [
            {"customer_id": name, "arm": "control" if number % 3 == 0 else "treatment"}
            for number, name in enumerate(customers)
            if rest or number % 3
        ]
        fill(warehouse, "crm.contacts", *({"campaign_id": campaign_id} | contact for contact in contacts))
        replied = [c for c in contacts if random.random() < (0.1 if c["arm"] == "control" else 0.25)]
        at = dt.datetime.combine(starts_on, dt.time(9))
        fill(
            warehouse,
            "crm.responses",
            *({"campaign_id": campaign_id, "customer_id": c["customer_id"], "responded_at": at} for c in replied),
        )
        fill(warehouse, "crm.orders", *(order(c["customer_id"], str(starts_on), 30.0, margin=9.0) for c in replied))


def compared(warehouse: Connection, **settings: Any) -> pl.DataFrame:
    assumed = CampaignSettings(margin_rate=0.3)
    measure_campaigns(warehouse, AS_OF, assumed, RfmSettings(), seed=1)
    compare_measured(warehouse, AS_OF, assumed, ComparisonSettings(**settings), seed=1)
    return warehouse.sql("from response.comparison").pl()


def test_every_earlier_campaign_of_the_kind_the_latest_first(warehouse: Connection) -> None:
    mail(warehouse)
    found = compared(warehouse)
    pairs = found.select("campaign_id", "earlier_campaign_id").unique(maintain_order=True).rows()
    assert pairs == [("2024", "2023"), ("2024", "2022"), ("2023", "2022")]
    assert found.filter(metric="response").height == 3
    assert set(found["shared_customers"]) == {CUSTOMERS}
    assert set(found["method"]) == {"paired bootstrap"}
    assert (found["mix_effect"] + found["rate_effect"] == found["rate_change"]).all()
    known = warehouse.sql(
        "select campaign_id, metric, uplift, treated_mean from response.uplift "
        "where dimension = 'all' and method = 'randomised'"
    ).pl()
    of = {(row[0], row[1]): row[2:] for row in known.iter_rows()}
    for row in found.iter_rows(named=True):
        now, then = of[row["campaign_id"], row["metric"]], of[row["earlier_campaign_id"], row["metric"]]
        assert row["uplift_change"] == now[0] - then[0]
        assert row["rate_change"] == pytest.approx(now[1] - then[1], abs=1e-12)
        assert row["ci_low"] < row["uplift_change"] < row["ci_high"]


def test_types_that_the_source_names_are_not_mixed(warehouse: Connection) -> None:
    mail(warehouse, types={"2022": "coupon", "2024": "coupon"})
    found = compared(warehouse)
    assert found.select("campaign_id", "earlier_campaign_id", "kind").unique().rows() == [
        ("2024", "2022", "mail, coupon")
    ]
    assert set(warehouse.sql("from response.trend").pl()["kind"]) == {"mail", "mail, coupon"}


def test_settings_limit_the_pairs(warehouse: Connection) -> None:
    mail(warehouse)
    assert compared(warehouse, days=400)["earlier_campaign_id"].unique().sort().to_list() == ["2022", "2023"]
    assert compared(warehouse, most_pairs=1)["earlier_campaign_id"].unique().to_list() == ["2023"]


def test_a_campaign_without_hold_out_is_compared_in_what_was_counted_alone(warehouse: Connection) -> None:
    mail(warehouse, without_hold_out=("2023",))
    found = {
        (row["campaign_id"], row["earlier_campaign_id"]): row
        for row in compared(warehouse).filter(metric="conversion").iter_rows(named=True)
    }
    mixed = found["2024", "2023"]
    assert (mixed["design"], mixed["uplift_change"], mixed["method"]) == ("mixed", None, None)
    assert mixed["note"].startswith(MIXED)
    assert mixed["rate_change"] is not None
    assert (found["2024", "2022"]["design"], found["2024", "2022"]["method"]) == ("randomised", "paired bootstrap")
    trend = warehouse.sql("select distinct design, pooled_campaigns from response.trend where metric = 'conversion'")
    # always the same customers were not mailed, so without a hold-out there is nobody to compare with
    assert sorted(trend.fetchall()) == [("observational", 0), ("randomised", 2)]


def test_the_same_rows_give_the_same_bytes(warehouse: Connection) -> None:
    mail(warehouse)
    first = compared(warehouse)
    again = compared(warehouse)
    assert first.equals(again)


def test_other_rows_of_uplift_are_not_taken_for_the_result(warehouse: Connection) -> None:
    mail(warehouse)
    measure_campaigns(warehouse, AS_OF, CampaignSettings(margin_rate=0.3), RfmSettings(), seed=1)
    warehouse.execute(
        "insert into response.uplift by name "
        "select * replace ('randomised_adjusted' as method, 99 as uplift) from response.uplift"
    )
    compare_measured(warehouse, AS_OF, CampaignSettings(margin_rate=0.3), ComparisonSettings(), seed=1)
    found = warehouse.sql("from response.comparison").pl()
    assert found.height == 3 * 4
    assert found["uplift"].max() < 99


def test_nothing_measured_gives_empty_tables(warehouse: Connection) -> None:
    assert compared(warehouse).is_empty()
    assert warehouse.sql("from response.trend").pl().is_empty()


def test_shared_customers_agree_with_sets(warehouse: Connection) -> None:
    random = np.random.default_rng(2)
    names = [f"c{number}" for number in range(500)]
    selected = {
        k: {name for name in names if random.random() < share} for k, share in (("a", 0.5), ("b", 0.3), ("c", 0.9))
    }
    selected |= {"nobody": set(), "first": {"c0"}, "last": {"c499"}}
    fill(warehouse, "crm.customers", *({"customer_id": name} for name in names))
    warehouse.execute("delete from crm.customers where customer_id in ('c7', 'c8')")  # numbers may have gaps
    fill(warehouse, "crm.customers", {"customer_id": "c7"}, {"customer_id": "c8"})
    fill(
        warehouse,
        "crm.contacts",
        *({"campaign_id": k, "customer_id": name} for k, chosen in selected.items() for name in sorted(chosen)),
    )
    asked = [(now, then) for now in selected for then in selected if now > then]
    pairs = pl.DataFrame(asked, schema=["campaign_id", "earlier_campaign_id"], orient="row")
    with frames(warehouse, campaign_pairs=pairs):
        found = fetch(warehouse, "shared_customers")
    assert sorted(found.rows()) == sorted((now, then, len(selected[now] & selected[then])) for now, then in asked)


def plan(warehouse: Connection, *selected: tuple[str, str, int], rate: float = 0.05) -> None:
    """A plan with so many customers by cell and arm."""
    fill(warehouse, "targeting.plans", {"plan_id": "p", "campaign_id": "next", "as_of_date": AS_OF})
    rows = [
        {"customer_id": f"{cell}{arm}{n}", "cell": cell, "arm": arm}
        for cell, arm, count in selected
        for n in range(count)
    ]
    fill(warehouse, "targeting.selection", *({"plan_id": "p", "expected_response": rate} | row for row in rows))
    foresee_plan(warehouse, "p")


def test_a_plan_is_foreseen_by_cell_from_earlier_hold_outs(warehouse: Connection) -> None:
    mail(warehouse)
    compared(warehouse)
    plan(warehouse, ("A", "treatment", 300), ("A", "control", 100), ("B", "treatment", 200), ("B", "control", 50))
    found = warehouse.sql("from targeting.power order by cell").pl()
    assert found.select("cell", "mailed", "held_out").rows() == [("A", 300, 100), ("B", 200, 50), ("all", 500, 150)]
    assert set(found["as_of_date"]) == {AS_OF}
    [uplift] = set(found["expected_uplift"])
    assert 0.05 < uplift < 0.25
    assert found["power"][2] == pytest.approx(power_of(Rate(0.05), uplift, mailed=500, held_out=150))
    foresee_plan(warehouse, "p")
    assert warehouse.sql("from targeting.power order by cell").pl().equals(found)


def test_observational_uplift_is_not_expected_of_a_plan(warehouse: Connection) -> None:
    fill(
        warehouse,
        "response.uplift",
        {
            "campaign_id": "2022",
            "dimension": "all",
            "level": "all",
            "metric": "response",
            "method": "observational",
            "uplift": 0.02,
            "ci_low": 0.01,
            "ci_high": 0.03,
            "provisional": False,
        },
    )
    fill(warehouse, "crm.campaigns", {"campaign_id": "2022", "starts_on": STARTS["2022"]})
    plan(warehouse, ("A", "treatment", 30), ("A", "control", 10))
    [row] = warehouse.sql("from targeting.power").pl().iter_rows(named=True)
    assert (row["expected_uplift"], row["note"]) == (None, NO_UPLIFT)
    assert row["smallest_uplift"] > 0
