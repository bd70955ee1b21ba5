import numpy as np
import polars as pl
import pytest

from segmentation.forecast.check import (
    NO_YEAR,
    backtest,
    checked_origins,
    choose_way,
    half_widths,
    judge_forecasts,
)
from segmentation.forecast.ways import AHEAD, BEFORE, MEAN, PATH, SEASON, Sales
from tests.forecast.test_ways import random_sales, steady


def test_figures_by_hand() -> None:
    one = steady(30, 60, 9, fades=0.5)
    one.weeks[:, 0, BEFORE - AHEAD : BEFORE : 2] += 10  # 40, 30, 40 ...: each week is 10 off the one before
    judged = judge_forecasts(one, backtest(one, 40))
    mean = judged.filter(pl.col("method") == MEAN, pl.col("segment") == "a", pl.col("horizon") == "1-12")
    row = mean.row(0, named=True)
    assert row["origins"] == 7
    assert row["wape"] == pytest.approx((35 - 15) / 15)
    assert row["mase"] == pytest.approx((35 - 15) / 10)
    assert row["bias"] == pytest.approx(35 / 15 - 1)
    whole = judged.filter(pl.col("method") == MEAN, pl.col("segment") == "all", pl.col("horizon") == "1-4")
    assert whole["wape"][0] == pytest.approx((35 + 60 + 9 - 15 - 30 - 9) / (15 + 30 + 9))


def test_the_way_with_the_least_error_wins_and_of_equals_the_simpler() -> None:
    fading, level = steady(30, 60, 9, fades=0.5), steady(30, 60, 9)
    assert choose_way(fading, backtest(fading, 40)) == PATH
    assert choose_way(level, backtest(level, 40)) == MEAN
    judged = judge_forecasts(fading, backtest(fading, 40))
    assert judged.filter("chosen")["method"].unique().to_list() == [PATH]
    assert judged.filter(pl.col("method") == SEASON)["note"].to_list() == [NO_YEAR]


def test_without_anything_to_check_the_mean_is_chosen() -> None:
    short = random_sales()
    short = Sales(short.segments, short.customers[:5], short.weeks[:5])
    judged = judge_forecasts(short, backtest(short, 30))
    assert judged.filter("chosen")["method"].to_list() == [MEAN]
    assert judged["wape"].null_count() == judged.height


def test_half_the_width_is_an_error_at_its_rank() -> None:
    one = random_sales()
    origins = checked_origins(len(one.customers))
    foreseen = one.after[origins].copy()
    # Errors of segment a in weeks 1-4: 1 ... 28. Of 28 the 28th is the one at rank ceil(0.95 * 29).
    foreseen[:, 0, :4] += np.arange(1, 29).reshape(7, 4)
    widths = half_widths(one, foreseen)
    assert widths is not None
    assert widths[0] == pytest.approx([28.0] * 4 + [0.0] * 8)
    assert widths[3] == pytest.approx([28.0] * 4 + [0.0] * 8)  # all together
    few = Sales(one.segments, one.customers[:10], one.weeks[:10])
    assert half_widths(few, few.after[[3, 4, 5, 6]]) is None  # 16 errors each


def test_the_interval_holds_new_weeks_about_as_often_as_it_says() -> None:
    """Weeks that vary by chance about a level: of 12 new ones 95 % are inside, over 400 shops."""
    random = np.random.default_rng(2)
    inside = []
    for _ in range(400):
        weeks = random.normal(100, 10, (13, 3, BEFORE + AHEAD))
        one = Sales(("a", "b", "never bought"), np.ones((13, 3)), weeks)
        foreseen = np.full((7, 3, AHEAD), 100.0)
        widths = half_widths(one, foreseen)
        assert widths is not None
        inside.append(np.abs(weeks[0, :2, BEFORE:] - 100) <= widths[:2])
    assert np.mean(inside) == pytest.approx(0.96, abs=0.015)  # 28 / 29
