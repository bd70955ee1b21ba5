"""Arms, cells and the global control group, drawn by hashes."""

import datetime as dt
import hashlib
from typing import Any

import polars as pl
import pytest

from segmentation.errors import PlanError
from segmentation.targeting.arms import add_unit, name_plan, place_cells
from segmentation.targeting.stage import plan_mailing
from segmentation.warehouse.connection import Connection
from tests.builders import fill
from tests.targeting.test_plan import AS_OF, buyers, run, table

AB = [{"name": "A", "share": 0.7}, {"name": "B", "share": 0.3}]
EVERYBODY = 100_000  # pieces


def draw(*parts: str) -> float:
    return int(hashlib.md5("|".join(parts).encode()).hexdigest()[:15], 16) / 16**15


def planned(warehouse: Connection, **plan: Any) -> dict[str, tuple[str, str | None, str | None]]:
    """Arm, cell and key code of each customer of the plan."""
    plan_id = plan_mailing(warehouse, run(**{"budget": EVERYBODY} | plan))
    rows = table(warehouse, "selection").filter(plan_id=plan_id).select("customer_id", "arm", "cell", "keycode")
    return {customer: (arm, cell, code) for customer, arm, cell, code in rows.iter_rows()}


def test_a_cell_is_the_second_hash_and_the_hold_out_is_shared(warehouse: Connection) -> None:
    buyers(warehouse, 400)
    found = planned(warehouse, control_share=0.2, cells=AB)
    codes = set()
    for customer, (arm, cell, keycode) in found.items():
        if draw("mailworth", "mailing-2024-07-14", customer) < 0.2:
            assert (arm, cell, keycode) == ("control", None, None)
        else:
            second = draw("mailworth", "cell", "mailing-2024-07-14", customer)
            assert (arm, cell) == ("treatment", "A" if second < 0.7 else "B")
            codes.add((cell, keycode))
    assert len(codes) == 2


def test_with_a_hold_out_of_their_own_the_held_out_have_a_cell_as_well(warehouse: Connection) -> None:
    buyers(warehouse, 4000)
    shared = planned(warehouse, control_share=0.2, cells=AB)
    own = planned(warehouse, control_share=0.2, cells=AB, cell_control="own")
    assert {c: arm for c, (arm, _, _) in own.items()} == {c: arm for c, (arm, _, _) in shared.items()}
    held = [cell for arm, cell, _ in own.values() if arm == "control"]
    # Arm and cell do not depend on each other: of 4,000, 0.2 x 0.3 are 240; four standard deviations are 60.
    assert abs(held.count("B") - 240) < 60
    assert abs(sum(cell == "B" for arm, cell, _ in own.values() if arm == "treatment") - 960) < 4 * (960 * 0.76) ** 0.5


def test_nobody_changes_arm_or_cell_when_other_customers_come_and_go(warehouse: Connection) -> None:
    buyers(warehouse, 300)
    before = planned(warehouse, control_share=0.3, cells=AB)
    warehouse.execute("delete from crm.customers where customer_id < 'c100'")
    fill(warehouse, "crm.customers", *({"customer_id": f"new{i}"} for i in range(50)))
    scores = {"recency_score": 5, "frequency_score": 5, "monetary_score": 5, "as_of_date": AS_OF, "segment": "loyal"}
    fill(warehouse, "segments.rfm", *({"customer_id": f"new{i}", "spend": 5000} | scores for i in range(50)))
    after = planned(warehouse, control_share=0.3, cells=AB)
    assert {c: drawn for c, drawn in before.items() if c >= "c100"} == {
        c: drawn for c, drawn in after.items() if c.startswith("c")
    }
    assert len(after) == 250


def test_a_household_is_mailed_or_held_out_with_one_cell_and_the_others_by_themselves(warehouse: Connection) -> None:
    buyers(warehouse, 300)
    warehouse.execute("update crm.customers set household_id = 'h' || (right(customer_id, 3)::int // 3)")
    warehouse.execute("update crm.customers set household_id = ' ' where customer_id < 'c030'")
    household = dict(warehouse.sql("select customer_id, household_id from crm.customers").pl().iter_rows())
    found = planned(warehouse, control_share=0.4, cells=AB, hold_out_by="household", one_per_household=[])
    together: dict[str, set[Any]] = {}
    for customer, drawn in found.items():
        together.setdefault(household[customer] if customer >= "c030" else customer, set()).add(drawn)
    assert 110 < len(together) <= 90 + 30  # the list ends with the last piece
    assert all(len(drawn) == 1 for drawn in together.values())
    alone = planned(warehouse, control_share=0.4, cells=AB, one_per_household=[])
    assert {c: alone[c] for c in alone if c < "c030"} == {c: found[c] for c in found if c < "c030"}
    assert alone != found


def test_units_and_where_cells_begin() -> None:
    people = pl.DataFrame({"customer_id": ["a", "b", "c"], "household_id": ["7", None, ""]})
    assert add_unit(people, "household")["unit"].to_list() == ["household 7", "b", "c"]
    assert add_unit(people, "customer")["unit"].to_list() == ["a", "b", "c"]
    assert place_cells({"B": 0.25, "A": 0.5, "C": 0.25}).rows() == [("B", 0.0), ("A", 0.25), ("C", 0.75)]


def test_the_same_parameters_replace_a_draft_and_nothing_else_is_replaced() -> None:
    columns = ("plan_id", "campaign_id", "as_of_date", "status", "parameters")
    plans = pl.DataFrame(
        [
            (f"m@{AS_OF}", "m", AS_OF, "approved", "p"),
            (f"m@{AS_OF}#2", "m", AS_OF, "draft", "p"),
            (f"m@{AS_OF}#3", "m", AS_OF, "rejected", "q"),
            ("n@1", "n", AS_OF, "draft", "r"),
        ],
        schema=columns,
        orient="row",
    )
    assert name_plan("m", AS_OF, "p", plans) == f"m@{AS_OF}#2"
    assert name_plan("m", AS_OF, "q", plans) == f"m@{AS_OF}#4"
    assert name_plan("m", AS_OF, "r", plans) == f"m@{AS_OF}#4"
    assert name_plan("m", dt.date(2024, 7, 1), "p", plans) == "m@2024-07-01"
    assert name_plan("m", AS_OF, "p", plans.clear()) == f"m@{AS_OF}"


def test_a_campaign_with_an_approved_plan_is_left_alone_unless_it_is_named(warehouse: Connection) -> None:
    buyers(warehouse, 20)
    for name, day in (("july", dt.date(2024, 7, 20)), ("august", dt.date(2024, 8, 20))):
        fill(warehouse, "crm.campaigns", {"campaign_id": name, "starts_on": day})
    fill(warehouse, "targeting.plans", {"plan_id": f"july@{AS_OF}", "campaign_id": "july", "status": "approved"})
    assert plan_mailing(warehouse, run()) == f"august@{AS_OF}"
    assert plan_mailing(warehouse, run(campaign_id="july")) == f"july@{AS_OF}#2"


GROUP = {"share": 0.3, "since": dt.date(2024, 7, 1), "until": dt.date(2024, 7, 20)}


def test_nobody_of_the_global_control_group_is_mailed_before_its_end(warehouse: Connection) -> None:
    buyers(warehouse, 400, household_id="h1")
    warehouse.execute("update crm.customers set household_id = null where customer_id >= 'c100'")
    everybody = planned(warehouse, control_share=0.2)
    found = planned(warehouse, control_share=0.2, global_control=GROUP)
    group = table(warehouse, "global_control")
    members = set(group["customer_id"])
    one_household = draw("global control", "household h1") < 0.3
    family, others = {c for c in everybody if c < "c100"}, {c for c in everybody if c >= "c100"}
    assert members & family == (family if one_household else set())
    assert members & others == {c for c in others if draw("global control", c) < 0.3}
    assert set(found) == set(everybody) - members
    assert all(found[c] == everybody[c] for c in found)
    step = (
        warehouse.sql("from targeting.waterfall")
        .pl()
        .filter(pl.col("reason") == "in the global control group", pl.col("customers_removed") > 0)
    )
    assert step["customers_removed"].to_list() == [len(members)]
    later = planned(warehouse, control_share=0.2, global_control=GROUP, days_ahead=21)  # in home on 21 July
    assert set(later) == set(everybody)


def test_the_group_stays_to_its_end_where_the_settings_forget_it_and_then_is_released(warehouse: Connection) -> None:
    buyers(warehouse, 100)
    planned(warehouse, global_control=GROUP)
    group = table(warehouse, "global_control")
    assert 10 < group.height < 60
    planned(warehouse)
    assert table(warehouse, "global_control").equals(group)
    warehouse.execute("update targeting.global_control set until = '2024-06-29'")
    planned(warehouse)
    assert table(warehouse, "global_control").is_empty()


def test_the_group_does_not_depend_on_the_hold_out(warehouse: Connection) -> None:
    buyers(warehouse, 4000)
    drawn = planned(warehouse, control_share=0.5)
    planned(warehouse, global_control=GROUP | {"by": "customer"})
    members = set(table(warehouse, "global_control")["customer_id"])
    held = sum(drawn[c][0] == "control" for c in members)
    assert abs(held - len(members) / 2) < 4 * (len(members) / 4) ** 0.5


@pytest.mark.parametrize("where", ["contacts", "approved plan"])
def test_a_key_code_of_another_campaign_is_refused_before_anything_is_written(
    warehouse: Connection, where: str
) -> None:
    buyers(warehouse, 20)
    prefixes = {"spring": "SPR", "summer": "SPR"}
    code = planned(warehouse, campaign_id="spring", keycode_prefixes=prefixes)
    [keycode] = {code for arm, _, code in code.values() if arm == "treatment"}
    assert planned(warehouse, campaign_id="summer", keycode_prefixes=prefixes), "a draft takes no code from others"
    if where == "contacts":
        spaced = f"{str(keycode)[:3].lower()} {str(keycode)[3:]}"
        fill(warehouse, "crm.contacts", {"campaign_id": "spring", "customer_id": "c1", "keycode": spaced})
    else:
        warehouse.execute("update targeting.plans set status = 'approved' where campaign_id = 'spring'")
    before = [table(warehouse, name) for name in ("plans", "selection", "global_control")]
    with pytest.raises(PlanError, match=f"key code {keycode} of campaign summer is that of campaign spring already"):
        planned(warehouse, campaign_id="summer", keycode_prefixes=prefixes, global_control=GROUP)
    after = [table(warehouse, name) for name in ("plans", "selection", "global_control")]
    assert all(one.equals(other) for one, other in zip(before, after, strict=True))
