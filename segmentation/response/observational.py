"""Uplift without a hold-out: what the mailed would have done unmailed, from what was known before the mailing.

Doubly robust and cross-fitted, for the mailed (average treatment effect on the treated); with the tables that say how
far it may be believed.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from segmentation.response.balance import BALANCE_SCHEMA, check_balance, find_unbalanced
from segmentation.response.covariates import Known, know
from segmentation.response.doubly_robust import Effect, Scores, estimate_effect, score_customers
from segmentation.response.metrics import RESPONSE_METRICS, ResponseMetric
from segmentation.response.overlap import (
    FAIL,
    FEWEST_AT_ALL,
    NONE,
    PASS,
    check_overlap,
    no_overlap_known,
    reason_of,
    verdict_of,
)
from segmentation.response.propensity import Assignment, Mask, model_mailing
from segmentation.response.question import missing_reason
from segmentation.response.second_opinion import ask_second_opinion, build_panel
from segmentation.response.sensitivity import SENSITIVITY_SCHEMA, explained_alone, judge_sensitivity
from segmentation.response.uplift_rows import UPLIFT_SCHEMA, adjust_p_values

MINIMUM_ARM = 50
DIMENSIONS = ("all", "segment", "cluster")
NOBODY_UNMAILED_REPLIED = (
    "only mailed customers have recorded replies, so replies say nothing of uplift; see conversion and revenue"
)
TOO_FEW = f"fewer than {MINIMUM_ARM} mailed or unmailed customers known before the mailing"
TOO_FEW_ALIKE = f"the unmailed count as fewer than {FEWEST_AT_ALL} customers like the mailed"


@dataclass(frozen=True)
class Observation:
    """What is found of a campaign without hold-out.

    Attributes:
        uplift: UPLIFT_SCHEMA and `comparability`.
        balance, overlap, second_opinion, sensitivity: the schemas of their modules.
    """

    uplift: pl.DataFrame
    balance: pl.DataFrame
    overlap: pl.DataFrame
    second_opinion: pl.DataFrame
    sensitivity: pl.DataFrame


@dataclass(frozen=True)
class Comparison:
    """How the customers of a campaign can be compared.

    Attributes:
        reason: why they cannot be compared at all, if so; then there is no assignment.
        comparability: pass, fail, or None where it is not known.
        warning: what is wrong, where it fails.
    """

    treated: Mask
    known: Known
    assignment: Assignment | None
    balance: pl.DataFrame
    overlap: pl.DataFrame
    reason: str | None
    comparability: str | None
    warning: str | None


def observe_campaign(
    customers: pl.DataFrame, periods: pl.DataFrame, earlier: pl.DataFrame, *, has_replies: bool, seed: int
) -> Observation:
    """Estimated uplift of a campaign without hold-out, and how far it may be believed.

    Without overlap every estimate is NULL. Where overlap or balance fail the estimates are there, their notes warn, and
    `comparability` says `fail`.

    Args:
        customers: one row per customer known before the mailing: `customer_id`, `arm` (`treatment` or `not mailed`),
            `segment`, `cluster`, the metrics' columns, `has_unknown_margin`, and COVARIATES, all of before the mailing.
            Sorted by customer_id.
        periods: rows of sql/campaign_periods.sql for the mailing.
        earlier: the same, as if the mailing had been a period earlier.
        has_replies: replies were recorded for the campaign.
        seed: of the folds.
    Returns: see Observation. Of uplift, method is `observational`, and `control_mean` what the mailed are estimated to
        have done unmailed; NULL with a note where replies cannot tell or customers are too few.
    """
    comparison = _compare(customers, seed=seed)
    scores = {
        metric.name: _score(customers, comparison, metric, has_replies=has_replies) for metric in RESPONSE_METRICS
    }
    everybody = np.ones(customers.height, dtype=bool)
    effects = {name: estimate_effect(found, everybody) for name, found in scores.items() if isinstance(found, Scores)}
    rows = [_tell(customers, comparison, metric, scores[metric.name]) for metric in RESPONSE_METRICS]
    panels = (build_panel(customers, frame, seed=seed) for frame in (periods, earlier))
    return Observation(
        _order(pl.concat(rows)).with_columns(pl.lit(comparison.comparability, dtype=pl.String).alias("comparability")),
        comparison.balance,
        comparison.overlap,
        ask_second_opinion(effects, *panels),
        _judge(comparison, scores, effects),
    )


def _compare(customers: pl.DataFrame, *, seed: int) -> Comparison:
    treated, known = (customers["arm"] == "treatment").to_numpy(), know(customers)
    if min(treated.sum(), (~treated).sum()) < MINIMUM_ARM:
        nothing = pl.DataFrame(schema=BALANCE_SCHEMA)
        return Comparison(treated, known, None, nothing, no_overlap_known(treated, TOO_FEW), TOO_FEW, None, None)
    assignment = model_mailing(treated, known.straightened, seed=seed)
    balance, overlap = check_balance(assignment, known), check_overlap(assignment)
    verdict, unbalanced = verdict_of(overlap), find_unbalanced(balance)
    if verdict == NONE:
        reason = f"no overlap: {reason_of(overlap)} (response.overlap)"
        return Comparison(treated, known, None, balance, overlap, reason, FAIL, None)
    faults = [f"weak overlap: {reason_of(overlap)} (response.overlap)"] if verdict == FAIL else []
    faults += [f"not alike after weighting in {', '.join(unbalanced)} (response.balance)"] if unbalanced else []
    return Comparison(
        treated, known, assignment, balance, overlap, None, FAIL if faults else PASS, "; ".join(faults) or None
    )


def _score(
    customers: pl.DataFrame, comparison: Comparison, metric: ResponseMetric, *, has_replies: bool
) -> Scores | str:
    """Scores of a metric, or why there are none."""
    outcome = customers[metric.column].to_numpy().astype(np.float64)
    if missing := missing_reason(metric, customers, has_replies=has_replies):
        return missing
    if metric.name == "response" and not outcome[~comparison.treated].any():
        return NOBODY_UNMAILED_REPLIED
    if comparison.assignment is None:
        return str(comparison.reason)
    return score_customers(comparison.assignment, outcome, comparison.known.columns, kind=metric.kind)


def _tell(
    customers: pl.DataFrame, comparison: Comparison, metric: ResponseMetric, scores: Scores | str
) -> pl.DataFrame:
    """Rows of UPLIFT_SCHEMA of one metric."""
    treated = comparison.treated
    outcome = customers[metric.column].to_numpy().astype(np.float64)
    known = metric.name != "margin" or not customers["has_unknown_margin"].any()
    rows = []
    for dimension in DIMENSIONS:
        labels = np.full(len(outcome), "all") if dimension == "all" else customers[dimension].fill_null("").to_numpy()
        for level in ["all"] if dimension == "all" else sorted(set(labels[treated]) - {""}):
            of_level = labels == level
            mailed = treated & of_level
            row = {
                "dimension": dimension,
                "level": level,
                "metric": metric.name,
                "method": "observational",
                "treated": int(mailed.sum()),
                "control": int((~treated & of_level).sum()),
                "treated_mean": float(outcome[mailed].mean()) if known and mailed.any() else None,
            }
            found = {"note": scores} if isinstance(scores, str) else _estimate_level(scores, of_level, comparison)
            rows.append(row | found)
    return pl.DataFrame(rows, schema=UPLIFT_SCHEMA)


def _estimate_level(scores: Scores, of_level: Mask, comparison: Comparison) -> dict[str, float | str | None]:
    treated, control = scores.treated & of_level, ~scores.treated & of_level
    if min(treated.sum(), control.sum()) < MINIMUM_ARM:
        return {"note": TOO_FEW}
    effect = estimate_effect(scores, of_level)
    if effect.effective < FEWEST_AT_ALL:
        return {"note": TOO_FEW_ALIKE}
    low, high = effect.interval
    usual = f"not randomised: adjusted for what was known before; the unmailed count as {effect.effective:.0f}"
    return {
        "control_mean": effect.treated_mean - effect.estimate,
        "uplift": effect.estimate,
        "ci_low": low,
        "ci_high": high,
        "interval_method": "influence function",
        "p_value": effect.p_value,
        "note": "; ".join(part for part in (usual, comparison.warning) if part),
    }


def _order(rows: pl.DataFrame) -> pl.DataFrame:
    order = {dimension: number for number, dimension in enumerate(DIMENSIONS)}
    return adjust_p_values(rows.sort(pl.col("dimension").replace_strict(order), maintain_order=True))


def _judge(comparison: Comparison, scores: dict[str, Scores | str], effects: dict[str, Effect]) -> pl.DataFrame:
    """Rows of SENSITIVITY_SCHEMA."""
    of_mailing = explained_alone(comparison.known, comparison.treated.astype(np.float64)) if effects else np.empty(0)
    rows = []
    for metric in RESPONSE_METRICS:
        found = scores[metric.name]
        if isinstance(found, str):
            rows.append({"metric": metric.name, "note": found})
            continue
        judged = judge_sensitivity(
            effects[metric.name], comparison.known, comparison.treated, found.outcome, of_mailing, kind=metric.kind
        )
        rows.append({"metric": metric.name} | judged)
    return pl.DataFrame(rows, schema=SENSITIVITY_SCHEMA)
