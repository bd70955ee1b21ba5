"""Models from the warehouse into the warehouse: only what was known in time counts."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from segmentation.prediction.stage import foresee_customers
from segmentation.settings import CampaignSettings
from segmentation.warehouse.connection import Connection
from tests.builders import fill, order

AS_OF = dt.date(2024, 7, 31)
CUSTOMERS = 800
TABLES = ("targeting.models", "targeting.model_curves", "targeting.calibration")


@pytest.fixture
def summer(warehouse: Connection) -> Connection:
    """Two mailings that held out half; they move customers who buy often."""
    random = np.random.default_rng(1)
    ids = [f"c{number:04d}" for number in range(CUSTOMERS)]
    often = random.random(CUSTOMERS) < 0.5
    fill(warehouse, "crm.customers", *({"customer_id": name} for name in ids))
    orders = [
        order(name, day, float(np.round(20 * random.random() + 5, 2)))
        for name, many in zip(ids, often, strict=True)
        for day in ("2024-02-10", "2024-03-12", "2024-04-14")
        if day == "2024-02-10" or many
    ]
    for campaign, starts_on in (("may", "2024-05-01"), ("june", "2024-06-01")):
        start = dt.date.fromisoformat(starts_on)
        fill(
            warehouse,
            "crm.campaigns",
            {"campaign_id": campaign, "starts_on": start, "ends_on": start + dt.timedelta(days=20)},
        )
        mailed = random.random(CUSTOMERS) < 0.5
        arms = ("treatment" if own else "control" for own in mailed)
        fill(
            warehouse,
            "crm.contacts",
            *({"campaign_id": campaign, "customer_id": name, "arm": arm} for name, arm in zip(ids, arms, strict=True)),
        )
        rates = 0.1 + 0.4 * often * mailed
        day = (start + dt.timedelta(days=3)).isoformat()
        orders += [order(name, day, 30.0) for name, rate in zip(ids, rates, strict=True) if random.random() < rate]
    fill(warehouse, "crm.orders", *orders)
    return warehouse


def foreseen(connection: Connection, as_of: dt.date = AS_OF) -> pl.DataFrame:
    settings = CampaignSettings(margin_rate=0.4)
    return foresee_customers(connection, as_of, "mail", settings, unit_cost=1.0, seed=1)


def tables(connection: Connection) -> list[pl.DataFrame]:
    return [connection.sql(f"from {name} order by all").pl() for name in TABLES]


def test_those_who_buy_often_are_foreseen_to_be_moved(summer: Connection) -> None:
    found = foreseen(summer).join(
        summer.sql(
            "select customer_id, count(*) as orders from crm.orders where ordered_at < '2024-05-01' group by all"
        ).pl(),
        on="customer_id",
    )
    means = dict(found.group_by(pl.col("orders") > 1).agg(pl.col("model_uplift").mean()).iter_rows())
    assert found.height == CUSTOMERS
    assert means[True] > means[False] + 3
    assert found["model_response"].is_between(0, 1).all()
    assert found["model_value"].null_count() == 0
    card = summer.sql("from targeting.models").pl()
    assert card.filter("chosen").height == 2
    assert card["campaigns"].unique().to_list() == ["june, may"]
    assert card["outcome"].unique().to_list() == ["converted"]  # no replies are recorded
    chosen = card.filter(pl.col("chosen") & (pl.col("kind") == "uplift")).row(0, named=True)
    assert chosen["gain_ci_low"] > 0
    curves = summer.sql("from targeting.model_curves").pl()
    assert set(curves["curve"]) == {"gains", "qini", "tenths", "profit"}
    ends = curves.filter((pl.col("share") == 1) & (pl.col("curve") != "tenths"))
    assert ends["value"].to_list() == pytest.approx(ends["at_random"].to_list())
    whole = curves.filter(pl.col("curve") == "qini", pl.col("share") == 1)["value"].item()
    assert curves.filter(pl.col("curve") == "tenths")["value"].mean() == pytest.approx(whole)


def test_what_came_after_the_as_of_date_changes_no_score(summer: Connection) -> None:
    before, written = foreseen(summer), tables(summer)
    fill(summer, "crm.orders", *(order(f"c{number:04d}", "2024-08-05", 900.0) for number in range(0, CUSTOMERS, 3)))
    fill(summer, "crm.campaigns", {"campaign_id": "august", "starts_on": dt.date(2024, 8, 1)})
    fill(
        summer,
        "crm.contacts",
        *({"campaign_id": "august", "customer_id": f"c{number:04d}", "arm": "treatment"} for number in range(400)),
    )
    replied = {"campaign_id": "may", "customer_id": "c0001", "responded_at": dt.datetime(2024, 8, 3)}
    fill(summer, "crm.responses", replied)
    assert foreseen(summer).equals(before)
    assert all(one.equals(other) for one, other in zip(tables(summer), written, strict=True))


def test_what_came_after_a_mailing_changes_no_feature_of_it(
    summer: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Features are those of the eve: between it and the window's end only outcomes may differ."""
    from segmentation.prediction import stage

    seen: list[pl.DataFrame] = []
    learn = stage.learn

    def watch(rows: pl.DataFrame, *given: object, **named: int) -> object:
        seen.append(rows)
        return learn(rows, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(stage, "learn", watch)
    foreseen(summer)
    fill(summer, "crm.orders", *(order(f"c{number:04d}", "2024-05-15", 70.0) for number in range(0, CUSTOMERS, 2)))
    fill(summer, "crm.orders", *(order(f"c{number:04d}", "2024-07-15", 70.0) for number in range(0, CUSTOMERS, 2)))
    foreseen(summer)
    outcomes = ("responded", "converted", "revenue")
    may = [rows.filter(campaign_id="may").drop(outcomes) for rows in seen]
    june = [rows.filter(campaign_id="june") for rows in seen]
    assert may[0].equals(may[1])
    assert not june[0].equals(june[1])  # the order of May was known by June
    assert seen[0].filter(campaign_id="may")["revenue"].sum() < seen[1].filter(campaign_id="may")["revenue"].sum()


def test_a_window_that_is_still_open_is_not_learnt_from(summer: Connection) -> None:
    foreseen(summer, dt.date(2024, 6, 20))
    assert summer.sql("select distinct campaigns from targeting.models").fetchall() == [("may",)]


def test_too_few_responses_say_so_and_nothing_is_foreseen(summer: Connection) -> None:
    summer.execute("delete from crm.orders where ordered_at >= '2024-05-01' and customer_id > 'c0030'")
    assert foreseen(summer).height == 0
    card = summer.sql("select kind, candidate, chosen, note from targeting.models order by kind").pl()
    assert card["candidate"].to_list() == ["none", "none"]
    assert "responses of the mailed are too few" in card["note"][0]
    assert "too few" in card["note"][1]


def test_without_a_hold_out_only_the_response_is_learnt(summer: Connection) -> None:
    summer.execute("delete from crm.contacts where arm = 'control'")
    found = foreseen(summer)
    assert found["model_uplift"].null_count() == CUSTOMERS
    assert found["model_response"].null_count() == 0
    ((note,),) = summer.execute("select note from targeting.models where kind = 'uplift'").fetchall()
    assert note == "no earlier mailing of this channel held anybody out, so no uplift can be learnt"


def test_without_an_earlier_mailing_there_is_nothing_to_learn_from(warehouse: Connection) -> None:
    assert foreseen(warehouse).is_empty()
    notes = warehouse.sql("select distinct note from targeting.models").fetchall()
    assert notes == [("no earlier mailing of this channel has ended",)]


def test_who_and_what_is_learnt_from(summer: Connection) -> None:
    """Neither those who objected nor a campaign with biased arms; attributes with few values are."""
    fill(summer, "segments.unscored", {"customer_id": "c0001", "as_of_date": AS_OF, "reason": "objection"})
    fill(summer, "response.sample_ratio", {"campaign_id": "may", "cell": "all", "verdict": "fail"})
    summer.execute("alter table crm.customers add column house varchar")
    summer.execute("update crm.customers set house = case when customer_id < 'c0500' then 'own' else 'rented' end")
    fill(
        summer,
        "segments.attribute_profiles",
        {"as_of_date": AS_OF, "grouping": "segment", "group_name": "all", "attribute": "house", "kind": "share"},
    )
    found = foreseen(summer)
    card = summer.sql("from targeting.models").pl()
    assert "c0001" not in found["customer_id"]
    assert card.filter(kind="uplift")["customers"].unique().to_list() == [CUSTOMERS - 1]
    assert card["campaigns"].unique().to_list() == ["june"]
    assert all(columns.endswith("house = rented") for columns in card["columns"])
