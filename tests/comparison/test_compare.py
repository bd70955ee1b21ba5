"""Pairs as they are published: figures, verdict and its sentence."""

import datetime as dt
from typing import Any

import pytest

from segmentation.comparison.compare import compare_campaigns
from tests.comparison.samples import NOW, PAIRS, THEN, campaign, campaigns, counted, uplift, uplift_row

BEFORE = counted(THEN, 1_000, 50_000, 140, 10_000)


def compared(
    *rows: dict[str, Any], now: dict[str, Any] | None = None, then: dict[str, Any] | None = None
) -> dict[str, Any]:
    of = campaigns(
        campaign(THEN, starts_on=dt.date(2023, 3, 1), name="Spring 2023", **(then or {})),
        campaign(NOW, name="Spring 2024", **(now or {})),
    )
    found = compare_campaigns(PAIRS, of, uplift(*rows), {})
    assert found.height == 1
    return found.row(0, named=True)


def test_response_rose_yet_no_improvement_is_proven() -> None:
    found = compared(counted(NOW, 960, 40_000, 150, 10_000), BEFORE)
    assert found["verdict"] == "not proven"
    assert found["sentence"] == (
        "Spring 2024 against Spring 2023: response rose from 2.0 to 2.4%, yet no improvement is proven: the mailing "
        "itself brought 0.30 percentage points more replies than the earlier one (95% interval −0.09 to +0.69)."  # noqa: RUF001
    )
    assert (found["rate_change"], found["note"]) == (pytest.approx(0.004), None)


@pytest.mark.parametrize(
    ("replies", "control", "verdict", "words"),
    [
        (
            1_800,
            150,
            "better",
            "rose from 2.0 to 4.5%, and a real improvement is proven: the mailing itself brought 2.40",
        ),
        (700, 20, "better", "fell from 2.0 to 1.8%, yet a real improvement is proven: the mailing itself brought 0.95"),
        (300, 150, "worse", "fell from 2.0 to 0.8%, and a real decline is proven: the mailing itself brought 1.35"),
        (900, 300, "worse", "rose from 2.0 to 2.2%, yet a real decline is proven: the mailing itself brought 1.35"),
        (801, 150, "not proven", "stayed at 2.0%, and no change is proven: the mailing itself brought 0.10"),
        (760, 130, "not proven", "fell from 2.0 to 1.9%, yet no decline is proven: the mailing itself brought 0.00"),
    ],
)
def test_every_verdict_has_its_words(replies: int, control: int, verdict: str, words: str) -> None:
    found = compared(counted(NOW, replies, 40_000, control, 10_000), BEFORE)
    assert found["verdict"] == verdict
    assert words in found["sentence"]
    assert ("fewer replies" in found["sentence"]) == (found["uplift_change"] < 0)


def test_estimates_without_hold_out_prove_nothing_however_far_from_zero() -> None:
    observed = {"method": "observational"}
    found = compared(
        counted(NOW, 9_000, 40_000, 150, 10_000, **observed),
        counted(THEN, 1_000, 50_000, 140, 10_000, **observed),
        now={"design": "observational"},
        then={"design": "observational"},
    )
    assert found["ci_low"] > 0
    assert (found["verdict"], found["design"]) == ("not proven", "observational")
    assert found["sentence"].endswith("a hint, no proof.")


def test_an_open_window_proves_nothing() -> None:
    found = compared(counted(NOW, 1_800, 40_000, 150, 10_000), BEFORE, now={"provisional": True})
    assert (found["verdict"], found["provisional"]) == ("not proven", True)
    assert found["note"] == "a response window is still open"
    assert "nothing is proven yet" in found["sentence"]


def test_what_cannot_be_told_says_why() -> None:
    found = compared(uplift_row(NOW, treated_mean=0.05, note="no orders"), BEFORE)
    assert (found["uplift_change"], found["verdict"]) == (None, "not proven")
    assert found["sentence"] == (
        "Spring 2024 against Spring 2023: response rose from 2.0 to 5.0%; whether the mailing itself brought more "
        "cannot be told: no orders."
    )
    assert found["note"] == "no orders"
    nothing = compared(uplift_row(NOW, note="no reply"), uplift_row(THEN, note="no reply"))
    assert nothing["sentence"].startswith("Spring 2024 against Spring 2023: whether the mailing itself")


def test_windows_of_different_length_are_told() -> None:
    found = compared(counted(NOW, 960, 40_000, 150, 10_000), BEFORE, now={"days": 60})
    assert found["note"] == "the response windows have 60 and 30 days"


def test_money_is_told_per_head() -> None:
    found = compared(
        uplift_row(NOW, metric="revenue", treated_mean=12.5, uplift=3.0, ci_low=2.0, ci_high=4.0),
        uplift_row(THEN, metric="revenue", treated_mean=11.0, uplift=1.0, ci_low=0.5, ci_high=1.5),
    )
    assert found["verdict"] == "better"
    assert "revenue per head rose from 11.00 to 12.50" in found["sentence"]
    assert "2.00 more revenue per head than the earlier one (95% interval +0.88 to +3.12)" in found["sentence"]


def test_mailed_customers_that_an_estimate_leaves_out_are_told() -> None:
    observed = {"method": "observational"}
    rows = [counted(name, 90, 900, 5, 100, **observed) for name in (NOW, THEN)]
    rows[0]["mailed"] = 1_000
    designs = {"design": "observational"}
    assert "left out of the rates" in compared(*rows, now=designs, then=designs)["note"]
