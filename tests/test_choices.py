"""What a form offers is what there is."""

import dataclasses
import datetime as dt
from pathlib import Path

from segmentation.approval.stage import approve_plan
from segmentation.choices import Choices, choose_from, read_choices
from segmentation.settings import load_settings
from segmentation.targeting.stage import plan_mailing
from segmentation.warehouse.connection import Connection
from tests.builders import fill
from tests.targeting.test_plan import AS_OF, buyers, run

TODAY = dt.date(2024, 7, 1)


def plans(warehouse: Connection, today: dt.date = TODAY, nights_to_approve: int = 0) -> list[str]:
    return [plan.value for plan in choose_from(warehouse, today, nights_to_approve).plans]


def test_plans_that_may_be_decided_on_newest_draft_first(warehouse: Connection) -> None:
    buyers(warehouse, 40)
    fill(warehouse, "ops.runs", {"run_id": "n", "flow": "night", "started_at": run().started_at, "as_of_date": AS_OF})
    first = plan_mailing(warehouse, run())
    later = dataclasses.replace(run(budget=5), started_at=run().started_at + dt.timedelta(hours=1))
    second = plan_mailing(warehouse, later)
    other = plan_mailing(warehouse, run(campaign_id="other"))
    assert plans(warehouse) == [second, other, first]
    assert choose_from(warehouse, TODAY, 0).plans[0].told == (
        "draft, 5 to mail, 0 held out, cost 5.00, in home 2024-07-14"
    )
    approve_plan(warehouse, later, first)
    assert plans(warehouse) == [other, first], "the other draft of an approved campaign cannot be approved"
    assert plans(warehouse, dt.date(2024, 7, 14)) == [first], "it would come too late"
    night = {"run_id": "m", "flow": "night", "started_at": run().started_at + dt.timedelta(days=1)}
    fill(warehouse, "ops.runs", night | {"as_of_date": AS_OF + dt.timedelta(days=1)})
    assert plans(warehouse) == [first]
    assert plans(warehouse, nights_to_approve=1) == [other, first]


def test_campaigns_and_segments(warehouse: Connection) -> None:
    buyers(warehouse, 4)
    fill(
        warehouse,
        "crm.campaigns",
        {"campaign_id": "9", "name": "Autumn", "starts_on": dt.date(2024, 9, 1)},
        {"campaign_id": "8", "name": None, "starts_on": dt.date(2024, 8, 1)},
        {"campaign_id": "done", "name": None, "starts_on": dt.date(2024, 8, 2)},
        {"campaign_id": "6", "name": None, "starts_on": dt.date(2024, 6, 1)},
    )
    fill(warehouse, "targeting.plans", {"plan_id": "p", "campaign_id": "done", "status": "exported"})
    fill(warehouse, "response.campaigns", {"campaign_id": "6", "name": "June", "starts_on": dt.date(2024, 6, 1)})
    found = choose_from(warehouse, TODAY, 0)
    assert [(campaign.value, campaign.told) for campaign in found.campaigns_ahead] == [
        ("8", "8, 2024-08-01"),
        ("9", "Autumn, 2024-09-01"),
    ]
    assert [campaign.value for campaign in found.campaigns_measured] == ["6"]
    assert [segment.value for segment in found.segments] == ["lost", "loyal"]


def test_nothing_where_no_night_has_run(tmp_path: Path) -> None:
    assert read_choices(load_settings(warehouse={"path": tmp_path / "w.duckdb"})) == Choices()
