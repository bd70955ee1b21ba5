"""Whether other campaigns mailed both arms alike, against independent tests."""

import polars as pl
import pytest
from scipy import stats

from segmentation.validity.concurrent import are_alike, compare_mailed, tell_concurrent


def others(*counts: tuple[int, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "other_campaign_id": f"o{number}",
                "shared_days": 3,
                "is_same_kind": True,
                "treated_mailed": treated,
                "control_mailed": control,
            }
            for number, (treated, control) in enumerate(counts)
        ]
    )


def test_the_p_value_is_that_of_a_chi_square() -> None:
    found = compare_mailed(others((500, 20), (300, 60)), treated=1000, control=100)
    for row, (one, two) in zip(found.iter_rows(named=True), ((500, 20), (300, 60)), strict=True):
        table = [[one, 1000 - one], [two, 100 - two]]
        assert row["p_value"] == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)
    assert found["verdict"].to_list() == ["fail", "fail"]
    assert "campaigns o0, o1 mailed one arm more" in tell_concurrent(found)[0]
    assert not are_alike(found)


def test_few_are_tested_exactly() -> None:
    found = compare_mailed(others((1, 2)), treated=50, control=30)
    assert found["p_value"][0] == pytest.approx(stats.fisher_exact([[1, 49], [2, 28]]).pvalue)
    assert found["verdict"].to_list() == ["pass"]


def test_households_mailed_together_prove_less() -> None:
    counts = others((500, 31))
    assert compare_mailed(counts, treated=1000, control=100)["verdict"].to_list() == ["fail"]
    assert compare_mailed(counts, treated=1000, control=100, design_effect=2)["verdict"].to_list() == ["pass"]


@pytest.mark.parametrize(("treated", "control"), [(0, 5), (5, 0), (0, 0)])
def test_without_two_arms_nothing_is_tested(treated: int, control: int) -> None:
    row = compare_mailed(others((0, 0)), treated=treated, control=control).row(0, named=True)
    assert (row["p_value"], row["verdict"]) == (None, "not known")
    assert row["note"].endswith("so there are no arms to compare")


def test_many_are_not_all_named() -> None:
    found = compare_mailed(others(*[(10, 10)] * 5), treated=100, control=100)
    assert tell_concurrent(found) == ["campaigns o0, o1, o2 and 2 more mailed some in the same days, both arms alike"]
    assert tell_concurrent(compare_mailed(others((0, 0)), treated=10, control=10)) == []
