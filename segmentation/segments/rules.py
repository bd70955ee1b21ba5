"""SEGMENT_RULES: from RFM scores to names marketers use. Add a segment here; the first rule that fits wins.

Rules are data: those of the settings take the place of these. Rules must name every cell of scores, and each rule must
name at least one that no earlier rule does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from segmentation.segments.scores import MEASURES, find_place, write_cell

Cell = tuple[int, ...]
Range = tuple[int, int] | None  # ends included; any score where None

NOWHERE = (0, 0)
SCALE = 5  # of SEGMENT_RULES
NEVER_BOUGHT = "never bought"
NOT_ON_FILE = "not on file"
RESERVED = (NEVER_BOUGHT, NOT_ON_FILE)
EXAMPLES = 3


@dataclass(frozen=True)
class SegmentRule:
    """A named range of scores.

    Attributes:
        advice: what a marketer would do with these customers.
    """

    name: str
    description: str
    advice: str
    recency: Range = None
    frequency: Range = None
    monetary: Range = None

    @property
    def ranges(self) -> tuple[Range, ...]:
        """The ranges in the order of the scores of a cell."""
        return self.recency, self.frequency, self.monetary

    def fits(self, cell: Cell) -> bool:
        """Whether the rule names the cell; an earlier rule may name it too."""
        return all(
            wanted is None or wanted[0] <= score <= wanted[1] for wanted, score in zip(self.ranges, cell, strict=True)
        )


def assign_cells(rules: Sequence[SegmentRule], bins: Sequence[int]) -> dict[Cell, str]:
    """The name of the first rule that fits each cell; cells that no rule fits are left out.

    Args:
        bins: number of scores of each measure.
    """
    found = ((cell, next((rule.name for rule in rules if rule.fits(cell)), None)) for cell in _all_cells(bins))
    return {cell: name for cell, name in found if name is not None}


def carry_over(bins: Sequence[int]) -> tuple[SegmentRule, ...]:
    """SEGMENT_RULES for other numbers of scores.

    A score stands for the fifth in which its middle falls: of three scores, 1 for the first, 2 for the third, 3 for the
    fifth. Rules that then name no cell of their own are left out.
    """
    scaled = [_rescale(rule, bins) for rule in SEGMENT_RULES]
    used = set(assign_cells(scaled, bins).values())
    return tuple(rule for rule in scaled if rule.name in used)


def _rescale(rule: SegmentRule, bins: Sequence[int]) -> SegmentRule:
    recency, frequency, monetary = (_rescale_range(r, of) for r, of in zip(rule.ranges, bins, strict=True))
    return replace(rule, recency=recency, frequency=frequency, monetary=monetary)


def _rescale_range(wanted: Range, of: int) -> Range:
    if wanted is None:
        return None
    scores = [s for s in range(1, of + 1) if wanted[0] <= find_place(s, of, scale=SCALE) <= wanted[1]]
    return (scores[0], scores[-1]) if scores else NOWHERE


def find_faults(rules: Sequence[SegmentRule], bins: Sequence[int]) -> list[str]:
    """Why the rules cannot be used, one sentence each; empty if they can."""
    return list(_faults_of_names(rules)) + (list(_faults_of_ranges(rules, bins)) or list(_faults_of_cells(rules, bins)))


def _faults_of_names(rules: Sequence[SegmentRule]) -> Iterator[str]:
    names = [rule.name for rule in rules]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"segment {name!r} is there {names.count(name)} times; give each rule a name of its own"
        if name in RESERVED:
            yield f"segment {name!r}: the name is taken; choose another"


def _faults_of_ranges(rules: Sequence[SegmentRule], bins: Sequence[int]) -> Iterator[str]:
    for rule in rules:
        for measure, wanted, of in zip(MEASURES, rule.ranges, bins, strict=True):
            if wanted is not None and not 1 <= wanted[0] <= wanted[1] <= of:
                yield f"segment {rule.name!r}: {measure.kind} {write_range(wanted)} is not within 1-{of}"


def _faults_of_cells(rules: Sequence[SegmentRule], bins: Sequence[int]) -> Iterator[str]:
    assigned = assign_cells(rules, bins)
    for rule in rules:
        if rule.name not in assigned.values():
            wanted = [cell for cell in assigned if rule.fits(cell)]
            earlier = ", ".join(dict.fromkeys(repr(assigned[cell]) for cell in wanted))
            yield (
                f"segment {rule.name!r} is never used: earlier rules ({earlier}) have its cells, such as "
                + _name_cells(wanted, bins)
            )
    gaps = [cell for cell in _all_cells(bins) if cell not in assigned]
    if gaps:
        yield f"{len(gaps)} of {len(gaps) + len(assigned)} cells have no segment, such as {_name_cells(gaps, bins)}"


def _all_cells(bins: Sequence[int]) -> Iterator[Cell]:
    return product(*(range(1, of + 1) for of in bins))


def _name_cells(cells: Sequence[Cell], bins: Sequence[int]) -> str:
    return ", ".join(write_cell(cell, bins) for cell in cells[:EXAMPLES])


def read_range(text: str) -> Range:
    """The range that is written 4-5 or 4; any where the text is empty."""
    first, _, last = text.partition("-")
    return (int(first), int(last or first)) if text else None


def write_range(wanted: Range) -> str:
    """As `read_range` reads it."""
    if wanted is None:
        return ""
    return f"{wanted[0]}" if wanted[0] == wanted[1] else f"{wanted[0]}-{wanted[1]}"


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
