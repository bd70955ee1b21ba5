"""Nobody can be read off: not from a small count, nor from the difference between all and the others."""

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.attributes.disclosure import FEWEST, OTHER, is_too_small, pool_rare


def hidden(sizes: dict[str | None, int]) -> set[str | None]:
    rows = pl.DataFrame(
        {"all": 1, "name": list(sizes), "n": list(sizes.values())}, schema_overrides={"name": pl.String}
    )
    return set(rows.filter(is_too_small("n", "name", ["all"]))["name"])


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"a": 5, "b": 9}, set()),
        ({"a": 4, "b": 9, "c": 10}, {"a", "b"}),  # a alone would be all less b and c
        ({"a": 4, "b": 1, "c": 10}, {"a", "b"}),  # together 5
        ({"a": 0, "b": 9, "c": 10}, {"a"}),  # nothing to find out
        ({"a": 3, "c": 9, "b": 9, "d": 9}, {"a", "b"}),
        ({"a": 2}, {"a"}),
        ({None: 3, "a": 9, "b": 12}, {None, "a"}),
        ({None: 30, "a": 9, "b": 12}, {None}),
    ],
)
def test_hidden_by_hand(sizes: dict[str | None, int], expected: set[str | None]) -> None:
    assert hidden(sizes) == expected


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 30)))
def test_what_is_hidden_is_nobody_or_enough(sizes: dict[str | None, int]) -> None:
    found = hidden(sizes)
    assert all(size >= FEWEST for name, size in sizes.items() if name not in found)
    together = sum(sizes[name] for name in found)
    assert together == 0 or together >= FEWEST or found.issuperset(name for name, size in sizes.items() if size)
    without = sorted(sizes[name] for name in found)
    if len(without) > 1 and without[-1] >= FEWEST:  # the last was needed
        assert 0 < sum(without[:-1]) < FEWEST
    assert all(first <= second for first, second in pairwise(without))


def counts(grouping: str, *rows: tuple[str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [("x", grouping, *row) for row in rows],
        schema=["attribute", "grouping", "group_name", "value", "customers"],
        orient="row",
    )


def test_rare_values_are_one() -> None:
    """Of all, a has 12, b 6, c 3, d 2 and one that is called other already 7."""
    by_segment = counts(
        "segment", ("s", "a", 12), ("s", "b", 1), ("t", "b", 5), ("s", "c", 3), ("t", "d", 2), ("t", OTHER, 7)
    )
    by_cluster = counts("cluster", ("k", "a", 12), ("k", "b", 6), ("k", "c", 3), ("l", "d", 2), ("l", OTHER, 7))
    pooled = pool_rare(pl.concat([by_cluster, by_segment]))

    assert pooled.rows() == [
        ("x", "cluster", "k", "a", 12),
        ("x", "cluster", "k", "b", 6),
        ("x", "cluster", "k", OTHER, 3),
        ("x", "cluster", "l", OTHER, 9),
        ("x", "segment", "s", "a", 12),
        ("x", "segment", "s", "b", 1),
        ("x", "segment", "s", OTHER, 3),
        ("x", "segment", "t", "b", 5),
        ("x", "segment", "t", OTHER, 9),
    ]


def test_a_rare_value_takes_another_with_it() -> None:
    assert set(pool_rare(counts("segment", ("s", "a", 50), ("s", "b", 6), ("s", "c", 1)))["value"]) == {"a", OTHER}
