"""Forms: the words of marketers over the kinds and ranges of the flows."""

from typing import Any

import pytest
from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools import ValidationError, validate

from flows.approve_and_export import Answer
from flows.deployments import build_schema, list_deployments
from flows.forms import FORMS
from segmentation.choices import Choice, Choices
from segmentation.settings import load_settings

CHOICES = Choices(
    plans=(Choice("b@2", "draft, 7 to mail"), Choice("a@1", "approved, 5 to mail")),
    campaigns_ahead=(Choice("spring", "Spring mailing, 2024-08-01"),),
    campaigns_measured=(Choice("6"),),
    segments=(Choice("lost"), Choice("loyal")),
    offers=(Choice("voucher"), Choice("parcel")),
)


def schema(name: str, choices: Choices = CHOICES, **settings: dict[str, Any]) -> dict[str, Any]:
    form = next(form for form in FORMS if form.name == name)
    return build_schema(form, load_settings(**settings), choices).model_dump()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_question_is_plain_and_no_path_is_asked_for(form: Any) -> None:
    asked = build_schema(form, load_settings(), CHOICES)
    declared = parameter_schema(form.flow)
    assert set(asked.properties) == set(declared.properties) - {"source", "warehouse", "reports", "settings"}
    for name, question in asked.properties.items():
        assert question["title"] != name
        assert question["description"].endswith((".", "?"))
        assert "anyOf" not in question
    assert "**Changes:**" in form.description


def test_ranges_are_those_of_the_flow_and_choices_those_there_are() -> None:
    plan = schema("plan-mailing", plan={"budget": 250}, reports={"currency": "PLN"})["properties"]
    assert (plan["budget"]["title"], plan["budget"]["default"]) == ("Budget, PLN", 250)
    assert (plan["control_share"]["minimum"], plan["control_share"]["maximum"]) == (0, 0.5)
    assert plan["starts_on"]["format"] == "date"
    assert plan["segments"]["items"]["enum"] == ["lost", "loyal"]
    assert plan["offers"]["items"]["enum"] == ["voucher", "parcel"]
    assert plan["campaign_id"]["enum"] == ["spring"]
    assert plan["campaign_id"]["description"].endswith("spring: Spring mailing, 2024-08-01.")
    approve = schema("approve-and-export")["properties"]["plan_id"]
    assert (approve["enum"], approve["default"]) == (["b@2", "a@1"], "b@2")
    assert schema("erase-customer")["properties"]["dry_run"]["default"] is True


def test_where_nothing_is_there_to_choose_from_nothing_is_asked_or_free_text() -> None:
    assert {"campaign_id", "segments", "offers"}.isdisjoint(schema("plan-mailing", Choices())["properties"])
    approve = schema("approve-and-export", Choices())
    assert "enum" not in approve["properties"]["plan_id"]
    assert approve["required"] == ["plan_id"]


def test_what_is_left_empty_passes_and_what_cannot_be_does_not() -> None:
    plan = schema("plan-mailing")
    validate({"budget": 10, "segments": ["lost"], "policy": "rfm"}, plan, raise_on_error=True)
    for wrong in ({"budget": -1}, {"segments": ["gold"]}, {"policy": "best"}, {"rest_days": 1.5}):
        with pytest.raises(ValidationError):
            validate(wrong, plan, raise_on_error=True)


def test_deployments_are_these_six_and_only_the_night_has_a_schedule() -> None:
    settings = load_settings(warehouse={"path": "none.duckdb"}, night={"cron": "15 3 * * *"})
    deployments = {deployment.name: deployment for deployment in list_deployments(settings)}
    assert list(deployments) == [
        *("night", "plan-mailing", "approve-and-export", "measure-campaign", "erase-customer", "replay-night"),
    ]
    assert [name for name, deployment in deployments.items() if deployment.schedules] == ["night"]
    told = str(deployments["night"].description).split("\n\n")
    assert [paragraph for paragraph in told if "\n" in paragraph] == [], "the page breaks lines where the text does"


@pytest.mark.parametrize(
    ("answer", "is_taken"),
    [
        ({"decision": "approve", "name": "Anna"}, True),
        ({"decision": "approve", "name": "Anna", "why": "", "export": False}, True),
        ({"decision": "reject", "name": "Anna", "why": "too dear"}, True),
        ({"decision": "reject", "name": "Anna", "why": ""}, False),
        ({"decision": "reject", "name": "Anna"}, False),
        ({"decision": "approve", "name": " "}, False),
        ({"decision": "perhaps", "name": "Anna"}, False),
        ({"decision": "approve"}, False),
    ],
)
def test_an_answer_needs_a_name_and_a_rejection_its_reason(answer: dict[str, Any], is_taken: bool) -> None:
    assert (validate(answer, Answer.model_json_schema()) == []) is is_taken
