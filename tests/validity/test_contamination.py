"""Who did not get what the arm says, counted by hand."""

import polars as pl
import pytest

from segmentation.validity.contamination import NO_CONTROL, WEAK, count_contaminated, tell_contaminated

NAMES = ("arm", "cell", "customers", "otherwise", "by_contact", "by_quote", "mailed_elsewhere")


def counted(*rows: tuple[str, str | None, int, int, int, int, int]) -> pl.DataFrame:
    return count_contaminated(pl.DataFrame(rows, schema=NAMES, orient="row"))


def test_a_shared_hold_out_is_that_of_every_cell() -> None:
    found = counted(
        ("control", None, 263, 81, 60, 30, 12),
        ("control", "red", 37, 0, 0, 0, 0),
        ("treatment", "blue", 500, 0, 0, 0, 0),
        ("treatment", "red", 400, 40, 0, 0, 0),
    )
    assert found.select("cell", "control", "contaminated", "treated", "unreached").rows() == [
        ("all", 300, 81, 900, 40),
        ("blue", 263, 81, 500, 0),
        ("red", 300, 81, 400, 40),
    ]
    blue = found.row(1, named=True)
    assert (round(blue["share_ci_low"], 4), round(blue["share_ci_high"], 4)) == (0.2553, 0.3662)  # Wilson, 81 of 263
    assert found["note"].to_list() == [None] * 3
    assert len(tell_contaminated(found)) == 2


def test_where_nobody_was_held_out_there_is_no_share() -> None:
    row = counted(("treatment", None, 10, 0, 0, 0, 0)).row(0, named=True)
    assert (row["share"], row["note"]) == (None, NO_CONTROL)


@pytest.mark.parametrize(("unreached", "note"), [(30, None), (80, WEAK), (85, WEAK)])
def test_too_few_moved_is_told(unreached: int, note: str | None) -> None:
    found = counted(("control", None, 100, 20, 20, 0, 0), ("treatment", None, 100, unreached, 0, 0, 0))
    assert found["note"].to_list() == [note]


def test_nobody_selected_is_no_row() -> None:
    assert count_contaminated(pl.DataFrame(schema=dict.fromkeys(NAMES, pl.String))).is_empty()
