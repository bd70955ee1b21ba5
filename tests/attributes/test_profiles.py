"""Shares and means of groups: by hand, and against statsmodels and SciPy."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from segmentation.attributes.profiles import (
    ALL_ALIKE,
    NO_INDEX,
    NOBODY_ELSE,
    NOBODY_KNOWN,
    SHIELD,
    TOO_FEW,
    profile_means,
    profile_shares,
)
from segmentation.response.intervals import adjust_benjamini_hochberg

SIZES = {"grouping": pl.String, "group_name": pl.String, "size": pl.Int64}
SHARES = {"attribute": pl.String, "grouping": pl.String, "group_name": pl.String, "value": pl.String, "customers": int}
MEANS = SHARES | {"mean": pl.Float64, "variance": pl.Float64}


def shares(table: dict[str | None, dict[str, int]], sizes: dict[str | None, int] | None = None) -> pl.DataFrame:
    """Profiles by the counts of the values of `x`, by segment."""
    counted = pl.DataFrame(
        [("x", "segment", name, value, n) for name, values in table.items() for value, n in values.items() if n],
        schema=SHARES,
        orient="row",
    )
    return profile_shares(counted, size_frame(sizes or {name: sum(values.values()) for name, values in table.items()}))


def means(values: dict[str | None, list[float]], sizes: dict[str | None, int] | None = None) -> pl.DataFrame:
    """Profiles by the numbers of `x`, by segment."""
    found = [
        ("x", "segment", name, None, len(numbers), float(np.mean(numbers)), float(np.var(numbers)))
        for name, numbers in values.items()
        if numbers
    ]
    rows = pl.DataFrame(found, schema=MEANS, orient="row").drop("value")
    return profile_means(rows, size_frame(sizes or {name: len(numbers) for name, numbers in values.items()}))


def size_frame(sizes: dict[str | None, int]) -> pl.DataFrame:
    return pl.DataFrame([("segment", name, n) for name, n in sizes.items()], schema=SIZES, orient="row")


def row(profiles: pl.DataFrame, group: str, value: str | None = None) -> dict[str, Any]:
    return profiles.row(
        by_predicate=(pl.col("group_name") == group) & pl.col("value").eq_missing(pl.lit(value)), named=True
    )


def test_shares_by_hand() -> None:
    """Newcombe (1998), table II: 56 of 70 against 48 of 80 is 0.20, from 0.0524 to 0.3339."""
    found = shares({"s": {"yes": 56, "no": 14}, "t": {"yes": 48, "no": 32}}, {"s": 75, "t": 80})
    yes = row(found, "s", "yes")

    assert (yes["customers"], yes["unknown"], yes["kind"], yes["method"]) == (70, 5, "share", "score")
    assert (yes["in_group"], yes["in_all"]) == (0.8, 104 / 150)
    assert yes["index"] == pytest.approx(100 * 0.8 / (104 / 150))
    interval = [round(yes[f"difference{part}"], 4) for part in ("", "_ci_low", "_ci_high")]
    assert interval == [0.2, 0.0524, 0.3339]
    assert (yes["standing"], row(found, "s", "no")["standing"], row(found, "t", "yes")["standing"]) == (
        "over",
        "under",
        "under",
    )


def test_p_values_are_of_the_adjusted_residuals() -> None:
    from statsmodels.stats.contingency_tables import Table

    table = np.array([[30, 25, 45], [40, 60, 31], [22, 28, 90]])
    found = shares({f"s{i}": {f"v{j}": int(table[i, j]) for j in range(3)} for i in range(3)})
    residuals = Table(table, shift_zeros=False).standardized_resids
    for i in range(3):
        for j in range(3):
            cell = row(found, f"s{i}", f"v{j}")
            assert cell["p_value"] == pytest.approx(2 * stats.norm.sf(abs(residuals[i, j])))
            assert np.sign(cell["difference"]) == np.sign(residuals[i, j])
    assert found["p_adjusted"].to_list() == pytest.approx(adjust_benjamini_hochberg(found["p_value"].to_numpy()))


def test_few_are_compared_exactly() -> None:
    """1 of 5 against 1 of 200: the normal distribution would be sure that it is no chance."""
    found = row(shares({"s": {"rare": 1, "common": 4}, "t": {"rare": 1, "common": 199}}), "s", "rare")
    tail = stats.fisher_exact([[1, 4], [1, 199]], alternative="greater").pvalue

    assert found["method"] == "exact"
    assert found["p_value"] == pytest.approx(2 * tail)
    assert found["standing"] is None


def test_findings_are_rare_where_there_is_nothing_to_find() -> None:
    random = np.random.default_rng(3)
    nights_with_findings = 0
    for _ in range(100):
        table = {
            f"s{i}": dict(zip("abcdef", map(int, random.multinomial(60, [1 / 6] * 6)), strict=True)) for i in range(8)
        }
        nights_with_findings += shares(table)["standing"].count() > 0
    assert nights_with_findings <= 10  # 5 expected


def test_a_value_that_nobody_of_the_group_has_is_a_share_of_0() -> None:
    found = row(shares({"s": {"a": 60}, "t": {"a": 30, "b": 30}}), "s", "b")
    assert (found["in_group"], found["index"], found["standing"]) == (0, 0, "under")


def test_small_groups_are_hidden_with_reasons() -> None:
    table = {"lone": {"a": 3, "b": 0}, "shield": {"a": 6, "b": 4}, "s": {"a": 30, "b": 20}, "t": {"a": 25, "b": 25}}
    found = shares(table | {"none": {}}, {"lone": 3, "shield": 12, "s": 50, "t": 50, "none": 7})
    notes = {name: row(found, name, "a")["note"] for name in (*table, "none")}

    assert notes == {"lone": TOO_FEW, "shield": SHIELD, "s": None, "t": None, "none": NOBODY_KNOWN}
    unseen = found.filter(pl.col("group_name").is_in(["lone", "shield", "none"]))
    for figure in ("in_group", "index", "difference", "difference_ci_low", "p_value", "standing"):
        assert unseen[figure].null_count() == unseen.height
    assert (row(found, "none", "a")["customers"], row(found, "none", "a")["unknown"]) == (0, 7)
    assert row(found, "s", "a")["in_all"] == 64 / 113  # the hidden are among all


def test_customers_in_no_group_count_in_all_and_show_nothing() -> None:
    found = shares({None: {"a": 20}, "s": {"a": 10, "b": 10}})
    assert set(found["group_name"]) == {"s"}
    assert (row(found, "s", "a")["in_all"], row(found, "s", "a")["difference"]) == (0.75, -0.5)


def test_one_group_has_nothing_to_compare_with() -> None:
    found = row(shares({"s": {"a": 10, "b": 10}}), "s", "a")
    assert (found["in_group"], found["index"], found["difference"], found["note"]) == (0.5, 100, None, NOBODY_ELSE)


def test_means_are_welchs() -> None:
    random = np.random.default_rng(5)
    values = {
        "s": (random.gamma(3, size=40) * 10).tolist(),
        "t": (random.gamma(4, size=25) * 12).tolist(),
        "u": random.gamma(2, size=7).tolist(),
    }
    found = means(values, {"s": 44, "t": 25, "u": 7})
    everybody = np.mean(np.concatenate(list(values.values())))
    for name in values:
        others = np.concatenate([numbers for other, numbers in values.items() if other != name])
        test = stats.ttest_ind(values[name], others, equal_var=False)
        cell, interval = row(found, name), test.confidence_interval()
        assert (cell["kind"], cell["method"], cell["value"]) == ("mean", "welch", None)
        assert cell["in_all"] == pytest.approx(everybody)
        assert cell["index"] == pytest.approx(100 * np.mean(values[name]) / everybody)
        assert cell["p_value"] == pytest.approx(test.pvalue)
        assert cell["difference"] == pytest.approx(np.mean(values[name]) - np.mean(others))
        assert (cell["difference_ci_low"], cell["difference_ci_high"]) == pytest.approx((interval.low, interval.high))
    assert row(found, "s")["unknown"] == 4


def test_means_far_from_0_lose_no_digits() -> None:
    small = {"s": [1.0, 2, 3, 4, 5, 9], "t": [2.0, 2, 3, 5, 8, 8, 9]}
    far = {name: [1e9 + number for number in numbers] for name, numbers in small.items()}
    assert row(means(far), "s")["p_value"] == pytest.approx(row(means(small), "s")["p_value"], rel=1e-6)


def test_means_that_have_no_index_or_do_not_vary() -> None:
    below = row(means({"s": [-3.0, -2, -1, -2, -3], "t": [-1.0, -1, -1, -2, -3]}), "s")
    assert (below["index"], below["note"]) == (None, NO_INDEX)
    assert below["difference"] == pytest.approx(-0.6)
    alike = row(means({"s": [2.0] * 6, "t": [2.0] * 6}), "s")
    assert (alike["in_group"], alike["index"], alike["p_value"], alike["note"]) == (2, 100, None, ALL_ALIKE)


def test_a_group_without_numbers_and_a_small_one() -> None:
    found = means({"s": [1.0] * 5 + [2.0] * 4, "t": [3.0, 4, 5, 6, 7], "few": [2.0]} | {"none": []}, None)
    assert row(found, "none")["note"] == NOBODY_KNOWN
    assert row(found, "few")["note"] == TOO_FEW
    assert row(found, "t")["note"] == SHIELD
    assert row(found, "s")["in_group"] == pytest.approx(13 / 9)
