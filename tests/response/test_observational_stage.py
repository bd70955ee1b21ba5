"""A campaign without hold-out from the warehouse into the warehouse: only what was known in time counts."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from segmentation.contract.observational import OBSERVATIONAL_TABLES
from segmentation.response.campaigns import summarise_campaigns
from segmentation.response.stage import measure_campaigns
from segmentation.settings import CampaignSettings, RfmSettings
from segmentation.warehouse.connection import Connection, fetch
from tests.builders import fill, order

AS_OF = dt.date(2024, 7, 31)
CUSTOMERS = 400
TABLES = ("response.uplift", *(table.full_name for table in OBSERVATIONAL_TABLES))


@pytest.fixture
def june(warehouse: Connection) -> Connection:
    """Customers with orders since March, half of them mailed in June, the better ones rather."""
    random = np.random.default_rng(1)
    ids = [f"c{number:03d}" for number in range(CUSTOMERS)]
    liking = random.random(CUSTOMERS)
    fill(warehouse, "crm.customers", *({"customer_id": name} for name in ids))
    orders = [
        order(name, day, float(np.round(5 + 40 * own * random.random(), 2)))
        for name, own in zip(ids, liking, strict=True)
        for day in ("2024-03-10", "2024-04-12", "2024-05-14", "2024-06-16")
        if day == "2024-03-10" or random.random() < 0.3 + 0.5 * own
    ]
    fill(warehouse, "crm.orders", *orders)
    fill(
        warehouse,
        "crm.campaigns",
        {"campaign_id": "june", "starts_on": dt.date(2024, 6, 1), "ends_on": dt.date(2024, 6, 30)},
    )
    mailed = [name for name, own in zip(ids, liking, strict=True) if random.random() < 0.25 + 0.5 * own]
    fill(
        warehouse,
        "crm.contacts",
        *({"campaign_id": "june", "customer_id": name, "arm": "treatment"} for name in mailed),
    )
    return warehouse


def measured(connection: Connection) -> dict[str, pl.DataFrame]:
    measure_campaigns(connection, AS_OF, CampaignSettings(margin_rate=0.3), RfmSettings(), seed=1)
    return {name: connection.sql(f"from {name} where campaign_id = 'june' order by all").pl() for name in TABLES}


def test_every_table_is_written(june: Connection) -> None:
    found = measured(june)
    whole = found["response.uplift"].filter(dimension="all", metric="revenue").row(0, named=True)
    assert whole["method"] == "observational"
    assert whole["comparability"] == "pass"
    assert found["response.balance"].height == 10
    assert found["response.overlap"].filter(propensity="all")["verdict"].item() == "pass"
    opinion = found["response.second_opinion"].filter(metric="revenue").row(0, named=True)
    assert opinion["agrees"] in ("yes", "no")
    assert opinion["placebo_verdict"] in ("pass", "fail")
    assert found["response.sensitivity"].filter(metric="margin")["robustness_value"].item() > 0


def test_what_came_after_the_window_changes_nothing(june: Connection) -> None:
    before = measured(june)
    fill(june, "crm.orders", *(order(f"c{number:03d}", "2024-07-05", 500.0) for number in range(0, CUSTOMERS, 3)))
    fill(june, "crm.campaigns", {"campaign_id": "july", "starts_on": dt.date(2024, 7, 1)})
    fill(
        june,
        "crm.contacts",
        *({"campaign_id": "july", "customer_id": f"c{number:03d}", "arm": "treatment"} for number in range(200)),
    )
    fill(
        june,
        "crm.responses",
        {"campaign_id": "july", "customer_id": "c001", "responded_at": dt.datetime(2024, 7, 3)},
    )
    after = measured(june)
    assert all(after[name].equals(before[name]) for name in TABLES)


def test_what_happened_in_the_window_chooses_nobody(june: Connection) -> None:
    before = measured(june)
    june.execute("update crm.orders set amount = 1000 - amount where ordered_at >= '2024-06-01'")
    after = measured(june)
    for name in ("response.overlap", "response.balance"):
        assert after[name].equals(before[name])
    assert not after["response.uplift"].equals(before["response.uplift"])
    placebo = ("metric", "placebo", "placebo_ci_low")
    one, other = (found["response.second_opinion"].select(placebo) for found in (before, after))
    assert one.equals(other)


def test_pieces_that_went_out_before_the_window_do_not_tell_who_was_mailed(june: Connection) -> None:
    before = measured(june)
    june.execute("update crm.contacts set contacted_on = '2024-05-28'")
    after = measured(june)
    assert after["response.balance"].equals(before["response.balance"])


def test_measuring_one_campaign_replaces_its_rows_only(june: Connection) -> None:
    first = measured(june)
    fill(june, "response.balance", {"campaign_id": "another", "covariate": "order_count"})
    measure_campaigns(june, AS_OF, CampaignSettings(margin_rate=0.3), RfmSettings(), seed=1, only="june")
    rows = june.sql("from response.balance order by all").pl()
    assert rows.height == first["response.balance"].height + 1


def test_a_campaign_with_a_hold_out_has_no_such_rows(june: Connection) -> None:
    june.execute("update crm.contacts set arm = 'control' where customer_id < 'c100'")
    found = measured(june)
    assert all(found[table.full_name].is_empty() for table in OBSERVATIONAL_TABLES)
    assert set(found["response.uplift"]["comparability"]) == {None}


def test_weak_comparability_withholds_the_verdict(june: Connection) -> None:
    june.execute("update crm.campaigns set unit_cost = 0.001")
    june.execute(
        "update crm.orders set amount = 5000 where ordered_at >= '2024-06-01' and customer_id in "
        "(select customer_id from crm.contacts)"
    )
    measured(june)
    assert june.sql("select pays from response.campaigns").fetchall() == [("yes",)]
    campaigns = fetch(june, "campaign_list", as_of_date=AS_OF, response_window_days=60, unit_cost=None)
    uplift = june.sql("from response.uplift").pl()
    failed = summarise_campaigns(campaigns, uplift.with_columns(comparability=pl.lit("fail")))
    assert failed["pays"].to_list() == ["not proven"]
    assert summarise_campaigns(campaigns, uplift)["pays"].to_list() == ["yes"]


def test_periods_by_hand(warehouse: Connection) -> None:
    fill(
        warehouse,
        "crm.orders",
        order("c1", "2024-03-31", 10.0),
        order("c1", "2024-04-02", -4.0),
        order("c1", "2024-05-02", 7.0),
        order("c1", "2024-05-31", 1.0),
        order("c1", "2024-06-01", 20.0, margin=5.0),
        order("c1", "2024-06-30", 9.0),
        order("c1", "2024-07-01", 99.0),
        order("c2", "2024-05-02", 7.0),
        order("c3", "2024-05-01", 8.0),
    )
    found = fetch(warehouse, "campaign_periods", starts_on=dt.date(2024, 6, 1), days=30, margin_rate=0.5)
    assert found["customer_id"].to_list() == ["c1", "c3"]
    assert found.row(0, named=True) == {
        "customer_id": "c1",
        "order_count": 1.0,
        "spend": 6.0,
        "days_since_last_order": 31.0,
        "tenure_days": 31.0,
        "converted_before": 1.0,
        "converted_after": 1.0,
        "revenue_before": 8.0,
        "revenue_after": 29.0,
        "margin_before": 4.0,
        "margin_after": 9.5,
        "has_unknown_margin": False,
    }
    assert found.row(1, named=True)["revenue_before"] == 0
