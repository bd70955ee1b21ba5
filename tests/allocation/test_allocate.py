import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from segmentation.allocation.allocate import allot
from segmentation.allocation.assignment import choose_by_prices
from segmentation.allocation.problem import Limits, Offer, Problem, state_problem
from segmentation.errors import PlanError

SEGMENTS = ("loyal", "lost")


def problem(profit: list[list[float]], segment: list[int], offers: list[Offer], **limits: Any) -> Problem:
    return state_problem(
        np.array(profit, dtype=float), np.array(segment, dtype=np.int32), SEGMENTS, offers, Limits(**limits)
    )


def enumerate_best(asked: Problem) -> float | None:
    """The best of all allotments, one by one."""
    options = [
        [-1, *(j for j in range(len(asked.offers)) if np.isfinite(asked.profit[i, j]))]
        for i in range(len(asked.segment))
    ]
    choices = (np.array(choice, dtype=np.int32) for choice in itertools.product(*options))
    return max((asked.profit_of(c) for c in choices if asked.keeps_to(asked.used(c))), default=None)


def test_the_budget_goes_where_a_piece_brings_most_for_its_money() -> None:
    # 3 brings 2.5 for 1, 4 brings 2 for 2: with 3 to spend, the first to one customer and the second to the other.
    asked = problem([[2.5, 2.0], [0.4, 3.0]], [0, 0], [Offer("card", "mail", 1), Offer("parcel", "mail", 2)], budget=3)
    found = allot(asked)
    assert found.choice.tolist() == [0, 1]
    assert found.profit == pytest.approx(5.5)
    assert found.gap == pytest.approx(0, abs=1e-9)


def test_one_more_of_a_limit_brings_its_price() -> None:
    asked = problem([[5.0], [3.0], [2.0]], [0, 0, 1], [Offer("card", "mail", 1)], budget=10, channels={"mail": 2})
    found = allot(asked)
    assert found.choice.tolist() == [0, 0, -1]
    prices = dict(zip(asked.names, found.prices, strict=True))
    assert prices["plan.budget"] == 0
    more = allot(problem([[5.0], [3.0], [2.0]], [0, 0, 1], [Offer("card", "mail", 1)], budget=10, channels={"mail": 3}))
    assert 0 < more.profit - found.profit == pytest.approx(2)
    assert 2 <= prices["plan.channels.mail"] <= 3


def test_no_piece_is_sent_at_a_loss_but_for_a_minimum() -> None:
    profit = [[1.0], [-0.5], [-0.2], [-3.0]]
    offers = [Offer("card", "mail", 1)]
    assert allot(problem(profit, [0, 0, 1, 1], offers, budget=10)).choice.tolist() == [0, -1, -1, -1]
    kept = allot(problem(profit, [0, 0, 1, 1], offers, budget=10, minimum={"lost": 1}))
    assert kept.choice.tolist() == [0, -1, 0, -1]
    assert kept.prices[kept.prices > 0].tolist() == pytest.approx([0.2])


def test_an_offer_is_used_if_it_earns_its_fixed_cost() -> None:
    profit = [[1.0, 3.0]] * 4
    plain = Offer("card", "mail", 1)
    assert set(allot(problem(profit, [0] * 4, [plain, Offer("gift", "mail", 1, 7)], budget=20)).choice) == {1}
    assert set(allot(problem(profit, [0] * 4, [plain, Offer("gift", "mail", 1, 9)], budget=20)).choice) == {0}


def test_minimums_that_clash_are_named_with_their_numbers() -> None:
    asked = problem([[1.0]] * 4, [0, 0, 1, 1], [Offer("card", "mail", 1)], budget=3, minimum={"loyal": 2, "lost": 2})
    with pytest.raises(PlanError, match=r"minimum = 2, but only 1 fit .* need 4 pieces, within plan.budget = 3"):
        allot(asked)


money = st.integers(-20, 60).map(lambda cents: cents / 4)


@st.composite
def small_problems(draw: st.DrawFn) -> Problem:
    customers, number = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    cost = st.sampled_from([0.5, 1.0, 1.5, 2.75])
    fixed = st.sampled_from([0.0, 0.0, 2.0])
    capacity = st.none() | st.integers(0, 3)
    offers = [
        Offer(f"offer {j}", draw(st.sampled_from(["mail", "email"])), draw(cost), draw(fixed), draw(capacity))
        for j in range(number)
    ]
    profit = [[draw(money | st.just(float("-inf"))) for _ in offers] for _ in range(customers)]
    return problem(
        profit,
        draw(st.lists(st.integers(0, 1), min_size=customers, max_size=customers)),
        offers,
        budget=draw(st.sampled_from([0.0, 1.0, 3.0, 5.5, 20.0])),
        channels=draw(st.sampled_from([{}, {"mail": 2}, {"mail": 1, "email": 2}])),
        minimum=draw(st.sampled_from([{}, {}, {"loyal": 1}, {"loyal": 1, "lost": 1}])),
        maximum=draw(st.sampled_from([{}, {"lost": 1}])),
    )


@hypothesis_settings(max_examples=150)
@given(small_problems())
def test_small_problems_are_solved_as_if_everything_had_been_tried(asked: Problem) -> None:
    best = enumerate_best(asked)
    if best is None:
        with pytest.raises(PlanError):
            allot(asked)
        return
    found = allot(asked)
    assert asked.keeps_to(asked.used(found.choice))
    assert found.profit <= best + 1e-6
    assert found.profit >= best - found.gap * max(1.0, abs(found.bound)) - 1e-6
    if not asked.fixed_costs.any():
        assert best <= found.bound + 1e-6
        assert found.profit == pytest.approx(best, abs=1e-5)


def test_a_minimum_that_prices_fall_short_of_is_filled_before_the_budget_is_spent() -> None:
    # At these prices the lost are not worth their piece, and three of the loyal would spend the budget on their own.
    profit = [[5.0], [5.0], [5.0], [1.5], [1.0], [-1.0]]
    offers = [Offer("card", "mail", 1)]
    asked = problem(profit, [0, 0, 0, 1, 1, 1], offers, budget=3, minimum={"lost": 1})
    choice = choose_by_prices(asked, np.array([2.0, 0.0]), np.array([True]))
    assert asked.keeps_to(asked.used(choice))
    assert (choice >= 0).tolist() == [True, True, False, True, False, False]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    "limits",
    [
        Limits(5000, {"mail": 6000, "parcel": 1500}, {"lost": 4000}, {"loyal": 3500}),
        Limits(1700, {"mail": 6000, "parcel": 1500}, {"loyal": 3600}, {"loyal": 6000}),
    ],
    ids=["capacities", "a minimum that takes the budget"],
)
def test_many_different_customers_are_allotted_close_to_the_bound(seed: int, limits: Limits) -> None:
    draws = np.random.default_rng(seed)
    base = draws.gamma(0.8, 2.0, 20_000)[:, None] * np.array([0.5, 0.8, 1.0, 1.3])
    costs = np.array([0.2, 0.4, 0.6, 1.0])
    offers = [Offer(f"offer {j}", "mail" if j < 3 else "parcel", cost) for j, cost in enumerate(costs)]
    profit = base * draws.uniform(0.8, 1.2, base.shape) - costs
    asked = state_problem(profit, draws.integers(0, 2, 20_000).astype(np.int32), SEGMENTS, offers, limits)
    found = allot(asked)
    assert not found.cells.exact
    assert asked.keeps_to(asked.used(found.choice))
    assert found.gap < 0.0002
    assert np.array_equal(found.choice, allot(asked).choice)
