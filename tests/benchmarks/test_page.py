"""Figures are put together and judged as the page says; all numbers here are made up and worked by hand."""

import pytest

from benchmarks.check import find_slower, ratios_of
from benchmarks.goals import GOALS, growth, night_figures
from benchmarks.measuring import Rows, measured
from benchmarks.page import write_page
from benchmarks.results import Result, summarise


def row(step: str, cpu: float, peak: float = 500) -> dict[str, float | str]:
    return {"step": step, "seconds": cpu / 2, "cpu": cpu, "peak": peak, "disk": 10}


def results(factor: float, customers: int = 100_000) -> list[Result]:
    floor: Rows = [row("copy", 0.8), row("group", 0.2)]
    first = [row("extract orders", 1), row("check orders", 1 * factor, 800), row("segment", 0.2), row("plan", 30)]
    first += [row(name, 0.1) for name in ("cluster", "credit", "measure")]
    later = [{**each, "step": f"later: {each['step']}", "cpu": 0.1 * float(each["cpu"])} for each in first]
    return [Result(customers, "floor", floor), Result(customers, "night", [*first, *later])]


def verdicts(found: list[Result]) -> dict[str, str]:
    lines = [line.split(" | ") for line in write_page(found, None).splitlines() if line.startswith("| ")]
    return {cells[0].strip("| "): cells[-1].strip("| ") for cells in lines}


def test_a_night_within_three_floors_is_told_as_met_and_one_beyond_as_not() -> None:
    goal = GOALS[0].text
    # 1 + 1 + 0.2 + credit 0.1 + measure 0.1 = 2.4 times the floor of 1; the plan and clusters are left out.
    assert verdicts(results(1))[goal] == "2.4 (CPU 2.4): met"
    assert verdicts(results(2))[goal] == "3.4 (CPU 3.4): **not met**"


def test_what_was_not_measured_is_told_as_such() -> None:
    told = verdicts(results(1))
    assert told[GOALS[2].text] == "not measured"
    assert told[GOALS[6].text] == "not measured"


def test_a_later_night_is_told_as_share_of_the_full_one() -> None:
    # Seconds of the later night were left as they were: 100 % by the clock, 10 % of the CPU.
    assert verdicts(results(1))[GOALS[5].text] == "100.0 (CPU 10.0): **not met**"


def test_memory_is_the_most_of_all_steps() -> None:
    assert verdicts(results(1))[GOALS[7].text] == "0.8: met"


def test_growth_is_the_power_of_orders() -> None:
    found = [*results(1), *results(99, customers=1_000_000)]
    assert growth(found, 100_000, 1_000_000, "load") == pytest.approx(1.69897)  # 2 to 100: log10(50)
    assert growth(found, 100_000, 1_000_000, "segment") == pytest.approx(0)
    assert verdicts(found)[GOALS[6].text].endswith("**not met**")


def test_steps_of_loading_are_added_up_and_rounds_are_told_by_their_median() -> None:
    three = [Result(1, "night", [row("extract orders", cpu), row("check orders", 1, 700)]) for cpu in (1, 2, 9)]
    night = night_figures(three, 1)
    assert night is not None
    assert night.steps == {"load": {"seconds": 1.5, "cpu": 3.0, "peak": 700.0, "disk": 10.0}}
    assert summarise(three, 1, "floor") is None


def test_one_who_could_not_run_is_told_with_the_reason() -> None:
    page = write_page([*results(1), Result(100_000, "spark", [{"skipped": "pyspark is not installed"}])], None)
    assert "| 100,000 | spark | pyspark is not installed |" in page


def test_ratios_are_the_least_of_the_rounds_and_small_steps_count_in_the_total_only() -> None:
    floors: list[Rows] = [[row("copy", 2)], [row("copy", 1)]]
    nights: list[Rows] = [
        [row("segment", 4), row("call", 0.1), row("later: segment", 1)],
        [row("segment", 3), row("call", 0.2), row("later: segment", 1)],
    ]
    assert ratios_of(floors, nights) == {"segment": 3.0, "total": 3.1}


def test_a_step_beyond_the_tolerance_is_found_also_if_it_was_small() -> None:
    before = {"segment": 3.0, "total": 10.0}
    assert find_slower(before, {"segment": 3.5, "total": 10.0}, tolerance=1.2) == []
    assert find_slower(before, {"segment": 3.7, "call": 1.3, "total": 10.0}, tolerance=1.2) == ["segment", "call"]


def test_a_step_is_measured() -> None:
    rows: Rows = []
    with measured(rows, "sum"):
        taken = bytearray(200 * 2**20)
        sum(range(3_000_000))
        del taken
    with measured(rows, "nothing"):
        pass
    assert rows[0]["cpu"] > 0.01
    assert float(rows[0]["peak"]) - float(rows[1]["peak"]) > 150
