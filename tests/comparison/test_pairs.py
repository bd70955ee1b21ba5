import datetime as dt

import polars as pl
import pytest

from segmentation.comparison.pairs import choose_pairs

CAMPAIGNS = pl.DataFrame(
    [
        ("spring", "mail", dt.date(2023, 3, 1), 10),
        ("e-spring", "email", dt.date(2023, 3, 2), 10),
        ("summer", "mail", dt.date(2023, 6, 1), 10),
        ("nobody", "mail", dt.date(2023, 7, 1), 0),
        ("twin", "mail", dt.date(2023, 6, 1), 10),
        ("autumn", "mail", dt.date(2023, 9, 1), 10),
    ],
    schema=["campaign_id", "kind", "starts_on", "mailed"],
    orient="row",
)
ALL = [("autumn", "twin"), ("autumn", "summer"), ("autumn", "spring"), ("twin", "spring"), ("summer", "spring")]


@pytest.mark.parametrize(
    ("days", "most", "kept"),
    [(None, 100, ALL), (100, 100, [ALL[0], ALL[1], ALL[3], ALL[4]]), (91, 100, []), (None, 2, ALL[:2])],
)
def test_pairs_are_of_one_kind_the_latest_first(days: int | None, most: int, kept: list[tuple[str, str]]) -> None:
    # From 1 March to 1 June are 92 days, as from 1 June to 1 September.
    pairs, left_out = choose_pairs(CAMPAIGNS, days=days, most=most)
    assert pairs.rows() == kept
    assert left_out == (3 if most == 2 else 0)
