"""Months of the programme, counted from its first."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

YEAR = 12  # months


@dataclass(frozen=True)
class Timeline:
    """From the first month with a cost or a mailing to that of the as-of date.

    Attributes:
        starts_on: mailings that start from this day on are of the programme.
        first: first day of month 0.
        as_of: last day known.
    """

    starts_on: dt.date
    first: dt.date
    as_of: dt.date

    @property
    def months(self) -> int:
        """How many months there are; the last may still be running."""
        return months_between(self.first, self.as_of) + 1

    def number(self, date: pl.Expr) -> pl.Expr:
        """Number of the month of `date`; negative before the first."""
        return (date.dt.year().cast(pl.Int32) - self.first.year) * YEAR + (
            date.dt.month().cast(pl.Int32) - self.first.month
        )

    def frame(self) -> pl.DataFrame:
        """One row per month: `number` (0 is the first) and `month` (its first day)."""
        return pl.DataFrame({"number": pl.arange(0, self.months, dtype=pl.Int32, eager=True)}).with_columns(
            month=pl.lit(self.first).dt.offset_by(pl.format("{}mo", "number"))
        )


def months_between(earlier: dt.date, later: dt.date) -> int:
    """Months from that of `earlier` to that of `later`."""
    return (later.year - earlier.year) * YEAR + later.month - earlier.month


def find_timeline(
    starts_on: dt.date | None, costs: pl.DataFrame, campaigns: pl.DataFrame, as_of: dt.date
) -> Timeline | None:
    """The months of the programme; None where it has not begun or nothing says when it began.

    It begins on `starts_on`, or else with the first dated cost, or else with the first mailing. A cost before
    `starts_on` puts the first month earlier.

    Args:
        costs: see costs.COST_SCHEMA.
        campaigns: see sql/programme_campaigns.sql.
    """
    paid, mailed = costs["from"].min(), campaigns["starts_on"].min()
    begun = starts_on or paid or mailed
    if not isinstance(begun, dt.date):
        return None
    earliest = min(begun, paid) if isinstance(paid, dt.date) else begun
    return Timeline(begun, earliest.replace(day=1), as_of) if earliest <= as_of else None
