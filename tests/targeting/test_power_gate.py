import re

import polars as pl
import pytest

from segmentation.comparison.planning import foresee_power
from segmentation.settings import load_settings
from segmentation.targeting.power_gate import find_weakness, note_weakness


def power(*cells: tuple[str | None, int, int], expected: float | None = None, rate: float = 0.02) -> pl.DataFrame:
    columns = {"cell": pl.String, "mailed": pl.Int64, "held_out": pl.Int64, "base_rate": pl.Float64}
    rows = [(cell, mailed, held_out, rate if mailed else None) for cell, mailed, held_out in cells]
    return foresee_power(pl.DataFrame(rows, schema=columns, orient="row"), expected)


def test_what_is_enough_is_not_told() -> None:
    plan = power(("A", 9000, 1000))
    least = plan["smallest_uplift"][0]
    assert find_weakness(plan, least) is None
    assert find_weakness(plan, least * 1.001) is None
    assert "are wanted" in str(find_weakness(plan, least * 0.999))


def test_nothing_is_sought_where_nothing_is_wanted_or_expected() -> None:
    assert find_weakness(power(("A", 90, 10)), None) is None
    assert find_weakness(power(("A", 90, 10), expected=-0.01), None) is None
    assert "are expected" in str(find_weakness(power(("A", 90, 10), expected=0.01), None))


def test_without_hold_out_or_rate_there_is_no_smallest_uplift_to_judge() -> None:
    assert find_weakness(power(("A", 90, 0)), 0.01) is None
    assert find_weakness(power(("A", 0, 0)), 0.01) is None


@pytest.mark.parametrize("wanted", [0.012, 0.009, 0.007])
@pytest.mark.parametrize("cells", [[("A", 9000, 1000)], [(None, 0, 1000), ("A", 6000, 0), ("B", 3000, 0)]])
def test_the_share_and_the_size_it_takes_are_enough_and_less_is_not(
    cells: list[tuple[str | None, int, int]], wanted: float
) -> None:
    told = find_weakness(power(*cells), wanted)
    assert told is not None
    found = re.search(r"it takes (?:(\d+) % of the 10,000 selected held out, or )?([\d,]+) selected", told)
    assert found

    def planned(selected: float, share: float) -> pl.DataFrame:
        mailed = {cell: part / 9000 for cell, part, _ in cells if part}
        held_out = (cells[0][0], 0, round(selected * share))
        if len(mailed) == 1:
            return power(("A", round(selected * (1 - share)), round(selected * share)))
        return power(held_out, *((cell, round(selected * (1 - share) * part), 0) for cell, part in mailed.items()))

    selected = int(found[2].replace(",", ""))
    assert find_weakness(planned(selected * 1.002, 0.1), wanted) is None
    assert find_weakness(planned(selected * 0.99, 0.1), wanted) is not None
    if found[1]:
        share = int(found[1]) / 100
        assert find_weakness(planned(10_000, share), wanted) is None
        assert find_weakness(planned(10_000, share - 0.01), wanted) is not None
    else:
        assert find_weakness(planned(10_000, 0.5), wanted) is not None


def test_the_cell_that_shows_least_is_told() -> None:
    told = str(find_weakness(power((None, 0, 500), ("A", 4000, 0), ("B", 500, 0)), 0.01))
    assert told.startswith("the hold-out of cell B shows an uplift of ")


def test_the_gate_can_be_off() -> None:
    plan = power(("A", 90, 10))
    wanted = {"wanted_uplift": 0.01}
    assert note_weakness(plan, load_settings(plan=wanted).plan)
    assert note_weakness(plan, load_settings(plan=wanted | {"power_gate": "off"}).plan) is None
