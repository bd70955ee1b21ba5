"""Figures of every level of a dimension; NaN where they cannot be computed."""

import zlib

import numpy as np

from segmentation.response.arms import CONTROL, TREATED, Grouping, Means, compare_arms
from segmentation.response.bootstrap import Units, bootstrap_difference
from segmentation.response.intervals import Array
from segmentation.response.question import Mask, Question
from segmentation.response.shrinkage import moderate, shrink


def estimate_difference(question: Question, means: Means, comparable: Mask, *, lost: int = 0) -> dict[str, Array]:
    """Means, difference and intervals by level; `lost` is how many units a model has cost each arm."""
    found = compare_arms(means.only(comparable), question.metric.kind, lost=lost)
    figures = {
        "treated_mean": means.mean[:, TREATED] if question.missing is None else np.full(len(comparable), np.nan),
        "control_mean": means.mean[:, CONTROL] if question.missing is None else np.full(len(comparable), np.nan),
        "uplift": scatter(found.estimate, comparable),
        "ci_low": scatter(found.low, comparable),
        "ci_high": scatter(found.high, comparable),
        "p_value": scatter(found.p_value, comparable),
    }
    if question.look is None:
        return figures
    looked = compare_arms(means.only(comparable), question.metric.kind, z=question.look.bound, lost=lost)
    return figures | {
        "information": np.full(len(comparable), question.look.information),
        "sequential_ci_low": scatter(looked.low, comparable),
        "sequential_ci_high": scatter(looked.high, comparable),
    }


def bootstrap_levels(question: Question, grouping: Grouping, outcome: Array, comparable: Mask) -> dict[str, Array]:
    """Bootstrap intervals by level, each drawn by a seed of its own."""
    totals, sizes = grouping.unit_sums(outcome), grouping.unit_sums(np.ones(len(outcome)))
    ends = np.full((2, len(comparable)), np.nan)
    for number in np.flatnonzero(comparable):
        treated, control = (
            Units(
                *(of_unit[grouping.unit_group == 2 * number + arm] for of_unit in (totals, sizes, grouping.unit_count))
            )
            for arm in (TREATED, CONTROL)
        )
        name = f"{question.dimension}|{grouping.levels[number]}|{question.metric.name}"
        random = np.random.default_rng([question.seed, zlib.crc32(name.encode())])
        ends[:, number] = bootstrap_difference(treated, control, random)
    return {"bootstrap_ci_low": ends[0], "bootstrap_ci_high": ends[1]}


def shrink_levels(means: Means, uplift: Array, comparable: Mask, *, shares_control: bool) -> dict[str, Array]:
    """Levels drawn together; what a control shared by all is uncertain by does not tell them apart."""
    variance = moderate(means.only(comparable))
    common = variance[:, CONTROL] if shares_control else np.zeros(len(variance))
    own = variance.sum(axis=1) - common
    usable = own > 0
    found = shrink(uplift[comparable][usable], own[usable], common[usable])
    where = scatter(usable.astype(np.float64), comparable) == 1
    return {
        "shrunk_uplift": scatter(found.estimate, where),
        "shrunk_ci_low": scatter(found.low, where),
        "shrunk_ci_high": scatter(found.high, where),
        "shrinkage": scatter(found.shrinkage, where),
    }


def scatter(values: Array, where: Mask) -> Array:
    """`values` at the levels where they could be computed, NaN at the others."""
    scattered = np.full(len(where), np.nan)
    scattered[where] = values
    return scattered


def withhold_intervals(figures: dict[str, Array], enough: Mask) -> dict[str, Array]:
    """Intervals and p-values only where there are enough to tell them of money."""
    names = (name for name in figures if name == "p_value" or "ci_" in name)
    return {name: np.where(enough, figures[name], np.nan) for name in names}
