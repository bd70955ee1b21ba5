"""What attributes are good for, read from their values by DuckDB and judged."""

import datetime as dt
from collections.abc import Sequence

import polars as pl
import pytest

from segmentation.attributes.disclosure import pool_rare
from segmentation.attributes.kinds import (
    ALL_ALIKE,
    AN_ID,
    IDENTIFIES,
    LEFT_OUT,
    MEAN,
    NOBODY,
    RARE,
    SHARE,
    TOO_FEW,
    TOO_MANY,
    choose_kinds,
    leave_out_rare,
)
from segmentation.warehouse.connection import Connection, fetch, kept
from tests.attributes.shop import AS_OF, fill_customers, read_numbers


def judge(warehouse: Connection, values: Sequence[str | None]) -> tuple[str, str | None]:
    fill_customers(warehouse, [(f"c{i:04}", "s", {"x": value}) for i, value in enumerate(values)])
    with (
        kept(warehouse, "customer_groups"),
        kept(warehouse, "attribute_values", attributes=["x"], as_of_date=AS_OF),
    ):
        kinds = choose_kinds(fetch(warehouse, "attribute_contents"), ["x"])
        shares = pool_rare(fetch(warehouse, "attribute_shares", attributes=["x"]))
    if kinds["kind"][0] == SHARE:
        kinds = leave_out_rare(kinds, shares)
    kind, note = kinds.select("kind", "note").row(0)
    return kind, note


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a"] * 5 + ["b"] * 5, (SHARE, None)),
        ([str(number % 12) for number in range(60)], (SHARE, None)),  # codes, as of months
        ([str(number % 13) for number in range(65)], (MEAN, None)),
        ([f"{number / 3:.3f}" for number in range(40)], (MEAN, None)),  # all different, but measured
        ([f"{number},5" for number in range(40)], (MEAN, None)),
        ([str(number % 30) for number in range(95)] + ["nan"] * 5, (MEAN, None)),
        ([str(number % 30) for number in range(94)] + ["nan"] * 6, (SHARE, None)),
        ([str(number) for number in range(40)], (LEFT_OUT, AN_ID)),
        ([str(48_600_100_000 + number % 20) for number in range(40)], (LEFT_OUT, AN_ID)),
        ([f"card {number}" for number in range(40)], (LEFT_OUT, IDENTIFIES)),
        ([f"{number:05}" for number in range(40)], (LEFT_OUT, IDENTIFIES)),  # codes with zeros in front are no numbers
        ([f"town {number % 51}" for number in range(510)], (LEFT_OUT, TOO_MANY)),
        ([f"town {number % 50}" for number in range(500)], (SHARE, None)),
        (["a"] * 20, (LEFT_OUT, ALL_ALIKE)),
        (["a", "b", "a", "b"] + [None] * 9, (LEFT_OUT, TOO_FEW)),
        ([None, "", "  "], (LEFT_OUT, NOBODY)),
        ([f"v{number % 5}" for number in range(20)], (LEFT_OUT, RARE)),
        (["a"] * 30 + ["b"] * 2, (LEFT_OUT, RARE)),  # beside a alone, b would be read off
    ],
)
def test_kinds(warehouse: Connection, values: list[str | None], expected: tuple[str, str | None]) -> None:
    assert judge(warehouse, values) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        (" -3.5 ", -3.5),
        ("0.5", 0.5),
        ("2,5", 2.5),
        ("2,5000", 2.5),
        ("1,500", None),  # with a comma that parts thousands it would be 1500
        ("1e-05", 1e-5),
        ("007", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("1e300", None),  # its square would be infinite
        ("65+", None),
        ("\N{ARABIC-INDIC DIGIT FIVE}", None),
        ("2024-01-05", None),
    ],
)
def test_numbers(warehouse: Connection, text: str, number: float | None) -> None:
    assert read_numbers(warehouse, text) == [number]


def test_what_is_known_later_is_not_seen(warehouse: Connection) -> None:
    fill_customers(warehouse, [("c1", "s", {"x": "1"}), ("c2", "s", {"x": "2"})])
    warehouse.execute("update crm.customers set known_from = ? where customer_id = 'c1'", [AS_OF + dt.timedelta(1)])
    warehouse.execute("update crm.customers set known_from = ? where customer_id = 'c2'", [AS_OF])
    assert read_numbers(warehouse) == [2]


def test_kinds_of_no_attributes() -> None:
    contents = {"attribute": pl.String, "known": pl.Int64, "values_found": pl.Int64, "numbers": pl.Int64}
    schema = contents | {"numbers_found": pl.Int64, "is_whole": pl.Boolean, "largest": pl.Float64}
    assert choose_kinds(pl.DataFrame(schema=schema), []).is_empty()
