"""Published sample-ratio figures, and what is not known."""

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from segmentation.response.sample_ratio import (
    MIXED,
    NO_CELL_SHARES,
    NO_SHARE,
    OTHER_CELLS,
    WARNING,
    check_arms,
    check_campaign,
    check_sizes,
    judge_campaign,
    mark_figures,
)

HILLSTROM = [("control", None, 21_306), ("treatment", "mens", 21_307), ("treatment", "womens", 21_387)]


def counts(groups: list[tuple[str, str | None, int]], **shares: float | None) -> pl.DataFrame:
    frame = pl.DataFrame(groups, {"arm": pl.String, "cell": pl.String, "customers": pl.Int64}, orient="row")
    return frame.with_columns(
        pl.lit(shares.get(name), dtype=pl.Float64).alias(name) for name in ("source_share", "exported_share")
    )


def checked(
    groups: list[tuple[str, str | None, int]], share: float | None, cells: dict[str, float] | None = None
) -> dict[str, dict[str, object]]:
    rows = check_arms(counts(groups), control_share=share, cell_shares=cells or {})
    return {row["cell"]: row for row in rows.iter_rows(named=True)}


def test_a_mismatch_as_published() -> None:
    # R. Kohavi, D. Tang, Y. Xu (2020), Trustworthy Online Controlled Experiments, chapter 3: 821,588 and 815,482.
    found = checked([("treatment", None, 815_482), ("control", None, 821_588)], 0.5)
    assert list(found) == ["all"]
    assert found["all"]["p_value"] == pytest.approx(1.82e-6, rel=1e-3)
    assert found["all"]["verdict"] == "fail"
    assert stats.chi2.isf(float(found["all"]["p_value"]), 1) == pytest.approx(22.774, abs=1e-3)


def test_three_arms_as_published() -> None:
    found = checked(HILLSTROM, 1 / 3, {"mens": 1, "womens": 1})
    assert round(float(found["all"]["p_value"]), 4) == 0.9037
    assert stats.chi2.isf(float(found["all"]["p_value"]), 2) == pytest.approx(0.2025, abs=1e-4)
    assert [found[cell]["verdict"] for cell in ("all", "mens", "womens")] == ["pass"] * 3
    assert found["mens"]["expected_share"] == pytest.approx(0.5)
    assert (found["mens"]["treated"], found["mens"]["control"]) == (21_307, 21_306)


def test_cells_with_their_own_control_are_tested_each() -> None:
    groups = [
        ("treatment", "red", 900),
        ("control", "red", 100),
        ("treatment", "blue", 950),
        ("control", "blue", 50),
    ]
    found = checked(groups, 0.1)
    assert (found["red"]["p_value"], found["red"]["verdict"]) == (1, "pass")
    assert found["blue"]["p_value"] == pytest.approx(stats.chisquare([50, 950], [100, 900]).pvalue)
    assert found["blue"]["verdict"] == "fail"
    assert judge_campaign(check_arms(counts(groups), control_share=0.1, cell_shares={})) == "fail"


@pytest.mark.parametrize(
    ("groups", "share", "cells", "note"),
    [
        (HILLSTROM, None, {}, NO_SHARE),
        (HILLSTROM, 1 / 3, {}, NO_CELL_SHARES),
        (HILLSTROM, 1 / 3, {"men": 1, "women": 1}, OTHER_CELLS),
        ([*HILLSTROM, ("control", "mens", 5)], 1 / 3, {"mens": 1, "womens": 1}, MIXED),
        ([*HILLSTROM, ("treatment", None, 5)], 1 / 3, {"mens": 1, "womens": 1}, MIXED),
    ],
)
def test_what_was_not_planned_as_far_as_is_known_is_not_judged(
    groups: list[tuple[str, str | None, int]], share: float | None, cells: dict[str, float], note: str
) -> None:
    found = checked(groups, share, cells)
    assert (found["mens"]["verdict"], found["mens"]["p_value"], found["mens"]["note"]) == ("not known", None, note)
    assert found["all"]["verdict"] == ("not known" if share is None else "pass")


def test_of_few_the_binomial_is_taken() -> None:
    found = checked([("treatment", "a", 27), ("control", "a", 3)], 0.02)
    assert found["a"]["p_value"] == pytest.approx(stats.binomtest(3, 30, 0.02).pvalue)
    assert found["a"]["verdict"] == "pass"  # 0.0217, where chi-square would say 0.0017
    assert stats.chisquare([3, 27], [0.6, 29.4]).pvalue < 0.002


def test_a_hold_out_that_was_planned_and_is_not_there_fails() -> None:
    mailed = [("treatment", None, 1000)]
    assert judge_campaign(check_campaign(counts(mailed), set_share=0.1, cell_shares={})) == "fail"
    assert check_campaign(counts(mailed), set_share=None, cell_shares={}).is_empty()
    assert check_campaign(counts(mailed), set_share=0.0, cell_shares={}).is_empty()
    assert check_campaign(counts([]), set_share=0.1, cell_shares={}).is_empty()
    assert judge_campaign(check_campaign(counts(mailed), set_share=None, cell_shares={})) is None


def test_the_share_of_the_source_goes_first_and_that_of_a_plan_last() -> None:
    groups = [("treatment", None, 900), ("control", None, 100)]
    shares = [
        check_campaign(counts(groups, **planned), set_share=setting, cell_shares={})["expected_share"][0]
        for planned, setting in (
            ({"source_share": 0.1, "exported_share": 0.3}, 0.2),
            ({"exported_share": 0.3}, 0.2),
            ({"exported_share": 0.3}, None),
            ({}, None),
        )
    ]
    assert shares == [0.1, 0.2, 0.3, None]


def test_a_failure_marks_every_figure() -> None:
    figures = pl.DataFrame({"note": [None, "few"]}, schema={"note": pl.String})
    failed = check_arms(counts([("treatment", None, 999), ("control", None, 1)]), control_share=0.5, cell_shares={})
    marked = mark_figures(figures, failed)
    assert marked["sample_ratio"].to_list() == ["fail", "fail"]
    assert marked["note"].to_list() == [WARNING, f"{WARNING}; few"]
    passed = check_arms(counts([("treatment", None, 500), ("control", None, 500)]), control_share=0.5, cell_shares={})
    assert mark_figures(figures, passed)["note"].to_list() == [None, "few"]


@given(st.lists(st.tuples(st.integers(0, 10_000), st.floats(0.01, 1)), min_size=2, max_size=6))
def test_any_sizes_give_a_verdict(groups: list[tuple[int, float]]) -> None:
    assume(sum(size for size, _ in groups))
    observed, shares = [size for size, _ in groups], [share for _, share in groups]
    planned = [share / sum(shares) for share in shares]
    if len(observed) == 2:
        planned[1] = 1 - planned[0]
    found = check_sizes(observed, planned)
    assert found["verdict"] in ("pass", "fail", "not known")
    assert (found["p_value"] is None) == (found["verdict"] == "not known")
