"""Uplift against a hold-out: every level of every dimension, intention to treat."""

import numpy as np
import polars as pl

from segmentation.response.adjustment import adjust_cuped, regress_arms
from segmentation.response.arms import (
    CONTROL,
    TREATED,
    Grouping,
    are_drawn_by_household,
    compare_arms,
    group_customers,
    summarise,
)
from segmentation.response.compliers import estimate_compliers
from segmentation.response.dimensions import DIMENSIONS, add_level, serves_all_cells
from segmentation.response.intervals import Array
from segmentation.response.levels import (
    bootstrap_levels,
    estimate_difference,
    scatter,
    shrink_levels,
    withhold_intervals,
)
from segmentation.response.metrics import RESPONSE_METRICS
from segmentation.response.question import (
    MINIMUM_ARM,
    NOT_ADJUSTED,
    TOO_FEW,
    Question,
    are_enough,
    missing_reason,
    why_no_interval,
)
from segmentation.response.sequential import Look
from segmentation.response.uplift_rows import adjust_p_values, tell_levels


def estimate_uplift(
    outcomes: pl.DataFrame,
    *,
    has_replies: bool,
    seed: int,
    attributes: tuple[str, ...] = (),
    look: Look | None = None,
) -> pl.DataFrame:
    """Treatment less control for every metric, dimension and level.

    Customers who did nothing count as zero. Method `randomised` has Newcombe's interval for proportions, and for money
    Welch's, corrected for skewness, and a bootstrap interval; `randomised_adjusted` has money given what was spent
    before the mailing. Money has no interval where an arm is expected to have fewer than FEWEST_ACTIVE buyers. Where
    households were drawn, errors are by household. A control customer without a cell is control for every cell.
    Customers whose level is unknown are left out of that dimension only.

    Args:
        outcomes: one row per selected customer, sorted: `customer_id`, `household_id`, `arm`, `cell`, `segment`,
            `cluster`, `earlier_spend`, the metrics' columns, `has_unknown_margin`, and the attributes' columns. Or
            one row per group of customers alike in all of these, without their ids, and how many in `customers`. With
            `received`, whether each was mailed whatever the arm, also the effect on those whom being drawn moved.
        has_replies: replies were recorded for the campaign.
        seed: of the bootstrap.
        attributes: names of further dimensions.
        look: at a window that is open.
    Returns: UPLIFT_SCHEMA. A figure that cannot be computed is NULL, with a note if it is the uplift or its interval.
    """
    by_household = "household_id" in outcomes.columns and are_drawn_by_household(outcomes)
    parts = []
    for dimension in (*DIMENSIONS, *attributes):
        customers = add_level(outcomes, dimension)
        if customers.is_empty() and dimension != "all":
            continue
        grouping = group_customers(customers, by_household=by_household)
        before = _numbers(customers["earlier_spend"])
        shares_control = dimension == "cell" and _is_shared(outcomes)
        for metric in RESPONSE_METRICS:
            missing = missing_reason(metric, outcomes, has_replies=has_replies)
            question = Question(dimension, metric, missing, look, shares_control, seed)
            outcome = _numbers(customers[metric.column])
            parts.append(_compare(question, grouping, outcome, customers))
            if metric.kind == "mean":
                parts.append(_compare_adjusted(question, grouping, before, outcome))
    return adjust_p_values(pl.concat(parts))


def _is_shared(outcomes: pl.DataFrame) -> bool:
    control = outcomes.filter(pl.col("arm") == "control")
    return bool(control.select(serves_all_cells().all()).item())


def _numbers(values: pl.Series) -> Array:
    return values.cast(pl.Float64).to_numpy()


def _compare(question: Question, grouping: Grouping, outcome: Array, customers: pl.DataFrame) -> pl.DataFrame:
    """Rows of method `randomised`."""
    means = summarise(grouping, outcome)
    comparable = np.full(len(means.n), question.missing is None) & (means.units >= MINIMUM_ARM).all(axis=1)
    figures = estimate_difference(question, means, comparable)
    if "received" in customers.columns:
        figures |= estimate_compliers(grouping, outcome, _numbers(customers["received"]), comparable)
    if question.metric.kind == "mean":
        enough = are_enough(means)
        figures |= withhold_intervals(figures, enough) | bootstrap_levels(
            question, grouping, outcome, comparable & enough
        )
    if question.dimension != "all":
        figures |= shrink_levels(means, figures["uplift"], comparable, shares_control=question.shares_control)
    note = np.where(comparable, why_no_interval(question, means), question.missing or TOO_FEW)
    name = "Newcombe" if question.metric.kind == "proportion" else "Welch, corrected for skewness"
    return tell_levels(question, grouping, means, "randomised", name, figures, note)


def _compare_adjusted(question: Question, grouping: Grouping, before: Array, outcome: Array) -> pl.DataFrame:
    """Rows of method `randomised_adjusted`."""
    raw = summarise(grouping, outcome)
    means, adjustable = regress_arms(grouping, before, outcome)
    comparable = adjustable & (question.missing is None) & (raw.variance.sum(axis=1) > 0)
    figures = estimate_difference(question, means, comparable, lost=1)
    for arm, name in ((TREATED, "treated_mean"), (CONTROL, "control_mean")):
        figures[name] = np.where(comparable, means.mean[:, arm], np.nan)
    by_cuped = summarise(grouping, outcome, adjusted=adjust_cuped(grouping, before, outcome)).only(comparable)
    cuped = compare_arms(by_cuped, "mean")
    reduction = 1 - means.variance[comparable].sum(axis=1) / raw.variance[comparable].sum(axis=1)
    figures |= {
        "cuped_uplift": scatter(cuped.estimate, comparable),
        "cuped_ci_low": scatter(cuped.low, comparable),
        "cuped_ci_high": scatter(cuped.high, comparable),
        "variance_reduction": scatter(reduction, comparable),
    }
    figures |= withhold_intervals(figures, are_enough(raw))
    note = np.where(comparable, why_no_interval(question, raw), question.missing or NOT_ADJUSTED)
    name = f"regression, {'CR1' if grouping.by_household else 'HC2'}, corrected for skewness"
    return tell_levels(question, grouping, means, "randomised_adjusted", name, figures, note)
