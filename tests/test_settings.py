"""One file, checked whole: what is wrong is told with the file and the key."""

import datetime as dt
import json
import traceback
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from segmentation.errors import SettingsError
from segmentation.settings import Settings, load_settings
from segmentation.targeting.keycodes import keycodes_of_cells


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tests run in a folder without settings file."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str | bytes, file: str = "my.toml") -> Path:
    path = Path.cwd() / file
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(text: str | bytes = "", **overrides: dict[str, Any]) -> str:
    """What is said of a settings file that is refused; always with its name, or where else the value came from."""
    with pytest.raises(SettingsError) as refused:
        load_settings(write(text), **overrides)
    return str(refused.value)


def test_defaults_where_there_is_no_file() -> None:
    settings = load_settings()

    assert settings.model_dump() == Settings().model_dump()
    assert settings.warehouse.path == Path("data/warehouse.duckdb")
    assert settings.plan.budget == 1000
    assert settings.night.as_of is None


def test_values_of_a_file() -> None:
    settings = load_settings(
        write(
            """
            [source]
            path = "in"
            [night]
            as_of = 2024-11-23
            timezone = "Europe/Lisbon"
            [campaigns]
            unit_cost = 1
            [plan]
            policy = "rfm"
            """
        )
    )

    assert settings.source.path == Path("in")
    assert settings.night.as_of == dt.date(2024, 11, 23)
    assert settings.night.timezone == "Europe/Lisbon"
    assert settings.campaigns.unit_cost == 1.0
    assert settings.plan.policy == "rfm"


def test_a_part_of_a_section_leaves_the_rest_at_its_defaults() -> None:
    plan = load_settings(write("[plan]\nbudget = 5\n"), plan={"rest_days": 0}).plan

    assert (plan.budget, plan.rest_days, plan.unit_cost, plan.salt) == (5, 0, 0.55, "mailworth")


def test_the_file_of_the_folder_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    write("[plan]\nbudget = 1\n", "mailworth.toml")
    other = write("[plan]\nbudget = 2\n", "other.toml")
    third = write("[plan]\nbudget = 3\n", "third.toml")

    assert load_settings().plan.budget == 1
    monkeypatch.setenv("MAILWORTH_SETTINGS", str(other))
    assert load_settings().plan.budget == 2
    assert load_settings(third).plan.budget == 3
    assert load_settings(str(third)).plan.budget == 3


def test_arguments_before_environment_before_file(monkeypatch: pytest.MonkeyPatch) -> None:
    file = write("[plan]\nbudget = 1\nrest_days = 1\ndays_ahead = 1\nfixed_cost = 1\n")
    monkeypatch.setenv("MAILWORTH_PLAN__BUDGET", "2")
    monkeypatch.setenv("MAILWORTH_PLAN__REST_DAYS", "2")
    monkeypatch.setenv("mailworth_plan__days_ahead", "2")

    plan = load_settings(file, plan={"budget": 3, "rest_days": None}).plan

    assert (plan.budget, plan.rest_days, plan.days_ahead, plan.fixed_cost) == (3, 2, 2, 1)


def test_an_argument_of_none_says_nothing() -> None:
    assert load_settings(source={"path": None}, plan={}).model_dump() == load_settings().model_dump()


@pytest.mark.parametrize(("variable", "value"), [("SOURCE__PATH", "in"), ("SOURCE", '{"path": "in"}')])
def test_environment_overrides(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(f"MAILWORTH_{variable}", value)

    assert load_settings().source.path == Path("in")


def test_settings_are_frozen() -> None:
    settings = load_settings()

    with pytest.raises(ValidationError, match="frozen"):
        settings.plan = settings.plan
    with pytest.raises(ValidationError, match="frozen"):
        settings.plan.budget = 5


def test_an_unknown_key() -> None:
    assert refusal("[quality]\nrejects = 0.1\n") == (
        f"{Path.cwd() / 'my.toml'}: unknown key quality.rejects; known: rejected_share_limit, years_ahead"
    )


def test_an_unknown_section() -> None:
    assert refusal("[plans]\nbudget = 1\n") == (
        f"{Path.cwd() / 'my.toml'}: unknown key plans; "
        "known: source, warehouse, reports, night, quality, rfm, clusters, campaigns, "
        "comparison, plan, pack, serve, value, programme, offers, calls, notices, spark"
    )


@pytest.mark.parametrize(
    ("section", "line", "key", "told"),
    [
        ("plan", "budget = -1", "plan.budget = -1", "greater than or equal to 0"),
        ("plan", "unit_cost = 0", "plan.unit_cost = 0", "greater than 0"),
        ("plan", "control_share = 0.6", "plan.control_share = 0.6", "less than or equal to 0.5"),
        ("plan", "control_share = 1", "plan.control_share = 1", "less than or equal to 0.5"),
        (
            "plan",
            "control_share = 0",
            "plan.control_share = 0",
            "nothing can be proven; set plan.without_hold_out = true",
        ),
        ("plan", "cells = [{name = 'O'}]", "plan.cells.0.name = 'O'", "match pattern"),
        ("plan", "keycode_prefixes = {x = 'S1'}", "plan.keycode_prefixes.x = 'S1'", "match pattern"),
        ("plan", "wanted_uplift = 0", "plan.wanted_uplift = 0", "greater than 0"),
        ("plan", "power_gate = 'on'", "plan.power_gate = 'on'", "'warn', 'refuse' or 'off'"),
        ("plan", "days_ahead = 0", "plan.days_ahead = 0", "greater than or equal to 1"),
        ("plan", "policy = 'best'", "plan.policy = 'best'", "'response' or 'rfm'"),
        ("plan", "campaign_id = ''", "plan.campaign_id = ''", "at least 1 character"),
        ("plan", "campaign_id = 26", "plan.campaign_id = 26", "valid string"),
        ("plan", "salt = ''", "plan.salt = ''", "at least 1 character"),
        ("plan", "budget = 'much'", "plan.budget = 'much'", "valid number"),
        ("plan", "budget = nan", "plan.budget = nan", "greater than or equal to 0"),
        ("plan", "budget = [1]", "plan.budget = [1]", "valid number"),
        ("quality", "rejected_share_limit = 5", "quality.rejected_share_limit = 5", "less than or equal to 1"),
        ("quality", "years_ahead = 1.5", "quality.years_ahead = 1.5", "valid integer"),
        ("warehouse", "threads = 0", "warehouse.threads = 0", "greater than or equal to 1"),
        ("warehouse", "memory_limit = 'lots'", "warehouse.memory_limit = 'lots'", "match pattern"),
        ("night", "as_of = '2024-02-30'", "night.as_of = '2024-02-30'", "valid date"),
        ("night", "timezone = 'Warsaw'", "night.timezone = 'Warsaw'", "write one such as Europe/Warsaw"),
        ("campaigns", "margin_rate = 30", "campaigns.margin_rate = 30", "less than or equal to 1"),
        ("reports", "currency = 'dollars and cents'", "reports.currency = 'dollars and cents'", "at most 8"),
        ("reports", "language = 'xx'", "reports.language = 'xx'", "there are: en, pl"),
        ("warehouse", "wait_seconds = -1", "warehouse.wait_seconds = -1", "greater than or equal to 0"),
        ("warehouse", "path = ''", "warehouse.path = ''", "names no file"),
        ("warehouse", "path = '/'", "warehouse.path = '/'", "names no file"),
        ("warehouse", 'path = "w\\u0000"', "warehouse.path = 'w\\x00'", "has a NUL in it"),
        (
            "warehouse",
            f"path = '{'w' * 250}'",
            f"warehouse.path = '{'w' * 250}'",
            "is too long; at most 240 bytes a name",
        ),
        ("warehouse", f"analysts = '{'ź' * 125}'", f"warehouse.analysts = '{'ź' * 125}'", "is too long"),
        ("source", f"path = '{'a/' * 2100}'", f"source.path = '{'a/' * 2100}'", "is too long"),
        ("reports", 'path = "a\\u0000b"', "reports.path = 'a\\x00b'", "has a NUL in it"),
        ("serve", "port = 0", "serve.port = 0", "greater than or equal to 1"),
        ("serve", "host = ''", "serve.host = ''", "at least 1 character"),
        ("clusters", "smallest = 1", "clusters.smallest = 1", "greater than or equal to 2"),
    ],
)
def test_an_impossible_value(section: str, line: str, key: str, told: str) -> None:
    said = refusal(f"[{section}]\n{line}\n")

    assert said.startswith(f"{Path.cwd() / 'my.toml'}: {key}: ")
    assert told in said


@pytest.mark.parametrize(
    ("line", "key", "told"),
    [
        ("cells = [{name = 'A', share = 0.5}, {name = 'B', share = 0.4}]", "cells", "A, B add up to 0.9, not to 1"),
        ("cells = [{name = 'A', share = 0.5}, {name = 'B'}]", "cells", "cell B has no share, others have"),
        ("cells = [{name = 'A'}, {name = 'A'}]", "cells", "cell A is there twice"),
        ("offers = [{name = 'a', unit_cost = 1}, {name = 'a', unit_cost = 2}]", "offers", "offer 'a' is there twice"),
        ("global_control = {share = 0.1}", "global_control", "needs since and until"),
        (
            "global_control = {share = 0.1, since = 2024-02-01, until = 2024-01-01}",
            "global_control",
            "until (2024-01-01) is before since (2024-02-01)",
        ),
    ],
)
def test_impossible_cells_and_groups(line: str, key: str, told: str) -> None:
    said = refusal(f"[plan]\n{line}\n")

    assert said.startswith(f"{Path.cwd() / 'my.toml'}: plan.{key}")
    assert told in said


def test_cells_and_offers_are_refused_together() -> None:
    told = refusal("[plan]\ncells = [{name = 'A'}]\noffers = [{name = 'card', unit_cost = 0.5}]\n")
    assert "plan: cells and offers are both set" in told
    assert "cells and offers are both set, but each offer is a cell of its own; leave out [[plan.cells]]" in told


def test_only_the_offers_chosen_compete() -> None:
    offers = [{"name": "voucher", "unit_cost": 0.5}, {"name": "parcel", "unit_cost": 2}]
    chosen = load_settings(plan={"offers": offers, "only_offers": ["parcel"]}).plan
    assert [offer.name for offer in chosen.offers] == ["parcel"]
    assert chosen.offer_cells == ("A",)
    with pytest.raises(SettingsError, match="only_offers names gold; there are: voucher, parcel"):
        load_settings(plan={"offers": offers, "only_offers": ["gold"]})
    with pytest.raises(SettingsError, match="there are: none"):
        load_settings(plan={"only_offers": ["gold"]})


def test_each_offer_has_a_cell_that_a_key_code_can_have() -> None:
    plan = load_settings(plan={"offers": [{"name": f"o{n}", "unit_cost": 1} for n in range(20)]}).plan
    assert "".join(plan.cell_names) == "ABCDEFGHJKMNPQRSTUVW"
    assert len(set(keycodes_of_cells("may", plan.cell_names, {}).values())) == 20
    assert load_settings(plan={"cells": [{"name": "X"}, {"name": "Y"}]}).plan.cell_names == ("X", "Y")


def test_cells_have_one_size_unless_told() -> None:
    assert load_settings().plan.cell_shares == {"A": 1.0}
    cells = [{"name": name} for name in ("A", "B", "C", "D")]
    assert load_settings(plan={"cells": cells}).plan.cell_shares == dict.fromkeys("ABCD", 0.25)
    thirds = [{"name": "A", "share": 1 / 3}, {"name": "B", "share": 2 / 3}]
    assert load_settings(plan={"cells": thirds}).plan.cell_shares == {"A": 1 / 3, "B": 2 / 3}


@pytest.mark.parametrize("text", ["plan = 5\n", "[[plan]]\nbudget = 1\n"])
def test_a_section_that_is_none(text: str) -> None:
    assert "my.toml: plan = " in refusal(text)


def test_fewest_clusters_above_most() -> None:
    said = refusal("[clusters]\nsmallest = 9\n")

    assert said.startswith(f"{Path.cwd() / 'my.toml'}: clusters: ")
    assert said.endswith("smallest (9) is more than largest (8)")
    assert load_settings(write("[clusters]\nsmallest = 8\n")).clusters.smallest == 8


def test_rules_of_the_portfolio_are_read_in_their_order() -> None:
    rules = load_settings(
        write(
            """
            [value]
            self_service_reasons = ["delivery"]
            portfolio = [
                { name = "let go", below = { expected_profit = -1 } },
                { name = "keep" },
            ]
            """
        )
    ).value
    assert [(rule.name, rule.at_least, rule.below) for rule in rules.portfolio] == [
        ("let go", {}, {"expected_profit": -1}),
        ("keep", {}, {}),
    ]
    assert rules.self_service_reasons == ("delivery",)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ('{ name = "grow", at_least = { expected_margin = 1 } }', "some customers fit no rule"),
        ('{ name = "keep" }, { name = "grow" }', "rule 2 (grow) is never reached"),
        ('{ name = "grow", above = { profit_to_date = 1 } }', "known: name, at_least, below"),
        ('{ name = "grow", at_least = { margin = 1 } }', "'expected_margin', 'expected_profit'"),
        ('{ name = "grow", at_least = { expected_margin = nan } }', "finite number"),
        ('{ name = "fire" }', "'grow', 'keep', 'cheaper service' or 'let go'"),
    ],
)
def test_impossible_rules_of_the_portfolio(rules: str, told: str) -> None:
    said = refusal(f"[value]\nportfolio = [{rules}]\n")

    assert said.startswith(f"{Path.cwd() / 'my.toml'}: ")
    assert "value.portfolio" in said
    assert told in said


def test_every_problem_is_told_at_once() -> None:
    said = refusal("[plan]\nbudget = -1\nbugdet = 2\n[night]\ntimezone = 'x'\n").splitlines()

    assert len(said) == 3
    assert sorted(line.split(" = ")[0].split("; ")[0].rsplit(" ", 1)[1] for line in said) == [
        "night.timezone",
        "plan.budget",
        "plan.bugdet",
    ]


@pytest.mark.parametrize("text", ["[plan\n", "plan.budget =\n", "[plan]\nbudget = 1\nbudget = 2\n"])
def test_a_file_that_is_not_toml(text: str) -> None:
    assert refusal(text).startswith(f"{Path.cwd() / 'my.toml'}: not valid TOML: ")


@pytest.mark.parametrize("encoding", ["cp1250", "utf-16"])
def test_a_file_that_is_not_utf8(encoding: str) -> None:
    assert refusal("[reports]\ncurrency = 'zł'\n".encode(encoding)).startswith(f"{Path.cwd() / 'my.toml'}: ")


def test_a_missing_file(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"^none\.toml: no such settings file$"):
        load_settings("none.toml")
    with pytest.raises(SettingsError, match="no such settings file"):
        load_settings(Path.cwd())
    monkeypatch.setenv("MAILWORTH_SETTINGS", "gone.toml")
    with pytest.raises(SettingsError, match=r"^gone\.toml: no such settings file$"):
        load_settings()


@pytest.mark.parametrize(
    ("variable", "value", "key"),
    [
        ("MAILWORTH_PLAN__BUDGET", "much", "plan.budget = 'much'"),
        ("MAILWORTH_PLAN__BUGDET", "7", "unknown key plan.bugdet"),
        ("mailworth_night__as_of", "soon", "night.as_of = 'soon'"),
    ],
)
def test_a_bad_value_of_the_environment_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, key: str
) -> None:
    monkeypatch.setenv(variable, value)

    assert refusal("[plan]\nrest_days = 1\n").startswith(f"environment variable {variable.upper()}: {key}")


def test_an_unreadable_section_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILWORTH_PLAN", "cheap")

    assert "MAILWORTH_PLAN" in refusal()


def test_an_unknown_section_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILWORTH_PLANS__BUDGET", "7")

    assert refusal().startswith("environment variable MAILWORTH_PLANS__BUDGET: unknown key plans")


def test_a_bad_argument_is_named_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILWORTH_PLAN__BUDGET", "7")

    assert refusal("[plan]\nbudget = 5\n", plan={"budget": -1}).startswith("argument: plan.budget = -1: ")
    assert refusal(plan={"bugdet": 1}).startswith("argument: unknown key plan.bugdet; known: campaign_id, ")


def test_a_bad_value_without_a_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"^argument: plan\.budget = -1: "):
        load_settings(plan={"budget": -1})
    write("[plan]\nbudget = -1\n", "mailworth.toml")
    with pytest.raises(SettingsError, match=r"^mailworth\.toml: plan\.budget = -1: "):
        load_settings()


def test_clusters_in_the_wrong_order_name_where_they_were_set() -> None:
    assert refusal(clusters={"smallest": 9}).startswith("argument: clusters")


def test_a_schedule_that_is_none() -> None:
    assert "my.toml: night.cron = 'at night'" in refusal("[night]\ncron = 'at night'\n")


def test_rules_of_segments_are_data() -> None:
    rfm = load_settings(
        write(
            """
            [rfm]
            bins = 3
            [[rfm.segments]]
            name = "best"
            recency = "2-3"
            frequency = "3"
            advice = "thank them"
            [[rfm.segments]]
            name = "others"
            """
        )
    ).rfm

    assert [(rule.name, rule.recency, rule.frequency, rule.monetary, rule.advice) for rule in rfm.rules] == [
        ("best", (2, 3), (3, 3), None, "thank them"),
        ("others", None, None, None, ""),
    ]


def test_rules_that_leave_a_cell_name_it_and_the_file() -> None:
    said = refusal("[rfm]\nbins = 3\n[[rfm.segments]]\nname = 'good'\nrecency = '2-3'\n")

    assert said.startswith(f"{Path.cwd() / 'my.toml'}: rfm: ")
    assert said.endswith("9 of 27 cells have no segment, such as 111, 112, 113")


def test_rules_are_checked_against_the_scores_that_cut_points_make() -> None:
    cut_points = "cut_points = { recency = [30, 90], frequency = [2], monetary = [50.5] }"
    said = refusal(f"[rfm]\nmethod = 'fixed'\n{cut_points}\n[[rfm.segments]]\nname = 'good'\nfrequency = '3'\n")

    assert said.endswith("segment 'good': frequency 3 is not within 1-2")
    rfm = load_settings(write(f"[rfm]\nmethod = 'fixed'\n{cut_points}\n")).rfm
    assert rfm.bins_by_measure == (3, 2, 2)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("method = 'deciles'", "'deciles' is not a method; there are: quantile, nested, fixed, natural breaks, frozen"),
        ("bins = 11", "rfm.bins = 11: Input should be less than or equal to 10"),
        ("method = 'fixed'", "method fixed needs cut_points of recency, frequency, monetary"),
        ("method = 'frozen'", "method frozen needs frozen_at"),
        ("cut_points = { recency = [30, 90, 90] }", "cut points must increase, but 90 is followed by 90"),
        ("cut_points = { recency = [90, 30] }", "cut points must increase, but 90 is followed by 30"),
        ("cut_points = { recency = [] }", "rfm.cut_points.recency = []: "),
        ("cut_points = { recency = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }", "at most 9 items"),
        ("cut_points = { recency = [inf] }", "finite number"),
        ("cut_points = { money = [1] }", "'recency', 'frequency' or 'monetary'"),
        ("[[rfm.segments]]\nname = 'x'\nrecency = '1 to 3'", "rfm.segments.0.recency = '1 to 3': String should match"),
        ("[[rfm.segments]]\nname = 'x'\nage = '1'", "unknown key rfm.segments.0.age; known: name, recency, frequency"),
        ("[[rfm.segments]]\nname = ''", "rfm.segments.0.name = ''"),
    ],
)
def test_scores_that_cannot_be(lines: str, told: str) -> None:
    assert told in refusal(f"[rfm]\n{lines}\n")


def test_a_long_value_is_cut_short() -> None:
    segments = "".join(f"[[rfm.segments]]\nname = 'segment number {n}'\nrecency = '{n}'\n" for n in range(1, 5))
    said = refusal(f"[rfm]\n{segments}")

    assert said.endswith("25 of 125 cells have no segment, such as 511, 512, 513")
    assert len(said) < len(f"{Path.cwd()}") + 250


def test_a_path_that_is_not_utf8() -> None:
    assert "source.path = 'in\\udcff': is not UTF-8" in refusal(source={"path": Path("in\udcff")})


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "\udcff"])
def test_a_settings_file_of_an_impossible_name(name: str) -> None:
    with pytest.raises(SettingsError, match=r"name of a settings file that (is too long|has a NUL|is not UTF-8)"):
        load_settings(name)


def test_a_copy_for_analysts_in_the_place_of_the_warehouse() -> None:
    said = refusal("[warehouse]\npath = 'w.duckdb'\nanalysts = './w.duckdb'\n")

    assert said.endswith("analysts and path are the same file (w.duckdb)")


SECRET = "hunter2-hunter2-hunter2"


def secrets() -> dict[str, dict[str, Any]]:
    return {"warehouse": {"analysts_salt": SECRET}, "serve": {"password": SECRET}}


def test_secrets_are_not_shown_by_the_settings() -> None:
    settings = load_settings(**secrets())

    assert settings.serve.password
    assert settings.serve.password.get_secret_value() == SECRET
    for shown in (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())):
        assert SECRET not in shown


@pytest.mark.parametrize(
    ("section", "key", "secret", "told"),
    [
        ("serve", "password", "hunter2", "at least 8"),
        ("serve", "password", "zażółć gęślą", "has a character beyond ASCII"),
        ("warehouse", "analysts_salt", "hunter2-hunter2", "at least 16"),
    ],
)
def test_a_refused_secret_is_not_told(
    monkeypatch: pytest.MonkeyPatch, section: str, key: str, secret: str, told: str
) -> None:
    variable = f"MAILWORTH_{section}__{key}".upper()
    monkeypatch.setenv(variable, secret)

    with pytest.raises(SettingsError) as refused:
        load_settings()

    assert str(refused.value).startswith(f"environment variable {variable}: {section}.{key} = (not shown): ")
    assert told in str(refused.value)
    assert secret not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize(
    "given",
    [
        {"warehouse": {"analysts_salt": SECRET, "path": "a", "analysts": "a"}},
        {"warehouse": {"analysts_salt": SECRET, "keep": 0}},
        {"warehouse": {"analysts_salt": [SECRET]}},
        {"serve": {"pasword": SECRET}},
        {"serve": [{"password": SECRET}]},
        {"serves": {"password": SECRET}},
    ],
)
def test_a_mistake_elsewhere_does_not_tell_a_secret(monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    for section, values in given.items():
        monkeypatch.setenv(f"MAILWORTH_{section.upper()}", json.dumps(values))

    with pytest.raises(SettingsError) as refused:
        load_settings(write("serves.password = 1\n") if "serves" in given else None)

    assert SECRET not in "".join(traceback.format_exception(refused.value))


def test_the_programme_has_costs_for_as_many_as_are_counted() -> None:
    programme = load_settings(
        write("[programme]\nstarts_on = 2003-09-01\nusers = 40\nonce_per_user = 900\nearlier_practice = 'mail all'\n")
    ).programme
    assert (programme.starts_on, programme.counts["users"]) == (dt.date(2003, 9, 1), 40)
    assert (programme.once_per_user, programme.earlier_practice) == (900, "mail all")
    assert programme.hardware is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("monthly_per_user = 5\nminutes_per_user = 3", "monthly_per_user and minutes_per_user need users"),
        ("once_per_branch = 5", "once_per_branch need branches"),
        ("once_per_module = 5\nmonthly_per_module = 1", "once_per_module and monthly_per_module need modules"),
        ("users = 1\nminutes_per_user = 3", "minutes_per_user and cost_per_minute need each other"),
        ("data_warehouse_growth = 3", "data_warehouse_growth needs data_warehouse"),
        ("users = -1", "programme.users = -1"),
        ("hardware = -1", "programme.hardware = -1"),
        ("hardware = inf", "programme.hardware = inf"),
        ("discount_rate = 8", "programme.discount_rate = 8"),
        ("earlier_practice = 'mail some'", "'mail all' or 'as last year'"),
        ("licences = 3", "unknown key programme.licences; known: starts_on, users"),
    ],
)
def test_impossible_programmes_are_refused(text: str, told: str) -> None:
    said = refusal(f"[programme]\n{text}\n")
    assert said.startswith(f"{Path.cwd() / 'my.toml'}: ")
    assert told in said
