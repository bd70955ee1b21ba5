"""The proof of `make coverage` in small: it runs, it would see intervals that do not hold, and parts add up."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.coverage.campaigns import SETTINGS, Setting, draw_spend, make_up, mean_of
from tests.coverage.counting import BOOTSTRAPPED, Counts, check_intervals, count_alarms, count_campaigns, measure
from tests.coverage.parts import count_part, list_parts, read_counts
from tests.coverage.tables import tell_share, write_table

SMALL = Setting(2_000, 0.2, 0.1, "lognormal 1.2", lift=0.1)


@pytest.fixture(scope="module")
def counts() -> Counts:
    return count_campaigns(SMALL, 99, 0, 40)


def test_intervals_hold_and_campaigns_that_do_not_pay_are_not_said_to(counts: Counts) -> None:
    intervals = [figure for figure in counts.made if "randomised" in figure]
    assert {"all, margin, randomised: interval", "all, margin, randomised_adjusted: CUPED"} < set(intervals)
    for figure in intervals:
        assert counts.made[figure] >= 30
        assert counts.held[figure] >= 0.85 * counts.made[figure]  # less in 1 of 100 proofs, were 95 % held
    assert counts.held["pays: yes"] <= 5
    assert counts.made["pays: yes"] == 40


def test_a_truth_that_is_another_is_seen(counts: Counts) -> None:
    from segmentation.response.uplift import estimate_uplift

    wrong = replace(SMALL, lift=0.8)
    rows = [estimate_uplift(make_up(SMALL, (99, seed)), has_replies=False, seed=seed) for seed in range(5)]
    assert sum(held for found in rows for _, held in check_intervals(wrong, found, (99, 0))) < 5


def test_later_campaigns_are_not_bootstrapped_and_else_the_same() -> None:
    early, late = (measure(make_up(SMALL, (99, 0)), seed) for seed in (BOOTSTRAPPED - 1, BOOTSTRAPPED))
    drawn = [name for name in early.columns if name.startswith("bootstrap")]
    assert late.drop(drawn).equals(early.drop(drawn), null_equal=True)
    assert (late["bootstrap_ci_low"].count(), early["bootstrap_ci_low"].count() > 0) == (0, True)


def test_parts_are_kept_and_add_up(tmp_path: Path) -> None:
    name = "five, twentieth"
    parts = [part for part in list_parts(50, tmp_path, time.time() + 60) if part[0] == name]
    assert [part[1:3] for part in parts] == [(0, 25), (25, 50)]
    for first, (_, _, _, path, ends) in enumerate(parts):
        count_part((name, first, first + 1, path, ends))
    assert [part for part in list_parts(50, tmp_path, 0) if part[0] == name] == []
    together = read_counts(tmp_path)[name]
    assert together == count_campaigns(SETTINGS[name], list(SETTINGS).index(name), 0, 2)
    assert count_part((name, 0, 1, tmp_path / "late.json", 0)) == "left for the next run"
    assert not (tmp_path / "late.json").exists()


def test_shares_are_told_with_their_error() -> None:
    counts = Counts(400)
    for number in range(400):
        counts.add("often", number % 20 > 0)
        if number < 100:
            counts.add("seldom", True)
    assert tell_share(counts, "often") == "95.0 ± 1.1"
    assert tell_share(counts, "seldom") == "-"
    assert write_table({"one": counts}, {"share": "often"}) == "| | share |\n|---|---|\n| one | 95.0 ± 1.1 |\n"


@pytest.mark.parametrize("spend", ["lognormal 0.8", "lognormal 1.2", "gamma", "Hillstrom"])
def test_truth_of_spend(spend: str) -> None:
    import numpy as np

    drawn = draw_spend(spend, 200_000, np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(mean_of(spend), rel=0.02)


def test_alarms_are_as_rare_as_promised_and_see_what_is_lost() -> None:
    assert count_alarms(50_000, 0.1, 0.0, draws=50_000, seed=1) == pytest.approx(0.001, abs=0.0006)
    assert count_alarms(50_000, 0.1, 0.1, draws=1_000, seed=2) > 0.95
