"""Errors by household, against statsmodels and by hand."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from segmentation.response.arms import (
    CONTROL,
    TREATED,
    are_drawn_by_household,
    compare_arms,
    group_customers,
    summarise,
)
from segmentation.response.intervals import compare_proportions


def household_world(seed: int, *, households: int = 90, effect: float = 4.0) -> pl.DataFrame:
    """Households of one to four are drawn whole, and their members are alike."""
    random = np.random.default_rng(seed)
    size = random.integers(1, 5, households)
    treated, quality = np.arange(households) % 3 > 0, random.gamma(2, 10, households)
    of = np.repeat(np.arange(households), size)
    revenue = quality[of] + random.normal(0, 5, len(of)) + effect * treated[of]
    return pl.DataFrame(
        {
            "customer_id": [f"c{number:04d}" for number in range(len(of))],
            "household_id": [None if size[number] == 1 else f"h{number:04d}" for number in of],
            "household": of,
            "arm": np.where(treated[of], "treatment", "control"),
            "cell": pl.Series([None] * len(of), dtype=pl.String),
            "level": np.where(random.random(len(of)) < 0.3, "a", "b"),
            "revenue": revenue,
            "converted": (revenue > 25).astype(float),
            "before": quality[of] + random.normal(0, 5, len(of)),
        }
    )


def fit_arm(frame: pl.DataFrame, level: str, arm: str, columns: list[str] | None = None) -> Any:
    """Regression of an arm's revenue on a constant and `columns`, clustered by household."""
    import statsmodels.api as sm

    own = frame.filter(level=level, arm=arm)
    x = np.column_stack([np.ones(own.height), *(own[name].to_numpy() for name in columns or [])])
    model = sm.OLS(own["revenue"].to_numpy(), x)
    return model.fit(cov_type="cluster", cov_kwds={"groups": own["household"].to_numpy()})


def test_errors_by_household_agree_with_statsmodels() -> None:
    frame = household_world(1)
    means = summarise(group_customers(frame, by_household=True), frame["revenue"].to_numpy())
    for number, level in enumerate("ab"):
        for arm, name in ((CONTROL, "control"), (TREATED, "treatment")):
            oracle = fit_arm(frame, level, name)
            assert means.mean[number, arm] == pytest.approx(oracle.params[0])
            assert means.variance[number, arm] == pytest.approx(oracle.bse[0] ** 2)


def test_customers_alone_give_the_usual_variance() -> None:
    frame = household_world(2)
    revenue = frame["revenue"].to_numpy()
    alone = frame.with_columns(household_id=pl.lit(None, dtype=pl.String))
    for means in (
        summarise(group_customers(frame, by_household=False), revenue),
        summarise(group_customers(alone, by_household=True), revenue),
    ):
        own = frame.filter(level="b", arm="treatment")["revenue"]
        assert means.variance[1, TREATED] == pytest.approx(own.var() / len(own))
        assert (means.n == means.units).all()


def test_a_household_counts_once_where_its_members_are_alike() -> None:
    # Twins do the same, so 2n customers are n, but for n - 1 in the place of 2n - 1.
    one = pl.DataFrame(
        {
            "customer_id": [str(number) for number in range(40)],
            "household_id": [f"h{number}" for number in range(40)],
            "arm": ["treatment", "control"] * 20,
            "level": ["all"] * 40,
            "cell": pl.Series([None] * 40, dtype=pl.String),
            "converted": [1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0] * 5,
        }
    )
    twins = pl.concat([one, one.with_columns(customer_id=pl.col("customer_id") + "b")])
    means = summarise(group_customers(twins, by_household=True), twins["converted"].to_numpy())
    single = summarise(group_customers(one, by_household=False), one["converted"].to_numpy())
    assert means.n.tolist() == [[40, 40]]
    assert means.units.tolist() == [[20, 20]]
    assert means.variance == pytest.approx(single.variance)
    found, alone = (compare_arms(summed, "proportion") for summed in (means, single))
    assert found.low[0] == pytest.approx(alone.low[0], abs=0.01)
    blind = compare_arms(
        summarise(group_customers(twins, by_household=False), twins["converted"].to_numpy()), "proportion"
    )
    assert blind.high[0] - blind.low[0] < 0.8 * (found.high[0] - found.low[0])


def test_an_arm_in_which_nobody_buys_counts_households() -> None:
    frame = household_world(3).with_columns(level=pl.lit("all"), converted=pl.lit(0.0))
    means = summarise(group_customers(frame, by_household=True), frame["converted"].to_numpy())
    found = compare_arms(means, "proportion")
    size = frame.group_by("arm", "household").len()
    n = {
        arm: own["len"].sum() ** 2 / (own["len"] ** 2).sum()
        for (arm,), own in size.partition_by("arm", as_dict=True).items()
    }
    arrays = [np.array([value], dtype=float) for value in (0, n["treatment"], 0, n["control"])]
    assert found.high[0] == pytest.approx(compare_proportions(*arrays).high[0])


@pytest.mark.parametrize(
    ("households", "arms", "drawn"),
    [
        (["x", "x", "y"], ["treatment", "treatment", "control"], True),
        (["x", "x", "y"], ["treatment", "control", "control"], False),
        (["x", "y", "z"], ["treatment", "treatment", "control"], False),
        ([None, None, "z"], ["treatment", "treatment", "control"], False),
    ],
)
def test_households_were_drawn_if_there_are_some_and_none_is_split(
    households: list[str | None], arms: list[str], drawn: bool
) -> None:
    assert are_drawn_by_household(pl.DataFrame({"household_id": households, "arm": arms})) == drawn


def experiment(treated: list[float], control: list[float], households: list[str] | None = None) -> pl.DataFrame:
    count = len(treated) + len(control)
    return pl.DataFrame(
        {
            "customer_id": [f"c{number:05d}" for number in range(count)],
            "household_id": pl.Series(households or [None] * count, dtype=pl.String),
            "arm": ["treatment"] * len(treated) + ["control"] * len(control),
            "level": ["all"] * count,
            "money": [*treated, *control],
        }
    )


def test_skewness_by_hand() -> None:
    # Residuals -1 -1 -1 3 and -1 1: squares 14, cubes 24, one buyer in each arm. By buyer the third moment is 12, the
    # square 7; the mean of the treated has them over 4 cubed and squared, that of the control over 2 cubed and squared.
    frame = experiment([0.0, 0.0, 0.0, 4.0], [0.0, 2.0])
    means = summarise(group_customers(frame, by_household=False), frame["money"].to_numpy())
    assert means.skewness[0] == pytest.approx(12 * (1 / 64 - 1 / 8) / (7 * (1 / 16 + 1 / 4)) ** 1.5)
    assert means.active.tolist() == [[1, 1]]
    assert means.expected_active[0] == pytest.approx(2 * 2 / 6)


def test_skewness_of_arms_of_one_size_is_none_and_otherwise_that_of_the_smaller() -> None:
    random = np.random.default_rng(3)
    sums = random.lognormal(3, 1, 4000) * (random.random(4000) < 0.2)
    halves = experiment(sums[:2000].tolist(), sums[:2000].tolist())
    means = summarise(group_customers(halves, by_household=False), halves["money"].to_numpy())
    assert means.skewness[0] == pytest.approx(0, abs=1e-12)
    uneven = experiment(sums[:3900].tolist(), sums[3900:].tolist())
    means = summarise(group_customers(uneven, by_household=False), uneven["money"].to_numpy())
    # Nearly all of it is that of the mean of the 100 held out, with the sign turned.
    assert means.skewness[0] == pytest.approx(-float(stats.skew(sums)) / np.sqrt(100), rel=0.15)


def test_skewness_of_households_counts_them_as_one() -> None:
    money = np.array([3.0, 1.0, 0.0, 0.0, 5.0, 0.0, 2.0, 2.0])
    frame = experiment([*money, *np.zeros(8)], [*money], [f"h{number // 2}" for number in range(24)])
    pairs = experiment([*money.reshape(-1, 2).sum(axis=1), *np.zeros(4)], [*money.reshape(-1, 2).sum(axis=1)])
    by_household = summarise(group_customers(frame, by_household=True), frame["money"].to_numpy())
    of_pairs = summarise(group_customers(pairs, by_household=False), pairs["money"].to_numpy())
    assert by_household.skewness == pytest.approx(of_pairs.skewness)
    assert by_household.active.tolist() == of_pairs.active.tolist() == [[3, 3]]


def test_where_nobody_is_active_nothing_is_skewed() -> None:
    frame = experiment([0.0] * 5, [0.0] * 3)
    means = summarise(group_customers(frame, by_household=False), frame["money"].to_numpy())
    assert (means.skewness[0], means.expected_active[0]) == (0, 0)


def test_an_adjustment_changes_means_and_not_who_is_active() -> None:
    frame = experiment([0.0, 0.0, 0.0, 4.0], [0.0, 2.0])
    grouping, money = group_customers(frame, by_household=False), frame["money"].to_numpy()
    raw, adjusted = summarise(grouping, money), summarise(grouping, money, adjusted=money + 1)
    assert (adjusted.mean - raw.mean).tolist() == [[1, 1]]
    assert adjusted.active.tolist() == raw.active.tolist()
    assert adjusted.skewness == pytest.approx(raw.skewness)
