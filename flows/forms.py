"""FORMS: what each deployment says and asks on Prefect's page, in the words of marketers.

The kind and range of a parameter are those of the flow's signature; label, help, order and what to choose from are
declared here, once. Paths are not asked for: they are those of the server's settings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from prefect import Flow

from flows.approve_and_export import approve_and_export
from flows.erase_customer import erase_customer
from flows.measure_campaign import measure_campaign
from flows.night import night
from flows.plan_mailing import plan_mailing
from flows.replay_night import replay_night
from segmentation.choices import Choices
from segmentation.settings import Settings
from segmentation.targeting.policies import TARGET_POLICIES


@dataclass(frozen=True)
class Question:
    """A parameter of a flow as its form asks for it.

    Attributes:
        name: the parameter.
        label: `{money}` in it is the currency.
        among: the field of `Choices` to choose from; where that is empty, the question is free text.
        given: what the form starts with.
    """

    name: str
    label: str
    help: str
    among: str = ""
    given: Callable[[Settings, Choices], Any] | None = None


@dataclass(frozen=True)
class Form:
    """A deployment: its flow, what it does in Markdown, and its questions in their order."""

    name: str
    flow: Flow[..., Any]
    description: str
    questions: tuple[Question, ...] = ()


def _first_draft(settings: Settings, choices: Choices) -> str | None:
    return next((plan.value for plan in choices.plans if plan.told.startswith("draft")), None)


FORMS: tuple[Form, ...] = (
    Form(
        "night",
        night,
        """Loads what is new, segments and values customers, measures every campaign and drafts the next mailing.

**Changes:** the warehouse and the report, in one step at the end. If anything goes wrong, or nothing is new, those of
the night before stay. It runs by itself every night; start it by hand after new data have come.

**Look next at:** the artifacts of the run: the report, the segments, what campaigns brought and the draft. Then start
*approve-and-export*.
""",
        (
            Question(
                "as_of",
                "Last day that counts",
                "Orders after this day are not looked at. Empty: today, or the day in the settings. A day before that "
                "of the last night is run again beside it and changes nothing.",
            ),
        ),
    ),
    Form(
        "plan-mailing",
        plan_mailing,
        """Drafts a mailing: whom to mail within the budget, whom to hold out to measure it, and what it may bring.

**Changes:** adds a draft, nothing else; no list is written and nothing is sent. The same answers again replace the
draft.

**Look next at:** the artifacts of the run: who is left out and why, the expected profit with its interval, and what the
hold-out can show. Then start *approve-and-export* for the draft you like best.
""",
        (
            Question(
                "campaign_id",
                "Campaign",
                "One that is announced and not approved yet. Empty: the next to start, or a new one.",
                among="campaigns_ahead",
            ),
            Question(
                "new_campaign",
                "Name of a new campaign",
                "For one that is in no table yet, such as spring-2; leave it empty if you have chosen one.",
            ),
            Question(
                "starts_on",
                "In-home date of a new campaign",
                "The day the piece comes home. Empty: as many days from now as the settings say.",
            ),
            Question("channel", "Channel", "Of a campaign that has none of its own. Empty: as in the settings."),
            Question(
                "budget",
                "Budget{money}",
                "For all pieces and the fixed cost.",
                given=lambda settings, _: settings.plan.budget,
            ),
            Question(
                "control_share",
                "Share held out",
                "Of the customers selected, 0 to 0.5; 0.1 is every tenth. They are not mailed, so that you can see "
                "what the mailing brought.",
                given=lambda settings, _: settings.plan.control_share,
            ),
            Question(
                "without_hold_out",
                "Permit a share of 0",
                "Without a hold-out nothing can be proven; tick this only if you want that.",
                given=lambda settings, _: settings.plan.without_hold_out,
            ),
            Question(
                "segments",
                "Only these segments",
                "Everybody else is left out. Empty: all segments.",
                among="segments",
            ),
            Question(
                "offers",
                "Only these offers",
                "Of the offers in the settings; each customer gets the one that pays best. Empty: all offers.",
                among="offers",
            ),
            Question(
                "rest_days",
                "Rest days",
                "Days without a contact before the in-home date, 0 to 730; who had one is left out.",
                given=lambda settings, _: settings.plan.rest_days,
            ),
            Question(
                "unit_cost",
                "Cost of one piece{money}",
                "Where the campaign has none of its own. Empty: as in the settings.",
            ),
            Question(
                "policy",
                "Who comes first",
                "; ".join(f"{name}: {policy.description}" for name, policy in TARGET_POLICIES.items()) + ".",
                given=lambda settings, _: settings.plan.policy,
            ),
        ),
    ),
    Form(
        "approve-and-export",
        approve_and_export,
        """Shows a plan, waits for your decision, and writes the files for the mail house if you want them.

**Changes:** nothing until you answer. The run stops as *Suspended*; open it, look at its artifacts, press *Resume* and
fill in the form: approve or reject, your name, export now or later. Nothing is sent: files are written for the mail
house.

**Refused:** a plan made before the last night, one that somebody has planned again or decided on meanwhile, or a second
plan of a campaign. Then all stays as it was, and the run says why.
""",
        (
            Question(
                "plan_id",
                "Plan",
                "A draft to decide on, or an approved plan to export or reject. No list here? Then no plan waits: "
                "start plan-mailing first.",
                among="plans",
                given=_first_draft,
            ),
        ),
    ),
    Form(
        "measure-campaign",
        measure_campaign,
        """Measures again what campaigns brought, with the orders of the last night, and other costs or margins if you
want.

**Changes:** the results in the warehouse and the report. No plan and no list.

**Look next at:** the verdicts among the artifacts of the run.
""",
        (
            Question(
                "campaign_id",
                "Campaign",
                "Empty: all that have started.",
                among="campaigns_measured",
            ),
            Question(
                "margin_rate",
                "Margin",
                "Share of revenue that is margin, 0 to 1, where orders have no margin of their own; 0.25 is a quarter. "
                "Empty: as in the settings.",
            ),
            Question(
                "unit_cost",
                "Cost of one piece{money}",
                "Where the source has none. Empty: as in the settings.",
            ),
        ),
    ),
    Form(
        "erase-customer",
        erase_customer,
        """Takes a person out of every table, version and list, for good, when they ask for it (GDPR, article 17).

**Changes:** nothing as long as *Only look* is ticked. Without the tick it cannot be undone.

**Look next at:** the artifact of the run: how many rows in which files. Prefect forgets whom you asked for.
""",
        (
            Question("customer_id", "Customer", "Id of the customer, as in your data. It is forgotten after the run."),
            Question(
                "dry_run",
                "Only look",
                "Shows what would be removed. Take the tick away to erase.",
                given=lambda *_: True,
            ),
        ),
    ),
    Form(
        "replay-night",
        replay_night,
        """Runs the night of an earlier day again, with what was known on that day and the settings of today.

**Changes:** nothing that is published; its results go to a folder of their own beside the warehouse.

**Look next at:** the report of that day among the artifacts of the run.
""",
        (Question("as_of", "Day", "Last day whose orders count; a day before that of the last night."),),
    ),
)
