import numpy as np
import polars as pl
import pytest

from segmentation.comparison.change import combine_intervals
from segmentation.comparison.resampling import GROUPS, draw_groups, resample_uplift
from segmentation.response.intervals import Array, compare_means, compare_proportions
from segmentation.response.metrics import RESPONSE_METRICS
from segmentation.warehouse.connection import Connection, fetch, frames

CUSTOMERS = 20_000


def outcomes(responded: Array, is_mailed: "np.typing.NDArray[np.bool_]", first: int = 0) -> pl.DataFrame:
    """Rows of sql/campaign_outcomes.sql; every reply is an order of 10."""
    return pl.DataFrame(
        {
            "customer_id": [f"c{number}" for number in range(first, first + len(responded))],
            "arm": np.where(is_mailed, "treatment", "control"),
            "responded": responded,
            "converted": responded,
            "revenue": 10 * responded,
            "margin": 4 * responded,
        }
    )


def grouped(warehouse: Connection, rows: pl.DataFrame) -> pl.DataFrame:
    with frames(warehouse, campaign_outcomes=rows):
        return fetch(warehouse, "outcome_groups", groups=GROUPS)


def replies(seed: int, rates: Array) -> Array:
    return (np.random.default_rng(seed).random(len(rates)) < rates).astype(np.float64)


def halves(rows: pl.DataFrame, value: str) -> tuple[Array, Array]:
    return tuple(rows.filter(pl.col("arm") == arm)[value].to_numpy() for arm in ("treatment", "control"))  # type: ignore[return-value]


def test_the_same_people_in_the_same_arms_agree_with_the_difference_of_each(warehouse: Connection) -> None:
    # A lasting hold-out: the oracle takes what each customer did now less then, and compares the arms (Welch).
    random = np.random.default_rng(3)
    habit = np.where(random.random(CUSTOMERS) < 0.2, 0.8, 0.02)
    is_mailed = random.random(CUSTOMERS) < 0.6
    now = outcomes(replies(4, habit + 0.04 * is_mailed), is_mailed)
    then = outcomes(replies(5, habit + 0.01 * is_mailed), is_mailed)
    drawn = draw_groups(1)
    sampled = [resample_uplift(grouped(warehouse, rows), drawn)["response"] for rows in (now, then)]
    low, high = np.percentile(sampled[0] - sampled[1], (2.5, 97.5))

    each = now.with_columns(change=now["responded"] - then["responded"])
    mailed, held_out = halves(each, "change")
    oracle = compare_means(
        *(np.array([value]) for arm in (mailed, held_out) for value in (arm.mean(), arm.var(ddof=1), float(len(arm))))
    )
    width = float(oracle.high[0] - oracle.low[0])
    assert high - low == pytest.approx(width, rel=0.07)
    assert (low + high) / 2 == pytest.approx(oracle.estimate[0], abs=0.05 * width)

    apart = [
        compare_proportions(*(np.array([v]) for arm in halves(rows, "responded") for v in (arm.sum(), float(len(arm)))))
        for rows in (now, then)
    ]
    mover_low, mover_high = combine_intervals(*(part for d in apart for part in (d.estimate, d.low, d.high)))
    assert width < 0.8 * (mover_high[0] - mover_low[0])  # what is common to both campaigns drops out


def test_different_people_agree_with_mover(warehouse: Connection) -> None:
    random = np.random.default_rng(6)
    is_mailed = random.random(CUSTOMERS) < 0.7
    campaigns = [
        outcomes(replies(seed, 0.05 + 0.02 * is_mailed), is_mailed, first=first)
        for seed, first in ((7, 0), (8, CUSTOMERS))
    ]
    drawn = draw_groups(1)
    sampled = [resample_uplift(grouped(warehouse, rows), drawn)["response"] for rows in campaigns]
    apart = [
        compare_proportions(*(np.array([v]) for arm in halves(rows, "responded") for v in (arm.sum(), float(len(arm)))))
        for rows in campaigns
    ]
    low, high = combine_intervals(*(part for d in apart for part in (d.estimate, d.low, d.high)))
    found = np.percentile(sampled[0] - sampled[1], (2.5, 97.5))
    assert found == pytest.approx([low[0], high[0]], abs=0.06 * float(high[0] - low[0]))


def test_groups_hold_every_customer_once_and_their_sums(warehouse: Connection) -> None:
    random = np.random.default_rng(9)
    rows = outcomes(replies(10, np.full(3_000, 0.3)), random.random(3_000) < 0.5)
    groups = grouped(warehouse, rows)
    assert groups["customer_group"].is_between(0, GROUPS - 1).all()
    for arm, name in (("treatment", "mailed"), ("control", "held_out")):
        part = rows.filter(pl.col("arm") == arm)
        assert groups[name].sum() == part.height
        for metric in RESPONSE_METRICS:
            assert groups[f"{metric.column}_{name}"].sum() == part[metric.column].sum()


def test_a_customer_is_in_one_group_whatever_the_campaign_or_arm(warehouse: Connection) -> None:
    alone = [grouped(warehouse, outcomes(np.ones(1), np.array([arm]), first=77)) for arm in (True, False)]
    assert alone[0]["customer_group"].to_list() == alone[1]["customer_group"].to_list()


def test_few_replies_are_not_resampled_and_those_of_one_metric_do_not_hide_another(warehouse: Connection) -> None:
    rows = outcomes(replies(11, np.full(600, 0.2)), np.arange(600) % 2 == 0).with_columns(
        responded=pl.when(pl.int_range(pl.len()) < 8).then(1.0).otherwise(0.0)
    )
    assert set(resample_uplift(grouped(warehouse, rows), draw_groups(1))) == {"conversion", "revenue", "margin"}


def test_draws_are_whole_and_follow_the_seed() -> None:
    drawn = draw_groups(5)
    assert (drawn.sum(axis=1) == GROUPS).all()
    assert (drawn == draw_groups(5)).all()
    assert (drawn != draw_groups(6)).any()
