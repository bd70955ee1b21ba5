import numpy as np
import polars as pl
import pytest

from segmentation.response.intervals import NORMAL
from segmentation.targeting.expectation import pool_uplift


def campaign_rows(effects: list[float], errors: list[float], method: str = "randomised") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "metric": "revenue",
            "dimension": "all",
            "level": "all",
            "method": method,
            "uplift": effects,
            "ci_low": [e - NORMAL * s for e, s in zip(effects, errors, strict=True)],
            "ci_high": [e + NORMAL * s for e, s in zip(effects, errors, strict=True)],
        }
    )


@pytest.mark.parametrize(("spread", "row"), [(0.1, "fixed effect"), (3.0, "random effect")])
def test_pooled_effect_agrees_with_statsmodels(spread: float, row: str) -> None:
    from statsmodels.stats.meta_analysis import combine_effects

    random = np.random.default_rng(2)
    effects, errors = random.normal(1, spread, 8), random.uniform(0.5, 1.5, 8)
    found = pool_uplift(campaign_rows(effects.tolist(), errors.tolist()), metric="revenue", dimension="all").row(
        0, named=True
    )
    oracle = combine_effects(effects, errors**2, method_re="dl")
    assert (oracle.tau2 > 0) == (row == "random effect")  # campaigns no more different than chance allows
    expected = oracle.summary_frame().loc[row]
    assert found["uplift"] == pytest.approx(expected["eff"])
    assert (found["ci_low"], found["ci_high"]) == (pytest.approx(expected["ci_low"]), pytest.approx(expected["ci_upp"]))
    assert found["campaigns"] == 8


def test_randomised_results_are_not_mixed_with_observational_ones() -> None:
    rows = pl.concat([campaign_rows([1.0], [1.0]), campaign_rows([99.0, 98.0], [0.1, 0.1], "observational")])
    found = pool_uplift(rows, metric="revenue", dimension="all").row(0, named=True)
    assert (found["uplift"], found["method"], found["campaigns"]) == (1, "randomised", 1)


def test_nothing_measured_pools_to_nothing() -> None:
    assert pool_uplift(campaign_rows([1.0], [1.0]).clear(), metric="revenue", dimension="all").is_empty()
