"""Rows of a source as they came: nothing lost, nothing converted."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from segmentation.errors import SourceError
from segmentation.settings import SourceSettings
from segmentation.sources.parts import SourceTable
from segmentation.sources.source import find_source
from segmentation.sources.staging import check_columns, stage_table
from segmentation.warehouse.connection import Connection, execute
from tests.builders import write_source


def find(folder: Path, name: str) -> SourceTable:
    return next(entry for entry in find_source(SourceSettings(path=folder)) if entry.table.name == name)


def stage_customers(staging: Connection, folder: Path, text: str | bytes, *columns: str) -> list[tuple[Any, ...]]:
    """The staged rows of a customers.csv: the number of the row and the columns asked for."""
    write_source(folder)
    (folder / "customers.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    stage_table(staging, find(folder, "customers"))
    listed = ", ".join(f'"{column}"' for column in columns)
    return execute(staging, f"select _row, {listed} from staging.raw_customers order by _row")


def unreadable(staging: Connection, table: str = "customers") -> list[tuple[Any, ...]]:
    return execute(staging, f"select _row, raw from staging.unreadable_{table} order by _file, _row")


def write_orders(file: Path, **columns: Any) -> None:
    """An orders part with the given columns in place of o1 of c1 on 2024-01-05 for 10."""
    file.parent.mkdir(parents=True, exist_ok=True)
    row = {"order_id": ["o1"], "customer_id": ["c1"], "ordered_at": [dt.date(2024, 1, 5)], "amount": [10]} | columns
    rows = max(map(len, row.values()))
    pl.DataFrame({name: values * (rows // len(values)) for name, values in row.items()}).write_parquet(file)


def test_rows_are_staged_as_they_came(staging: Connection, tmp_path: Path) -> None:
    source = find(write_source(tmp_path, customers="customer_id,created_on\n007,01/02/2024\n 8 ,\n"), "customers")

    assert stage_table(staging, source) == 2
    assert execute(staging, "from staging.raw_customers order by _row") == [
        (source.parts[0].name, 1, "007", "01/02/2024"),
        (source.parts[0].name, 2, " 8 ", None),
    ]
    assert unreadable(staging) == []


def test_staging_again_replaces_the_rows(staging: Connection, tmp_path: Path) -> None:
    first = find(write_source(tmp_path / "1", customers="customer_id,city\nc1,Rome\nx,y,z\n"), "customers")
    second = find(write_source(tmp_path / "2", customers="customer_id,age\nc2,8\n"), "customers")

    assert stage_table(staging, first) == 2
    assert stage_table(staging, second) == 1
    assert execute(staging, "select customer_id, age from staging.raw_customers") == [("c2", "8")]
    assert unreadable(staging) == []


def test_a_quoted_value_keeps_line_breaks_delimiters_and_quotes(staging: Connection, tmp_path: Path) -> None:
    text = 'customer_id,address_line\nc1,"Main St 1\nFlat ""B"", 2nd"\nc2,"a\r\nb"\n'

    assert stage_customers(staging, tmp_path, text, "customer_id", "address_line") == [
        (1, "c1", 'Main St 1\nFlat "B", 2nd'),
        (2, "c2", "a\r\nb"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(staging: Connection, tmp_path: Path, end: str) -> None:
    text = f"customer_id,city{end}c1,Rome{end}c2,Bonn"

    assert stage_customers(staging, tmp_path, text, "customer_id", "city") == [(1, "c1", "Rome"), (2, "c2", "Bonn")]


def test_delimiter_and_byte_order_mark(staging: Connection, tmp_path: Path) -> None:
    text = '\ufeffcustomer_id;city\nc1;"Frankfurt; Oder"\nc2;Bonn, Rhein\n'

    assert stage_customers(staging, tmp_path, text, "customer_id", "city") == [
        (1, "c1", "Frankfurt; Oder"),
        (2, "c2", "Bonn, Rhein"),
    ]


def test_column_names_with_quotes_and_spaces(staging: Connection, tmp_path: Path) -> None:
    text = 'customer_id, the ""best"" price ,it\'s\nc1,1,2\n'.replace('""', '"')
    write_source(tmp_path, customers=text)

    assert stage_table(staging, find(tmp_path, "customers")) == 1
    assert execute(staging, """select "the ""best"" price", "it's" from staging.raw_customers""") == [("1", "2")]


def test_lines_of_another_width_are_kept_and_counted(staging: Connection, tmp_path: Path) -> None:
    text = "customer_id,city\nc1,Rome\nc2,Bonn,Rhein\nc3\nc4,Kiel\n"
    source = find(write_source(tmp_path, customers=text), "customers")

    assert stage_table(staging, source) == 4
    assert execute(staging, "select customer_id from staging.raw_customers order by _row") == [("c1",), ("c4",)]
    assert execute(staging, "from staging.unreadable_customers order by _row") == [
        (source.parts[0].name, 2, "unreadable line: Expected Number of Columns: 2 Found: 3", "c2,Bonn,Rhein"),
        (source.parts[0].name, 3, "unreadable line: Expected Number of Columns: 2 Found: 1", "c3"),
    ]


def test_a_line_break_within_quotes_counts_as_one_row(staging: Connection, tmp_path: Path) -> None:
    stage_customers(staging, tmp_path, 'customer_id,city\nc1,"a\nb\nc"\nc2,x,y\nc3,"d\n\ne"\nc4\n', "customer_id")

    assert unreadable(staging) == [(2, "c2,x,y"), (4, "c4")]


def test_a_line_that_is_not_utf8_is_kept_and_counted(staging: Connection, tmp_path: Path) -> None:
    rows = "".join(f"c{number},Kraków\n" for number in range(2000)).encode()

    staged = stage_customers(
        staging, tmp_path, b"customer_id,city\n" + rows + b"x,\xa3\xf3d\xbc\ny,Bonn\n", "customer_id"
    )

    assert staged[-1] == (2001, "y")
    assert [row for row, _ in unreadable(staging)] == [2001]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('customer_id,city\nc1,Rome\nc2,"Bonn\nc3,Kiel\nc4,Ulm\n', 3),
        ('customer_id,city\nc1,"Rome\n', 2),
        ('customer_id,city\r\nc1,"Rome\r\nc2,Bonn\r\n', 2),
        ('customer_id,city\nc1,"Rome\nc2,"Bonn"\nc3,Kiel\n', 2),
    ],
    ids=["in the middle", "in the last line", "windows", "closed by another value"],
)
def test_a_quote_that_is_never_closed_is_refused(staging: Connection, tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(SourceError, match=rf"customers\.csv: a quotation mark opened in line {line} is never closed"):
        stage_customers(staging, tmp_path, text, "customer_id")


def test_a_quote_that_swallows_lines_ending_in_cr_is_refused(staging: Connection, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"customers\.csv: a quotation mark opened in line 2 is never closed"):
        stage_customers(staging, tmp_path, 'customer_id,city\rc1,"Rome\rc2,Bonn\rc3,Kiel\r', "customer_id")


@pytest.mark.parametrize("content", [b"", b"PAR1 is not enough", None], ids=["empty", "not parquet", "truncated"])
def test_a_parquet_file_that_is_not_whole_is_refused(
    staging: Connection, tmp_path: Path, content: bytes | None
) -> None:
    (write_source(tmp_path) / "orders.csv").unlink()
    write_orders(tmp_path / "orders.parquet")
    whole = (tmp_path / "orders.parquet").read_bytes()
    (tmp_path / "orders.parquet").write_bytes(whole[:-20] if content is None else content)

    with pytest.raises(SourceError, match=r"orders\.parquet: is not a readable Parquet file; write it again"):
        check_columns(staging, find(tmp_path, "orders"))
    with pytest.raises(SourceError, match=r"orders\.parquet: "):
        stage_table(staging, find(tmp_path, "orders"))


def test_a_parquet_file_with_a_damaged_page_is_refused(staging: Connection, tmp_path: Path) -> None:
    (write_source(tmp_path) / "orders.csv").unlink()
    write_orders(tmp_path / "orders.parquet", order_id=[f"o{number}" for number in range(1000)])
    content = (tmp_path / "orders.parquet").read_bytes()
    (tmp_path / "orders.parquet").write_bytes(content[:4] + b"\xff" * 200 + content[204:])

    check_columns(staging, find(tmp_path, "orders"))
    with pytest.raises(SourceError, match=r"orders\.parquet: cannot be read: "):
        stage_table(staging, find(tmp_path, "orders"))


def test_parquet_rows_are_numbered_in_their_order(staging: Connection, tmp_path: Path) -> None:
    (write_source(tmp_path) / "orders.csv").unlink()
    frame = pl.DataFrame({"order_id": range(30_000), "customer_id": "c1", "ordered_at": "2024-01-05", "amount": "1"})
    frame.write_parquet(tmp_path / "orders.parquet", row_group_size=1000)

    assert stage_table(staging, find(tmp_path, "orders")) == 30_000
    assert execute(staging, "select count(*) from staging.raw_orders where order_id::bigint + 1 <> _row") == [(0,)]


def test_a_file_without_a_required_column_is_refused(staging: Connection, tmp_path: Path) -> None:
    write_source(tmp_path, orders="order_id,customer_id,date,total\no1,c1,2024-01-05,10\n")

    with pytest.raises(
        SourceError,
        match=r"orders\.csv: column ordered_at, amount is missing; there are: order_id, customer_id, date, total",
    ):
        check_columns(staging, find(tmp_path, "orders"))


def test_every_part_needs_the_required_columns(staging: Connection, tmp_path: Path) -> None:
    (write_source(tmp_path) / "orders.csv").unlink()
    write_orders(tmp_path / "orders" / "1.parquet")
    (tmp_path / "orders" / "2.csv").write_text("order_id,customer_id,ordered_at\no2,c1,2024-01-05\n")

    with pytest.raises(SourceError, match=r"2\.csv: column amount is missing"):
        check_columns(staging, find(tmp_path, "orders"))


@pytest.mark.parametrize("text", ["customer_id\n", "customer_id"])
def test_a_required_table_without_rows_is_refused(staging: Connection, tmp_path: Path, text: str) -> None:
    write_source(tmp_path, customers=text)

    with pytest.raises(SourceError, match=r"customers\.csv: has no rows; customers must not be empty"):
        stage_table(staging, find(tmp_path, "customers"))


def test_an_optional_table_may_be_empty_or_missing(staging: Connection, tmp_path: Path) -> None:
    write_source(tmp_path, costs="name,amount\n")

    assert stage_table(staging, find(tmp_path, "costs")) == 0
    assert stage_table(staging, find(tmp_path, "contacts")) == 0


def test_parts_with_different_columns(staging: Connection, tmp_path: Path) -> None:
    (write_source(tmp_path) / "customers.csv").unlink()
    parts = {"1.csv": "customer_id,city\nc1,Rome\nx,y,z\n", "2.csv": "age,customer_id\n8,c2\n,c3\n9\n"}
    for name, text in parts.items():
        (tmp_path / "customers").mkdir(exist_ok=True)
        (tmp_path / "customers" / name).write_text(text)

    assert stage_table(staging, find(tmp_path, "customers")) == 5
    assert execute(
        staging, "select right(_file, 5), _row, customer_id, city, age from staging.raw_customers order by _file, _row"
    ) == [("1.csv", 1, "c1", "Rome", None), ("2.csv", 1, "c2", None, "8"), ("2.csv", 2, "c3", None, None)]
    assert unreadable(staging) == [(2, "x,y,z"), (3, "9")]


def staged_orders(staging: Connection, folder: Path) -> list[tuple[Any, ...]]:
    stage_table(staging, find(folder, "orders"))
    query = (
        "select order_id::varchar, ordered_at::varchar, amount::varchar from staging.raw_orders order by _file, _row"
    )
    return execute(staging, query)


def test_parts_with_different_types_lose_nothing(staging: Connection, tmp_path: Path) -> None:
    (write_source(tmp_path) / "orders.csv").unlink()
    write_orders(tmp_path / "orders" / "1.parquet", order_id=[1])
    write_orders(
        tmp_path / "orders" / "2.parquet", order_id=[2], ordered_at=[dt.datetime(2024, 1, 6, 12, 30)], amount=[10.55]
    )

    assert staged_orders(staging, tmp_path) == [("1", "2024-01-05", "10"), ("2", "2024-01-06 12:30:00", "10.55")]


def test_a_csv_part_beside_a_parquet_part(staging: Connection, tmp_path: Path) -> None:
    (write_source(tmp_path) / "orders.csv").unlink()
    write_orders(tmp_path / "orders" / "1.parquet", order_id=[1])
    (tmp_path / "orders" / "2.csv").write_text("order_id,customer_id,ordered_at,amount\no2,c1,2024-01-06,ten\n")

    assert staged_orders(staging, tmp_path) == [("1", "2024-01-05", "10"), ("o2", "2024-01-06", "ten")]


def test_folder_names_are_no_columns_and_no_patterns(staging: Connection, tmp_path: Path) -> None:
    for name in ("1", "[1]", "day=2024-01-05"):
        write_source(tmp_path / name, customers=f"customer_id\n{json.dumps(name)}\n")
        (tmp_path / name / "orders.csv").unlink()
        write_orders(tmp_path / name / "orders.parquet", order_id=[name])

    for name in ("[1]", "day=2024-01-05"):
        stage_table(staging, find(tmp_path / name, "customers"))
        stage_table(staging, find(tmp_path / name, "orders"))
        assert execute(staging, "select customer_id from staging.raw_customers") == [(name,)]
        columns = execute(staging, "select column_name from (describe staging.raw_orders)")
        assert [c for (c,) in columns] == ["_file", "_row", "order_id", "customer_id", "ordered_at", "amount"]
        assert execute(staging, "select order_id from staging.raw_orders") == [(name,)]


@pytest.mark.parametrize("header", ["customer_id,City", "customer_id,age,Age"])
def test_a_column_name_that_cannot_stand_beside_another_is_refused(
    staging: Connection, tmp_path: Path, header: str
) -> None:
    """DuckDB does not tell City from city."""
    write_source(tmp_path, customers=header + "\nc1" + ",x" * header.count(",") + "\n")

    with pytest.raises(SourceError, match=rf"customers\.csv: column {header.split(',')[-1]}"):
        check_columns(staging, find(tmp_path, "customers"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_stray_quote_within_a_line_is_one_unreadable_row(staging: Connection, tmp_path: Path, end: str) -> None:
    text = end.join(["customer_id,city", "c1,Rome", 'c2,"Bo"nn', 'c3,Ki"el', "c4", "c5,Ulm", ""])

    staged = stage_customers(staging, tmp_path, text, "customer_id", "city")

    assert staged == [(1, "c1", "Rome"), (2, "c3", 'Ki"el'), (3, "c5", "Ulm")]
    assert unreadable(staging) == [(2, 'c2,"Bo"nn'), (4, "c4")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250"])
@pytest.mark.parametrize("rows", [2, 60_000])
def test_a_file_that_breaks_off_in_its_last_line_is_refused(
    staging: Connection, tmp_path: Path, encoding: str, rows: int
) -> None:
    whole = "customer_id,city,tier\n" + "".join(f"c{row},Łódź,gold\n" for row in range(rows))
    write_source(tmp_path)
    (tmp_path / "customers.csv").write_bytes((whole + "c9,Łód").encode(encoding))

    with pytest.raises(
        SourceError, match=rf"customers\.csv: breaks off in its last line, {rows + 2}; deliver the whole"
    ):
        stage_table(staging, find(tmp_path, "customers"))


def test_a_last_line_without_its_end_that_can_be_read_is_a_row(staging: Connection, tmp_path: Path) -> None:
    assert len(stage_customers(staging, tmp_path, "customer_id,city\nc1,Rome\nc2,Kiel", "city")) == 2
    assert len(stage_customers(staging, tmp_path, "customer_id,city\nc1,Rome\nc2,Kiel\nx\n", "city")) == 2
