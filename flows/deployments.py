"""What can be started from Prefect's page, with which form, and when by itself."""

import re
from typing import Any

from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType
from prefect.utilities.callables import ParameterSchema, parameter_schema

from flows.forms import FORMS, Form, Question
from segmentation.choices import Choice, Choices, read_choices
from segmentation.settings import Settings

TAG = "mailworth"  # of every deployment
LINE_BREAK = re.compile(r"(?<!\n)\n(?!\n)")  # within a paragraph, where the page would begin another
MOST_TOLD = 12  # choices that the help of a question tells something of


def list_deployments(settings: Settings) -> tuple[RunnerDeployment, ...]:
    """Every deployment with its form, the night with its schedule.

    Raises:
        WarehouseError: there is a warehouse, but not one that choices can be read from.
    """
    choices, schedule = read_choices(settings), settings.night
    when = {"night": {"schedule": Cron(schedule.cron, timezone=schedule.timezone)}}
    return tuple(_deploy(form, settings, choices, **when.get(form.name, {})) for form in FORMS)


def _deploy(form: Form, settings: Settings, choices: Choices, **how: Any) -> RunnerDeployment:
    deployment = form.flow.to_deployment(
        form.name,
        description=LINE_BREAK.sub(" ", form.description.strip()),
        concurrency_limit=1,
        entrypoint_type=EntrypointType.MODULE_PATH,
        tags=[TAG],
        **how,
    )
    assert isinstance(deployment, RunnerDeployment)
    deployment._parameter_openapi_schema = build_schema(form, settings, choices)
    return deployment


def build_schema(form: Form, settings: Settings, choices: Choices) -> ParameterSchema:
    """The parameters of a form as Prefect's page and API take them, with what there is to choose from now.

    A question that may stay unanswered is left out where there is nothing to choose from.
    """
    declared = parameter_schema(form.flow)
    asked = [question for question in form.questions if _can_be_asked(question, declared, choices)]
    return ParameterSchema(
        title="Parameters",
        type="object",
        properties={
            question.name: _describe(question, declared.properties[question.name], settings, choices)
            | {"position": position}
            for position, question in enumerate(asked)
        },
        required=[question.name for question in asked if question.name in declared.required],
    )


def _can_be_asked(question: Question, declared: ParameterSchema, choices: Choices) -> bool:
    return not question.among or question.name in declared.required or bool(getattr(choices, question.among))


def _describe(question: Question, declared: dict[str, Any], settings: Settings, choices: Choices) -> dict[str, Any]:
    """One question: the kind and range of its parameter, its words, what to choose from and what it starts with."""
    kinds = declared.get("anyOf", [declared])
    kind = next({**kind} for kind in kinds if kind.get("type") != "null")
    known: tuple[Choice, ...] = getattr(choices, question.among) if question.among else ()
    if known:
        values = {"enum": [choice.value for choice in known]}
        kind |= {"items": {"type": "string", **values}} if kind["type"] == "array" else values
    currency = settings.reports.currency
    kind |= {
        "title": question.label.format(money=f", {currency}" if currency else ""),
        "description": _help(question.help, known),
    }
    start = question.given(settings, choices) if question.given else None
    return kind if start is None else kind | {"default": start}


def _help(text: str, known: tuple[Choice, ...]) -> str:
    told = [f"{choice.value}: {choice.told}" for choice in known[:MOST_TOLD] if choice.told not in ("", choice.value)]
    return f"{text} {'; '.join(told)}." if told else text
