"""Tables before mailing: sizes for a wanted uplift, what given arms can show, and a plan's hold-out by cell.

With several cells, each is compared with a hold-out that they share, and the error of 5 % is divided by their number
(Bonferroni), so that it holds for all of them together.
"""

import numpy as np
import polars as pl

from segmentation.errors import PowerError
from segmentation.response.power import (
    CONFIDENCE,
    POWER,
    Money,
    Outcome,
    Rate,
    minimum_detectable_uplift,
    power_of,
    size_arms,
)

CONTROL_SHARES = (0.5, 0.2, 0.1, 0.05)
POWERS = (0.8, 0.9)
NO_RATE = "no earlier mailing of this channel recorded replies, so the response cannot be foreseen"
NO_HOLD_OUT = "nobody is held out, so no uplift can be shown"
NO_UPLIFT = "no earlier randomised mailing of this channel has an uplift of the response, so there is none to expect"
NO_GAIN = "the uplift of earlier mailings is not above 0, so there is none to look for"
PLAN_POWER_SCHEMA = {
    "cell": pl.String,
    "mailed": pl.Int64,
    "held_out": pl.Int64,
    "base_rate": pl.Float64,
    "smallest_uplift": pl.Float64,
    "expected_uplift": pl.Float64,
    "power": pl.Float64,
    "mailed_needed": pl.Int64,
    "held_out_needed": pl.Int64,
    "note": pl.String,
}


def answer_power(
    *,
    base_rate: float | None,
    standard_deviation: float | None,
    uplift: float | None,
    mailed: int | None,
    held_out: int | None,
    control_share: float | None,
    cells: int,
    power: float,
) -> list[pl.DataFrame]:
    """The tables that the command `power` prints: what given arms can show, and sizes for a wanted uplift.

    Raises:
        PowerError: there is nothing to answer, or a value is impossible.
    """
    outcome = choose_outcome(base_rate, standard_deviation, uplift)
    if (mailed is None) != (held_out is None):
        raise PowerError("give --mailed and --control together, or neither")
    if mailed is not None and held_out is not None:
        tables = [tabulate_power(outcome, mailed=mailed, held_out=held_out, cells=cells, uplift=uplift)]
    elif uplift is None:
        raise PowerError("give --uplift for the customers it needs, or --mailed and --control for what they can show")
    else:
        tables = []
    if uplift is not None:
        tables.append(tabulate_sizes(outcome, uplift, cells=cells, power=power, control_share=control_share))
    return tables


def choose_outcome(base_rate: float | None, standard_deviation: float | None, uplift: float | None = None) -> Outcome:
    """What is looked at: a rate, or money per head.

    Raises:
        PowerError: both or neither are given, or a value is impossible.
    """
    if (base_rate is None) == (standard_deviation is None):
        raise PowerError("give --base-rate for replies or --standard-deviation for money, and not both")
    if uplift == 0:
        raise PowerError("--uplift = 0: no size is enough to show nothing; give one that would be worth knowing of")
    if standard_deviation is not None:
        if not standard_deviation > 0:
            raise PowerError(f"--standard-deviation = {standard_deviation:g}: must be above 0")
        return Money(standard_deviation)
    assert base_rate is not None
    for name, rate in (("--base-rate", base_rate), ("--base-rate and --uplift together", base_rate + (uplift or 0))):
        if not 0 < rate < 1:
            raise PowerError(f"{name} = {rate:g}: a rate lies between 0 and 1, such as 0.02 for 2 %")
    return Rate(base_rate)


def tabulate_sizes(
    outcome: Outcome, uplift: float, *, cells: int = 1, power: float = POWER, control_share: float | None = None
) -> pl.DataFrame:
    """Customers needed to see `uplift` in each of `cells`, by share held out: `control_share`, or CONTROL_SHARES.

    Returns: `control_share` (of all selected), `cells`, `mailed_per_cell`, `mailed`, `held_out`, `selected`, `power`,
        `confidence` (of each cell).
    """
    confidence = _shared_confidence(cells)
    rows = []
    for share in CONTROL_SHARES if control_share is None else (control_share,):
        per_cell = share * cells / (share * cells + 1 - share)  # the hold-out serves every cell
        sizes = size_arms(outcome, uplift, control_share=per_cell, power=power, confidence=confidence)
        mailed = sizes.mailed * cells
        rows.append((share, cells, sizes.mailed, mailed, sizes.held_out, mailed + sizes.held_out, power, confidence))
    columns = (
        "control_share",
        "cells",
        "mailed_per_cell",
        "mailed",
        "held_out",
        "selected",
        "power",
        "confidence",
    )
    return pl.DataFrame(rows, schema=columns, orient="row")


def tabulate_power(
    outcome: Outcome, *, mailed: int, held_out: int, cells: int = 1, uplift: float | None = None
) -> pl.DataFrame:
    """What a hold-out can show of each of `cells` alike.

    Args:
        mailed: in all cells together.
        held_out: shared by all cells.
    Returns: one row: `cells`, `mailed_per_cell`, `held_out`, `smallest_uplift_80`, `smallest_uplift_90` (seen with
        power 80 and 90 %), `uplift` and `power` if it is given, `confidence` (of each cell).

    Raises:
        PowerError: a cell or the hold-out has nobody.
    """
    per_cell = mailed // cells
    if min(per_cell, held_out) < 1:
        raise PowerError(f"--mailed = {mailed}, --control = {held_out}: every cell and the hold-out need a customer")
    confidence = _shared_confidence(cells)
    row: dict[str, float] = {"cells": cells, "mailed_per_cell": per_cell, "held_out": held_out}
    for power in POWERS:
        row[f"smallest_uplift_{100 * power:.0f}"] = minimum_detectable_uplift(
            outcome, mailed=per_cell, held_out=held_out, power=power, confidence=confidence
        )
    if uplift is not None:
        seen = power_of(outcome, uplift, mailed=per_cell, held_out=held_out, confidence=confidence)
        row |= {"uplift": uplift, "power": seen}
    return pl.DataFrame([row | {"confidence": confidence}])


def foresee_power(cells: pl.DataFrame, expected_uplift: float | None) -> pl.DataFrame:
    """What the hold-out of a plan can show, by cell, and of all customers together where there are several.

    Args:
        cells: one row per cell of a plan: `cell` (NULL for a hold-out that all cells share), `mailed`, `held_out`,
            `base_rate`.
        expected_uplift: of the response rate in earlier randomised mailings; None where there is none.
    Returns: PLAN_POWER_SCHEMA, all first.
    """
    shared = int(cells.filter(pl.col("cell").is_null())["held_out"].sum())
    named = cells.filter(pl.col("cell").is_not_null(), pl.col("mailed") > 0).sort("cell")
    confidence = _shared_confidence(max(named.height, 1))
    rows = [
        _foresee_cell(cell, mailed, held_out + shared, rate, expected_uplift, confidence)
        for cell, mailed, held_out, rate in named.select("cell", "mailed", "held_out", "base_rate").iter_rows()
    ]
    if named.height != 1:
        mailed, held_out = int(cells["mailed"].sum()), int(cells["held_out"].sum())
        of = cells.filter(pl.col("base_rate").is_not_null() & (pl.col("mailed") > 0))
        mean = float(np.average(of["base_rate"].to_numpy(), weights=of["mailed"].to_numpy())) if of.height else None
        rows.insert(0, _foresee_cell("all", mailed, held_out, mean, expected_uplift, CONFIDENCE))
    return pl.DataFrame(rows, schema=PLAN_POWER_SCHEMA)


def _foresee_cell(
    cell: str, mailed: int, held_out: int, rate: float | None, uplift: float | None, confidence: float
) -> dict[str, object]:
    row: dict[str, object] = {"cell": cell, "mailed": mailed, "held_out": held_out, "base_rate": rate}
    if rate is None or not 0 < rate < 1:
        return row | {"note": NO_RATE}
    if min(mailed, held_out) < 1:
        return row | {"note": NO_HOLD_OUT}
    arms = {"mailed": mailed, "held_out": held_out}
    row["smallest_uplift"] = minimum_detectable_uplift(Rate(rate), **arms, confidence=confidence)
    if uplift is None:
        return row | {"note": NO_UPLIFT}
    row["expected_uplift"] = uplift
    if not 0 < uplift < 1 - rate:
        return row | {"note": NO_GAIN}
    needed = size_arms(Rate(rate), uplift, control_share=held_out / (mailed + held_out), confidence=confidence)
    return row | {
        "power": power_of(Rate(rate), uplift, **arms, confidence=confidence),
        "mailed_needed": needed.mailed,
        "held_out_needed": needed.held_out,
    }


def _shared_confidence(cells: int) -> float:
    """Of each cell, so that all hold together (O. J. Dunn, 1961, JASA 56, 52-64)."""
    return 1 - (1 - CONFIDENCE) / cells
