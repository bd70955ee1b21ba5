import datetime as dt
from typing import Any

import polars as pl
import pytest

from segmentation.allocation.plan import Allocation, allocate
from segmentation.errors import PlanError
from segmentation.settings import PlanSettings, load_settings
from segmentation.targeting.plan import Mailing

MAILING = Mailing("summer", "mail", dt.date(2024, 7, 14), 1.0, 0.0, 0.1)
POSTCARD = {"name": "postcard", "unit_cost": 1.0}
PARCEL = {"name": "parcel", "unit_cost": 3.0, "uplift_multiplier": 2.0}
COMMON = {"metric": "revenue", "method": "randomised", "treated": 100, "treated_mean": 0.1}


def uplift(*rows: dict[str, Any]) -> pl.DataFrame:
    """Revenue per head with an interval of 2 on each side."""
    values = [COMMON | row | {"ci_low": row["uplift"] - 2.0, "ci_high": row["uplift"] + 2.0} for row in rows]
    return pl.DataFrame(values)


EARLIER = uplift(
    {"campaign_id": "may", "dimension": "segment", "level": "loyal", "uplift": 10.0},
    {"campaign_id": "may", "dimension": "segment", "level": "lost", "uplift": 3.0},
    {"campaign_id": "may", "dimension": "all", "level": "all", "uplift": 6.0},
    {"campaign_id": "may", "dimension": "cell", "level": "B", "uplift": 8.0},
)


def customers(number: int = 40, uplift_of: dict[str, float | None] | None = None) -> pl.DataFrame:
    """Half loyal, half lost; every tenth is held out."""
    expected = {"loyal": 10.0, "lost": 3.0} if uplift_of is None else uplift_of
    rows = [
        {
            "customer_id": f"c{i:03d}",
            "rank": i + 1,
            "arm": "control" if i % 10 == 9 else "treatment",
            "segment": "loyal" if i < number / 2 else "lost",
            "expected_response": 0.1,
            "expected_uplift": expected["loyal" if i < number / 2 else "lost"],
            **dict.fromkeys(("recency_score", "frequency_score", "monetary_score"), 3),
            "spend": 100.0 + (i * 7) % 40,
        }
        for i in range(number)
    ]
    frame = pl.DataFrame(rows, schema_overrides={"expected_uplift": pl.Float64})
    return frame.with_columns(expected_profit=pl.col("expected_uplift") * 0.5 - 1.0)


def plan(**settings: Any) -> PlanSettings:
    return load_settings(plan={"budget": 20.0} | settings).plan


def allotted(people: pl.DataFrame | None = None, earlier: pl.DataFrame = EARLIER, **settings: Any) -> Allocation:
    return allocate(customers() if people is None else people, earlier, MAILING, plan(**settings), 0.5)


def test_each_offer_goes_where_it_brings_most_and_its_hold_out_with_it() -> None:
    # Loyal: a postcard brings 4, a parcel 7; lost: 0.50 and 0. A dearer parcel is worth it: 3 more for 2 more.
    found = allotted(offers=[POSTCARD, PARCEL], budget=200.0)
    counts = found.selection.group_by("segment", "offer", "arm").len().rows()
    assert {(segment, offer, arm): number for segment, offer, arm, number in counts} == {
        ("loyal", "parcel", "treatment"): 18,
        ("loyal", "parcel", "control"): 2,
        ("lost", "postcard", "treatment"): 18,
        ("lost", "postcard", "control"): 2,
    }
    assert found.selection["cell"].unique().sort().to_list() == ["A", "B"]
    assert found.plan.profit == pytest.approx(18 * 7 + 18 * 0.5)
    assert found.plan.cost == pytest.approx(18 * 3 + 18)
    assert found.gap == pytest.approx(0, abs=1e-9)
    assert found.offers["basis"].to_list()[1].startswith("2 x the uplift of ordinary mailings")


def test_a_budget_is_spent_where_it_brings_most_and_its_price_is_told() -> None:
    # A postcard to a loyal customer brings 4 for 1, a parcel in its place 3 more for 2 more.
    found = allotted(offers=[POSTCARD, PARCEL], budget=20.0)
    assert found.plan.profit == pytest.approx(18 * 4 + 1 * 3)
    budget = found.constraints.row(0, named=True)
    assert (budget["used"], budget["binding"]) == (20, True)
    assert budget["shadow_price"] == pytest.approx(1.5)
    more = allotted(offers=[POSTCARD, PARCEL], budget=22.0)
    assert more.plan.profit == pytest.approx(found.plan.profit + 2 * 1.5)


def test_an_offer_may_be_learned_from_the_cell_it_was_in() -> None:
    # Cell B brought 2 a head above all cells, so 12 in place of 10 of the loyal, and 5 in place of 3 of the lost.
    found = allotted(offers=[{"name": "b", "unit_cost": 1.0, "learned_from": "B"}], budget=100.0)
    assert found.selection["expected_uplift"].unique().sort().to_list() == [5, 12]
    assert found.offers["basis"].to_list() == ["cell B of 1 earlier mailings, randomised"]


def test_the_plan_stands_beside_other_rules_and_is_no_worse() -> None:
    found = allotted(offers=[POSTCARD, PARCEL], budget=30.0)
    profit = dict(found.alternatives.select("rule", "expected_profit").iter_rows())
    assert profit["nobody"] == 0
    assert max(profit.values()) in {profit["this plan"], profit["everybody eligible"]}
    assert profit["this plan"] >= profit["last year's rule"]
    assert found.curve.filter("is_plan")["expected_profit"].to_list() == [pytest.approx(found.plan.profit)]
    assert found.curve["pieces"].is_sorted()


def test_without_offers_the_list_is_that_of_the_policy() -> None:
    found = allotted(budget=20.0)
    mailed = found.selection.filter(pl.col("arm") == "treatment")
    assert (
        mailed["customer_id"].to_list()
        == customers().filter(pl.col("arm") == "treatment")["customer_id"].to_list()[:20]
    )
    assert found.selection["offer"].null_count() == found.selection.height
    assert found.gap is None
    assert found.plan.profit == pytest.approx(18 * 4 + 2 * 0.5)
    assert found.constraints["shadow_price"].to_list() == [pytest.approx(0.5)]


def test_customers_whose_uplift_is_not_known_get_no_offer_and_none_are_made_up() -> None:
    people = customers(uplift_of={"loyal": 10.0, "lost": None})
    found = allotted(people, offers=[POSTCARD], budget=100.0)
    assert found.selection["segment"].unique().to_list() == ["loyal"]
    single = allotted(people, budget=100.0)
    # 6 a head of all customers stand in for the uplift of the lost: 6 x 0.5 - 1.
    assert single.plan.profit == pytest.approx(18 * 4 + 18 * 2)
    assert single.plan.note == "18 are of segments not measured alone; what all customers brought stands in"
    assert single.selection["expected_profit"].null_count() == 20
    nothing = allotted(people, EARLIER.filter(pl.col("dimension") == "segment"), budget=100.0)
    assert nothing.plan.profit is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"offers": [POSTCARD], "budget": 0.5}, "plan.budget = 0.5 does not pay for one piece of any offer"),
        ({"budget": 0}, "plan.budget = 0 does not pay for one piece"),
        ({"offers": [{**POSTCARD, "learned_from": "Z"}]}, r"no earlier mailing .* cell 'Z' .* \(there are: B\)"),
        (
            {"offers": [{**POSTCARD, "capacity": 5}], "segments": {"loyal": {"minimum": 9}}},
            "plan.segments.loyal.minimum = 9, but only 5 fit beside the others",
        ),
    ],
)
def test_a_plan_that_cannot_be_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        allotted(**settings)


def test_offers_need_something_to_compete_by() -> None:
    with pytest.raises(PlanError, match="no earlier mailing of this channel has a measured uplift"):
        allotted(customers(uplift_of={"loyal": None, "lost": None}), offers=[POSTCARD])
    with pytest.raises(PlanError, match="has no margin_rate"):
        allocate(customers(), EARLIER, MAILING, plan(offers=[POSTCARD]), None)
