"""Finding the files of a source."""

import os
from pathlib import Path

import pytest

from segmentation.contract.inputs import INPUT_TABLES
from segmentation.errors import SourceError
from segmentation.settings import SourceSettings
from segmentation.sources.parts import SourceTable
from segmentation.sources.source import find_source, fingerprint
from tests.builders import write_source


def files_of(source: tuple[SourceTable, ...], name: str) -> list[str]:
    """Names of the files found for one table."""
    return [Path(part.name).name for entry in source if entry.table.name == name for part in entry.parts]


def write(file: Path, content: str | bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_every_table_is_listed_in_the_order_of_loading(tmp_path: Path) -> None:
    source = find_source(SourceSettings(path=write_source(tmp_path)))

    assert tuple(entry.table for entry in source) == INPUT_TABLES
    assert {entry.table.name: len(entry.parts) for entry in source if entry.parts} == {"customers": 1, "orders": 1}


def test_the_three_forms_of_a_table(tmp_path: Path) -> None:
    write(tmp_path / "customers.csv", "")
    write(tmp_path / "orders.parquet", "")
    for part in ("2024.csv", "2022.parquet", "2023.csv", "read me.txt"):
        write(tmp_path / "costs" / part, "")

    source = find_source(SourceSettings(path=tmp_path))

    assert files_of(source, "customers") == ["customers.csv"]
    assert files_of(source, "orders") == ["orders.parquet"]
    assert files_of(source, "costs") == ["2022.parquet", "2023.csv", "2024.csv"]


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere: no such source folder; set source\.path or give --source"):
        find_source(SourceSettings(path=tmp_path / "nowhere"))


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"orders\.csv: no such source folder"):
        find_source(SourceSettings(path=write(tmp_path / "orders.csv", "x")))


@pytest.mark.parametrize("name", ["customers", "orders"])
def test_a_missing_required_table_is_refused(tmp_path: Path, name: str) -> None:
    (write_source(tmp_path) / f"{name}.csv").unlink()
    (tmp_path / name).mkdir()

    with pytest.raises(SourceError, match=rf"table {name} is missing; put {name}\.csv or {name}\.parquet there"):
        find_source(SourceSettings(path=tmp_path))


@pytest.mark.parametrize("second", ["orders.parquet", "orders/2024.csv"])
def test_a_table_in_two_forms_is_refused(tmp_path: Path, second: str) -> None:
    write_source(tmp_path)
    write(tmp_path / second, "")

    with pytest.raises(SourceError, match="table orders is there more than once") as refusal:
        find_source(SourceSettings(path=tmp_path))

    assert str(tmp_path / "orders.csv") in str(refusal.value)
    assert str(tmp_path / second) in str(refusal.value)


def test_the_fingerprint_is_that_of_the_contents(tmp_path: Path) -> None:
    first = fingerprint(find_source(SourceSettings(path=write_source(tmp_path / "a"))))

    os.utime(tmp_path / "a" / "orders.csv", (0, 0))
    write(tmp_path / "a" / "read me.txt", "no table")

    assert len(first) == 64
    assert fingerprint(find_source(SourceSettings(path=tmp_path / "a"))) == first
    assert fingerprint(find_source(SourceSettings(path=write_source(tmp_path / "b")))) == first


def test_the_fingerprint_changes_with_the_contents(tmp_path: Path) -> None:
    orders = "order_id,customer_id,ordered_at,amount\no1,c1,2024-01-05,"
    seen = {
        fingerprint(find_source(SourceSettings(path=write_source(tmp_path / "plain")))),
        fingerprint(find_source(SourceSettings(path=write_source(tmp_path / "amount", orders=orders + "10.01\n")))),
        fingerprint(find_source(SourceSettings(path=write_source(tmp_path / "table", costs="name,amount\n")))),
        fingerprint(find_source(SourceSettings(path=write_source(tmp_path / "other", responses="name,amount\n")))),
    }

    assert len(seen) == 4


def test_the_fingerprint_tells_tables_apart(tmp_path: Path) -> None:
    """The same part, moved from one table to another."""
    for table in ("order_lines", "costs"):
        write_source(tmp_path / table)
        write(tmp_path / table / table / "part.csv", "name,amount\n")

    assert fingerprint(find_source(SourceSettings(path=tmp_path / "order_lines"))) != fingerprint(
        find_source(SourceSettings(path=tmp_path / "costs"))
    )
