import polars as pl

from segmentation.reporting.eligibility_figures import describe_eligibility
from tests.reporting.languages import ENGLISH

NOTES = pl.DataFrame({"reason": ["no valid address"], "note": ["city not checked"]})
LISTS = pl.DataFrame(
    {
        "list_number": [0, 1],
        "list_reason": [None, "robinson"],
        "rows_read": [2, 3000],
        "rows_not_usable": [0, 7],
        "customers_matched": [1, 12],
    }
)


def test_what_was_not_checked_lists_and_duplicates_are_told() -> None:
    twice = pl.DataFrame({"customers": [5], "persons": [2], "left_out": [3]})
    told = describe_eligibility(NOTES, LISTS, twice, ENGLISH)
    assert told["notes"] == ["no valid address: city not checked"]
    assert [(row["name"], *row["figures"].values()) for row in told["lists"]] == [
        ("suppressions of the source", "2", "0", "1"),
        ("robinson", "3,000", "7", "12"),
    ]
    assert told["duplicates"].startswith("5 customers seem to be 2 persons, by the same name")
    assert told["duplicates"].endswith("3 are left out for it.")


def test_nothing_to_tell() -> None:
    none = pl.DataFrame({"customers": [0], "persons": [0], "left_out": [0]})
    assert describe_eligibility(NOTES.clear(), LISTS.clear(), none, ENGLISH) == {
        "notes": [],
        "lists": [],
        "duplicates": "",
    }
