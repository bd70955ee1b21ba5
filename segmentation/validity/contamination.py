"""Customers who did not get what their arm says: held out but mailed anyway, or to be mailed but not reached."""

from typing import Any

import numpy as np
import polars as pl

from segmentation.response.compliers import WEAKEST
from segmentation.response.intervals import wilson_interval

NO_CONTROL = "nobody was held out"
WEAK = "being drawn moved too few to tell what the mailing did to them"

CONTAMINATION_SCHEMA = {
    "cell": pl.String,
    "control": pl.Int64,
    "contaminated": pl.Int64,
    "share": pl.Float64,
    "share_ci_low": pl.Float64,
    "share_ci_high": pl.Float64,
    "by_contact": pl.Int64,
    "by_quote": pl.Int64,
    "mailed_elsewhere": pl.Int64,
    "treated": pl.Int64,
    "unreached": pl.Int64,
    "unreached_share": pl.Float64,
    "note": pl.String,
}
COUNTED = ("customers", "otherwise", "by_contact", "by_quote", "mailed_elsewhere")


def count_contaminated(counts: pl.DataFrame) -> pl.DataFrame:
    """How many controls were mailed anyway, and how many of the mailed were not reached: of all, and by cell.

    Controls without a cell are those of every cell. The interval is Wilson's.

    Args:
        counts: rows of sql/receipt_counts.sql of one campaign.
    Returns: CONTAMINATION_SCHEMA, `all` first; empty if nobody was selected.
    """
    if counts.is_empty():
        return pl.DataFrame(schema=CONTAMINATION_SCHEMA)
    cells = counts["cell"].drop_nulls().unique().sort().to_list()
    is_shared = (pl.col("arm") == "control") & pl.col("cell").is_null()
    parts = [("all", counts), *((cell, counts.filter((pl.col("cell") == cell) | is_shared)) for cell in cells)]
    return pl.DataFrame([_count_cell(cell, part) for cell, part in parts], schema=CONTAMINATION_SCHEMA)


def _count_cell(cell: str, counts: pl.DataFrame) -> dict[str, Any]:
    treated, control = (
        counts.filter(pl.col("arm") == arm).select(pl.col(COUNTED).sum()).row(0, named=True)
        for arm in ("treatment", "control")
    )
    row = {
        "cell": cell,
        "control": control["customers"],
        "contaminated": control["otherwise"],
        "by_contact": control["by_contact"],
        "by_quote": control["by_quote"],
        "mailed_elsewhere": control["mailed_elsewhere"],
        "treated": treated["customers"],
        "unreached": treated["otherwise"],
        "unreached_share": treated["otherwise"] / treated["customers"] if treated["customers"] else None,
    }
    if control["customers"] == 0:
        return row | {"note": NO_CONTROL}
    low, high = wilson_interval(np.array([control["otherwise"]]), np.array([control["customers"]]))
    share = {"share": control["otherwise"] / control["customers"], "share_ci_low": low[0], "share_ci_high": high[0]}
    return row | share | {"note": WEAK if _is_weak(treated, control) else None}


def _is_weak(treated: dict[str, int], control: dict[str, int]) -> bool:
    """Whether too few were moved, as `compliers.estimate_compliers` asks, where anybody was not."""
    if treated["otherwise"] + control["otherwise"] == 0 or min(treated["customers"], control["customers"]) < 2:
        return False
    shares = [arm["otherwise"] / arm["customers"] for arm in (treated, control)]
    parts = (share * (1 - share) for share in shares)
    variance = sum(part / (arm["customers"] - 1) for part, arm in zip(parts, (treated, control), strict=True))
    moved = 1 - sum(shares)
    return moved <= 0 or moved**2 < WEAKEST * variance


def tell_contaminated(contamination: pl.DataFrame) -> list[str]:
    """What to know before using a figure of a campaign with a hold-out.

    Args:
        contamination: rows of `count_contaminated`.
    """
    whole = contamination.filter(pl.col("cell") == "all").row(0, named=True)
    told = []
    if whole["contaminated"]:
        told.append(
            f"{whole['contaminated']:,} of {whole['control']:,} held out were mailed anyway (response.contamination), "
            "so uplift is of being drawn; complier_uplift is of the mailing itself"
        )
    if whole["unreached"]:
        told.append(
            f"{whole['unreached']:,} of {whole['treated']:,} to be mailed have no day of contact where others do, "
            "so they count as not reached"
        )
    return told
