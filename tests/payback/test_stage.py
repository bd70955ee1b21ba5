"""The whole of it on small warehouses: what is counted, what adds up, what is left empty, and the verdict."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from segmentation.payback.costs import NO_COSTS
from segmentation.payback.stage import weigh_programme
from segmentation.settings import CampaignSettings, ProgrammeSettings
from segmentation.warehouse.connection import Connection
from tests.builders import fill, order

D = dt.date
AS_OF = D(2024, 5, 31)
MAY = (D(2024, 5, 1), D(2024, 5, 20))


def result(campaign_id: str, starts_on: dt.date, ends_on: dt.date, **others: Any) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "design": "randomised",
        "mailed": 1000,
        "cost": 500.0,
        "incremental_margin": 3000.0,
        "incremental_margin_ci_low": 2500.0,
        "incremental_margin_ci_high": 3500.0,
        "provisional": False,
    } | others


def weigh(warehouse: Connection, **settings: Any) -> None:
    starts_on = settings.pop("starts_on", D(2024, 1, 1))
    weigh_programme(warehouse, AS_OF, ProgrammeSettings(starts_on=starts_on, **settings), CampaignSettings())


def rows(warehouse: Connection, table: str, basis: str = "randomised") -> list[dict[str, Any]]:
    found: pl.DataFrame = warehouse.sql(f"from response.{table} order by all").pl()
    return found.filter(pl.col("basis") == basis).to_dicts()


def programme(warehouse: Connection, basis: str = "randomised") -> dict[str, Any]:
    (row,) = rows(warehouse, "programme", basis)
    return row


def test_costs_and_margins_by_month_worked_by_hand(warehouse: Connection) -> None:
    fill(warehouse, "response.campaigns", result("a", D(2024, 2, 1), D(2024, 3, 20)), result("b", *MAY))
    fill(
        warehouse,
        "crm.costs",
        {"name": "setup", "amount": 900, "kind": "once", "from": None},
        {"name": "rent", "amount": 200, "kind": "monthly", "from": D(2024, 2, 1)},
        {"name": "not yet", "amount": 9999, "kind": "once", "from": D(2024, 6, 1)},
    )
    weigh(warehouse, users=2, monthly_per_user=50)

    months = rows(warehouse, "payback")
    assert [month["month"] for month in months] == [D(2024, month, 1) for month in range(1, 6)]
    assert [float(month["cost_once"]) for month in months] == [900, 0, 0, 0, 0]
    assert [float(month["cost_running"]) for month in months] == [100, 300, 300, 300, 300]
    assert [month["incremental_margin"] for month in months] == [0, 0, 3000, 0, 3000]
    assert [month["net"] for month in months] == [-1000, -300, 2200, -300, 2200]
    assert [month["cumulative_net"] for month in months] == [-1000, -1300, 900, 600, 2800]
    assert months[2]["cumulative_net_ci_low"] == pytest.approx(400, abs=1)
    assert months[2]["cumulative_net_ci_high"] == pytest.approx(1400, abs=1)
    assert months[4]["cumulative_net_ci_low"] == pytest.approx(2800 - 500 * 2**0.5, abs=30)
    assert [month["payback_reached"] for month in months] == ["no", "no", "yes", "yes", "yes"]
    assert months[3]["payback_share"] == pytest.approx(0.9907, abs=0.0002)  # 600 is 2.352 standard deviations

    row = programme(warehouse)
    assert (row["net"], float(row["cost"]), float(row["mailing_cost"]), row["mailed"]) == (2800, 2200, 1000, 2000)
    assert row["payback_month"] == D(2024, 3, 1)
    assert (row["payback_month_ci_low"], row["payback_month_ci_high"]) == (D(2024, 3, 1), D(2024, 3, 1))
    discounted = sum(net / 1.1 ** (k / 12) for k, net in enumerate([-1000, -300, 2200, -300, 2200]))
    assert row["net_present_value"] == pytest.approx(discounted)
    assert row["pays"] == "yes"


def test_net_is_what_the_columns_say(warehouse: Connection) -> None:
    """The identity that the contract states, with and without an earlier practice; months add up to the programme."""
    fill(
        warehouse,
        "response.campaigns",
        result("before", D(2023, 2, 1), D(2023, 3, 20), cost=800.0, mailed=1600),
        result("a", D(2024, 2, 1), D(2024, 3, 20)),
        result("b", *MAY),
    )
    for practice in (None, "as last year"):
        weigh(warehouse, earlier_practice=practice, hardware=100)
        months = warehouse.sql("from response.payback order by month").pl()
        money = months.select(pl.col(pl.Decimal).cast(pl.Float64), pl.col(pl.Float64))
        against = (
            pl.col("incremental_margin") - pl.col("mailing_cost")
            if practice is None
            else pl.col("incremental_margin") - pl.col("earlier_margin") + pl.col("saved_mailing_cost")
        )
        net = money.select(against - pl.col("cost_once") - pl.col("cost_running")).to_series()
        assert net.to_list() == pytest.approx(months["net"].to_list())
        assert months["net"].cum_sum().to_list() == pytest.approx(months["cumulative_net"].to_list())
        assert programme(warehouse)["net"] == pytest.approx(months["net"].sum())
        assert programme(warehouse)["net_ci_low"] == pytest.approx(months["cumulative_net_ci_low"][-1])
    assert months["saved_mailing_cost"].to_list() == [0, 0, 300, 0, -500]
    assert months["earlier_margin"].to_list() == [0, 0, 3000, 0, 0]


def test_against_mailing_all_only_the_pieces_not_sent_count(warehouse: Connection) -> None:
    fill(warehouse, "response.campaigns", result("a", *MAY))
    fill(warehouse, "crm.campaigns", {"campaign_id": "a", "starts_on": MAY[0], "fixed_cost": 100})
    plans = (("a@1", D(2024, 4, 1), 9000, "draft"), ("a@2", D(2024, 4, 2), 5000, "approved"))
    later = (("a@3", D(2024, 4, 3), 7000, "rejected"), ("a@4", MAY[0], 8000, "draft"))
    for plan_id, day, eligible, status in plans + later:
        fill(
            warehouse,
            "targeting.plans",
            {"plan_id": plan_id, "campaign_id": "a", "as_of_date": day, "status": status},
        )
        fill(
            warehouse,
            "targeting.waterfall",
            {"plan_id": plan_id, "step": 8, "reason": "beyond the budget", "customers_before": eligible},
        )
    weigh(warehouse, earlier_practice="mail all", unsent_margin_share=0.1, hardware=50)

    row = programme(warehouse)
    assert (row["pieces_not_sent"], float(row["saved_mailing_cost"])) == (4000, 4000 * 0.4)
    assert row["net"] == pytest.approx(4000 * 0.4 - 4000 * 3.0 * 0.1 - 50)
    assert row["break_even_margin_per_piece"] == pytest.approx((4000 * 0.4 - 50) / (0.1 * 4000))
    assert row["break_even_response"] is None


def test_randomised_and_observational_are_never_added(warehouse: Connection) -> None:
    fill(
        warehouse,
        "response.campaigns",
        result("a", *MAY),
        result("b", *MAY, design="observational", incremental_margin=9e6, incremental_margin_ci_high=9e7),
        result("c", *MAY, design="observational"),
    )
    weigh(warehouse, hardware=100)
    assert programme(warehouse)["incremental_margin"] == 3000
    observational = programme(warehouse, "observational")
    assert observational["incremental_margin"] == 9e6 + 3000
    assert observational["incremental_margin_ci_low"] == pytest.approx(2500 + 2500, abs=10)
    assert observational["pays"] == "not proven"
    assert "may all err in one direction" in observational["note"]
    assert "mailings not counted: 2 since they have no hold-out" in programme(warehouse)["note"]


def test_a_campaign_whose_arms_are_not_as_planned_is_not_counted(warehouse: Connection) -> None:
    fill(warehouse, "response.campaigns", result("a", *MAY), result("b", *MAY))
    fill(warehouse, "response.sample_ratio", {"campaign_id": "b", "cell": "all", "verdict": "fail"})
    weigh(warehouse, users=1, monthly_per_user=1)
    row = programme(warehouse)
    assert (row["campaigns"], row["not_counted"], row["incremental_margin"]) == (1, 1, 3000)
    assert "the arms are not as planned; see response.sample_ratio" in row["note"]


def test_a_month_of_which_nothing_could_be_counted_has_no_margin(warehouse: Connection) -> None:
    fill(warehouse, "response.campaigns", result("a", *MAY), result("b", *[D(2024, 3, 1)] * 2, cost=None))
    weigh(warehouse, hardware=100)
    months = {month["month"].month: month for month in rows(warehouse, "payback")}
    assert months[3]["incremental_margin"] is None
    assert months[3]["note"].startswith("mailings not counted: 1 since their cost is not known")
    assert months[4]["incremental_margin"] == 0


def test_without_costs_nothing_is_left_but_what_it_may_cost_is_told(warehouse: Connection) -> None:
    fill(warehouse, "response.campaigns", result("a", *MAY))
    weigh(warehouse, starts_on=None)
    row = programme(warehouse)
    assert (row["cost"], row["net"], row["net_present_value"], row["payback_share"]) == (None, None, None, None)
    assert row["break_even_cost"] == 2500
    assert row["pays"] == "not proven"
    assert NO_COSTS in row["note"]
    (month,) = rows(warehouse, "payback")
    assert (month["cost_once"], month["cumulative_net"], month["incremental_margin"]) == (None, None, 3000)


def test_without_margins_costs_are_told_and_nothing_else(warehouse: Connection) -> None:
    unknown = {f"incremental_margin{end}": None for end in ("", "_ci_low", "_ci_high")}
    fill(warehouse, "response.campaigns", result("a", *MAY, **unknown))
    fill(
        warehouse,
        "response.uplift",
        {
            "campaign_id": "a",
            "dimension": "all",
            "metric": "margin",
            "method": "randomised",
            "note": "orders have no margin",
        },
    )
    weigh(warehouse, hardware=100)
    row = programme(warehouse)
    assert (float(row["cost"]), row["net"], row["incremental_margin"], row["break_even_cost"]) == (
        100,
        None,
        None,
        None,
    )
    assert row["note"].startswith("no mailing can be counted: 1 since orders have no margin")


def test_before_the_first_mailing_has_ended_there_are_only_costs(warehouse: Connection) -> None:
    fill(warehouse, "response.campaigns", result("a", *MAY, provisional=True))
    weigh(warehouse, hardware=100)
    row = programme(warehouse)
    assert (row["net"], row["running"], row["pays"]) == (-100, 1, "no")
    assert "still open, so counted nowhere yet: 1" in row["note"]
    assert "no mailing of the programme has ended yet" in row["note"]


def test_without_a_beginning_there_is_nothing(warehouse: Connection) -> None:
    weigh(warehouse, starts_on=None, hardware=100)
    weigh(warehouse, starts_on=D(2024, 6, 1), hardware=100)
    assert warehouse.sql("from response.payback").pl().is_empty()
    assert warehouse.sql("from response.programme").pl().is_empty()


@pytest.mark.parametrize(
    ("hardware", "others", "pays"),
    [
        (1900, {}, "yes"),
        (2100, {}, "not proven"),
        (2900, {}, "not proven"),
        (3100, {}, "no"),
        # A mailing of the programme that cannot be counted may have lost its cost, and may have brought anything.
        (1900, {"cost": 150.0}, "not proven"),
        (1600, {"cost": 150.0}, "yes"),
        (1600, {"cost": None}, "not proven"),
        (3100, {"cost": 150.0}, "not proven"),
    ],
)
def test_the_verdict_follows_the_interval_and_what_is_not_counted(
    warehouse: Connection, hardware: float, others: dict[str, Any], pays: str
) -> None:
    """A gain of 2,500, from 2,000 to 3,000."""
    fill(warehouse, "response.campaigns", result("a", *MAY))
    if others:
        fill(warehouse, "response.campaigns", result("b", *MAY, **{"incremental_margin": None, "cost": None} | others))
    weigh(warehouse, starts_on=MAY[0], hardware=hardware)
    assert programme(warehouse)["pays"] == pays


def test_what_a_piece_would_have_to_bring(warehouse: Connection) -> None:
    """0.50 a piece and 2,000 over 1,000 pieces: 2.50 of margin each; at 40 an order 6.25 orders per 100 pieces."""
    fill(warehouse, "response.campaigns", result("a", *MAY))
    fill(
        warehouse,
        "crm.orders",
        order("c1", "2024-05-02", 100.0, margin=90.0),
        order("c2", "2024-05-03", -60.0, margin=-50.0),
        order("c3", "2024-06-03", 100.0, margin=900.0),
    )
    weigh(warehouse, starts_on=MAY[0], hardware=2000)
    row = programme(warehouse)
    assert row["margin_per_order"] == 40
    assert (row["break_even_margin_per_piece"], row["margin_per_piece"]) == (2.5, 3.0)
    assert row["break_even_response"] == pytest.approx(0.0625)
    assert row["break_even_cost"] == 2500


def test_the_same_warehouse_gives_the_same_rows(warehouse: Connection) -> None:
    fill(warehouse, "response.campaigns", *(result(f"c{i}", *MAY) for i in range(5)))
    weigh(warehouse, hardware=100)
    first = [warehouse.sql(f"from response.{table} order by all").pl() for table in ("payback", "programme")]
    weigh(warehouse, hardware=100)
    again = [warehouse.sql(f"from response.{table} order by all").pl() for table in ("payback", "programme")]
    assert all(one.equals(other) for one, other in zip(first, again, strict=True))


def test_an_order_without_margin_has_that_of_the_settings_or_none(warehouse: Connection) -> None:
    fill(warehouse, "crm.orders", order("c1", "2024-05-02", 100.0, margin=30.0), order("c2", "2024-05-03", 60.0))
    for margin_rate, per_order in ((0.5, (30 + 0.5 * 60) / 2), (None, None)):
        settings = ProgrammeSettings(starts_on=MAY[0], hardware=1)
        weigh_programme(warehouse, AS_OF, settings, CampaignSettings(margin_rate=margin_rate))
        assert programme(warehouse)["margin_per_order"] == per_order
