import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from segmentation.payback.practice import EFFECT_SCHEMA
from segmentation.payback.simulation import Array, discount, interval, month_paid_back, simulate_margins


def effects(*rows: dict[str, Any]) -> pl.DataFrame:
    usual = {"number": 0, "of_programme": 1.0, "of_earlier": 0.0}
    return pl.DataFrame([usual | row for row in rows], schema=EFFECT_SCHEMA)


def of(campaign_id: str, estimate: float, low: float, high: float, **others: Any) -> dict[str, Any]:
    return {"campaign_id": campaign_id, "estimate": estimate, "low": low, "high": high} | others


def total(*rows: dict[str, Any], together: bool = False, seed: int = 1) -> Array:
    return simulate_margins(effects(*rows), months=1, together=together, seed=seed).programme[:, 0]


def ends(draws: Array) -> list[float]:
    return [float(end) for end in interval(draws)]


def test_the_interval_of_one_mailing_comes_out_as_measured() -> None:
    draws = total(of("a", 100, 80, 150))
    assert ends(draws) == pytest.approx([80, 150], abs=0.01)
    assert np.median(draws) == pytest.approx(100, abs=0.01)


def test_independent_mailings_add_up_as_squares_do() -> None:
    draws = total(of("a", 100, 70, 130), of("b", 200, 160, 240))
    assert ends(draws) == pytest.approx([300 - 50, 300 + 50], abs=1.5)  # hypot(30, 40) = 50


def test_mailings_that_may_err_together_add_up_end_to_end() -> None:
    draws = total(of("a", 100, 70, 140), of("b", 200, 160, 240), together=True)
    assert ends(draws) == pytest.approx([70 + 160, 140 + 240], abs=0.01)


def test_the_error_of_the_year_before_is_the_other_way_where_all_err_together() -> None:
    simulated = simulate_margins(
        effects(of("a", 100, 70, 130), of("b", 100, 60, 140, of_programme=0.0, of_earlier=1.0)),
        months=1,
        together=True,
        seed=1,
    )
    assert ends(simulated.programme[:, 0] - simulated.earlier[:, 0]) == pytest.approx([-70, 70], abs=0.01)


def test_one_draw_of_a_mailing_is_used_wherever_it_counts() -> None:
    rows = effects(of("a", 100, 70, 130, of_earlier=1.5), of("a", 100, 70, 130, number=2, of_earlier=0.5))
    simulated = simulate_margins(rows, months=3, together=False, seed=1)
    np.testing.assert_allclose(simulated.earlier[:, 0], 1.5 * simulated.programme[:, 0])
    np.testing.assert_allclose(simulated.programme[:, 2], simulated.programme[:, 0])
    assert not simulated.programme[:, 1].any()


def test_the_same_seed_gives_the_same_draws_whatever_the_order_of_rows() -> None:
    rows = [of("a", 100, 70, 130), of("b", 200, 160, 240)]
    assert (total(*rows) == total(*rows[::-1])).all()
    assert (total(*rows) != total(*rows, seed=2)).any()


def test_money_a_year_later_is_worth_less() -> None:
    money = np.zeros((1, 13))
    money[0, 0], money[0, 12] = -1000, 1100
    assert discount(money, 0.1) == pytest.approx(0)
    assert discount(money, 0.0) == pytest.approx(100)
    money[0, 6] = 100
    assert discount(money, 0.21) == pytest.approx(-1000 + 100 / 1.1 + 1100 / 1.21)


def test_paid_back_is_the_first_month_from_which_the_sum_stays_above() -> None:
    sums = np.array([[-5.0, 1.0, -1.0, 0.0, 2.0], [1, 2, 3, 4, 5], [1, 1, 1, 1, -1], [-3, -2, -1, -1, -1]])
    assert month_paid_back(sums).tolist() == [3, 0, 5, 5]


def test_the_interval_of_a_sum_covers_its_truth() -> None:
    """Margins whose estimates are normal about the truth: about 95 of 100 intervals of the sum hold it."""
    random = np.random.default_rng(5)
    held = 0
    for _ in range(200):
        estimates = random.normal(50, 10, size=6)
        draws = total(*(of(str(i), e, e - 19.6, e + 19.6) for i, e in enumerate(estimates)))
        low, high = ends(draws)
        held += low <= 300 <= high
    assert abs(held / 200 - 0.95) < 3 * math.sqrt(0.95 * 0.05 / 200)
