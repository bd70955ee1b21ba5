"""How likely a customer is to order in the next days, from the times of the orders so far."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from segmentation.value.bg_nbd import BgNbd
from segmentation.value.fitting import Vector
from segmentation.value.models import WEEK

SAME, RHYTHM, BG_NBD = "same for all", "own rhythm", "bg/nbd"
PRIOR = 20.0  # a cell's rate is drawn to that of its row, and a row's to that of all, as if of so many more customers

INTERVALS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)  # usual days between orders, in the days foreseen
OVERDUE = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0)  # days since the last order, in usual days between orders
WAITS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # days since the only order, in the days foreseen
ONE_ORDER = -1  # the row of those who have ordered once


@dataclass(frozen=True)
class Rhythm:
    """Share of customers who ordered in the days foreseen: of all, by row and by cell of `rhythm_cells`."""

    overall: float
    rows: pl.DataFrame
    cells: pl.DataFrame


def rhythm_cells(groups: pl.DataFrame, *, days: int) -> pl.DataFrame:
    """Add `row` (how often they usually order) and `cell` (how long overdue they are).

    Args:
        groups: one row per group with `repeat_orders`, `last_order_days` and `age_days` (days from the first order to
            the last, and to the date).
    """
    waited = (pl.col("age_days") - pl.col("last_order_days")).cast(pl.Float64)
    usual = pl.col("last_order_days") / pl.col("repeat_orders")
    has_rhythm = pl.col("repeat_orders") > 0
    return groups.with_columns(
        row=pl.when(has_rhythm).then(_class(usual / days, INTERVALS)).otherwise(ONE_ORDER),
        cell=pl.when(has_rhythm).then(_class(waited / usual, OVERDUE)).otherwise(_class(waited / days, WAITS)),
    )


def _class(value: pl.Expr, starts: tuple[float, ...]) -> pl.Expr:
    """The number of `starts` that the value reaches."""
    return pl.sum_horizontal((value >= start).cast(pl.Int32) for start in starts)


def learn_rhythm(groups: pl.DataFrame, *, days: int) -> Rhythm:
    """Rates of ordering by rhythm, small cells drawn to their row and small rows to all.

    Args:
        groups: rows of sql/order_chances.sql, at least one.
    """
    counted = rhythm_cells(groups, days=days).group_by("row", "cell").agg(pl.sum("customers", "ordered"))
    overall = int(counted["ordered"].sum()) / int(counted["customers"].sum())
    drawn = (pl.col("ordered") + PRIOR * pl.col("prior")) / (pl.col("customers") + PRIOR)
    rows = (
        counted.group_by("row")
        .agg(pl.sum("customers", "ordered"))
        .with_columns(prior=pl.lit(overall))
        .select("row", row_rate=drawn)
    )
    cells = counted.join(rows.rename({"row_rate": "prior"}), on="row").select("row", "cell", cell_rate=drawn)
    return Rhythm(overall, rows.sort("row"), cells.sort("row", "cell"))


def chance_by_rhythm(groups: pl.DataFrame, rhythm: Rhythm, *, days: int) -> Vector:
    """The rate of each group's cell; of its row where the cell is new, of all where that is."""
    found = (
        rhythm_cells(groups, days=days)
        .join(rhythm.rows, on="row", how="left", maintain_order="left")
        .join(rhythm.cells, on=["row", "cell"], how="left", maintain_order="left")
    )
    rate = found.select(pl.coalesce("cell_rate", "row_rate", pl.lit(rhythm.overall)).alias("rate"))["rate"]
    chances: Vector = rate.to_numpy()
    return chances


def chance_by_model(groups: pl.DataFrame, model: BgNbd, *, days: int) -> Vector:
    """Probability of an order in the next `days` by the BG/NBD model.

    Given that the customer is active, the rate is gamma distributed with r + x and alpha + T, so that none comes in t
    weeks with probability ((alpha + T) / (alpha + T + t)) ** (r + x).

    References: Fader, Hardie and Lee (2005), Marketing Science 24, 275-284: the likelihood of section 4.
    """
    x, age = (groups[name].cast(pl.Float64).to_numpy() for name in ("repeat_orders", "age_weeks"))
    none = ((model.alpha + age) / (model.alpha + age + days / WEEK)) ** (model.r + x)
    return np.asarray(model.probability_active(groups) * (1 - none))
