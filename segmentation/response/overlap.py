"""Whether there are unmailed customers like the mailed: without them nothing can be compared."""

import numpy as np
import polars as pl

from segmentation.response.propensity import CLIP, Assignment, Mask, effective_number

PASS, FAIL, NONE = "pass", "fail", "none"
BINS = 10
FEWEST_EFFECTIVE = 50  # unmailed customers, or the overlap fails
FEWEST_AT_ALL = 20  # or there is none
MOST_ALONE = 0.05  # of the mailed who have no counterpart, or the overlap fails
MOST_ALONE_AT_ALL = 0.2  # or there is none
LARGEST_SHARE = 0.05  # of the weight of all unmailed that one of them may carry

OVERLAP_SCHEMA = {
    "propensity": pl.String,
    "mailed": pl.Int64,
    "unmailed": pl.Int64,
    "weight_share": pl.Float64,
    "clipped_share": pl.Float64,
    "alone_share": pl.Float64,
    "effective_unmailed": pl.Float64,
    "largest_weight_share": pl.Float64,
    "verdict": pl.String,
    "note": pl.String,
}


def check_overlap(assignment: Assignment) -> pl.DataFrame:
    """Mailed and unmailed by how likely they were to be mailed.

    A mailed customer is alone if every unmailed one was less likely to be mailed, or if it was all but certain
    (above 1 - CLIP).

    Returns: OVERLAP_SCHEMA: `all`, with the verdict, and a row for each tenth of the propensity that has customers.

    References: R. K. Crump, V. J. Hotz, G. W. Imbens, O. A. Mitnik (2009), Biometrika 96, 187-199, for limited overlap.
    """
    bins = np.minimum((assignment.propensity * BINS).astype(int), BINS - 1)
    whole = _describe(assignment, np.ones(len(bins), dtype=bool)) | {"propensity": "all"}
    rows = [
        _describe(assignment, bins == number) | {"propensity": f"{number / BINS:.1f} to {(number + 1) / BINS:.1f}"}
        for number in np.unique(bins)
    ]
    return pl.DataFrame([whole | _judge(whole), *rows], schema=OVERLAP_SCHEMA)


def no_overlap_known(treated: Mask, reason: str) -> pl.DataFrame:
    """The row of a campaign whose propensities cannot be modelled."""
    row = {"propensity": "all", "mailed": int(treated.sum()), "unmailed": int((~treated).sum()), "note": reason}
    return pl.DataFrame([row], schema=OVERLAP_SCHEMA)


def verdict_of(overlap: pl.DataFrame) -> str | None:
    """Of the campaign: pass, fail, none, or None where it is not known."""
    verdict: str | None = overlap.filter(pl.col("propensity") == "all")["verdict"].item()
    return verdict


def reason_of(overlap: pl.DataFrame) -> str:
    """Why the overlap fails, in words."""
    return str(overlap.filter(pl.col("propensity") == "all")["note"].item())


def _describe(assignment: Assignment, inside: Mask) -> dict[str, object]:
    mailed, unmailed = inside & assignment.treated, inside & ~assignment.treated
    weight = assignment.weight
    own, all_weight = weight[unmailed], weight.sum()
    highest = assignment.propensity[~assignment.treated].max()
    alone = (assignment.propensity > highest) | (assignment.propensity > 1 - CLIP)
    return {
        "mailed": int(mailed.sum()),
        "unmailed": int(unmailed.sum()),
        "weight_share": float(own.sum() / all_weight),
        "clipped_share": float(assignment.is_clipped[inside].mean()),
        "alone_share": float(alone[mailed].mean()) if mailed.any() else None,
        "effective_unmailed": effective_number(own),
        "largest_weight_share": float(own.max() / all_weight) if len(own) else None,
    }


def _judge(whole: dict[str, object]) -> dict[str, str | None]:
    alone, effective, largest = (
        float(str(whole[name])) for name in ("alone_share", "effective_unmailed", "largest_weight_share")
    )
    faults = []
    if effective < FEWEST_EFFECTIVE:
        faults.append(f"the unmailed count as only {effective:.0f} customers like the mailed")
    if alone > MOST_ALONE:
        faults.append(f"{100 * alone:.0f} % of the mailed have no unmailed customer like them")
    if largest > LARGEST_SHARE:
        faults.append(f"one unmailed customer carries {100 * largest:.0f} % of the weight")
    verdict = FAIL if faults else PASS
    if effective < FEWEST_AT_ALL or alone > MOST_ALONE_AT_ALL:
        verdict = NONE
    return {"verdict": verdict, "note": "; ".join(faults) or None}
