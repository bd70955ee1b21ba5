"""Other campaigns of the same days: a comparison is fair only if they mailed both arms alike."""

import numpy as np
import polars as pl
from scipy import stats

from segmentation.response.intervals import compare_proportions
from segmentation.response.sample_ratio import FAIL, FEWEST_EXPECTED, LIMIT, NOT_KNOWN, PASS

NO_CONTROL = "nobody was held out, so there are no arms to compare"
NO_TREATED = "nobody was mailed, so there are no arms to compare"
MOST_NAMED = 3

CONCURRENT_SCHEMA = {
    "other_campaign_id": pl.String,
    "shared_days": pl.Int64,
    "is_same_kind": pl.Boolean,
    "treated_mailed": pl.Int64,
    "treated_share": pl.Float64,
    "control_mailed": pl.Int64,
    "control_share": pl.Float64,
    "p_value": pl.Float64,
    "verdict": pl.String,
    "note": pl.String,
}


def compare_mailed(others: pl.DataFrame, *, treated: int, control: int, design_effect: float = 1) -> pl.DataFrame:
    """Whether other campaigns mailed both arms alike; `fail` where p is below the limit of sample ratios.

    The p-value is of the pooled score test; of Fisher's exact test where few are expected.

    Args:
        others: rows of sql/concurrent_campaigns.sql of one campaign.
        treated, control: customers of the campaign by arm.
        design_effect: by how much more a share varies than that of customers drawn one by one: counts are divided by
            it, as are those of households (J. N. K. Rao, A. J. Scott, 1992, Biometrics 48, 577-585).
    Returns: CONCURRENT_SCHEMA.
    """
    shares = others.with_columns(
        treated_share=pl.when(treated > 0).then(pl.col("treated_mailed") / treated),
        control_share=pl.when(control > 0).then(pl.col("control_mailed") / control),
    )
    if treated == 0 or control == 0:
        reason = NO_TREATED if treated == 0 else NO_CONTROL
        tested = shares.with_columns(pl.lit(NOT_KNOWN).alias("verdict"), pl.lit(reason).alias("note"))
    else:
        counts = others.select("treated_mailed", "control_mailed").iter_rows()
        p_values = [_test(one, treated, other, control, design_effect) for one, other in counts]
        tested = shares.with_columns(pl.Series("p_value", p_values, dtype=pl.Float64)).with_columns(
            verdict=pl.when(pl.col("p_value") < LIMIT).then(pl.lit(FAIL)).otherwise(pl.lit(PASS))
        )
    missing = [name for name in CONCURRENT_SCHEMA if name not in tested.columns]
    return tested.with_columns(pl.lit(None).alias(name) for name in missing).select(
        pl.col(name).cast(dtype) for name, dtype in CONCURRENT_SCHEMA.items()
    )


def _test(mailed: int, treated: int, control_mailed: int, control: int, design_effect: float) -> float:
    share = (mailed + control_mailed) / (treated + control)
    if min(share, 1 - share) * min(treated, control) / design_effect < FEWEST_EXPECTED:
        table = [[mailed, treated - mailed], [control_mailed, control - control_mailed]]
        return float(stats.fisher_exact(np.rint(np.array(table) / design_effect).astype(np.int64)).pvalue)
    numbers = (np.array([number / design_effect]) for number in (mailed, treated, control_mailed, control))
    return float(compare_proportions(*numbers).p_value[0])


def are_alike(concurrent: pl.DataFrame) -> bool:
    """Whether no other campaign is known to have mailed one arm more than the other."""
    return FAIL not in concurrent["verdict"]


def tell_concurrent(concurrent: pl.DataFrame) -> list[str]:
    """What to know before using a figure of a campaign with a hold-out.

    Args:
        concurrent: rows of `compare_mailed`.
    """
    failed = concurrent.filter(pl.col("verdict") == FAIL)
    if failed.height:
        return [
            f"{_name(failed)} mailed one arm more than the other in the same days (response.concurrent), "
            "so this figure may be biased"
        ]
    mailed = concurrent.filter(pl.col("treated_mailed") + pl.col("control_mailed") > 0)
    return [f"{_name(mailed)} mailed some in the same days, both arms alike"] if mailed.height else []


def _name(campaigns: pl.DataFrame) -> str:
    names = campaigns["other_campaign_id"].to_list()
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"campaign{'s' if len(names) > 1 else ''} {', '.join(names[:MOST_NAMED])}{more}"
