"""Files of any kind are searched, packed ones too; what cannot be searched is told."""

import gzip
import os
import zipfile
from pathlib import Path

import polars as pl
import pytest

from segmentation.erasure.search import Find, files_below, search_file
from segmentation.erasure.words import Word
from segmentation.warehouse.connection import execute, open_database

WORDS = [Word("customer_id", "4711"), Word("email", "jan@example.pl"), Word("name", "Jan Gołąb")]
TEXT = b"4711;Adam\n4712;jan@example.pl\n"


def whats(file: Path) -> list[str]:
    return [find.what for find in search_file(file, WORDS)]


def test_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(TEXT)
    (tmp_path / "b.csv").write_bytes(b"47110;Adam\n")
    (tmp_path / "empty").write_bytes(b"")
    assert search_file(tmp_path / "a.csv", WORDS) == [Find(tmp_path / "a.csv", "customer_id, email")]
    assert whats(tmp_path / "b.csv") == whats(tmp_path / "empty") == []


def test_packed_files(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "a.csv.gz", "wb") as file:
        file.write(TEXT)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("nobody.txt", "nobody")
        archive.writestr("xl/sharedStrings.xml", "<si><t>Jan</t></si><si><t>jan@example.pl</t></si>")
    assert whats(tmp_path / "a.csv.gz") == ["customer_id, email"]
    assert whats(tmp_path / "a.zip") == ["email"]


def test_a_database_is_read_column_by_column(tmp_path: Path) -> None:
    """DuckDB compresses text: the bytes alone would not tell. Ids may have become numbers."""
    with open_database(tmp_path / "own.duckdb") as connection:
        execute(
            connection, "create table people as select i as id, 'p' || i || '@example.pl' as mail from range(5000) t(i)"
        )
        execute(connection, "create table names as select 'Jan' as first, 'Gołąb' as last, null as nothing")
        execute(connection, "create table empty (n int)")
        execute(connection, "insert into people values (1, 'Jan@example.pl')")
    assert whats(tmp_path / "own.duckdb") == [
        "main.names in 1 row",
        "main.people.id in 1 row",
        "main.people.mail in 1 row",
    ]


def test_a_parquet_file_is_read_column_by_column(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": range(4000, 5000), "mail": ["jan@example.pl"] * 2 + ["x"] * 998})
    frame.write_parquet(tmp_path / "own.data")
    assert whats(tmp_path / "own.data") == ["rows.id in 1 row", "rows.mail in 2 rows"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"12345678DUCK" + b"x" * 100, "WarehouseError"),
        (b"PAR1" + b"x" * 100, "InvalidInputException"),
        (b"PK\x03\x04" + b"x" * 100, "BadZipFile"),
        (b"\x1f\x8b" + b"x" * 100, "BadGzipFile"),
        (gzip.compress(TEXT, mtime=0)[:-12], "EOFError"),
    ],
)
def test_what_cannot_be_searched_is_told(tmp_path: Path, content: bytes, error: str) -> None:
    (tmp_path / "broken").write_bytes(content)
    assert whats(tmp_path / "broken") == [f"cannot be searched: {error}"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(TEXT)
    (tmp_path / "a.csv").chmod(0)
    assert whats(tmp_path / "a.csv") == ["cannot be searched: PermissionError"]


def test_a_file_that_goes_away_meanwhile_holds_nothing(tmp_path: Path) -> None:
    assert whats(tmp_path / "gone") == []


def test_every_file_once_without_links_and_the_folder_left_out(tmp_path: Path) -> None:
    for name in ("data/a", "data/source/b", "data/deep/source/c", "reports/d"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    os.link(tmp_path / "data" / "a", tmp_path / "data" / "same")
    (tmp_path / "data" / "link").symlink_to(tmp_path / "reports" / "d")
    (tmp_path / "data" / "up").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "data" / "pipe")
    found = files_below(
        (tmp_path / "data", tmp_path / "data" / "deep", tmp_path / "reports"), but=tmp_path / "data" / "source"
    )
    assert [str(file.relative_to(tmp_path)) for file in found] == ["data/a", "data/deep/source/c", "reports/d"]
