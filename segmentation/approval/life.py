"""What may be done with a plan, and what has to be done first. Each function raises or says nothing."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from segmentation.errors import PlanError
from segmentation.settings import PlanSettings

Plan = dict[str, Any]  # a row of targeting.plans


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
            f"since it was made, the last on data up to {as_of}; plan again: "
            f"mailworth plan --campaign {campaign_id}, or set plan.nights_to_approve"
        )
    if plan["starts_on"] and plan["starts_on"] <= today:
        raise PlanError(
            f"plan {plan_id} was to be in home on {plan['starts_on']}; plan a campaign that is still to come"
        )


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
        "draft": f"approve it first: mailworth approve '{plan_id}' --by NAME",
        "approved": f"the next step is: mailworth export '{plan_id}'",
        "exported": "what is out of the house stays as it is",
        "rejected": f"plan again: mailworth plan --campaign {plan['campaign_id']}",
    }[plan["status"]]
