"""EXCLUSIONS: why a customer may not be mailed. Add one here; the first that applies is the customer's reason."""

from dataclasses import dataclass

import polars as pl

from segmentation.errors import PlanError


@dataclass(frozen=True)
class Exclusion:
    """A reason and the column of sql/mailing_candidates.sql that is true where it applies."""

    reason: str
    column: str


EXCLUSIONS: tuple[Exclusion, ...] = (
    Exclusion("deceased", "is_deceased"),
    Exclusion("objected to marketing", "has_objected"),
    Exclusion("no consent to mail", "lacks_consent"),
    Exclusion("on a suppression list", "is_suppressed"),
    Exclusion("undeliverable address", "is_undeliverable"),
    Exclusion("contacted too recently", "is_resting"),
    Exclusion("never bought", "has_never_bought"),
)


def apply_exclusions(candidates: pl.DataFrame) -> pl.DataFrame:
    """Add `reason`: the first exclusion that applies, NULL for those who may be mailed. Same rows, same order."""
    return candidates.with_columns(
        pl.coalesce(pl.when(pl.col(rule.column)).then(pl.lit(rule.reason)) for rule in EXCLUSIONS).alias("reason")
    )


def refuse_nobody(reasons: pl.Series) -> None:
    """Refuse to plan for nobody.

    Args:
        reasons: each customer's reason, NULL for those who may be mailed.

    Raises:
        PlanError: every customer has a reason; says how many have which.
    """
    if reasons.null_count():
        return
    counts = dict(reasons.value_counts().iter_rows())
    told = ", ".join(f"{counts[rule.reason]:,} {rule.reason}" for rule in EXCLUSIONS if rule.reason in counts)
    raise PlanError(f"nobody can be mailed: of {len(reasons):,} customers {told or 'there is none'}")


def build_waterfall(
    reasons: pl.Series, *, beyond_budget: int, held_out: int, below_break_even: int | None = None
) -> pl.DataFrame:
    """From all customers to the mailed, step by step.

    Args:
        reasons: each customer's reason, NULL for those who may be mailed.
        beyond_budget: eligible customers who rank below the last piece, or whom another limit leaves out.
        held_out: selected customers who are not mailed.
        below_break_even: eligible customers to whom no piece would pay; None is no such step.
    Returns: one row per step, also where nobody leaves: `step`, `reason`, `customers_before`, `customers_removed`,
        `customers_after`; each step begins with what the last one left.
    """
    excluded = dict(reasons.drop_nulls().value_counts().iter_rows())
    steps = [(rule.reason, excluded.get(rule.reason, 0)) for rule in EXCLUSIONS]
    steps += [] if below_break_even is None else [("below break-even", below_break_even)]
    steps += [("beyond the budget", beyond_budget), ("held out as control", held_out)]
    removed = pl.DataFrame(steps, schema={"reason": pl.String, "customers_removed": pl.Int64}, orient="row")
    after = len(reasons) - pl.col("customers_removed").cum_sum()
    return removed.with_row_index("step", offset=1).select(
        pl.col("step").cast(pl.Int32),
        "reason",
        (after + pl.col("customers_removed")).alias("customers_before"),
        "customers_removed",
        after.alias("customers_after"),
    )
