"""The estimate against worlds whose truth is known."""

import numpy as np
import polars as pl
import pytest

from segmentation.response.observational import NOBODY_UNMAILED_REPLIED, TOO_FEW, Observation, observe_campaign
from segmentation.response.overlap import NONE, verdict_of
from segmentation.response.second_opinion import COMPARED, EARLIER
from segmentation.segments.features import FEATURE_NAMES

GAIN = 6.0


def world(seed: int, *, customers: int = 1500, gain: float = GAIN) -> pl.DataFrame:
    """Good customers are mailed more, and spend more anyway; the mailing adds `gain` a head."""
    random = np.random.default_rng(seed)
    quality = random.normal(size=customers)
    mailed = random.random(customers) < 1 / (1 + np.exp(-quality))
    window_spend = np.maximum(50 + 20 * quality + random.normal(0, 5, customers), 0)
    revenue = window_spend + gain * mailed + random.normal(0, 15, customers)
    return pl.DataFrame(
        {
            "customer_id": [f"c{i:05d}" for i in range(customers)],
            "arm": np.where(mailed, "treatment", "not mailed"),
            "segment": np.where(quality > 0, "good", "poor"),
            "cluster": pl.Series([None] * customers, dtype=pl.String),
            "responded": np.zeros(customers),
            "converted": (revenue > 40).astype(float),
            "revenue": revenue,
            "margin": np.zeros(customers),
            "has_unknown_margin": np.ones(customers, dtype=bool),
            **{name: np.exp(0.3 * quality + random.normal(0, 0.3, customers)) for name in FEATURE_NAMES},
            "contact_count": random.poisson(1, customers).astype(float),
            "recent_contact_count": np.zeros(customers),
            "reply_count": np.zeros(customers),
            "window_spend": window_spend,
        }
    )


NO_PERIODS = pl.DataFrame(
    schema={
        "customer_id": pl.String,
        **{name: pl.Float64 for name in EARLIER},
        **{f"{metric.column}_{when}": pl.Float64 for metric in COMPARED for when in ("before", "after")},
        "has_unknown_margin": pl.Boolean,
    }
)


def observed(customers: pl.DataFrame) -> Observation:
    return observe_campaign(customers, NO_PERIODS, NO_PERIODS, has_replies=True, seed=1)


def estimated(customers: pl.DataFrame) -> pl.DataFrame:
    return observed(customers).uplift


def revenue_uplift(rows: pl.DataFrame, level: str = "all") -> dict[str, float]:
    return rows.filter(metric="revenue", level=level).row(0, named=True)


@pytest.fixture(scope="module")
def estimates() -> list[pl.DataFrame]:
    return [estimated(world(seed)) for seed in range(20)]


def test_the_truth_lies_in_the_interval_as_often_as_promised(estimates: list[pl.DataFrame]) -> None:
    found = [revenue_uplift(rows) for rows in estimates]
    covered = sum(row["ci_low"] <= GAIN <= row["ci_high"] for row in found)
    assert covered >= 17  # of 20; fewer has a probability under 2 % if 95 % is true
    assert np.mean([row["uplift"] for row in found]) == pytest.approx(GAIN, abs=1)


def test_the_raw_difference_would_be_far_off() -> None:
    arms = world(0).group_by("arm").agg(pl.col("revenue").mean())
    means = dict(arms.iter_rows())
    assert means["treatment"] - means["not mailed"] > 3 * GAIN


def test_segments_are_estimated_too(estimates: list[pl.DataFrame]) -> None:
    for level in ("good", "poor"):
        assert np.mean([revenue_uplift(rows, level)["uplift"] for rows in estimates]) == pytest.approx(GAIN, abs=1.5)


def test_treated_mean_less_control_mean_is_the_uplift_and_the_label_is_observational(
    estimates: list[pl.DataFrame],
) -> None:
    known = pl.concat(estimates).drop_nulls("uplift")
    assert (known["treated_mean"] - known["control_mean"] - known["uplift"]).abs().max() < 1e-9
    assert set(known["method"]) == {"observational"}
    assert known["note"].str.starts_with("not randomised").all()


def test_replies_that_only_the_mailed_can_give_say_nothing_of_uplift() -> None:
    mailed = world(1).with_columns(pl.when(arm="treatment").then(1.0).otherwise(0.0).alias("responded"))
    rows = estimated(mailed).filter(metric="response", level="all")
    found = rows.row(0, named=True)
    assert (found["treated_mean"], found["control_mean"], found["uplift"]) == (1, None, None)
    assert found["note"] == NOBODY_UNMAILED_REPLIED


def test_nobody_known_before_the_mailing_still_gives_rows_with_the_reason() -> None:
    rows = estimated(world(1).clear())
    assert rows["metric"].to_list() == ["response", "conversion", "revenue", "margin"]
    assert rows["uplift"].null_count() == 4
    assert rows["note"].null_count() == 0


def test_the_same_customers_give_the_same_estimate() -> None:
    one, other = (estimated(world(2)) for _ in range(2))
    assert one.equals(other)


def test_customers_alike_pass_and_say_so() -> None:
    found = observed(world(1, customers=8000))
    assert verdict_of(found.overlap) == "pass"
    assert set(found.balance["verdict"].drop_nulls()) == {"pass"}
    assert set(found.uplift["comparability"]) == {"pass"}
    assert found.balance["difference_before"].max() > 0.5
    assert found.overlap["mailed"][1:].sum() == found.overlap["mailed"][0] == found.uplift["treated"][0]
    assert found.overlap["weight_share"][1:].sum() == pytest.approx(1)


def test_weak_overlap_or_balance_marks_every_estimate() -> None:
    chosen = mailed_above(world(1), sharpness=3.0)
    found = observed(chosen)
    assert verdict_of(found.overlap) != NONE
    assert set(found.uplift["comparability"]) == {"fail"}
    notes = found.uplift.drop_nulls("uplift")["note"]
    assert notes.len() > 0
    assert notes.str.contains("response.overlap|response.balance").all()


def test_without_overlap_nothing_is_estimated() -> None:
    found = observed(mailed_above(world(1), sharpness=100.0))
    assert verdict_of(found.overlap) == NONE
    assert found.uplift["uplift"].null_count() == found.uplift.height
    assert found.uplift.filter(metric="revenue")["note"].str.starts_with("no overlap").all()
    assert found.sensitivity["robustness_value"].null_count() == 4
    assert set(found.uplift["comparability"]) == {"fail"}


def mailed_above(customers: pl.DataFrame, *, sharpness: float) -> pl.DataFrame:
    """The same customers, mailed by what they had spent; the sharper, the fewer are alike."""
    random = np.random.default_rng(9)
    spend = customers["window_spend"].to_numpy()
    chance = 1 / (1 + np.exp(-sharpness * (spend - 50) / 20))
    return customers.with_columns(
        arm=pl.Series(np.where(random.random(len(spend)) < chance, "treatment", "not mailed"))
    )


def test_too_few_are_told_in_every_table() -> None:
    found = observed(world(1, customers=60))
    assert found.overlap["note"].to_list() == [TOO_FEW]
    assert found.balance.is_empty()
    assert set(found.uplift["comparability"]) == {None}
    assert found.sensitivity.filter(metric="revenue")["note"].item() == TOO_FEW


def test_sensitivity_is_of_the_same_estimate() -> None:
    found = observed(world(1))
    row, whole = (frame.filter(metric="revenue").row(0, named=True) for frame in (found.sensitivity, found.uplift))
    assert row["uplift"] == whole["uplift"]
    assert row["benchmark"] == "window_spend"
    assert 0 < row["robustness_value_interval"] < row["robustness_value"] < 1
