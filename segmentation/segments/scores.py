"""What RFM scores: three measures, and scores from 1 worst to as many as there are bins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["recency", "frequency", "monetary"]

LARGEST_DIGIT = 9


@dataclass(frozen=True)
class Measure:
    """One of the three.

    Attributes:
        kind: its score is the column `<kind>_score`.
        name: the column of sql/customer_rfm.sql.
    """

    kind: Kind
    name: str
    fewer_is_better: bool = False

    @property
    def score(self) -> str:
        """The column of the score."""
        return f"{self.kind}_score"


MEASURES = (
    Measure("recency", "days_since_last_order", fewer_is_better=True),
    Measure("frequency", "order_count"),
    Measure("monetary", "spend"),
)


def find_place(part: int, of: int, *, scale: int) -> int:
    """Where the middle of the `part`-th of `of` equal parts falls on a scale of 1 to `scale`."""
    return 1 + scale * (2 * part - 1) // (2 * of)


def write_cell(scores: Sequence[int], bins: Sequence[int]) -> str:
    """The scores in a row: 555, or 10-9-10 where a score may have two digits."""
    return ("-" if max(bins) > LARGEST_DIGIT else "").join(map(str, scores))
