from pathlib import Path
from typing import Any

import polars as pl
import pytest

from segmentation.errors import SourceError
from segmentation.settings import SuppressionList
from segmentation.sources.suppression_lists import check_suppression_lists, read_suppression_lists
from segmentation.warehouse.connection import Connection, fetch, kept
from tests.builders import fill

PEOPLE = (
    {
        "customer_id": "c1",
        "first_name": "Jan",
        "last_name": "Kowalski",
        "postcode": "00-950",
        "email": "Jan@Example.org",
    },
    {"customer_id": "c2", "first_name": "Anna", "last_name": "KOWALSKI", "postcode": "00950"},
    {"customer_id": "c3", "last_name": "Müller", "postcode": "10115", "address_line": "Lange Str. 5", "city": "Berlin"},
    {"customer_id": "c4", "first_name": "Ewa", "last_name": "Łęcka", "postcode": "30-001"},
)


def listed(folder: Path, text: str | bytes, **others: Any) -> SuppressionList:
    file = folder / "robinson.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return SuppressionList(file=file, reason="robinson", **others)


def matched(warehouse: Connection, *lists: SuppressionList) -> tuple[set[str], dict[str, Any]]:
    """Customers named, and what is told of the first list."""
    fill(warehouse, "crm.customers", *PEOPLE)
    with kept(warehouse, "suppression_rules", on_date="2024-07-14"):
        told = read_suppression_lists(warehouse, lists)
        with kept(warehouse, "suppressed_customers"):
            found = fetch(warehouse, "suppressed_customers")
    return set(found["customer_id"]), told.row(0, named=True)


@pytest.mark.parametrize(
    ("text", "customers"),
    [
        ("customer_id\nc4\nc9\n", {"c4"}),
        ("email\n JAN@example.ORG\n", {"c1"}),
        ("last_name,postcode\nkowalski,PL 00-950\n", set()),  # a country without its hyphen is no postal code
        ("last_name,postcode\nkowalski,PL-00-950\n", {"c1", "c2"}),
        ("last_name,first_name,postcode\nKowalski,J.,00 950\n", {"c1"}),
        ("last_name,first_name,postcode\nMUELLER,Karl,10115\n", {"c3"}),  # the customer's given name is not known
        ("last_name,address_line,city\nMuller,lange str 5,BERLIN\n", {"c3"}),
        ("last_name,address_line,city\nMuller,lange str 6,BERLIN\n", set()),
        ("Last_Name;PostCode\nLecka;30001\n", {"c4"}),
        ("last_name;postcode\nŁęcka;30-001\n".encode("cp1250"), {"c4"}),
        ("last_name\tpostcode\nŁĘCKA\t30-001\n".encode("utf-16"), {"c4"}),
    ],
)
def test_who_is_named(warehouse: Connection, tmp_path: Path, text: str | bytes, customers: set[str]) -> None:
    assert matched(warehouse, listed(tmp_path, text))[0] == customers


def test_columns_of_other_names_and_rows_that_name_nobody(warehouse: Connection, tmp_path: Path) -> None:
    text = (
        "E-Mail,Nachname,PLZ,Grund\n,Müller,10115,x\n,Müller,,x\n,,,x\nanna@example.org,,,x\ntoo,many,columns,in,it\n"
    )
    columns = {"email": "e-mail", "last_name": "Nachname", "postcode": "PLZ"}
    customers, told = matched(warehouse, listed(tmp_path, text, columns=columns))
    assert customers == {"c3"}
    assert (told["rows_read"], told["rows_not_usable"]) == (5, 3)
    assert (told["list_number"], told["list_reason"], told["note"]) == (1, "robinson", "columns not used: Grund")


def test_a_parquet_list_with_numbers_for_ids(warehouse: Connection, tmp_path: Path) -> None:
    fill(warehouse, "crm.customers", {"customer_id": "17"})
    file = tmp_path / "bounced.parquet"
    pl.DataFrame({"customer_id": [17.0, 18.0]}).write_parquet(file)
    assert matched(warehouse, SuppressionList(file=file, reason="bounced"))[0] == {"17"}


@pytest.mark.parametrize(
    ("text", "others", "message"),
    [
        ("name,street\na,b\n", {}, r"robinson\.csv: people cannot be found by its columns \(name, street\); it needs"),
        (
            "last_name,city\na,b\n",
            {},
            "it needs customer_id; email; last_name and postcode; last_name and address_line",
        ),
        ("email\na@b\n", {"columns": {"email": "Mail"}}, r"has no column Mail, .* names for email; there are: email"),
        ("email\nłęcka@x.pl\n", {"encoding": "ascii"}, r"robinson\.csv: cannot be read as ascii; save it as UTF-8"),
        ("", {}, r"robinson\.csv: is empty"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(
    warehouse: Connection, tmp_path: Path, text: str, others: dict[str, Any], message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        matched(warehouse, listed(tmp_path, text, **others))


def test_lists_are_looked_at_before_anything_is_written(tmp_path: Path) -> None:
    check_suppression_lists([listed(tmp_path, "email\na@example.org\n")])
    with pytest.raises(SourceError, match=r"gone\.csv: cannot be read \(No such file"):
        check_suppression_lists([SuppressionList(file=tmp_path / "gone.csv", reason="robinson")])
    with pytest.raises(SourceError, match=r"gone\.parquet: is not a readable Parquet file"):
        check_suppression_lists([SuppressionList(file=tmp_path / "gone.parquet", reason="robinson")])
    with pytest.raises(SourceError, match="people cannot be found by its columns"):
        check_suppression_lists([listed(tmp_path, "name\nx\n")])


def test_with_a_given_name_of_its_own_nobody_else_is_named(warehouse: Connection, tmp_path: Path) -> None:
    assert matched(warehouse, listed(tmp_path, "last_name,first_name,postcode\nKowalski,Anna,00-950\n"))[0] == {"c2"}
