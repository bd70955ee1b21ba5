"""A list is written again line by line as it stands, but for the person's."""

from pathlib import Path

import polars as pl
import pytest

from segmentation.erasure.lists import count_lines, write_list_anew
from segmentation.warehouse.publishing import show


def test_every_other_line_stays_byte_by_byte(tmp_path: Path) -> None:
    file = tmp_path / "k[1]@2024.csv"
    rows = pl.DataFrame(
        {
            "rank": [1, 2, 3, 4],
            "customer_id": ["c1", "c2", "007", None],
            "first_name": ['Jan "J"', None, "", " a, b\nc"],
            "amount": ["1.50", "1", "'=1+1", "Ł"],
        }
    )
    rows.write_csv(file)
    assert count_lines(file, "c2") == 1
    write_list_anew(file, "c2")
    show(file)
    expected = tmp_path / "expected.csv"
    rows.filter(pl.col("rank") != 2).write_csv(expected)
    assert file.read_bytes() == expected.read_bytes()


def test_an_id_that_looks_like_a_formula_is_found(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("rank,customer_id\n1,'-5\n2,-50\n3,'=5\n")
    assert [count_lines(file, customer_id) for customer_id in ("-5", "-50", "=5", "5")] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    "content", [b"", b"a,b\nc1,2\n", b"customer_id;b\nc1;2\n", b"customer_id,b\nc1,2,3\n", b"\xff\xfe"]
)
def test_what_is_no_list_is_left_to_the_search(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file.csv").write_bytes(content)
    assert count_lines(tmp_path / "file.csv", "c1") is None
