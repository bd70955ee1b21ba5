"""The effect on those whom being drawn moved, against two-stage least squares and made-up mailings."""

import numpy as np
import polars as pl
import pytest

from tests.response.test_uplift import estimated, outcomes, row

EFFECT = 5.0


def mailing(seed: int, n: int = 4000, *, contaminated: float = 0.2, unreached: float = 0.1) -> pl.DataFrame:
    """Being mailed adds EFFECT; those mailed in spite of being held out are the better customers."""
    random = np.random.default_rng(seed)
    treated, kind = random.random(n) < 0.6, random.random(n)
    always, never = kind < contaminated, kind > 1 - unreached
    received = np.where(treated, ~never, always)
    money = random.gamma(2, 5, n) + 8 * always + EFFECT * received
    arms = np.where(treated, "treatment", "control")
    blank = outcomes((n, {}))
    return blank.with_columns(arm=pl.Series(arms), revenue=pl.Series(money), received=pl.Series(received.astype(float)))


def two_stages(frame: pl.DataFrame) -> tuple[float, float]:
    """Two-stage least squares by matrices, with errors robust to unlike variances, n - 1 by arm (HC2)."""
    drawn = (frame["arm"] == "treatment").to_numpy()
    instruments = np.column_stack([np.ones(frame.height), drawn])
    regressors = np.column_stack([np.ones(frame.height), frame["received"].to_numpy()])
    fitted = instruments @ np.linalg.lstsq(instruments, regressors, rcond=None)[0]
    outcome = frame["revenue"].to_numpy()
    coefficients = np.linalg.lstsq(fitted, outcome, rcond=None)[0]
    residual = outcome - regressors @ coefficients
    leverage = np.where(drawn, 1 / drawn.sum(), 1 / (~drawn).sum())
    bread = np.linalg.inv(fitted.T @ fitted)
    meat = (fitted * (residual**2 / (1 - leverage))[:, None]).T @ fitted
    return float(coefficients[1]), float(np.sqrt((bread @ meat @ bread)[1, 1]))


def test_it_is_two_stage_least_squares() -> None:
    frame = mailing(1)
    found = row(estimated(frame), "all", "all", "revenue")
    effect, error = two_stages(frame)
    assert found["complier_uplift"] == pytest.approx(effect)
    assert found["complier_ci_high"] - found["complier_ci_low"] == pytest.approx(2 * 1.959964 * error, rel=1e-6)


def test_being_drawn_is_less_than_being_mailed() -> None:
    rows = [row(estimated(mailing(seed)), "all", "all", "revenue") for seed in range(40)]
    uplift, moved = (np.array([found[name] for found in rows]) for name in ("uplift", "complier_uplift"))
    assert uplift.mean() == pytest.approx(0.7 * EFFECT, abs=0.15)
    assert moved.mean() == pytest.approx(EFFECT, abs=0.2)
    assert sum(found["complier_ci_low"] < EFFECT < found["complier_ci_high"] for found in rows) >= 35
    for found in rows[:3]:
        assert (found["uplift"] > 0) is (found["complier_uplift"] > 0)


def test_where_everybody_got_what_the_arm_says_there_is_no_such_figure() -> None:
    found = row(estimated(mailing(2, contaminated=0, unreached=0)), "all", "all", "revenue")
    assert [found[f"complier_{name}"] for name in ("uplift", "ci_low", "ci_high")] == [None] * 3


def test_where_hardly_anybody_was_moved_there_is_none_either() -> None:
    found = row(estimated(mailing(3, contaminated=0.5, unreached=0.48)), "all", "all", "revenue")
    assert found["complier_uplift"] is None
    assert found["uplift"] is not None


def test_households_widen_it() -> None:
    frame = mailing(4, n=1000)
    once = row(estimated(frame), "all", "all", "revenue")
    twice = pl.concat([frame, frame]).with_columns(
        customer_id=pl.Series([f"c{number}" for number in range(2000)]),
        household_id=pl.Series([f"h{number % 1000}" for number in range(2000)]),
    )
    both = row(estimated(twice), "all", "all", "revenue")
    widths = [found["complier_ci_high"] - found["complier_ci_low"] for found in (once, both)]
    assert both["complier_uplift"] == pytest.approx(once["complier_uplift"])
    assert widths[1] == pytest.approx(widths[0], rel=1e-3)
