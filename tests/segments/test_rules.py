import itertools

import polars as pl
import pytest

from segmentation.segments.rules import SEGMENT_RULES, assign_segments

ALL_CELLS = pl.DataFrame(
    list(itertools.product(range(1, 6), repeat=3)),
    schema=["recency_score", "frequency_score", "monetary_score"],
    orient="row",
)


def test_every_cell_has_a_segment_and_every_rule_a_cell() -> None:
    segments = assign_segments(ALL_CELLS)["segment"]
    assert segments.null_count() == 0
    assert set(segments) == {rule.name for rule in SEGMENT_RULES}


def test_names_are_different_and_explained() -> None:
    assert len({rule.name for rule in SEGMENT_RULES}) == len(SEGMENT_RULES)
    assert all(rule.description and rule.advice for rule in SEGMENT_RULES)


@pytest.mark.parametrize(
    ("cell", "segment"),
    [
        ((5, 5, 5), "champions"),
        ((3, 5, 1), "loyal"),
        ((5, 1, 1), "new"),
        ((1, 5, 5), "cannot lose"),
        ((2, 4, 2), "at risk"),
        ((1, 1, 5), "lost"),
        ((3, 1, 3), "about to sleep"),
    ],
)
def test_well_known_cells(cell: tuple[int, int, int], segment: str) -> None:
    recency, frequency, monetary = cell
    row = ALL_CELLS.filter(recency_score=recency, frequency_score=frequency, monetary_score=monetary)
    assert assign_segments(row)["segment"].to_list() == [segment]


def test_the_first_rule_that_fits_wins() -> None:
    reversed_rules = tuple(reversed(SEGMENT_RULES))
    assert not assign_segments(ALL_CELLS)["segment"].equals(assign_segments(ALL_CELLS, reversed_rules)["segment"])
