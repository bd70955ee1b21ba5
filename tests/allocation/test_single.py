from typing import Any

import polars as pl
import pytest

from segmentation.allocation.problem import Limits
from segmentation.allocation.single import Cut, cut_list
from segmentation.errors import PlanError


def ranked(*rows: tuple[str, str, float | None]) -> pl.DataFrame:
    """Arm (t or c), segment and expected profit of customers 1, 2, 3 ..., best first."""
    frame = pl.DataFrame(
        rows, schema={"arm": pl.String, "segment": pl.String, "expected_profit": pl.Float64}, orient="row"
    )
    return frame.with_columns(
        pl.col("arm").replace_strict({"t": "treatment", "c": "control"}), rank=pl.int_range(1, pl.len() + 1)
    )


def cut(rows: pl.DataFrame, pieces: int, *, only_if_it_pays: bool = False, **limits: Any) -> Cut:
    return cut_list(
        rows,
        Limits(pieces * 2.0, **limits),
        pieces=pieces,
        channel="mail",
        unit_cost=2.0,
        fixed_cost=0.0,
        only_if_it_pays=only_if_it_pays,
    )


LIST = ranked(
    ("t", "a", 5), ("c", "a", 4), ("t", "b", 3), ("c", "b", 2.5), ("t", "a", 2), ("t", "b", -1), ("t", "a", None)
)


def test_the_list_ends_with_the_last_piece_and_the_hold_out_costs_none() -> None:
    found = cut(LIST, 2)
    assert found.selected["rank"].to_list() == [1, 2, 3]
    budget = found.constraints[0]
    # The next customer brings 2 for a piece of 2.00.
    assert (budget.limit, budget.used, budget.binding, budget.shadow_price) == (4, 4, True, 1)
    assert cut(LIST, 9).selected.height == 7
    assert not cut(LIST, 9).constraints[0].binding


def test_no_piece_is_sent_that_does_not_pay_and_the_unknown_stay_in_order() -> None:
    found = cut(LIST, 9, only_if_it_pays=True)
    assert found.selected["rank"].to_list() == [1, 2, 3, 4, 5, 7]
    assert found.below_break_even == 1


def test_segments_get_their_fewest_first_and_no_more_than_their_most() -> None:
    assert cut(LIST, 2, minimum={"b": 2}).selected["rank"].to_list() == [3, 4, 6]
    assert cut(LIST, 3, maximum={"a": 1}).selected["rank"].to_list() == [1, 3, 4, 6]
    most = cut(LIST, 9, maximum={"a": 1}).constraints[1]
    assert (most.constraint, most.used, most.binding, most.shadow_price) == ("plan.segments.a.maximum", 1, True, 2)
    fewest = cut(LIST, 2, minimum={"b": 2}).constraints[1]
    assert (fewest.constraint, fewest.binding) == ("plan.segments.b.minimum", True)


def test_a_channel_ends_the_list_before_the_money_does() -> None:
    found = cut(LIST, 9, channels={"mail": 1})
    assert found.selected.filter(pl.col("arm") == "treatment").height == 1
    budget, mail = found.constraints
    assert (budget.binding, mail.binding, mail.shadow_price) == (False, True, 3)


def test_the_price_is_not_known_where_the_next_piece_is_not() -> None:
    price = cut(LIST, 4).constraints[0]
    assert (price.binding, price.shadow_price) == (True, None)
    assert price.note


@pytest.mark.parametrize(
    ("pieces", "limits", "message"),
    [
        (9, {"minimum": {"a": 500}}, "plan.segments.a.minimum = 500, but 3 can be mailed"),
        (3, {"minimum": {"a": 2, "b": 2}}, "minimums need 4 pieces, the budget pays for 3: a 2, b 2"),
        (9, {"minimum": {"a": 2}, "channels": {"mail": 1}}, "minimums need 2 pieces, plan.channels.mail sends 1"),
    ],
)
def test_minimums_that_cannot_be_are_refused_with_their_numbers(
    pieces: int, limits: dict[str, Any], message: str
) -> None:
    with pytest.raises(PlanError, match=message):
        cut(LIST, pieces, **limits)
