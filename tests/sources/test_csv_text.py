"""How the text of a CSV file is written."""

from pathlib import Path

import pytest

from segmentation.errors import SourceError
from segmentation.sources.csv_text import CsvText, detect_csv, write_as_utf8


def write(file: Path, content: str | bytes) -> Path:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_found_most(tmp_path: Path, delimiter: str) -> None:
    file = write(tmp_path / "orders.csv", delimiter.join(["order_id", '"amount, net"', "at "]) + "\r\n1\r\n")

    expected = ("order_id", "amount, net", "at")
    assert detect_csv(file) == CsvText("utf-8-sig", delimiter, expected)


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert detect_csv(write(tmp_path / "c.csv", "customer_id\nc1\n")) == CsvText("utf-8-sig", ",", ("customer_id",))


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    file = write(tmp_path / "c.csv", b"\xef\xbb\xbfcustomer_id,city\nc1,Rome\n")

    assert detect_csv(file).columns == ("customer_id", "city")


def test_names_keep_their_quotes_spaces_and_letters(tmp_path: Path) -> None:
    file = write(tmp_path / "c.csv", 'customer_id,"the ""best"" price",Größe\n')

    assert detect_csv(file).columns == ("customer_id", 'the "best" price', "Größe")


@pytest.mark.parametrize("content", ["", "\n", "  \n", "\ufeff"], ids=["nothing", "blank line", "spaces", "mark only"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(SourceError, match=r"c\.csv: is empty; it needs a first line with the column names"):
        detect_csv(write(tmp_path / "c.csv", content))


@pytest.mark.parametrize(("header", "name"), [("a,b,a", "'a'"), ("a, a ", "'a'"), ("a,,b", "''"), ("a,b,", "''")])
def test_a_column_name_that_is_empty_or_there_twice_is_refused(tmp_path: Path, header: str, name: str) -> None:
    with pytest.raises(SourceError, match=rf"c\.csv: column name {name} is empty or there twice"):
        detect_csv(write(tmp_path / "c.csv", header + "\n1,2,3\n"))


@pytest.mark.parametrize(
    ("written", "found"),
    [("utf-8", "utf-8-sig"), ("utf-8-sig", "utf-8-sig"), ("cp1250", "cp1250"), ("utf-16", "utf-16")],
)
def test_the_encoding_is_detected(tmp_path: Path, written: str, found: str) -> None:
    file = write(tmp_path / "c.csv", "customer_id,miasto\nc1,Łódź\n".encode(written))

    assert detect_csv(file) == CsvText(found, ",", ("customer_id", "miasto"))


def test_one_broken_byte_among_good_ones_does_not_change_the_encoding(tmp_path: Path) -> None:
    file = write(tmp_path / "c.csv", "customer_id\nŁódź\n".encode() + b"Krak\xf3w\n")

    assert detect_csv(file).encoding == "utf-8-sig"


def test_an_encoding_that_is_set_is_used_or_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "c.csv", "customer_id,miasto\nc1,Łódź\n".encode("iso-8859-2"))
    copy = tmp_path / "copy.csv"

    assert detect_csv(file, encoding="iso-8859-2").encoding == "iso-8859-2"
    write_as_utf8(file, "iso-8859-2", copy)
    assert copy.read_text(encoding="utf-8") == "customer_id,miasto\nc1,Łódź\n"
    with pytest.raises(SourceError, match=r"c\.csv: cannot be read as ascii; save it as UTF-8, or set source.encoding"):
        write_as_utf8(file, "ascii", copy)


def test_a_delimiter_that_is_set_is_used(tmp_path: Path) -> None:
    file = write(tmp_path / "c.csv", "customer_id|a,b,c,d\n1|2\n")

    assert detect_csv(file, delimiter="|").columns == ("customer_id", "a,b,c,d")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "orders" / "part.csv").mkdir(parents=True)

    with pytest.raises(SourceError, match=r"part\.csv: cannot be read \(Is a directory\)"):
        detect_csv(tmp_path / "orders" / "part.csv")
