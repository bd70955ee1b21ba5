"""How strong something unknown would have to be to bring an observational interval to zero."""

from typing import Any

import numpy as np
import polars as pl

from segmentation.response.covariates import Array, Known
from segmentation.response.doubly_robust import Effect
from segmentation.response.propensity import Mask

CONTAINS_ZERO = "the interval contains 0 as it is"
STRONGEST = 0.99  # share that a benchmark may explain

SENSITIVITY_SCHEMA = {
    "metric": pl.String,
    "uplift": pl.Float64,
    "robustness_value": pl.Float64,
    "robustness_value_interval": pl.Float64,
    "risk_ratio": pl.Float64,
    "e_value": pl.Float64,
    "e_value_interval": pl.Float64,
    "benchmark": pl.String,
    "benchmark_outcome": pl.Float64,
    "benchmark_mailing": pl.Float64,
    "benchmark_bias": pl.Float64,
    "withstands": pl.String,
    "note": pl.String,
}


def e_value(risk_ratio: float) -> float:
    """By how much an unknown would have to multiply both the chance to be mailed and that to respond.

    Args:
        risk_ratio: estimate, or the end of its interval that is nearer to 1; above 0.

    References: T. J. VanderWeele, P. Ding (2017), Annals of Internal Medicine 167, 268-274.
    """
    ratio = max(risk_ratio, 1 / risk_ratio)
    return float(ratio + np.sqrt(ratio * (ratio - 1)))


def robustness_value(distance: float, scale: float) -> float:
    """Share of the rest of both outcome and mailing that an unknown must explain to move an estimate by `distance`.

    Args:
        distance: of the estimate, or of the nearer end of its interval, to 0; at least 0.
        scale: see doubly_robust.Effect; of a linear regression the standard error times the root of the degrees of
            freedom. Above 0.

    References: C. Cinelli, C. Hazlett (2020), JRSS B 82, 39-67, section 4.2; V. Chernozhukov, C. Cinelli, W. Newey,
    A. Sharma, V. Syrgkanis (2022), Long story short, NBER w30302, section 3, for estimates by machine learning.
    """
    part = distance / scale
    return float(2 * part / (np.sqrt(part**2 + 4) + part))  # as theirs, without the loss of digits


def confounding_bias(scale: float, *, outcome: float, mailing: float) -> float:
    """How far an unknown moves the estimate at most.

    Args:
        scale: as `robustness_value`.
        outcome: share of the rest of the outcome that it explains, 0-1.
        mailing: share of the rest of the mailing that it explains, 0 to below 1.

    References: as `robustness_value`.
    """
    return float(scale * np.sqrt(outcome * mailing / (1 - mailing)))


def explained_alone(known: Known, target: Array, others: Array | None = None) -> Array:
    """What each covariate explains of `target` beyond all others, as a share of what is left with it.

    At most STRONGEST.

    Args:
        others: a further column, such as the mailing.

    References: Cinelli, Hazlett (2020), section 4.4: an unknown as strong as the covariate.
    """
    rest = _unexplained(known.columns, target, others)
    if rest <= 0:
        return np.zeros(len(known.names))
    without = [_unexplained(known.columns_without(number), target, others) for number in range(len(known.names))]
    shares: Array = np.clip(np.array(without) / rest - 1, 0, STRONGEST)
    return shares


def _unexplained(columns: Array, target: Array, others: Array | None) -> float:
    more = [] if others is None else [others]
    design = np.column_stack([np.ones(len(target)), columns, *more])
    fitted = design @ np.linalg.lstsq(design, target, rcond=None)[0]
    return float(((target - fitted) ** 2).sum())


def judge_sensitivity(
    effect: Effect, known: Known, treated: Mask, outcome: Array, of_mailing: Array, *, kind: str
) -> dict[str, Any]:
    """A row of SENSITIVITY_SCHEMA but for `metric`.

    The benchmark is the covariate that would bias the estimate most, were something as strong left out.

    Args:
        of_mailing: `explained_alone` of the mailing.
        kind: `proportion` or `mean`.
    """
    row: dict[str, Any] = {"uplift": effect.estimate}
    if effect.scale == 0:
        return row | {"note": "nothing varies"}
    low, high = effect.interval
    nearest = max(low, -high, 0.0)
    mailed = treated.astype(np.float64)
    of_outcome = explained_alone(known, outcome, mailed)
    biases = [
        confounding_bias(effect.scale, outcome=strength, mailing=share)
        for strength, share in zip(of_outcome, of_mailing, strict=True)
    ]
    worst = int(np.argmax(biases))
    row |= {
        "robustness_value": robustness_value(abs(effect.estimate), effect.scale),
        "robustness_value_interval": robustness_value(nearest, effect.scale),
        "benchmark": known.names[worst],
        "benchmark_outcome": float(of_outcome[worst]),
        "benchmark_mailing": float(of_mailing[worst]),
        "benchmark_bias": biases[worst],
        "withstands": None if nearest == 0 else "yes" if nearest > biases[worst] else "no",
        "note": CONTAINS_ZERO if nearest == 0 else None,
    }
    return row | (_judge_ratio(effect) if kind == "proportion" else {})


def _judge_ratio(effect: Effect) -> dict[str, float]:
    """E-values; the rate of the mailed is taken as it was, that of the same unmailed has the interval."""
    unmailed = effect.treated_mean - effect.estimate
    if min(unmailed, effect.treated_mean) <= 0:
        return {}
    low, high = effect.interval
    end = low if low > 0 else high if high < 0 else 0.0
    ratio = effect.treated_mean / unmailed
    return {
        "risk_ratio": ratio,
        "e_value": e_value(ratio),
        "e_value_interval": e_value(effect.treated_mean / (effect.treated_mean - end)),
    }
