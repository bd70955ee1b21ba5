"""EXCLUSIONS: why a customer may not be mailed. Add one here; the first that applies is the customer's reason."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Exclusion:
    """A reason and the column of sql/mailing_candidates.sql that is true where it applies.

    Attributes:
        detail: column with what is added to the reason, if any; each has a step of its own.
        is_chosen: whether only some plans have it; it has a step where somebody leaves.
    """

    reason: str
    column: str
    detail: str | None = None
    is_chosen: bool = False


EXCLUSIONS: tuple[Exclusion, ...] = (
    Exclusion("deceased", "is_deceased"),
    Exclusion("objected to marketing", "has_objected"),
    Exclusion("no consent to the channel", "lacks_consent"),
    Exclusion("on a suppression list", "is_suppressed", detail="suppressed_by"),
    Exclusion("undeliverable address", "is_undeliverable"),
    Exclusion("no valid address for the channel", "lacks_data"),
    Exclusion("incomplete or wrong address", "has_bad_address"),
    Exclusion("contacted too recently", "is_resting"),
    Exclusion("contacted too often", "is_at_cap"),
    Exclusion("in an overlapping campaign", "is_in_campaign"),
    Exclusion("never bought", "has_never_bought"),
    Exclusion("not in the segments chosen", "is_not_chosen", is_chosen=True),
    # Last, so that its step counts who would be mailed.
    Exclusion("in the global control group", "is_in_global_control"),
)
# Of customers with the same number in the column the best ranked is mailed; these come after the ranking.
RANKED_EXCLUSIONS: tuple[Exclusion, ...] = (
    Exclusion("duplicate of another customer", "duplicate_group"),
    Exclusion("another of the household is mailed", "household"),
)


def apply_exclusions(candidates: pl.DataFrame) -> pl.DataFrame:
    """Add `reason`: the first exclusion that applies, NULL for those who may be mailed. Same rows, same order."""
    return candidates.with_columns(
        pl.coalesce(pl.when(pl.col(rule.column)).then(_told(rule)) for rule in EXCLUSIONS).alias("reason")
    )


def _told(rule: Exclusion) -> pl.Expr:
    return pl.format(f"{rule.reason}: {{}}", pl.col(rule.detail)) if rule.detail else pl.lit(rule.reason)


def apply_ranked_exclusions(ranked: pl.DataFrame) -> pl.DataFrame:
    """Set `reason` of those who rank below somebody they stand for the same person or household with.

    Each exclusion looks at those whom the one before has left: a duplicate does not keep the household from its piece.

    Args:
        ranked: customers with `rank`, sorted by it, and `reason`, NULL.
    """
    for rule in RANKED_EXCLUSIONS:
        still_in = pl.when(pl.col("reason").is_null()).then(pl.col("rank"))
        is_not_best = pl.col(rule.column).is_not_null() & (still_in > still_in.min().over(rule.column))
        ranked = ranked.with_columns(
            pl.when(is_not_best).then(pl.lit(rule.reason)).otherwise(pl.col("reason")).alias("reason")
        )
    return ranked


def split_excluded(candidates: pl.DataFrame, ranked: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Who may be mailed, ranked anew, and who is left out.

    Args:
        candidates: all customers with `reason`, NULL for those in `ranked`.
        ranked: see `apply_ranked_exclusions`.
    Returns: rows of `ranked` without a reason; the others with the columns of `candidates`.
    """
    judged = apply_ranked_exclusions(ranked)
    left_out = judged.filter(pl.col("reason").is_not_null()).select(candidates.columns)
    left = judged.filter(pl.col("reason").is_null())
    return (
        left.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("rank")),
        pl.concat([candidates.filter(pl.col("reason").is_not_null()), left_out]),
    )


def build_waterfall(
    reasons: pl.Series,
    *,
    beyond_budget: int,
    held_out: int,
    below_break_even: int | None = None,
    notes: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """From all customers to the mailed, step by step.

    Args:
        reasons: each customer's reason, NULL for those who may be mailed.
        beyond_budget: eligible customers who rank below the last piece, or whom another limit leaves out.
        held_out: selected customers who are not mailed.
        below_break_even: eligible customers to whom no piece would pay; None is no such step.
        notes: what to know of a step, by the column of its exclusion.
    Returns: one row per step, also where nobody leaves: `step`, `reason`, `customers_before`, `customers_removed`,
        `customers_after`, `note`; each step begins with what the last one left. An exclusion with details has a step
        for each that occurs, sorted; one that only some plans have has none where nobody leaves.
    """
    told = notes or {}
    excluded = dict(reasons.drop_nulls().value_counts().iter_rows())
    steps = [
        (reason, excluded.get(reason, 0), told.get(rule.column))
        for rule in (*EXCLUSIONS, *RANKED_EXCLUSIONS)
        for reason in _steps_of(rule, excluded)
    ]
    steps += [] if below_break_even is None else [("below break-even", below_break_even, None)]
    steps += [("beyond the budget", beyond_budget, None), ("held out as control", held_out, None)]
    schema = {"reason": pl.String, "customers_removed": pl.Int64, "note": pl.String}
    removed = pl.DataFrame(steps, schema=schema, orient="row")
    after = len(reasons) - pl.col("customers_removed").cum_sum()
    return removed.with_row_index("step", offset=1).select(
        pl.col("step").cast(pl.Int32),
        "reason",
        (after + pl.col("customers_removed")).alias("customers_before"),
        "customers_removed",
        after.alias("customers_after"),
        "note",
    )


def _steps_of(rule: Exclusion, excluded: Mapping[str, int]) -> list[str]:
    detailed = sorted(reason for reason in excluded if rule.detail and reason.startswith(f"{rule.reason}: "))
    return detailed or ([] if rule.is_chosen and rule.reason not in excluded else [rule.reason])


def tell_waterfall(waterfall: pl.DataFrame) -> str:
    """The steps at which customers leave, in one line, with their notes."""
    steps = waterfall.filter((pl.col("customers_removed") > 0) | pl.col("note").is_not_null())
    return "; ".join(
        f"{row['reason']} {row['customers_removed']:,}{' (' + row['note'] + ')' if row['note'] else ''}"
        for row in steps.iter_rows(named=True)
    )
