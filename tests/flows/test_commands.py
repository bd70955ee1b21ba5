import json

import pytest

from flows.cli.main import app
from segmentation.warehouse.connection import query_warehouse
from tests.builders import write_source
from tests.flows.conftest import Place

COMMANDS = [
    "night",
    "init",
    "check",
    "demo",
    "plan",
    "plans",
    "approve",
    "reject",
    "export",
    "keycode",
    "power",
    "calls",
    "measure",
    "report",
    "serve",
    "query",
    "status",
    "restore",
    "erase",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    app([command, "--help"])
    assert f"Example: mailworth {command}" in " ".join(capsys.readouterr().out.split())


@pytest.fixture
def copy(sample_night: Place, place: Place) -> Place:
    place.warehouse.write_bytes(sample_night.warehouse.read_bytes())
    return place


def test_query_prints_rows_for_people_and_programs(sample_night: Place) -> None:
    sql = "select segment, count(*) as customers from segments.rfm group by all order by all limit 1"
    printed = {
        form: sample_night.run("query", sql, "--warehouse", sample_night.warehouse, "--format", form).stdout
        for form in ("table", "csv", "json")
    }
    assert printed["csv"].splitlines()[0] == "segment,customers"
    row = json.loads(printed["json"])[0]
    assert row["segment"] == "about to sleep"
    assert f"{row['customers']}" in printed["table"]


def test_no_cell_of_a_csv_is_a_formula_and_json_is_as_it_is(sample_night: Place) -> None:
    sql = """select '=1+1' as "@name", ' -2' as word, -2 as number, 'a-b' as plain"""
    printed = {
        form: sample_night.run("query", sql, "--warehouse", sample_night.warehouse, "--format", form).stdout
        for form in ("csv", "json")
    }
    assert printed["csv"].splitlines() == ["'@name,word,number,plain", "'=1+1,' -2,-2,a-b"]
    assert json.loads(printed["json"]) == [{"@name": "=1+1", "word": " -2", "number": -2, "plain": "a-b"}]


def test_a_query_that_writes_is_refused(sample_night: Place) -> None:
    done = sample_night.run("query", "delete from crm.orders", "--warehouse", sample_night.warehouse)
    assert done.returncode == 1
    assert "read-only" in done.stderr


def test_status_tells_the_last_run_and_its_rows(sample_night: Place) -> None:
    done = sample_night.run("status", "--warehouse", sample_night.warehouse)
    assert done.returncode == 0
    assert "night-20171231-" in done.stdout
    assert "155,848" in done.stdout


def test_restore_goes_back_to_an_earlier_version(copy: Place) -> None:
    before = copy.warehouse.read_bytes()
    done = copy.run("measure", "18", "--margin-rate", 0.25, "--warehouse", copy.warehouse, "--reports", copy.reports)
    assert done.returncode == 0, done.stderr
    unknown = copy.run("restore", "no-such-run", "--warehouse", copy.warehouse)
    assert unknown.returncode == 1
    measured = query_warehouse(copy.warehouse, "from ops.runs order by started_at desc")["run_id"][0]
    assert f"no version no-such-run; kept: {measured}" in unknown.stderr
    copy.warehouse.unlink()
    copy.warehouse.write_bytes(before)
    assert copy.run("restore", measured, "--warehouse", copy.warehouse).returncode == 0
    assert query_warehouse(copy.warehouse, "select flow from ops.runs")["flow"].to_list() == [
        "night",
        "measure-campaign",
    ]


def test_plan_adds_a_draft_under_the_budget_and_prints_its_waterfall(
    copy: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILWORTH_NIGHT__AS_OF", "2017-12-31")
    done = copy.run(
        "plan",
        "--budget",
        100,
        "--unit-cost",
        0.5,
        "--campaign",
        "easter",
        "--warehouse",
        copy.warehouse,
        "--reports",
        copy.reports,
    )
    assert done.returncode == 0, done.stderr
    assert "beyond the budget" in done.stdout
    plan = query_warehouse(copy.warehouse, "from targeting.plans where campaign_id = 'easter'").row(0, named=True)
    assert (plan["mailed"], plan["status"]) == (200, "draft")
    assert not list(copy.folder.rglob("*.csv")), "a plan is a dry run"
    assert query_warehouse(copy.warehouse, "from targeting.plans").height == 2
    assert query_warehouse(copy.warehouse, "select flow from ops.runs order by finished_at desc")["flow"][0] == (
        "plan-mailing"
    )


def test_plans_are_listed_and_a_key_code_is_told(sample_night: Place) -> None:
    listed = sample_night.run("plans", "--warehouse", sample_night.warehouse)
    assert listed.returncode == 0, listed.stderr
    assert "mailing-2018-01-14@2017-12-31" in listed.stdout
    sql = "select distinct keycode from targeting.selection where keycode is not null"
    [keycode] = query_warehouse(sample_night.warehouse, sql)["keycode"].to_list()
    told = sample_night.run("keycode", keycode.lower(), "--warehouse", sample_night.warehouse)
    assert "this code" in told.stdout
    assert "the check character is right" in told.stderr
    swapped = sample_night.run("keycode", keycode[1] + keycode[0] + keycode[2:], "--warehouse", sample_night.warehouse)
    assert "one slip away" in swapped.stdout
    assert "the check character is wrong" in swapped.stderr


def test_measure_takes_other_assumptions_for_one_campaign(copy: Place) -> None:
    sql = "select campaign_id, incremental_margin from response.campaigns order by campaign_id"
    assert dict(query_warehouse(copy.warehouse, sql).iter_rows())["18"] is None
    done = copy.run(
        "measure",
        "18",
        "--margin-rate",
        0.25,
        "--unit-cost",
        0.5,
        "--warehouse",
        copy.warehouse,
        "--reports",
        copy.reports,
    )
    assert done.returncode == 0, done.stderr
    margins = dict(query_warehouse(copy.warehouse, sql).iter_rows())
    assert margins["18"] is not None
    assert [campaign for campaign, margin in margins.items() if margin is not None] == ["18"]


def test_measure_of_an_unknown_campaign_lists_the_known_ones(copy: Place) -> None:
    before = copy.warehouse.read_bytes()
    done = copy.run("measure", "99", "--warehouse", copy.warehouse, "--reports", copy.reports)
    assert done.returncode == 1
    assert "campaign 99 has not started" in done.stderr
    assert copy.warehouse.read_bytes() == before


def test_report_is_written_again_with_the_same_bytes(sample_night: Place, place: Place) -> None:
    done = place.run("report", "--warehouse", sample_night.warehouse, "--reports", place.reports)
    assert done.returncode == 0, done.stderr
    written, shown = (
        {str(file.relative_to(of)): file.read_bytes() for file in of.rglob("*.*") if file.is_file()}
        for of in (place.reports, sample_night.reports)
    )
    assert {"index.html", "2017-12-31/index.html", "2017-12-31/campaign-18.html"} < set(written)
    assert written == shown


def test_init_writes_settings_once_that_the_next_command_uses(place: Place) -> None:
    source = write_source(place.folder / "my source")
    assert place.run("init", "--source", "my source").returncode == 0
    text = (place.folder / "mailworth.toml").read_text()
    assert 'path = "my source"' in text
    assert str(source / "orders.csv").removeprefix(f"{place.folder}/") in place.run("check").stdout
    again = place.run("init", "--source", "my source")
    assert again.returncode == 1
    assert "mailworth.toml: is there already" in again.stderr
    assert (place.folder / "mailworth.toml").read_text() == text


def test_init_needs_a_source(place: Place) -> None:
    done = place.run("init", "--source", "nowhere")
    assert done.returncode == 1
    assert "nowhere: no such source folder" in done.stderr
    assert not (place.folder / "mailworth.toml").exists()


def test_check_shows_what_would_be_rejected_and_writes_nothing(place: Place) -> None:
    orders = "order_id;customer_id;ordered_at;amount\no1;c1;31.01.2024;1,50\no2;c9;1.2.2024;2\no3;c1;soon;3\n"
    source = write_source(place.folder / "source", orders=orders)
    before = sorted(place.folder.rglob("*"))
    done = place.run("check", "--source", source)
    assert done.returncode == 0, done.stderr
    assert "decimal comma, dates day first" in done.stderr
    assert "too many rejected: the night would stop" in done.stdout
    assert "customer_id is not in customers: c9" in done.stdout
    assert "ordered_at is not a date and time: soon" in done.stdout
    assert sorted(place.folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["status"], 1, "data/warehouse.duckdb: no warehouse here"),
        (["night", "--source", "nowhere"], 1, "nowhere: no such source folder"),
        (["night", "--as-of", "yesterday"], 2, "--as-of"),
        (["night", "--settings", "none.toml"], 1, "none.toml: no such settings file"),
        (["plan"], 1, "data/warehouse.duckdb: no warehouse here"),
        (["plan", "--control-share", "0.9"], 1, "argument: plan.control_share = 0.9"),
        (["plan", "--budget=-5"], 1, "argument: plan.budget = -5"),
        (["measure", "18", "--margin-rate", "2"], 1, "argument: campaigns.margin_rate = 2"),
        (["fly"], 2, "fly"),
    ],
)
def test_a_mistake_is_told_with_its_exit_code(place: Place, arguments: list[str], code: int, message: str) -> None:
    done = place.run(*arguments)
    assert done.returncode == code
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
