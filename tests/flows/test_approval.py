"""Planning and approval as marketers do it on Prefect's page: through the server, by two people, and by nobody."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from segmentation.warehouse.connection import query_warehouse
from tests.flows.conftest import SAMPLE, Console, Place
from tests.flows.test_serve import PATIENCE, Api, serving

SETTINGS = f"""[source]
path = "{SAMPLE}"
[warehouse]
path = "w.duckdb"
[reports]
path = "reports"
currency = "USD"
[night]
as_of = 2017-12-31
[plan]
budget = 400
"""
NIGHTS_DRAFT = "mailing-2018-01-14@2017-12-31"


@dataclass(frozen=True)
class Page:
    """What somebody does on the page."""

    place: Place
    api: Api

    def form(self, deployment: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.deployments()[deployment]["parameter_openapi_schema"]["properties"]
        return found

    def start(self, deployment: str, **answers: object) -> dict[str, Any]:
        answer = self.api.start(self.api.deployments()[deployment], **answers)
        assert answer.is_success, answer.text
        run: dict[str, Any] = answer.json()
        return run

    def run(self, deployment: str, **answers: object) -> dict[str, Any]:
        return self.api.await_end(self.start(deployment, **answers))

    def await_state(self, run: dict[str, Any], state: str) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found: dict[str, Any] = self.api.ask("GET", f"/flow_runs/{run['id']}").json()
            if found["state_name"] == state:
                return found
            assert found["state_type"] not in {"FAILED", "CRASHED", "COMPLETED"}, found["state"]["message"]
            time.sleep(0.5)
        raise TimeoutError(run["name"])

    def show(self, plan_id: str) -> dict[str, Any]:
        """Start an approval, and wait until it asks."""
        return self.await_state(self.start("approve-and-export", plan_id=plan_id), "Suspended")

    def answer(self, run: dict[str, Any], **answers: object) -> str:
        """What the server says of the answer: ACCEPT or REJECT."""
        said: dict[str, Any] = self.api.ask("POST", f"/flow_runs/{run['id']}/resume", {"run_input": answers}).json()
        return str(said["status"])

    def settle(self, run: dict[str, Any], **answers: object) -> dict[str, Any]:
        assert self.answer(run, **answers) == "ACCEPT"
        return self.api.await_end(run)

    def artifacts(self, run: dict[str, Any]) -> dict[str, dict[str, Any]]:
        asked = {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}}
        return {found["key"]: found for found in self.api.ask("POST", "/artifacts/filter", asked).json()}

    def await_offer(self, *plans: str) -> list[str]:
        """The plans of the form, once these are on it; it follows what is published within moments."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            offered: list[str] = self.form("approve-and-export")["plan_id"].get("enum", [])
            if set(plans) <= set(offered):
                return offered
            time.sleep(0.2)
        raise TimeoutError(str(plans))

    def status(self, plan_id: str) -> tuple[Any, ...]:
        columns = "status, approved_by, rejected_by, rejected_why, exported_by"
        rows = query_warehouse(
            self.place.warehouse, f"select {columns} from targeting.plans where plan_id = '{plan_id}'"
        )
        return rows.row(0)


@pytest.fixture(scope="module")
def page(
    tmp_path_factory: pytest.TempPathFactory, prefect_home: Path, console: Console, sample_night: Place
) -> Iterator[Page]:
    place = Place(tmp_path_factory.mktemp("approval"), prefect_home, console)
    (place.folder / "mailworth.toml").write_text(SETTINGS)
    shutil.copy(sample_night.warehouse, place.warehouse)
    with serving(place) as api:
        yield Page(place, api)


def draft(page: Page, name: str, **answers: object) -> str:
    ended = page.run("plan-mailing", new_campaign=name, **answers)
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]
    return f"{name}@2017-12-31"


def test_a_plan_from_the_form_is_named_shown_and_offered_for_approval(page: Page) -> None:
    assert page.form("approve-and-export")["plan_id"]["default"] == NIGHTS_DRAFT
    assert "18" in page.form("measure-campaign")["campaign_id"]["enum"]
    segments = page.form("plan-mailing")["segments"]["items"]["enum"]
    assert {"loyal", "champions"} <= set(segments)
    run = page.start("plan-mailing", new_campaign="spring", budget=300, segments=["loyal"], starts_on="2018-01-20")
    ended = page.api.await_end(run)
    assert (ended["state_type"], ended["name"]) == (
        "COMPLETED",
        "plan spring@2017-12-31 \N{MIDDLE DOT} 300 \N{MIDDLE DOT} draft",
    )
    artifacts = page.artifacts(run)
    assert set(artifacts) == {"plan", "plan-waterfall", "plan-picture", "plan-power", "report"}
    assert "spring" in artifacts["plan"]["data"]
    link = artifacts["report"]["data"].partition("(")[2].rstrip(")")
    assert httpx.get(link).text.startswith("<!")
    assert page.await_offer("spring@2017-12-31")[0] == "spring@2017-12-31"


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"campaign_id": "18", "new_campaign": "x"}, "choose the campaign 18 or name a new one, x, but not both"),
        ({"new_campaign": "18"}, "campaign 18 started on"),
        ({"budget": 0.3}, "plan.budget = 0.3 does not pay for one piece at 0.55"),
        ({"control_share": 0}, "holds nobody out, so nothing can be proven"),
        ({"new_campaign": "y", "starts_on": "2017-12-01"}, "plan.starts_on = 2017-12-01 is no day after 2017-12-31"),
    ],
)
def test_a_plan_that_cannot_be_ends_in_one_line_and_changes_nothing(
    page: Page, answers: dict[str, object], told: str
) -> None:
    before = page.place.warehouse.stat().st_ino
    run = page.start("plan-mailing", **answers)
    ended = page.api.await_end(run)
    assert ended["state_type"] == "FAILED"
    assert told in ended["state"]["message"]
    assert "\n" not in ended["state"]["message"]
    assert not ended["state"]["message"].startswith("Flow run")
    logs = page.api.ask("POST", "/logs/filter", {"logs": {"flow_run_id": {"any_": [run["id"]]}}}).json()
    assert [line["message"] for line in logs if "Traceback" in line["message"]] == []
    assert page.place.warehouse.stat().st_ino == before


def test_two_marketers_at_once_and_the_second_is_told_what_the_first_did(page: Page) -> None:
    plan_id = draft(page, "summer", budget=250)
    page.await_offer(plan_id)
    annas, bos = page.show(plan_id), page.show(plan_id)
    assert {"plan", "plan-waterfall", "plan-picture"} <= set(page.artifacts(annas))
    assert page.answer(bos, decision="reject", name="Bo", why="") == "REJECT", "a rejection needs its reason"
    assert page.status(plan_id)[0] == "draft"

    approved = page.settle(annas, decision="approve", name=" Anna ", export=False)
    assert (approved["state_type"], approved["name"]) == ("COMPLETED", f"approve {plan_id} \N{MIDDLE DOT} approved")
    assert page.status(plan_id) == ("approved", "Anna", None, None, None)
    late = page.settle(bos, decision="reject", name="Bo", why="too dear")
    assert late["state_type"] == "FAILED"
    assert " by Anna while you looked at it; nothing is changed by your answer" in late["state"]["message"]
    assert page.status(plan_id) == ("approved", "Anna", None, None, None)

    exported = page.settle(page.show(plan_id), decision="approve", name="Cem")
    assert (exported["state_type"], exported["name"]) == ("COMPLETED", f"approve {plan_id} \N{MIDDLE DOT} exported")
    assert page.status(plan_id) == ("exported", "Anna", None, None, "Cem")
    [data] = [found["data"] for key, found in page.artifacts(exported).items() if key == "list"]
    assert ".csv lies on the server: `" in data, "lists are not served without a password"
    runs = query_warehouse(
        page.place.warehouse, "select flow, triggered_by from ops.runs order by finished_at desc limit 2"
    )
    assert runs.rows() == [("approve-and-export", "Cem"), ("approve-and-export", "Anna")]
    end = time.monotonic() + 30
    while plan_id in page.form("approve-and-export")["plan_id"]["enum"]:
        assert time.monotonic() < end
    again = page.api.start(page.api.deployments()["approve-and-export"], plan_id=plan_id)
    assert again.status_code == httpx.codes.CONFLICT, "what is out of the house is not offered"


def test_a_plan_that_is_planned_again_meanwhile_is_not_approved(page: Page) -> None:
    plan_id = draft(page, "autumn", budget=150)
    page.await_offer(plan_id)
    shown = page.show(plan_id)
    draft(page, "autumn", budget=150)
    ended = page.settle(shown, decision="approve", name="Anna")
    assert ended["state_type"] == "FAILED"
    assert f"plan {plan_id} was planned again on " in ended["state"]["message"]
    assert page.status(plan_id)[0] == "draft"


def test_a_rejection_is_kept_with_name_and_reason(page: Page) -> None:
    plan_id = draft(page, "winter", budget=120)
    page.await_offer(plan_id)
    ended = page.settle(page.show(plan_id), decision="reject", name="Bo", why="budget is cut")
    assert (ended["state_type"], ended["name"]) == ("COMPLETED", f"approve {plan_id} \N{MIDDLE DOT} rejected")
    assert page.status(plan_id) == ("rejected", None, "Bo", "budget is cut", None)


def test_nobody_answers_and_nothing_changes(page: Page) -> None:
    plan_id = draft(page, "spring-2", budget=110)
    page.await_offer(plan_id)
    file = page.place.folder / "mailworth.toml"
    file.write_text(SETTINGS + "approval_hours = 0.0005\n")
    try:
        ended = page.api.await_end(page.show(plan_id))
    finally:
        file.write_text(SETTINGS)
    assert (ended["state_type"], ended["state_name"]) == ("CANCELLED", "Not decided")
    assert f"nobody decided on {plan_id} by " in ended["state"]["message"]
    assert "nothing is changed" in ended["state"]["message"]
    assert page.status(plan_id)[0] == "draft"


def test_looking_at_an_erasure_erases_nothing_and_names_nobody(page: Page) -> None:
    run = page.start("erase-customer", customer_id="1001")
    ended = page.api.await_end(run)
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]
    artifacts = page.artifacts(run)
    assert "would be removed; nothing is changed" in artifacts["erasure"]["data"]
    assert "1001" not in str(
        [ended["name"], ended["parameters"], artifacts["erasure"]["data"], artifacts["erasure-rows"]]
    )
    kept = "select count(*)::int as n from crm.customers where customer_id = '1001'"
    assert query_warehouse(page.place.warehouse, kept)["n"].to_list() == [1]


def test_a_campaign_is_measured_with_its_verdict(page: Page) -> None:
    run = page.start("measure-campaign", campaign_id="18", margin_rate=0.3)
    ended = page.api.await_end(run)
    assert (ended["state_type"], ended["name"]) == ("COMPLETED", "measure 18")
    artifacts = page.artifacts(run)
    assert "Type A no. 18" in artifacts["verdicts"]["data"]
    assert artifacts["measuring"]["data"] == 100
    unknown = page.api.start(page.api.deployments()["measure-campaign"], campaign_id="99")
    assert unknown.status_code == httpx.codes.CONFLICT
