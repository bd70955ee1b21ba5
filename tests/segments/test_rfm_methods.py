"""Methods alone, on values and counts."""

from itertools import combinations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from segmentation.segments.rfm_methods import THRESHOLDS_SCHEMA, Question, find_natural_breaks, split_by_quantile
from segmentation.segments.scores import MEASURES, find_place

RECENCY, FREQUENCY, MONETARY = MEASURES
counted = st.dictionaries(st.integers(0, 50), st.integers(1, 9), min_size=1, max_size=9)


def question(values: dict[int, int], bins: int, measure: object = FREQUENCY) -> Question:
    frame = pl.DataFrame(
        {
            "within_recency": None,
            "within_frequency": None,
            "value": [float(v) for v in sorted(values)],
            "customers": [values[v] for v in sorted(values)],
        },
        schema_overrides={"within_recency": pl.Int8, "within_frequency": pl.Int8},
    )
    return Question(measure, bins, frame, (), pl.DataFrame(schema=THRESHOLDS_SCHEMA))  # type: ignore[arg-type]


def scores(thresholds: pl.DataFrame, values: list[int]) -> list[int]:
    steps = thresholds.drop_nulls("starts_at").sort("starts_at")
    place = np.digitize(values, steps["starts_at"].to_numpy()) - 1
    return steps["score"].to_numpy()[place].tolist()


@given(counted, st.integers(2, 10))
def test_quantiles_are_the_place_of_the_middle_and_turn_round_with_the_measure(
    values: dict[int, int], bins: int
) -> None:
    n = sum(values.values())
    ascending = sorted(values)
    expected = []
    for value in ascending:
        worse = sum(count for other, count in values.items() if other < value)
        expected.append(min(bins, 1 + bins * (2 * worse + values[value]) // (2 * n)))
    assert scores(split_by_quantile(question(values, bins)), ascending) == expected
    turned = split_by_quantile(question({50 - v: n for v, n in values.items()}, bins, RECENCY))
    assert scores(turned, [50 - v for v in ascending]) == expected


@given(counted, st.integers(1, 5))
def test_natural_breaks_are_the_best_of_all_partitions(values: dict[int, int], classes: int) -> None:
    ascending = np.array(sorted(values), dtype=float)
    counts = np.array([values[int(v)] for v in ascending])
    classes = min(classes, len(ascending))

    def cost(starts: tuple[int, ...]) -> float:
        parts = np.split(np.repeat(ascending, counts), np.concatenate([[0], np.cumsum(counts)])[list(starts[1:])])
        return sum(((part - part.mean()) ** 2).sum() for part in parts)

    found = tuple(find_natural_breaks(ascending, counts, classes))
    best = min(cost((0, *others)) for others in combinations(range(1, len(ascending)), classes - 1))
    assert found[0] == 0
    assert len(found) == classes == len(set(found))
    assert cost(found) <= best + 1e-6


def test_natural_breaks_of_jenks_by_hand() -> None:
    # Three plain groups; the squared distances within them add up to 2 + 2 + 0.5.
    values = np.array([4.0, 5, 6, 9, 10, 11, 40, 41])
    assert find_natural_breaks(values, np.ones(8, dtype=int), 3) == [0, 3, 6]


def test_a_value_far_off_leaves_the_breaks_of_the_others() -> None:
    values = np.array([4.0, 5, 6, 9, 10, 11, 40, 41, 1e15])
    assert find_natural_breaks(values, np.full(9, 1000), 4) == [0, 3, 6, 8]


def test_places_on_a_scale() -> None:
    assert [find_place(s, 3, scale=5) for s in (1, 2, 3)] == [1, 3, 5]
    assert [find_place(s, 2, scale=5) for s in (1, 2)] == [2, 4]
    assert [find_place(s, 10, scale=5) for s in range(1, 11)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert [find_place(s, 5, scale=5) for s in range(1, 6)] == [1, 2, 3, 4, 5]
