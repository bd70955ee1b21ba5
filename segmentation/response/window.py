"""The response window of a campaign, and how much of it is known."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """Days in which what customers do counts.

    Attributes:
        starts_on: first day.
        ends_on: last day.
        as_of: last day known.
    """

    starts_on: dt.date
    ends_on: dt.date
    as_of: dt.date

    @property
    def eve(self) -> dt.date:
        """Day before the first."""
        return self.starts_on - dt.timedelta(days=1)

    @property
    def days(self) -> int:
        """Length of the window."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def known_until(self) -> dt.date:
        """Last day of the window that is known."""
        return min(self.ends_on, self.as_of)

    @property
    def days_known(self) -> int:
        """How many days of the window are known."""
        return (self.known_until - self.starts_on).days + 1
