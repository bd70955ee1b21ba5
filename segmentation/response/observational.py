"""Uplift without a hold-out: what the mailed would have done unmailed, from what was known before the mailing.

Doubly robust and cross-fitted, for the mailed (average treatment effect on the treated): right if either the model of
who was mailed or the model of what the unmailed did is right, and if nothing unknown drove both.

References: J. M. Robins, A. Rotnitzky, L. P. Zhao (1994), JASA 89, 846-866; V. Chernozhukov et al. (2018), The
Econometrics Journal 21, C1-C68, section 5.1 (effect on the treated).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

from segmentation.response.intervals import NORMAL
from segmentation.response.metrics import RESPONSE_METRICS, ResponseMetric
from segmentation.response.uplift import UPLIFT_SCHEMA, adjust_p_values, missing_reason
from segmentation.segments.features import FEATURES

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FOLDS = 5
MINIMUM_ARM = 50
CLIP = 0.01  # propensities are kept from 0 and 1 by this much
DIMENSIONS = ("all", "segment", "cluster")
ENGAGEMENT = ("contact_count", "recent_contact_count", "reply_count", "window_spend")
NOBODY_UNMAILED_REPLIED = (
    "only mailed customers have recorded replies, so replies say nothing of uplift; see conversion and revenue"
)
TOO_FEW = f"fewer than {MINIMUM_ARM} mailed or unmailed customers known before the mailing"


@dataclass(frozen=True)
class Scores:
    """Parts of the estimate by customer, from models that did not see the customer.

    Attributes:
        treated: mailed.
        outcome: what the customer did.
        residual: outcome less what the model of the unmailed expects.
        weight: odds of having been mailed, for the unmailed; 0 for the mailed.
    """

    treated: Mask
    outcome: Array
    residual: Array
    weight: Array


def estimate_observational(customers: pl.DataFrame, *, has_replies: bool, seed: int) -> pl.DataFrame:
    """Estimated uplift of a campaign without hold-out, by metric, dimension and level.

    Args:
        customers: one row per customer known before the mailing: `arm` (`treatment` or `not mailed`), `segment`,
            `cluster`, the metrics' columns, `has_unknown_margin`, the features and ENGAGEMENT, all of before the
            mailing. Sorted by customer_id.
        seed: of the folds.
    Returns: as `uplift.estimate_uplift`, method `observational`; `control_mean` is what the mailed are estimated to
        have done unmailed. NULL with a note where replies cannot tell or customers are too few.
    """
    parts = [_estimate_metric(customers, metric, has_replies=has_replies, seed=seed) for metric in RESPONSE_METRICS]
    return adjust_p_values(
        pl.concat(parts).sort(
            pl.col("dimension").replace_strict({d: i for i, d in enumerate(DIMENSIONS)}), maintain_order=True
        )
    )


def _estimate_metric(customers: pl.DataFrame, metric: ResponseMetric, *, has_replies: bool, seed: int) -> pl.DataFrame:
    treated = (customers["arm"] == "treatment").to_numpy()
    outcome = customers[metric.column].to_numpy().astype(np.float64)
    reason = missing_reason(metric, customers, has_replies=has_replies)
    if reason is None and metric.name == "response" and not outcome[~treated].any():
        reason = NOBODY_UNMAILED_REPLIED
    if reason is None and min(treated.sum(), (~treated).sum()) < MINIMUM_ARM:
        reason = TOO_FEW
    known = metric.name != "margin" or not customers["has_unknown_margin"].any()
    scores = None if reason else score_customers(treated, outcome, covariates(customers), kind=metric.kind, seed=seed)
    rows = []
    for dimension in DIMENSIONS:
        labels = np.full(len(outcome), "all") if dimension == "all" else customers[dimension].fill_null("").to_numpy()
        for level in ["all"] if dimension == "all" else sorted(set(labels[treated]) - {""}):
            of_level = labels == level
            row = {
                "dimension": dimension,
                "level": level,
                "metric": metric.name,
                "method": "observational",
                "treated": int((treated & of_level).sum()),
                "control": int((~treated & of_level).sum()),
                "treated_mean": float(outcome[treated & of_level].mean())
                if known and (treated & of_level).any()
                else None,
                "note": reason,
            }
            rows.append(row | (_estimate_level(scores, of_level) if scores else {}))
    return pl.DataFrame(rows, schema=UPLIFT_SCHEMA)


def covariates(customers: pl.DataFrame) -> Array:
    """What is known before the mailing, scaled: features and engagement, skewed ones straightened, money also raw."""
    skewed = [f.name for f in FEATURES if f.logarithm] + list(ENGAGEMENT)
    plain = [f.name for f in FEATURES if not f.logarithm] + ["window_spend"]
    columns = [np.log1p(np.maximum(customers[name].to_numpy(), 0)) for name in skewed]
    columns += [customers[name].to_numpy() for name in plain]
    scaled: Array = StandardScaler().fit_transform(np.column_stack(columns).astype(np.float64))
    return scaled


def score_customers(treated: Mask, outcome: Array, known: Array, *, kind: str, seed: int) -> Scores:
    """Cross-fitted scores of one metric.

    Args:
        treated, outcome: one element per customer.
        known: customers x covariates.
        kind: `proportion` or `mean`.
    """
    propensity, expected = np.empty(len(outcome)), np.empty(len(outcome))
    for fit, held in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(known, treated):
        mailed = LogisticRegression(max_iter=1000).fit(known[fit], treated[fit])
        propensity[held] = mailed.predict_proba(known[held])[:, 1]
        unmailed = fit[~treated[fit]]
        expected[held] = _expect(known[unmailed], outcome[unmailed], known[held], kind=kind)
    propensity = np.clip(propensity, CLIP, 1 - CLIP)
    weight = np.where(treated, 0.0, propensity / (1 - propensity))
    return Scores(treated, outcome, outcome - expected, weight)


def _expect(known: Array, outcome: Array, of: Array, *, kind: str) -> Array:
    if len(np.unique(outcome)) == 1:
        return np.full(len(of), outcome[0])
    if kind == "proportion":
        rates: Array = LogisticRegression(max_iter=1000).fit(known, outcome).predict_proba(of)[:, 1]
        return rates
    means: Array = LinearRegression().fit(known, outcome).predict(of)
    return means


def _estimate_level(scores: Scores, of_level: Mask) -> dict[str, float | str | None]:
    treated, control = scores.treated & of_level, ~scores.treated & of_level
    if min(treated.sum(), control.sum()) < MINIMUM_ARM:
        return {"note": TOO_FEW}
    gain = scores.residual[treated]
    weight, residual = scores.weight[control], scores.residual[control]
    bias = np.average(residual, weights=weight)
    uplift = gain.mean() - bias
    influence = np.concatenate([(gain - gain.mean()) / len(gain), weight * (residual - bias) / weight.sum()])
    error = float(np.sqrt((influence**2).sum()))
    overlap = weight.sum() ** 2 / (weight**2).sum()
    return {
        "control_mean": float(scores.outcome[treated].mean() - uplift),
        "uplift": float(uplift),
        "ci_low": float(uplift - NORMAL * error),
        "ci_high": float(uplift + NORMAL * error),
        "interval_method": "influence function",
        "p_value": float(2 * stats.norm.sf(abs(uplift) / error)) if error > 0 else None,
        "note": f"not randomised: adjusted for what was known before; the unmailed count as {overlap:.0f}",
    }
