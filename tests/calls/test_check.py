import numpy as np
import polars as pl
import pytest
from statsmodels.stats.proportion import proportion_confint

from segmentation.calls.check import judge_chances
from tests.calls.test_timing import frame, group

GROUPS = frame(group(0, 0, 9, 60, 6), group(1, 5, 9, 40, 30))


def test_figures_by_hand() -> None:
    judged = judge_chances(GROUPS, {"same for all": np.full(2, 0.36), "own rhythm": np.array([0.2, 0.7])}, {})
    own = judged.filter(pl.col("method") == "own rhythm")
    assert own["bin"].to_list() == [0, 4, 9]  # tenths in which the middles of 60 and 40 of 100 customers lie
    everybody = own.row(0, named=True)
    assert everybody["expected"] == pytest.approx(0.4)
    assert everybody["ordered"] == 0.36
    low, high = proportion_confint(36, 100, method="wilson")
    assert everybody["ordered_ci_low"] == pytest.approx(low)
    assert everybody["ordered_ci_high"] == pytest.approx(high)
    assert everybody["brier_score"] == pytest.approx((6 * 0.64 + 54 * 0.04 + 30 * 0.09 + 10 * 0.49) / 100)
    assert own["expected"].to_list()[1:] == pytest.approx([0.2, 0.7])


def test_the_least_brier_score_wins_and_of_equals_the_simpler() -> None:
    same = np.full(2, 0.36)
    better = judge_chances(GROUPS, {"same for all": same, "own rhythm": np.array([0.1, 0.75])}, {})
    assert better.filter("chosen")["method"].unique().to_list() == ["own rhythm"]
    tied = judge_chances(GROUPS, {"same for all": same, "own rhythm": same}, {"bg/nbd": "does not converge"})
    assert tied.filter("chosen")["method"].unique().to_list() == ["same for all"]
    assert tied.filter(pl.col("method") == "bg/nbd").select("bin", "brier_score", "note").rows() == [
        (0, None, "does not converge")
    ]
