"""Whether the hold-out of a plan can show the uplift that is wanted, and what would."""

import math
from typing import Any

import polars as pl

from segmentation.settings import PlanSettings

LARGEST_SHARE = 50  # per cent held out
ROUNDING = 1e-9


def note_weakness(power: pl.DataFrame, settings: PlanSettings) -> str | None:
    """As `find_weakness`, unless the gate is off."""
    return None if settings.power_gate == "off" else find_weakness(power, settings.wanted_uplift)


def find_weakness(power: pl.DataFrame, wanted: float | None) -> str | None:
    """What the hold-out cannot show, and which share or size would; None where it is enough or nothing is sought.

    The cell that shows least counts. What another share of the same customers would show, or more of them at the same
    share, follows from the smallest uplift, which falls with the root of 1 / mailed + 1 / held out.

    Args:
        power: rows of targeting.power of one plan.
        wanted: uplift of the response rate, 0-1; where None, the uplift expected from earlier mailings.
    """
    sought = pl.lit(wanted, dtype=pl.Float64) if wanted else pl.col("expected_uplift")
    times = (pl.col("smallest_uplift") / sought).pow(2)
    weak = power.with_columns(sought.alias("sought"), times.alias("times")).filter(
        pl.col("sought") > 0, pl.col("times") > 1 + ROUNDING
    )
    if weak.is_empty():
        return None
    worst = weak.sort("times", "cell", descending=[True, False]).row(0, named=True)
    whole = power.filter(pl.col("cell") == "all") if power.height > 1 else power
    mailed, held_out = whole.select("mailed", "held_out").row(0)
    selected = mailed + held_out
    share = _share_that_shows(worst, mailed, held_out)
    whose = "all cells" if worst["cell"] == "all" else f"cell {worst['cell']}"
    return (
        f"the hold-out of {whose} shows an uplift of "
        f"{_points(worst['smallest_uplift'])} points or more, but {_points(worst['sought'])} are "
        f"{'wanted' if wanted else 'expected'}; it takes "
        + (f"{share} % of the {selected:,} selected held out, or " if share else "")
        + f"{math.ceil(selected * worst['times'] - ROUNDING):,} selected at the share of now"
    )


def _share_that_shows(cell: dict[str, Any], mailed: int, held_out: int) -> int | None:
    """Smallest whole per cent of all selected customers that, held out, shows it in the cell; None if half is too few.

    Args:
        mailed, held_out: of the whole plan.
    """
    selected = mailed + held_out
    needed = (1 / cell["mailed"] + 1 / cell["held_out"]) / cell["times"]
    for percent in range(1, LARGEST_SHARE + 1):
        of_cell = cell["mailed"] / mailed * selected * (1 - percent / 100)
        control = cell["held_out"] / held_out * selected * percent / 100
        if 1 / of_cell + 1 / control <= needed:
            return percent
    return None


def _points(rate: float) -> str:
    return f"{100 * rate:.2g}"
