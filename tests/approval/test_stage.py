"""Plans in a small warehouse, from draft to exported."""

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from segmentation.approval.life import Decision
from segmentation.approval.stage import (
    approve_plan,
    export_plan,
    look_at_plan,
    note_power,
    refuse_weak_hold_out,
    reject_plan,
    settle_plan,
)
from segmentation.comparison.stage import foresee_plan
from segmentation.errors import PlanError
from segmentation.run import Run
from segmentation.targeting.stage import plan_mailing
from segmentation.warehouse.connection import Connection, fetch
from segmentation.warehouse.publishing import building_path
from tests.builders import fill
from tests.targeting.test_plan import AS_OF, buyers, run, table


def later(made_by: Run, who: str, hours: int = 1) -> Run:
    return dataclasses.replace(made_by, started_at=made_by.started_at + dt.timedelta(hours=hours), triggered_by=who)


@pytest.fixture
def planned(warehouse: Connection) -> Connection:
    """40 buyers, and a night that has ended."""
    buyers(warehouse, 40, last_name="Nowak")
    fill(warehouse, "ops.runs", {"run_id": "n", "flow": "night", "started_at": run().started_at, "as_of_date": AS_OF})
    return warehouse


def test_a_plan_from_draft_to_exported_and_what_another_draft_changes(planned: Connection, tmp_path: Path) -> None:
    drafted = run()
    settings = drafted.settings.model_copy(
        update={"warehouse": drafted.settings.warehouse.model_copy(update={"path": tmp_path / "w.duckdb"})}
    )
    drafted = dataclasses.replace(drafted, settings=settings)
    plan_id = plan_mailing(planned, drafted)
    with pytest.raises(PlanError, match="is a draft; approve it first"):
        export_plan(planned, drafted, plan_id)
    assert not (tmp_path / "out").exists()

    approve_plan(planned, later(drafted, "Anna"), plan_id)
    selection = table(planned, "selection")
    again = plan_mailing(planned, later(drafted, "night", 2))
    assert again == f"{plan_id}#2", "an approved plan is not replaced"
    assert table(planned, "selection").filter(plan_id=plan_id).equals(selection)
    with pytest.raises(PlanError, match=f"has a plan already: {plan_id} was approved"):
        approve_plan(planned, later(drafted, "Anna", 3), again)

    files = export_plan(planned, later(drafted, "Bo", 4), plan_id)
    first = [building_path(file).read_bytes() for file in files]
    assert export_plan(planned, later(drafted, "Cem", 5), plan_id) == files
    assert [building_path(file).read_bytes() for file in files] == first
    plan = table(planned, "plans").filter(plan_id=plan_id).row(0, named=True)
    assert (plan["status"], plan["created_by"]) == ("exported", "someone")
    assert (plan["approved_by"], plan["approved_at"].hour) == ("Anna", 4)
    assert (plan["exported_by"], plan["exported_at"].hour) == ("Bo", 7), "of the first export"
    assert pl.read_csv(building_path(files[0])).height == plan["mailed"] == 10


def test_what_was_decided_of_a_plan_seen_is_done_in_one_go_and_only_if_it_is_as_it_was(
    planned: Connection, tmp_path: Path
) -> None:
    drafted = run()
    warehouse = drafted.settings.warehouse.model_copy(update={"path": tmp_path / "w.duckdb"})
    drafted = dataclasses.replace(drafted, settings=drafted.settings.model_copy(update={"warehouse": warehouse}))
    plan_id = plan_mailing(planned, drafted)
    seen = look_at_plan(planned, drafted, plan_id)
    assert settle_plan(planned, later(drafted, "Anna"), plan_id, Decision(seen, is_rejected=False, export=False)) == ()
    for decision in (Decision(seen, is_rejected=False), Decision(seen, is_rejected=True, why="no")):
        with pytest.raises(PlanError, match=r"was approved on .* by Anna while you looked at it"):
            settle_plan(planned, later(drafted, "Bo"), plan_id, decision)
    approved = look_at_plan(planned, drafted, plan_id)
    with pytest.raises(PlanError, match=r"was approved on .* by Anna; the next step is to export it"):
        settle_plan(planned, later(drafted, "Bo"), plan_id, Decision(approved, is_rejected=False, export=False))
    files = settle_plan(planned, later(drafted, "Bo", 2), plan_id, Decision(approved, is_rejected=False))
    assert [building_path(file).exists() for file in files] == [True] * 2
    plan = table(planned, "plans").row(0, named=True)
    assert (plan["status"], plan["approved_by"], plan["exported_by"]) == ("exported", "Anna", "Bo")
    with pytest.raises(PlanError, match="was exported on"):
        look_at_plan(planned, drafted, plan_id)


def test_a_rejected_plan_leaves_the_place_to_another(planned: Connection) -> None:
    first = plan_mailing(planned, run())
    second = plan_mailing(planned, run(budget=5))
    assert second == f"{first}#2"
    approve_plan(planned, later(run(), "Anna"), first)
    with pytest.raises(PlanError, match="say why"):
        reject_plan(planned, later(run(), "Bo"), first, "  ")
    reject_plan(planned, later(run(), "Bo"), first, "too dear ")
    approve_plan(planned, later(run(), "Anna"), second)
    plans = {row["plan_id"]: row for row in table(planned, "plans").to_dicts()}
    rejected = plans[first]
    assert (rejected["status"], rejected["rejected_by"], rejected["rejected_why"]) == ("rejected", "Bo", "too dear")
    assert plans[second]["status"] == "approved"
    assert plan_mailing(planned, run()) != first


def test_a_plan_nobody_made_is_refused(planned: Connection) -> None:
    for act in (approve_plan, export_plan):
        with pytest.raises(PlanError, match="there is no plan x "):
            act(planned, run(), "x")


def test_old_data_are_neither_approved_nor_exported(planned: Connection) -> None:
    plan_id = plan_mailing(planned, run())
    much_later = later(run(), "Anna", 24 * 30)
    for act in (approve_plan, export_plan):
        with pytest.raises(PlanError, match=r"31 days ago, and plan.oldest_data_days = 14"):
            act(planned, much_later, plan_id)


def earlier_replies(warehouse: Connection) -> None:
    fill(warehouse, "crm.campaigns", {"campaign_id": "may", "starts_on": dt.date(2024, 5, 1), "channel": "mail"})
    row = {"campaign_id": "may", "method": "randomised", "provisional": False, "metric": "response"}
    fill(
        warehouse,
        "response.uplift",
        row | {"dimension": "segment", "level": "loyal", "treated": 900, "treated_mean": 0.1},
        row | {"dimension": "all", "level": "all", "uplift": 0.02, "ci_low": 0.01, "ci_high": 0.03},
    )


@pytest.mark.parametrize(("gate", "noted"), [("warn", True), ("refuse", True), ("off", False)])
def test_a_hold_out_that_shows_too_little_is_noted_and_refused_if_wanted(
    planned: Connection, gate: str, noted: bool
) -> None:
    earlier_replies(planned)
    drafted = run(power_gate=gate, control_share=0.5)
    plan_id = plan_mailing(planned, drafted)
    foresee_plan(planned, plan_id)
    note_power(planned, drafted, plan_id)
    note = table(planned, "plans")["note"][0]
    assert ("points or more, but 2 are expected; it takes" in note) is noted
    assert note.startswith("no earlier mailing of this channel has a measured uplift")
    if gate == "refuse":
        with pytest.raises(PlanError, match=r"2 are expected; it takes [\d,]+ selected.*plan.power_gate = 'warn'"):
            refuse_weak_hold_out(planned, drafted, plan_id)
        with pytest.raises(PlanError, match="2 are expected"):
            approve_plan(planned, later(drafted, "Anna"), plan_id)
    else:
        refuse_weak_hold_out(planned, drafted, plan_id)
        approve_plan(planned, later(drafted, "Anna"), plan_id)


def test_a_key_code_that_was_taken_since_the_draft_is_not_approved(planned: Connection) -> None:
    prefixes = {"keycode_prefixes": {"one": "SPR", "two": "SPR"}}
    one, two = (plan_mailing(planned, run(campaign_id=name, **prefixes)) for name in ("one", "two"))
    approve_plan(planned, later(run(), "Anna"), one)
    with pytest.raises(PlanError, match="of campaign two is that of campaign one already"):
        approve_plan(planned, later(run(), "Anna"), two)


def listed(warehouse: Connection, *plan_ids: str) -> list[dict[str, Any]]:
    return fetch(warehouse, "plan_list", plan_ids=list(plan_ids)).to_dicts()


def test_plans_side_by_side(planned: Connection) -> None:
    old = plan_mailing(planned, dataclasses.replace(run(), as_of=AS_OF - dt.timedelta(days=1)))
    one = plan_mailing(planned, run(campaign_id="c", control_share=0.2))
    two = plan_mailing(planned, run(campaign_id="c", control_share=0.2, budget=20))
    assert {row["plan_id"]: row["budget"] for row in listed(planned)} == {one: 10, two: 20}
    assert [row["plan_id"] for row in listed(planned, old)] == [old]
    planned.execute(f"update targeting.plans set status = 'exported' where plan_id = '{old}'")
    assert {row["plan_id"] for row in listed(planned)} == {one, two, old}
    [overlap] = fetch(planned, "plan_overlap", plan_ids=[one, two]).to_dicts()
    selection = table(planned, "selection")
    arms = {plan: dict(selection.filter(plan_id=plan).select("customer_id", "arm").iter_rows()) for plan in (one, two)}
    assert overlap["mailed_by_both"] == 10
    assert overlap["held_out_by_both"] == sum(
        arm == arms[two].get(customer) == "control" for customer, arm in arms[one].items()
    )
    assert overlap["mailed_by_one_held_out_by_other"] == 0, "one hash, so nobody changes arm"


def test_a_misread_key_code_leads_to_those_one_slip_away(planned: Connection) -> None:
    plan_mailing(planned, run(campaign_id="c", keycode_prefixes={"c": "TR"}, cells=[{"name": "B"}]))
    fill(planned, "crm.contacts", {"campaign_id": "old", "customer_id": "c1", "arm": "treatment", "keycode": "trx8"})

    def found(code: str) -> list[tuple[Any, ...]]:
        return fetch(planned, "keycode_candidates", keycode=code).select("keycode", "match", "campaign_id").rows()

    assert found("tr b-8") == [("TRB8", "this code", "c"), ("trx8", "one slip away", "old")]
    assert found("RTB8") == [("TRB8", "one slip away", "c")]
    assert found("TRB9") == [("TRB8", "one slip away", "c")]
    assert found("XXXX") == []
