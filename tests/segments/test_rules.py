"""Rules name every cell of scores, once, whatever the number of scores."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.segments.rules import SEGMENT_RULES, SegmentRule, assign_cells, carry_over, find_faults, read_range
from segmentation.segments.scores import find_place

FIVES = (5, 5, 5)


def rule(name: str, recency: str = "", frequency: str = "", monetary: str = "") -> SegmentRule:
    return SegmentRule(name, "", "", *(read_range(text) for text in (recency, frequency, monetary)))


def test_every_cell_has_a_segment_and_every_rule_a_cell() -> None:
    cells = assign_cells(SEGMENT_RULES, FIVES)
    assert set(cells) == set(product(range(1, 6), repeat=3))
    assert set(cells.values()) == {rule.name for rule in SEGMENT_RULES}
    assert find_faults(SEGMENT_RULES, FIVES) == []


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
    assert assign_cells(SEGMENT_RULES, FIVES)[cell] == segment


def test_the_first_rule_that_fits_wins() -> None:
    assert assign_cells(SEGMENT_RULES, FIVES) != assign_cells(SEGMENT_RULES[::-1], FIVES)


@pytest.mark.parametrize("bins", [*product((2, 3, 4, 5, 10), repeat=3), (9, 6, 7)])
def test_the_usual_rules_carry_over_to_other_numbers_of_scores(bins: tuple[int, int, int]) -> None:
    """Each cell has the segment of the cell of fifths that the middles of its scores fall in."""
    rules = carry_over(bins)
    assert find_faults(rules, bins) == []
    fifths = assign_cells(SEGMENT_RULES, FIVES)
    for cell, segment in assign_cells(rules, bins).items():
        assert segment == fifths[tuple(find_place(s, of, scale=5) for s, of in zip(cell, bins, strict=True))]


def test_the_usual_rules_are_their_own_for_five_scores() -> None:
    assert carry_over(FIVES) == SEGMENT_RULES


def test_a_grid_of_ones_own() -> None:
    rules = (rule("best", "3", "3"), rule("recent", "2-3"), rule("others"))
    assert find_faults(rules, (3, 3, 3)) == []
    cells = assign_cells(rules, (3, 3, 3))
    assert (cells[3, 3, 1], cells[2, 1, 1], cells[3, 2, 3], cells[1, 3, 3]) == ("best", "recent", "recent", "others")


@pytest.mark.parametrize(
    ("rules", "faults"),
    [
        (
            [rule("good", "2-3")],
            ["9 of 27 cells have no segment, such as 111, 112, 113"],
        ),
        (
            [rule("good", "2-3"), rule("better", "3", "3"), rule("bad", "1")],
            ["segment 'better' is never used: earlier rules ('good') have its cells, such as 331, 332, 333"],
        ),
        (
            [rule("a", "1"), rule("b", "2-3"), rule("c", "", "1")],
            ["segment 'c' is never used: earlier rules ('a', 'b') have its cells, such as 111, 112, 113"],
        ),
        (
            [rule("good", "3-4"), rule("odd", "", "3-2"), rule("others")],
            [
                "segment 'good': recency 3-4 is not within 1-3",
                "segment 'odd': frequency 3-2 is not within 1-3",
            ],
        ),
        (
            [rule("same", "1"), rule("same")],
            ["segment 'same' is there 2 times; give each rule a name of its own"],
        ),
        ([rule("never bought")], ["segment 'never bought': the name is taken; choose another"]),
        ([], ["27 of 27 cells have no segment, such as 111, 112, 113"]),
    ],
)
def test_rules_that_cannot_be_used(rules: list[SegmentRule], faults: list[str]) -> None:
    assert find_faults(rules, (3, 3, 3)) == faults


def test_cells_of_ten_scores_are_named_apart() -> None:
    assert find_faults([rule("good", "1-9")], (10, 10, 10)) == [
        "100 of 1000 cells have no segment, such as 10-1-1, 10-1-2, 10-1-3"
    ]


score_range = st.sampled_from(["", *"1234", *(f"{a}-{b}" for a, b in product("1234", repeat=2))])


@given(st.lists(st.tuples(score_range, score_range, score_range), max_size=6))
def test_rules_without_fault_name_every_cell_and_are_all_used(ranges: list[tuple[str, str, str]]) -> None:
    """The catch-all at the end leaves ranges and order to be at fault."""
    rules = [*(rule(f"s{n}", *texts) for n, texts in enumerate(ranges)), rule("others")]
    faults = find_faults(rules, (3, 3, 3))
    cells = assign_cells(rules, (3, 3, 3))
    assert len(cells) == 27
    bad_ranges = any("4" in text or text in {"2-1", "3-1", "3-2"} for texts in ranges for text in texts)
    unused = {rule.name for rule in rules} - set(cells.values())
    assert bool(faults) == bool(bad_ranges or unused)
    if not bad_ranges:
        assert {fault.split("'")[1] for fault in faults} == unused
