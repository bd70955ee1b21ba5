"""Uplift against a hold-out: every level of every dimension, intention to treat."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from segmentation.response.adjustment import FEWEST, LARGEST_LEVERAGE, adjust_cuped, regress_arms
from segmentation.response.arms import (
    CONTROL,
    TREATED,
    Grouping,
    Means,
    are_drawn_by_household,
    compare_arms,
    group_customers,
    summarise,
)
from segmentation.response.bootstrap import Units, bootstrap_difference
from segmentation.response.compliers import estimate_compliers
from segmentation.response.dimensions import DIMENSIONS, add_level, serves_all_cells
from segmentation.response.intervals import Array, adjust_benjamini_hochberg, adjust_holm
from segmentation.response.metrics import RESPONSE_METRICS, ResponseMetric
from segmentation.response.sequential import Look
from segmentation.response.shrinkage import moderate, shrink

Mask = npt.NDArray[np.bool_]

MINIMUM_ARM = 2
NO_REPLIES = "no reply is recorded for this campaign"
NO_MARGIN = "orders have no margin and campaigns.margin_rate is not set"
TOO_FEW = f"fewer than {MINIMUM_ARM} customers in an arm"
NOT_ADJUSTED = (
    f"not adjusted: an arm has fewer than {FEWEST} customers, or what they spent before the mailing is all alike, or "
    f"that of one customer decides (leverage over {LARGEST_LEVERAGE})"
)
NO_VARIATION = "nobody in either arm differs from the others, so there is no interval"

FIGURES = (
    "treated_mean",
    "control_mean",
    "uplift",
    "ci_low",
    "ci_high",
    "p_value",
    "p_adjusted",
    "bootstrap_ci_low",
    "bootstrap_ci_high",
    "cuped_uplift",
    "cuped_ci_low",
    "cuped_ci_high",
    "variance_reduction",
    "shrunk_uplift",
    "shrunk_ci_low",
    "shrunk_ci_high",
    "shrinkage",
    "information",
    "sequential_ci_low",
    "sequential_ci_high",
    "complier_uplift",
    "complier_ci_low",
    "complier_ci_high",
)
UPLIFT_SCHEMA = {
    "dimension": pl.String,
    "level": pl.String,
    "metric": pl.String,
    "method": pl.String,
    "interval_method": pl.String,
    "treated": pl.Int64,
    "control": pl.Int64,
    **{name: pl.Float64 for name in FIGURES},
    "note": pl.String,
}


@dataclass(frozen=True)
class Question:
    """One metric of one dimension.

    Attributes:
        missing: why it cannot be computed for the campaign at all, if so.
        look: of a window that is open.
        shares_control: all levels have one and the same control.
    """

    dimension: str
    metric: ResponseMetric
    missing: str | None
    look: Look | None
    shares_control: bool
    seed: int


def missing_reason(metric: ResponseMetric, outcomes: pl.DataFrame, *, has_replies: bool) -> str | None:
    """Why `metric` cannot be computed for a campaign at all, or None if it can."""
    if metric.name == "response" and not has_replies:
        return NO_REPLIES
    if metric.name == "margin" and outcomes["has_unknown_margin"].any():
        return NO_MARGIN
    return None


def estimate_uplift(
    outcomes: pl.DataFrame,
    *,
    has_replies: bool,
    seed: int,
    attributes: tuple[str, ...] = (),
    look: Look | None = None,
) -> pl.DataFrame:
    """Treatment less control for every metric, dimension and level.

    Customers who did nothing count as zero. Method `randomised` has Newcombe's interval for proportions, Welch's and a
    bootstrap interval for money; `randomised_adjusted` has money given what was spent before the mailing. Where
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
    figures = _estimate(question, means, comparable)
    if question.metric.kind == "mean":
        figures |= _bootstrap(question, grouping, outcome, comparable)
    if "received" in customers.columns:
        figures |= estimate_compliers(grouping, outcome, _numbers(customers["received"]), comparable)
    if question.dimension != "all":
        figures |= _shrink(means, figures["uplift"], comparable, shares_control=question.shares_control)
    note = np.where(comparable, np.where(np.isnan(figures["ci_low"]), NO_VARIATION, ""), question.missing or TOO_FEW)
    name = "Newcombe" if question.metric.kind == "proportion" else "Welch"
    return _rows(question, grouping, means, "randomised", name, figures, note)


def _compare_adjusted(question: Question, grouping: Grouping, before: Array, outcome: Array) -> pl.DataFrame:
    """Rows of method `randomised_adjusted`."""
    raw = summarise(grouping, outcome)
    means, adjustable = regress_arms(grouping, before, outcome)
    comparable = adjustable & (question.missing is None) & (raw.variance.sum(axis=1) > 0)
    figures = _estimate(question, means, comparable, lost=1)
    for arm, name in ((TREATED, "treated_mean"), (CONTROL, "control_mean")):
        figures[name] = np.where(comparable, means.mean[:, arm], np.nan)
    cuped = compare_arms(summarise(grouping, adjust_cuped(grouping, before, outcome)).only(comparable), "mean")
    reduction = 1 - means.variance[comparable].sum(axis=1) / raw.variance[comparable].sum(axis=1)
    figures |= {
        "cuped_uplift": _scatter(cuped.estimate, comparable),
        "cuped_ci_low": _scatter(cuped.low, comparable),
        "cuped_ci_high": _scatter(cuped.high, comparable),
        "variance_reduction": _scatter(reduction, comparable),
    }
    note = np.where(comparable, "", question.missing or NOT_ADJUSTED)
    name = "regression, CR1" if grouping.by_household else "regression, HC2"
    return _rows(question, grouping, means, "randomised_adjusted", name, figures, note)


def _estimate(question: Question, means: Means, comparable: Mask, *, lost: int = 0) -> dict[str, Array]:
    """Means, difference and intervals by level; `lost` is how many units a model has cost each arm."""
    found = compare_arms(means.only(comparable), question.metric.kind, lost=lost)
    figures = {
        "treated_mean": means.mean[:, TREATED] if question.missing is None else np.full(len(comparable), np.nan),
        "control_mean": means.mean[:, CONTROL] if question.missing is None else np.full(len(comparable), np.nan),
        "uplift": _scatter(found.estimate, comparable),
        "ci_low": _scatter(found.low, comparable),
        "ci_high": _scatter(found.high, comparable),
        "p_value": _scatter(found.p_value, comparable),
    }
    if question.look is None:
        return figures
    looked = compare_arms(means.only(comparable), question.metric.kind, z=question.look.bound, lost=lost)
    return figures | {
        "information": np.full(len(comparable), question.look.information),
        "sequential_ci_low": _scatter(looked.low, comparable),
        "sequential_ci_high": _scatter(looked.high, comparable),
    }


def _bootstrap(question: Question, grouping: Grouping, outcome: Array, comparable: Mask) -> dict[str, Array]:
    totals, sizes = grouping.unit_sums(outcome), grouping.unit_sums(np.ones(len(outcome)))
    ends = np.full((2, len(comparable)), np.nan)
    for number in np.flatnonzero(comparable):
        treated, control = (
            Units(
                *(
                    of_unit[grouping.unit_group == 2 * number + arm]
                    for of_unit in (totals, sizes, grouping.unit_stratum, grouping.unit_count)
                )
            )
            for arm in (TREATED, CONTROL)
        )
        name = f"{question.dimension}|{grouping.levels[number]}|{question.metric.name}"
        random = np.random.default_rng([question.seed, zlib.crc32(name.encode())])
        ends[:, number] = bootstrap_difference(treated, control, random)
    return {"bootstrap_ci_low": ends[0], "bootstrap_ci_high": ends[1]}


def _shrink(means: Means, uplift: Array, comparable: Mask, *, shares_control: bool) -> dict[str, Array]:
    """Levels drawn together; what a control shared by all is uncertain by does not tell them apart."""
    variance = moderate(means.only(comparable))
    common = variance[:, CONTROL] if shares_control else np.zeros(len(variance))
    own = variance.sum(axis=1) - common
    usable = own > 0
    found = shrink(uplift[comparable][usable], own[usable], common[usable])
    where = _scatter(usable.astype(np.float64), comparable) == 1
    return {
        "shrunk_uplift": _scatter(found.estimate, where),
        "shrunk_ci_low": _scatter(found.low, where),
        "shrunk_ci_high": _scatter(found.high, where),
        "shrinkage": _scatter(found.shrinkage, where),
    }


def _scatter(values: Array, where: Mask) -> Array:
    """`values` at the levels where they could be computed, NaN at the others."""
    scattered = np.full(len(where), np.nan)
    scattered[where] = values
    return scattered


def _rows(
    question: Question,
    grouping: Grouping,
    means: Means,
    method: str,
    interval_method: str,
    figures: dict[str, Array],
    note: npt.NDArray[np.str_],
) -> pl.DataFrame:
    drawn = ", by household" if grouping.by_household else ""
    known = pl.DataFrame(
        {
            "level": grouping.levels,
            "treated": means.n[:, TREATED],
            "control": means.n[:, CONTROL],
            **figures,
            "note": note,
        },
        schema_overrides={"level": pl.String, "note": pl.String},
    ).with_columns(
        pl.lit(question.dimension).alias("dimension"),
        pl.lit(question.metric.name).alias("metric"),
        pl.lit(method).alias("method"),
        pl.when(pl.col("ci_low").is_not_nan()).then(pl.lit(interval_method + drawn)).alias("interval_method"),
        pl.when(pl.col("note") != "").then("note").alias("note"),
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in FIGURES if name not in figures),
    )
    return known.select(pl.col(name).cast(dtype) for name, dtype in UPLIFT_SCHEMA.items()).with_columns(
        pl.col(pl.Float64).fill_nan(None)
    )


def adjust_p_values(rows: pl.DataFrame) -> pl.DataFrame:
    """Fill `p_adjusted` of each method: Holm over the metrics for all, Benjamini-Hochberg over the levels of others."""
    adjusted = []
    for part in _families(rows):
        adjust = adjust_holm if part["dimension"][0] == "all" else adjust_benjamini_hochberg
        p_values = part["p_value"].fill_null(np.nan).to_numpy().astype(np.float64)
        adjusted.append(part.with_columns(pl.Series("p_adjusted", adjust(p_values), dtype=pl.Float64).fill_nan(None)))
    return pl.concat(adjusted) if adjusted else rows


def _families(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Tests that are looked at together."""
    whole = pl.col("dimension") == "all"
    yield from rows.filter(whole).partition_by("method", maintain_order=True)
    yield from rows.filter(~whole).partition_by("dimension", "metric", "method", maintain_order=True)
