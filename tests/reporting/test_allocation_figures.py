from typing import Any

import polars as pl

from segmentation.reporting.allocation_figures import describe_allocation
from segmentation.reporting.numbers import MINUS, MISSING
from segmentation.reporting.words import choose_words

CURVE = pl.DataFrame(
    {
        "pieces": [0, 100, 200],
        "cost": [0.0, 55.0, 110.0],
        "profit": [0.0, 40.0, 20.0],
        "low": [0.0, 10.0, -30.0],
        "high": [0.0, 70.0, 70.0],
        "is_plan": [False, False, True],
        "is_break_even": [False, True, False],
        "note": [None, None, None],
    },
    schema_overrides={"note": pl.String},
)
RULES = pl.DataFrame(
    {
        "rule": ["this plan", "random"],
        "pieces": [200, 200],
        "cost": [110.0, 110.0],
        "expected_profit": [20.0, None],
        "expected_profit_ci_low": [-30.0, None],
        "expected_profit_ci_high": [70.0, None],
        "note": [None, "why not"],
    }
)
LIMITS = pl.DataFrame(
    {
        "constraint": ["plan.budget"],
        "limit": [110.0],
        "used": [110.0],
        "shadow_price": [-0.25],
        "binding": [True],
        "note": [None],
    }
)
NO_OFFERS = pl.DataFrame()
PLAN = {"profit": 5.0, "profit_ci_low": -40.0, "profit_ci_high": 50.0}


def described(curve: pl.DataFrame = CURVE) -> dict[str, Any]:
    told = describe_allocation(curve, RULES, LIMITS, NO_OFFERS, PLAN, choose_words("en", "£"))
    assert told is not None
    return told


def test_it_says_what_brings_most_and_what_more_budget_would_do() -> None:
    told = described()
    assert told["sentences"] == [
        "In this order 100 pieces are expected to bring most, £40.00: fewer than the 200 of this plan, which are "
        "expected to bring £20.00.",
        f"Earlier mailings as a whole expect £5.00 of this plan ({MINUS}£40.00 to £50.00): that is the careful figure. "
        "These sums are expectations of single customers, made to tell who comes first; the best of many are too good.",
        "£1.00 more budget would lose £0.25.",
    ]
    assert told["picture"].alt.endswith("£20.00 for the 200 pieces of this plan; the most, £40.00, for 100.")


def test_a_figure_that_is_not_known_says_why() -> None:
    by_chance = described()["alternatives"][1]["profit"]
    assert (by_chance.text, by_chance.reason) == (MISSING, "why not")
    unknown = described(CURVE.with_columns(profit=pl.lit(None, dtype=pl.Float64), note=pl.lit("no uplift")))
    assert unknown["picture"] is None
    assert unknown["missing"].endswith("no uplift.")


def test_a_plan_without_a_curve_says_nothing() -> None:
    assert describe_allocation(CURVE.clear(), RULES, LIMITS, NO_OFFERS, PLAN, choose_words("en", "£")) is None
