import datetime as dt
from typing import Any

import polars as pl
import pytest

from segmentation.response.question import NO_MARGIN, NO_REPLIES, TOO_FEW_BUYERS
from segmentation.response.stage import measure_campaigns
from segmentation.response.uplift import estimate_uplift
from segmentation.settings import CampaignSettings, RfmSettings
from segmentation.warehouse.connection import Connection
from tests.builders import fill, order

AS_OF = dt.date(2024, 6, 30)


def outcomes(*groups: tuple[int, dict[str, Any]]) -> pl.DataFrame:
    """So many customers of each kind; what is not named is nothing."""
    nothing = {
        "household_id": None,
        "arm": "treatment",
        "cell": None,
        "segment": "loyal",
        "cluster": None,
        "responded": 0.0,
        "converted": 0.0,
        "revenue": 0.0,
        "margin": 0.0,
        "has_unknown_margin": False,
        "earlier_spend": 0.0,
    }
    rows = [nothing | kind for count, kind in groups for _ in range(count)]
    texts = {"household_id": pl.String, "cell": pl.String, "cluster": pl.String}
    frame = pl.DataFrame(rows, schema_overrides=texts, infer_schema_length=None)
    return frame.with_row_index("number").select(pl.exclude("number"), customer_id=pl.format("c{}", "number"))


def estimated(frame: pl.DataFrame, *, has_replies: bool = True, **others: Any) -> pl.DataFrame:
    return estimate_uplift(frame, has_replies=has_replies, seed=1, **others)


def row(rows: pl.DataFrame, dimension: str, level: str, metric: str, *, method: str = "randomised") -> dict[str, Any]:
    found = rows.filter(dimension=dimension, level=level, metric=metric, method=method)
    assert found.height == 1
    return found.row(0, named=True)


def test_difference_by_hand() -> None:
    # 56 of 70 against 48 of 80: Newcombe (1998), table II.
    rows = estimated(
        outcomes(
            (56, {"responded": 1.0, "revenue": 10.0}),
            (14, {}),
            (48, {"arm": "control", "responded": 1.0}),
            (32, {"arm": "control"}),
        )
    )
    found = row(rows, "all", "all", "response")
    assert (found["treated"], found["control"]) == (70, 80)
    assert (found["treated_mean"], found["control_mean"]) == (pytest.approx(0.8), pytest.approx(0.6))
    assert (round(found["ci_low"], 4), round(found["ci_high"], 4)) == (0.0524, 0.3339)
    assert row(rows, "all", "all", "revenue")["uplift"] == pytest.approx(8)
    assert found["method"] == "randomised"


def test_money_per_head_by_hand() -> None:
    # A product at 500 that 0.80 % of the mailed and 0.30 % of the held out buy brings 2.50 more a head.
    buys = {"converted": 1.0, "revenue": 500.0}
    held_out = {"arm": "control"}
    rows = estimated(outcomes((16, buys), (1984, {}), (3, buys | held_out), (997, held_out)))
    found = row(rows, "all", "all", "revenue")
    assert (found["treated_mean"], found["control_mean"]) == (pytest.approx(4), pytest.approx(1.5))
    assert found["uplift"] == pytest.approx(2.5)
    assert row(rows, "all", "all", "conversion")["uplift"] == pytest.approx(0.005)


def test_a_control_without_cell_serves_every_cell() -> None:
    rows = estimated(
        outcomes(
            (10, {"cell": "red", "converted": 1.0}),
            (10, {"cell": "blue"}),
            (20, {"arm": "control"}),
        )
    )
    red, blue = (row(rows, "cell", cell, "conversion") for cell in ("red", "blue"))
    assert (red["treated"], red["control"], red["uplift"]) == (10, 20, 1)
    assert (blue["treated"], blue["control"], blue["uplift"]) == (10, 20, 0)


def test_a_control_of_a_cell_serves_that_cell_alone() -> None:
    rows = estimated(
        outcomes(
            (10, {"cell": "red"}),
            (5, {"cell": "red", "arm": "control"}),
            (10, {"cell": "blue"}),
            (7, {"cell": "blue", "arm": "control"}),
        )
    )
    assert [row(rows, "cell", cell, "conversion")["control"] for cell in ("red", "blue")] == [5, 7]


def test_what_cannot_be_computed_is_null_with_its_reason() -> None:
    rows = estimated(
        outcomes((3, {"has_unknown_margin": True}), (1, {"arm": "control", "segment": "new"}), (4, {"arm": "control"})),
        has_replies=False,
    )
    response, margin = (row(rows, "all", "all", metric) for metric in ("response", "margin"))
    assert (response["uplift"], response["treated_mean"], response["note"]) == (None, None, NO_REPLIES)
    assert (margin["uplift"], margin["note"]) == (None, NO_MARGIN)
    lonely = row(rows, "segment", "new", "conversion")
    assert (lonely["uplift"], lonely["note"]) == (None, "fewer than 2 customers in an arm")
    still = row(rows, "all", "all", "revenue")
    assert (still["uplift"], still["ci_low"]) == (0, None)
    assert "no interval" in still["note"]


def test_identical_arms_have_no_uplift_and_a_constant_added_to_both_changes_nothing() -> None:
    arm = [(10, {"revenue": 3.0}), (10, {"revenue": 8.0})]
    alike = outcomes(*arm, *((n, kind | {"arm": "control"}) for n, kind in arm))
    shifted = alike.with_columns(pl.col("revenue") + 100)
    one, other = (row(estimated(frame), "all", "all", "revenue") for frame in (alike, shifted))
    assert one["uplift"] == 0
    assert one["ci_low"] < 0 < one["ci_high"]
    assert (one["ci_low"], one["ci_high"]) == (pytest.approx(other["ci_low"]), pytest.approx(other["ci_high"]))


def test_money_of_few_buyers_has_no_interval_and_says_so() -> None:
    # 38 of 100 and 100 buy: 19 to be expected in each arm.
    def frame(more: int) -> pl.DataFrame:
        return outcomes(
            (30 + more, {"revenue": 9.0, "converted": 1.0, "earlier_spend": 5.0}),
            (70 - more, {"earlier_spend": 2.0}),
            (8, {"arm": "control", "revenue": 7.0, "converted": 1.0, "earlier_spend": 5.0}),
            (92, {"arm": "control"}),
        )

    for method in ("randomised", "randomised_adjusted"):
        few, enough = (row(estimated(frame(more)), "all", "all", "revenue", method=method) for more in (0, 2))
        assert few["uplift"] is not None
        intervals = [name for name in few if "ci_" in name and not name.startswith(("shrunk", "sequential"))]
        assert {few[name] for name in [*intervals, "p_value", "p_adjusted", "interval_method"]} == {None}
        assert few["note"] == TOO_FEW_BUYERS
        assert enough["ci_low"] < enough["uplift"] < enough["ci_high"]
        assert (enough["note"], enough["p_value"] < 1) == (None, True)
    assert row(estimated(frame(0)), "all", "all", "conversion")["ci_low"] is not None


def mail(warehouse: Connection, *, control: bool = True) -> None:
    """A campaign in June: a and b mailed, c and d held out or left alone."""
    fill(warehouse, "crm.customers", *({"customer_id": c} for c in "abcd"))
    fill(
        warehouse,
        "crm.campaigns",
        {"campaign_id": "june", "starts_on": dt.date(2024, 6, 1), "ends_on": dt.date(2024, 6, 14), "unit_cost": 1.0},
        {"campaign_id": "july", "starts_on": dt.date(2024, 7, 1)},
    )
    fill(
        warehouse,
        "crm.contacts",
        *({"campaign_id": "june", "customer_id": c, "arm": "treatment"} for c in "ab"),
        *({"campaign_id": "june", "customer_id": c, "arm": "control"} for c in "cd" if control),
    )


def measured(warehouse: Connection, **settings: Any) -> pl.DataFrame:
    measure_campaigns(warehouse, AS_OF, CampaignSettings(**settings), RfmSettings(), seed=1)
    return warehouse.sql("from response.campaigns").pl()


def test_a_campaign_by_hand_from_orders_to_money(warehouse: Connection) -> None:
    mail(warehouse)
    fill(
        warehouse,
        "crm.orders",
        order("a", "2024-06-01", 40, margin=20),
        order("a", "2024-06-03", -10, margin=-5),  # a return within the window
        order("b", "2024-05-31", 99, margin=9),  # the day before
        order("b", "2024-06-15", 99, margin=9),  # the day after the window
        order("c", "2024-06-14", 6, margin=3),
    )
    fill(
        warehouse,
        "crm.responses",
        {"campaign_id": "june", "customer_id": "a", "responded_at": dt.datetime(2024, 6, 14, 23, 59)},
        {"campaign_id": "june", "customer_id": "b", "responded_at": dt.datetime(2024, 6, 15)},
    )
    results = measured(warehouse)
    assert results["campaign_id"].to_list() == ["june"]  # July has not started
    found = results.row(0, named=True)
    assert (found["design"], found["mailed"], found["held_out"], found["responders"]) == ("randomised", 2, 2, 1)
    assert found["incremental_revenue"] == pytest.approx((30 / 2 - 6 / 2) * 2)
    assert found["incremental_margin"] == pytest.approx((15 / 2 - 3 / 2) * 2)
    assert found["incremental_profit"] == pytest.approx(12 - 2)
    assert (found["cost"], found["cost_per_response"], found["roi"]) == (2, 2, pytest.approx(5))
    assert found["pays"] == "not proven"
    uplift = warehouse.sql("from response.uplift").pl()
    conversion = row(uplift, "all", "all", "conversion")
    assert (conversion["treated_mean"], conversion["control_mean"]) == (0.5, 0.5)


def test_segments_are_those_of_the_eve_of_the_mailing(warehouse: Connection) -> None:
    mail(warehouse)
    fill(warehouse, "crm.orders", *(order(c, "2024-05-20", 10) for c in "ac"), order("b", "2024-06-02", 10))
    measured(warehouse)
    levels = warehouse.sql("select distinct level from response.uplift where dimension = 'segment' order by all").pl()
    # a and c tie in everything, b and d had bought nothing by then.
    assert levels["level"].to_list() == ["need attention", "never bought"]


def test_later_orders_change_no_segment_of_a_past_mailing(warehouse: Connection) -> None:
    mail(warehouse)
    fill(warehouse, "crm.orders", *(order(c, f"2024-05-{d}", 5 * d) for d, c in enumerate("abcd", start=10)))
    measured(warehouse)
    sizes = "select level, treated, control from response.uplift where dimension = 'segment' and metric = 'revenue'"
    before = warehouse.sql(sizes).fetchall()
    fill(warehouse, "crm.orders", *(order("d", f"2024-06-{day}", 1000) for day in range(10, 20)))
    measured(warehouse)
    assert warehouse.sql(sizes).fetchall() == before


def test_assumed_cost_and_margin_are_used_where_the_source_has_none(warehouse: Connection) -> None:
    mail(warehouse)
    warehouse.execute("update crm.campaigns set unit_cost = null")
    fill(warehouse, "crm.orders", order("a", "2024-06-02", 40))
    unknown = measured(warehouse).row(0, named=True)
    assert (unknown["cost"], unknown["incremental_margin"], unknown["incremental_profit"]) == (None, None, None)
    assert "no cost is known" in unknown["note"]
    assert NO_MARGIN in unknown["note"]
    known = measured(warehouse, unit_cost=0.5, margin_rate=0.25).row(0, named=True)
    assert (known["cost"], known["incremental_margin"]) == (1, pytest.approx(10))


def test_an_open_window_is_provisional_and_proves_nothing(warehouse: Connection) -> None:
    mail(warehouse)
    warehouse.execute("update crm.campaigns set ends_on = date '2024-07-31' where campaign_id = 'june'")
    found = measured(warehouse).row(0, named=True)
    assert (found["provisional"], found["pays"]) == (True, "not proven")


def test_without_hold_out_too_few_customers_give_no_estimate(warehouse: Connection) -> None:
    mail(warehouse, control=False)
    fill(warehouse, "crm.orders", *(order(c, "2024-05-20", 10) for c in "abcd"))
    found = measured(warehouse).row(0, named=True)
    assert (found["design"], found["incremental_revenue"]) == ("observational", None)
    uplift = warehouse.sql("from response.uplift").pl()
    assert set(uplift["method"]) == {"observational"}
    assert "fewer than 50" in row(uplift, "all", "all", "revenue", method="observational")["note"]
