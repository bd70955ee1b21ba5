import datetime as dt
from typing import Any

import pytest

from segmentation.approval.life import refuse_approval, refuse_changed, refuse_export, refuse_old_data, refuse_rejection
from segmentation.errors import PlanError
from segmentation.settings import load_settings

AS_OF = dt.date(2024, 6, 30)
MADE = dt.datetime(2024, 7, 1, 2, 30)  # by the night itself
DRAFT: dict[str, Any] = {
    "plan_id": "m@1",
    "campaign_id": "m",
    "as_of_date": AS_OF,
    "created_at": MADE,
    "starts_on": dt.date(2024, 7, 14),
    "status": "draft",
}
APPROVED = DRAFT | {"status": "approved", "approved_at": MADE, "approved_by": "Anna"}
EXPORTED = APPROVED | {"status": "exported", "exported_at": MADE, "exported_by": "Bo"}
REJECTED = DRAFT | {"status": "rejected", "rejected_at": MADE, "rejected_by": "Bo", "rejected_why": "cut"}
LATER = dt.datetime(2024, 7, 2, 2, 30)


def refuse(plan: dict[str, Any], *others: dict[str, Any], nights: int = 1, **options: Any) -> None:
    """Approve after so many nights, the first of which made the plan."""
    today = options.pop("today", dt.date(2024, 7, 1))
    started = [MADE + dt.timedelta(days=number) for number in range(nights)]
    settings = load_settings(plan=options).plan
    refuse_approval(plan, (plan, *others), started, as_of=AS_OF, today=today, settings=settings)


def test_a_draft_of_the_last_night_may_be_approved_and_rejected_and_an_approved_plan_exported_again() -> None:
    refuse(DRAFT)
    refuse(DRAFT, REJECTED | {"plan_id": "m@2"}, EXPORTED | {"plan_id": "n@1", "campaign_id": "n"})
    refuse_rejection(DRAFT)
    refuse_rejection(APPROVED)
    refuse_export(APPROVED)
    refuse_export(EXPORTED)


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (
            APPROVED,
            "plan m@1 was approved on 2024-07-01 02:30 by Anna; the next step is to export it: approve-and-export "
            "on the page, or mailworth export 'm@1'",
        ),
        (EXPORTED, "plan m@1 was exported on 2024-07-01 02:30 by Bo; what is out of the house stays as it is"),
        (
            REJECTED,
            "plan m@1 was rejected on 2024-07-01 02:30 by Bo: cut; plan again: plan-mailing on the page, or "
            "mailworth plan --campaign m",
        ),
    ],
)
def test_what_is_no_draft_is_not_approved(plan: dict[str, Any], told: str) -> None:
    with pytest.raises(PlanError) as refused:
        refuse(plan)
    assert str(refused.value) == told


def test_a_plan_that_changed_since_it_was_seen_is_not_decided_on() -> None:
    refuse_changed(DRAFT, DRAFT)
    refuse_changed(APPROVED, APPROVED)
    with pytest.raises(
        PlanError, match=r"plan m@1 was approved on .* by Anna while you looked at it; nothing is changed"
    ):
        refuse_changed(APPROVED, DRAFT)
    planned_again = DRAFT | {"created_at": LATER, "created_by": "Cem"}
    with pytest.raises(PlanError, match="was planned again on 2024-07-02 02:30 by Cem, after it was shown to you"):
        refuse_changed(planned_again, DRAFT)


def test_a_campaign_has_one_approved_plan() -> None:
    with pytest.raises(PlanError, match=r"campaign m has a plan already: m@2 was approved on .* by Anna; reject m@2"):
        refuse(DRAFT, APPROVED | {"plan_id": "m@2"})
    with pytest.raises(PlanError, match=r"m@2 was exported on .* by Bo; it cannot be changed any more"):
        refuse(DRAFT, EXPORTED | {"plan_id": "m@2"})


def test_a_plan_made_before_the_last_night_is_not_approved_unless_the_settings_permit_it() -> None:
    with pytest.raises(PlanError, match=r"data up to 2024-06-30, and a night has run since it was made.*plan again"):
        refuse(DRAFT, nights=2)
    refuse(DRAFT, nights=3, nights_to_approve=2)
    with pytest.raises(PlanError, match="3 nights have run since"):
        refuse(DRAFT, nights=4, nights_to_approve=2)


def test_a_plan_whose_day_is_here_is_not_approved() -> None:
    refuse(DRAFT, today=dt.date(2024, 7, 13))
    with pytest.raises(PlanError, match="was to be in home on 2024-07-14"):
        refuse(DRAFT, today=dt.date(2024, 7, 14))


@pytest.mark.parametrize("plan", [EXPORTED, REJECTED])
def test_what_is_out_or_rejected_is_not_rejected(plan: dict[str, Any]) -> None:
    with pytest.raises(PlanError, match=f"plan m@1 was {plan['status']} on"):
        refuse_rejection(plan)


def test_what_nobody_approved_is_not_exported() -> None:
    with pytest.raises(
        PlanError, match=r"plan m@1 is a draft; approve it first: .* or mailworth approve 'm@1' --by NAME"
    ):
        refuse_export(DRAFT)
    with pytest.raises(PlanError, match="plan m@1 was rejected on"):
        refuse_export(REJECTED)


def test_data_are_used_up_to_an_age() -> None:
    settings = load_settings(plan={"oldest_data_days": 3}).plan
    refuse_old_data(AS_OF, dt.date(2024, 7, 3), settings)
    with pytest.raises(PlanError, match=r"data up to 2024-06-30, 4 days ago, and plan.oldest_data_days = 3"):
        refuse_old_data(AS_OF, dt.date(2024, 7, 4), settings)
