"""SEGMENT_RULES: from RFM scores to names marketers use. Add a segment here; the first rule that fits wins."""

from dataclasses import dataclass

import polars as pl

ANY = (1, 5)


@dataclass(frozen=True)
class SegmentRule:
    """A named range of scores, ends included.

    Attributes:
        advice: what a marketer would do with these customers.
    """

    name: str
    description: str
    advice: str
    recency: tuple[int, int] = ANY
    frequency: tuple[int, int] = ANY
    monetary: tuple[int, int] = ANY

    @property
    def when(self) -> pl.Expr:
        """True for the customers the rule fits."""
        return (
            pl.col("recency_score").is_between(*self.recency)
            & pl.col("frequency_score").is_between(*self.frequency)
            & pl.col("monetary_score").is_between(*self.monetary)
        )


def assign_segments(scored: pl.DataFrame, rules: "tuple[SegmentRule, ...] | None" = None) -> pl.DataFrame:
    """Add `segment`, the name of the first rule that fits.

    Args:
        scored: one row per customer with the three scores.
        rules: in the order of trying; SEGMENT_RULES where None. The last must fit everybody.
    Returns: the same rows in the same order; `segment` is never empty while the last rule fits all scores.
    """
    names = (pl.when(rule.when).then(pl.lit(rule.name)) for rule in rules or SEGMENT_RULES)
    return scored.with_columns(pl.coalesce(names).alias("segment"))


SEGMENT_RULES: tuple[SegmentRule, ...] = (
    SegmentRule(
        "champions",
        "Bought lately, often, and for the most money",
        "Reward; ask for recommendations",
        (4, 5),
        (4, 5),
        (4, 5),
    ),
    SegmentRule("loyal", "Buy often, not long ago", "Offer better goods; keep them", (3, 5), (4, 5)),
    SegmentRule("new", "First orders, placed lately", "Welcome; help to a second order", (5, 5), (1, 1)),
    SegmentRule("promising", "Bought lately, not often yet", "Build the habit", (4, 5), (1, 2)),
    SegmentRule("potential loyal", "Bought lately, fairly often", "Offer membership or a series", (4, 5), (3, 3)),
    SegmentRule("need attention", "About the middle in recency and frequency", "A limited offer", (3, 3), (2, 3)),
    SegmentRule("about to sleep", "Seldom bought, getting long ago", "Remind of what they liked", (3, 3), (1, 1)),
    SegmentRule(
        "cannot lose",
        "Bought most often and for most, but not lately",
        "Call; win back in person",
        (1, 2),
        (5, 5),
        (4, 5),
    ),
    SegmentRule("at risk", "Bought often, but not lately", "Win back with a strong offer", (1, 2), (3, 5)),
    SegmentRule("hibernating", "Seldom bought, long ago", "Mail rarely and cheaply", (2, 2), (1, 2)),
    SegmentRule("lost", "Seldom bought, longest ago", "Stop mailing unless it pays", (1, 1), (1, 2)),
)
