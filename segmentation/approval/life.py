"""What may be done with a plan, and what has to be done first. Each function raises or says nothing."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from segmentation.errors import PlanError
from segmentation.settings import PlanSettings

Plan = dict[str, Any]  # a row of targeting.plans
APPROVE_ON_PAGE = "approve-and-export"  # the deployment that asks for approval on Prefect's page


@dataclass(frozen=True)
class Decision:
    """What somebody wants to be done with a plan.

    Attributes:
        seen: the plan as it was shown.
        why: why it is rejected.
        export: whether an approved plan is exported at once.
    """

    seen: Plan
    is_rejected: bool
    why: str = ""
    export: bool = True


def refuse_old_data(as_of: dt.date, today: dt.date, settings: PlanSettings) -> None:
    """Refuse to work on data that are too old.

    Raises:
        PlanError: `as_of` is more than plan.oldest_data_days before `today`.
    """
    age = (today - as_of).days
    if age > settings.oldest_data_days:
        raise PlanError(
            f"the last night knows data up to {as_of}, {age:,} days ago, and plan.oldest_data_days = "
            f"{settings.oldest_data_days}; run `mailworth night` on newer data, or set a larger number"
        )


def refuse_approval(
    plan: Plan,
    plans: Collection[Plan],
    nights: Collection[dt.datetime],
    *,
    as_of: dt.date,
    today: dt.date,
    settings: PlanSettings,
) -> None:
    """Refuse to approve what is no draft, is out of date or stands beside an approved plan.

    Args:
        plans: all plans.
        nights: when the nights in the warehouse started.
        as_of: last day that the last night knows.

    Raises:
        PlanError: the plan is not a draft; another of the campaign is approved or exported; more nights than
            plan.nights_to_approve have run since it was made; or its in-home date is here.
    """
    plan_id, campaign_id = plan["plan_id"], plan["campaign_id"]
    if plan["status"] != "draft":
        raise PlanError(f"plan {plan_id} {_tell(plan)}; {_next_step(plan)}")
    for other in plans:
        if other["campaign_id"] == campaign_id and other["status"] in ("approved", "exported"):
            first = (
                "it cannot be changed any more" if other["status"] == "exported" else f"reject {other['plan_id']} first"
            )
            raise PlanError(f"campaign {campaign_id} has a plan already: {other['plan_id']} {_tell(other)}; {first}")
    since = sum(started > plan["created_at"] for started in nights)
    if since > settings.nights_to_approve:
        nights_have = f"{since} nights have" if since > 1 else "a night has"
        raise PlanError(
            f"plan {plan_id} knows data up to {plan['as_of_date']}, and {nights_have} run "
            f"since it was made, the last on data up to {as_of}; {_plan_again(campaign_id)}, or set "
            "plan.nights_to_approve"
        )
    if plan["starts_on"] and plan["starts_on"] <= today:
        raise PlanError(
            f"plan {plan_id} was to be in home on {plan['starts_on']}; plan a campaign that is still to come"
        )


def refuse_changed(plan: Plan, seen: Plan) -> None:
    """Refuse to decide on a plan that is no longer what was seen.

    Args:
        seen: the plan as it was shown.

    Raises:
        PlanError: it was planned again, or somebody else has decided on it, since.
    """
    again = f"nothing is changed by your answer; look at it again: start {APPROVE_ON_PAGE} anew"
    if plan["created_at"] != seen["created_at"]:
        raise PlanError(
            f"plan {plan['plan_id']} was planned again on {plan['created_at']:%Y-%m-%d %H:%M} by {plan['created_by']}, "
            f"after it was shown to you; {again}"
        )
    if plan["status"] != seen["status"]:
        raise PlanError(f"plan {plan['plan_id']} {_tell(plan)} while you looked at it; {again}")


def refuse_rejection(plan: Plan) -> None:
    """Refuse to reject what is out of the house or rejected already.

    Raises:
        PlanError: the plan is neither a draft nor approved.
    """
    if plan["status"] not in ("draft", "approved"):
        raise PlanError(f"plan {plan['plan_id']} {_tell(plan)}; {_next_step(plan)}")


def refuse_export(plan: Plan) -> None:
    """Refuse to export what nobody approved. An exported plan may be exported again: it is the same list.

    Raises:
        PlanError: the plan is neither approved nor exported.
    """
    if plan["status"] not in ("approved", "exported"):
        raise PlanError(f"plan {plan['plan_id']} {_tell(plan)}; {_next_step(plan)}")


def _tell(plan: Plan) -> str:
    status = plan["status"]
    if status == "draft":
        return "is a draft"
    why = f": {plan['rejected_why']}" if status == "rejected" else ""
    return f"was {status} on {plan[f'{status}_at']:%Y-%m-%d %H:%M} by {plan[f'{status}_by']}{why}"


def _next_step(plan: Plan) -> str:
    plan_id = plan["plan_id"]
    return {
        "draft": f"approve it first: {APPROVE_ON_PAGE} on the page, or mailworth approve '{plan_id}' --by NAME",
        "approved": f"the next step is to export it: {APPROVE_ON_PAGE} on the page, or mailworth export '{plan_id}'",
        "exported": "what is out of the house stays as it is",
        "rejected": _plan_again(plan["campaign_id"]),
    }[plan["status"]]


def _plan_again(campaign_id: str) -> str:
    return f"plan again: plan-mailing on the page, or mailworth plan --campaign {campaign_id}"
