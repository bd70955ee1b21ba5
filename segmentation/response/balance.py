"""Whether the unmailed, once weighted, are like the mailed in what was known before the mailing."""

import numpy as np
import polars as pl

from segmentation.response.covariates import Array, Known
from segmentation.response.overlap import FAIL, PASS
from segmentation.response.propensity import Assignment

LIMIT = 0.1  # standardised difference

ALIKE = "all customers are alike in it"
BALANCE_SCHEMA = {
    "covariate": pl.String,
    "mailed_mean": pl.Float64,
    "unmailed_mean": pl.Float64,
    "weighted_mean": pl.Float64,
    "difference_before": pl.Float64,
    "difference_after": pl.Float64,
    "verdict": pl.String,
    "note": pl.String,
}


def check_balance(assignment: Assignment, known: Known) -> pl.DataFrame:
    """Means of mailed and unmailed, and their differences in standard deviations, before and after weighting.

    The deviation is the root of the mean of both variances before weighting, so that weights cannot flatter it.

    Returns: BALANCE_SCHEMA, one row per covariate in the order of `known`.

    References: P. C. Austin (2009), Statistics in Medicine 28, 3083-3107, section 3.1.
    """
    treated = assignment.treated
    mailed, unmailed = known.values[treated], known.values[~treated]
    weight = assignment.weight[~treated]
    weighted = (weight[:, None] * unmailed).sum(axis=0) / weight.sum()
    deviation = np.sqrt((mailed.var(axis=0) + unmailed.var(axis=0)) / 2)
    before = _standardise(mailed.mean(axis=0) - unmailed.mean(axis=0), deviation)
    after = _standardise(mailed.mean(axis=0) - weighted, deviation)
    alike = np.isnan(after)
    return pl.DataFrame(
        {
            "covariate": known.names,
            "mailed_mean": mailed.mean(axis=0),
            "unmailed_mean": unmailed.mean(axis=0),
            "weighted_mean": weighted,
            "difference_before": before,
            "difference_after": after,
            "verdict": np.where(alike, None, np.where(np.abs(after) > LIMIT, FAIL, PASS)).tolist(),  # type: ignore[call-overload]
            "note": np.where(alike, ALIKE, None).tolist(),  # type: ignore[call-overload]
        },
        schema=BALANCE_SCHEMA,
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def find_unbalanced(balance: pl.DataFrame) -> list[str]:
    """Covariates that are out of balance after weighting, the worst first."""
    failed = balance.filter(pl.col("verdict") == FAIL)
    return failed.sort(pl.col("difference_after").abs(), descending=True, maintain_order=True)["covariate"].to_list()


def _standardise(difference: Array, deviation: Array) -> Array:
    standardised: Array = np.divide(difference, deviation, out=np.full_like(difference, np.nan), where=deviation > 0)
    return standardised
