"""Difference in differences against least squares of statsmodels, and against worlds whose truth is known."""

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from segmentation.response.doubly_robust import Effect
from segmentation.response.metrics import RESPONSE_METRICS
from segmentation.response.question import NO_MARGIN
from segmentation.response.second_opinion import (
    COMPARED,
    MOVED_APART,
    NOTHING_TO_COMPARE,
    TOO_FEW,
    ask_second_opinion,
    build_panel,
)

GAIN = 4.0
REVENUE = next(metric for metric in RESPONSE_METRICS if metric.name == "revenue")


def world(seed: int, *, size: int = 2000, chosen: float = 0.0, drift: float = 0.0) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Better customers spend more always.

    Args:
        chosen: the oftener customers had bought, the likelier they are mailed, and the more their spend grows.
        drift: the mailed grow by so much more, whatever is mailed.
    """
    random = np.random.default_rng(seed)
    ids = [f"c{number:05d}" for number in range(size)]
    orders = random.poisson(4, size) + 1.0
    liking = random.normal(size=size)
    treated = random.random(size) < 1 / (1 + np.exp(-0.5 * liking - chosen * (orders - 5)))
    before = 30 + 10 * liking + random.normal(0, 8, size)
    after = 30 + 10 * liking + 10 * chosen * orders + (GAIN + drift) * treated + random.normal(0, 8, size)
    customers = pl.DataFrame({"customer_id": ids, "arm": np.where(treated, "treatment", "not mailed")})
    periods = pl.DataFrame(
        {
            "customer_id": ids,
            "order_count": orders,
            "spend": random.exponential(100, size),
            "days_since_last_order": random.integers(0, 90, size).astype(float),
            "tenure_days": random.integers(90, 900, size).astype(float),
            **{f"{metric.column}_before": before for metric in COMPARED},
            **{f"{metric.column}_after": after for metric in COMPARED},
            "has_unknown_margin": np.zeros(size, dtype=bool),
        }
    )
    return customers, periods


def change(seed: int, **others: float) -> Effect:
    customers, periods = world(seed, **others)
    found = build_panel(customers, periods, seed=1).change(REVENUE)
    assert isinstance(found, Effect)
    return found


def test_where_nothing_else_chooses_it_is_the_interaction_of_least_squares() -> None:
    customers, periods = world(1)
    treated = (customers["arm"] == "treatment").to_numpy().astype(float)
    both = np.concatenate([periods["revenue_before"].to_numpy(), periods["revenue_after"].to_numpy()])
    late = np.repeat([0.0, 1.0], len(treated))
    mailed = np.tile(treated, 2)
    design = np.column_stack([np.ones(len(both)), mailed, late, mailed * late])
    fitted = sm.OLS(both, design).fit(cov_type="cluster", cov_kwds={"groups": np.tile(np.arange(len(treated)), 2)})
    found = change(1)
    assert found.estimate == pytest.approx(fitted.params[3], abs=0.1 * fitted.bse[3])
    assert found.error == pytest.approx(fitted.bse[3], rel=0.03)


def test_given_earlier_orders_it_is_near_the_regression_of_the_change() -> None:
    customers, periods = world(2, chosen=0.2)
    treated = (customers["arm"] == "treatment").to_numpy().astype(float)
    difference = (periods["revenue_after"] - periods["revenue_before"]).to_numpy()
    design = np.column_stack([np.ones(len(treated)), treated, periods["order_count"].to_numpy()])
    fitted = sm.OLS(difference, design).fit(cov_type="HC2")
    found = change(2, chosen=0.2)
    assert found.estimate == pytest.approx(fitted.params[1], abs=0.5 * fitted.bse[1])
    blind = difference[treated == 1].mean() - difference[treated == 0].mean()
    assert blind - GAIN > 2 * found.error  # without the orders it would be far off


def test_the_truth_lies_in_the_interval_as_often_as_promised() -> None:
    found = [change(seed, chosen=0.2) for seed in range(20)]
    assert sum(low <= GAIN <= high for low, high in (effect.interval for effect in found)) >= 17
    assert np.mean([effect.estimate for effect in found]) == pytest.approx(GAIN, abs=0.3)


def asked(first: float, *, drift: float = 0.0, placebo_drift: float = -GAIN, error: float = 0.4) -> dict[str, object]:
    customers, periods = world(3, drift=drift)
    _, earlier = world(3, drift=placebo_drift)
    influence = np.where(np.arange(customers.height) % 2 == 0, 1, -1) * error / np.sqrt(customers.height)
    effects = {"revenue": Effect(first, 30.0, influence, 1.0, 500.0)}
    panels = (build_panel(customers, frame, seed=1) for frame in (periods, earlier))
    rows = ask_second_opinion(effects, *panels)
    assert rows["metric"].to_list() == ["conversion", "revenue", "margin"]
    assert rows.filter(metric="margin")["note"].item().endswith(NOTHING_TO_COMPARE)
    return rows.filter(metric="revenue").row(0, named=True)


def test_both_ways_agree_and_the_placebo_is_nothing() -> None:
    found = asked(GAIN)
    assert (found["agrees"], found["placebo_verdict"], found["note"]) == ("yes", "pass", None)


def test_both_ways_disagree() -> None:
    found = asked(3 * GAIN)
    assert found["agrees"] == "no"
    assert found["difference_ci_low"] > 0  # type: ignore[operator]


def test_who_moved_apart_before_is_told() -> None:
    found = asked(GAIN, placebo_drift=0.0)
    assert (found["placebo_verdict"], found["note"]) == ("fail", MOVED_APART)


def test_customers_in_common_make_the_difference_smaller_than_its_parts() -> None:
    customers, periods = world(4)
    panel = build_panel(customers, periods, seed=1)
    own = panel.change(REVENUE)
    assert isinstance(own, Effect)
    row = ask_second_opinion({"revenue": own}, panel, panel).row(1, named=True)
    assert (row["difference"], row["difference_ci_low"], row["difference_ci_high"]) == (0, 0, 0)


def test_without_an_earlier_period_the_reason_is_told() -> None:
    customers, periods = world(5)
    few, nobody = (build_panel(customers, frame, seed=1) for frame in (periods.head(60), periods.clear()))
    rows = ask_second_opinion({}, few, nobody)
    assert rows["estimate"].null_count() == 3
    assert set(rows["note"]) == {TOO_FEW}


def test_without_a_placebo_it_is_not_known() -> None:
    customers, periods = world(6)
    panel, nobody = (build_panel(customers, frame, seed=1) for frame in (periods, periods.clear()))
    assert set(ask_second_opinion({}, panel, nobody)["placebo_verdict"]) == {"not known"}


def test_an_unknown_margin_is_no_margin() -> None:
    customers, periods = world(7)
    panel = build_panel(customers, periods.with_columns(has_unknown_margin=pl.lit(True)), seed=1)
    rows = ask_second_opinion({}, panel, panel)
    assert rows.filter(metric="margin")["note"].item() == NO_MARGIN
    assert rows.filter(metric="revenue")["estimate"].item() is not None
