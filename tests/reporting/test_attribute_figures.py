"""Who the customers are, on the page: in words and as a picture, from a warehouse that was profiled so."""

import re

import pytest

from segmentation.attributes.stage import profile_attributes
from segmentation.reporting.attribute_figures import describe_attributes
from segmentation.warehouse.connection import Connection, execute, fetch
from tests.attributes.shop import AS_OF, Customer, fill_customers
from tests.builders import fill
from tests.reporting.languages import ENGLISH
from tests.reporting.site import build_page

HOSTILE = "<b>a_b</b> \x07 " + "very long " * 9


def describe(warehouse: Connection, customers: list[Customer]) -> dict[str, object]:
    fill_customers(warehouse, customers)
    rules = [{"position": position, "segment": name} for position, name in enumerate(("t", "s"))]
    fill(warehouse, "segments.rules", *rules)
    profile_attributes(warehouse, AS_OF)
    return describe_attributes(fetch(warehouse, "report_attributes", as_of_date=AS_OF), ENGLISH)


def customers(name: str = "home_owner", high: int = 30, low: int = 15) -> list[Customer]:
    """40 of the segment s and 60 of t, and 20 of s of whom nothing is known."""
    rows: list[Customer] = [(f"s{i:02}", "s", {name: "yes" if i < high else "no"}) for i in range(40)]
    rows += [(f"t{i:02}", "t", {name: "yes" if i < low else "no"}) for i in range(60)]
    return rows + [(f"u{i:02}", "s", {name: None}) for i in range(20)]


def test_what_stands_out_is_said_in_words(warehouse: Connection) -> None:
    shown = describe(warehouse, customers())
    assert shown["known"] == ["Known for 100 of 120 customers (83.3%; from 66.7% of s to 100.0% of t): home owner."]
    assert shown["is_partly_known"]
    assert str(shown["findings"]).startswith("4 of 4 shares and means stand out.")
    assert shown["tables"] == [
        {
            "grouping": "segment",
            "rows": [
                {
                    "name": "t",
                    "over": "home owner no: 75.0% (all: 55.0%, index 136)",
                    "under": "home owner yes: 25.0% (all: 45.0%, index 56)",
                },
                {
                    "name": "s",
                    "over": "home owner yes: 75.0% (all: 45.0%, index 167)",
                    "under": "home owner no: 25.0% (all: 55.0%, index 45)",
                },
            ],
        }
    ]


def test_the_picture_has_an_index_for_every_segment_and_value(warehouse: Connection) -> None:
    picture = describe(warehouse, customers())["heatmap"]
    texts = re.findall(r">([^<>]+)</t", picture.svg)  # type: ignore[attr-defined]
    assert {"t", "s", "136", "56", "167", "45"} <= set(texts)
    assert picture.alt == (  # type: ignore[attr-defined]
        "Index of segments (100: as all): t, home owner no: 136; t, home owner yes: 56; s, home owner no: 45; "
        "s, home owner yes: 167"
    )


def test_chance_is_not_called_a_finding(warehouse: Connection) -> None:
    shown = describe(warehouse, customers(high=20, low=28))
    assert str(shown["findings"]).startswith("Nothing stands out: of 4 shares and means none differs")
    assert shown["tables"] == []
    assert shown["heatmap"] is None


def test_means_are_written_with_their_mean(warehouse: Connection) -> None:
    rows: list[Customer] = [(f"s{i:02}", "s", {"age": str(20 + i % 20)}) for i in range(40)]
    rows += [(f"t{i:02}", "t", {"age": str(60 + i % 20)}) for i in range(40)]
    tables = describe(warehouse, rows)["tables"]
    assert tables[0]["rows"][0] == {  # type: ignore[index]
        "name": "t",
        "over": "age: mean 69.5 (all: 49.5, index 140)",
        "under": "nothing",
    }


def test_many_findings_are_counted(warehouse: Connection) -> None:
    values = {f"v{number}": "yes" for number in range(6)}
    rows: list[Customer] = [(f"s{i:02}", "s", values) for i in range(40)]
    rows += [(f"t{i:02}", "t", dict.fromkeys(values, "no")) for i in range(40)]
    tables = describe(warehouse, rows)["tables"]
    assert tables[0]["rows"][0]["over"].endswith("v2 no: 100.0% (all: 50.0%, index 200); 3 more")  # type: ignore[index]


def test_without_attributes_one_quiet_line(warehouse: Connection) -> None:
    page = build_page(warehouse, AS_OF, ENGLISH)
    assert "Nothing is known of customers by which segments could be told apart" in page


def test_what_is_left_out_is_told(warehouse: Connection) -> None:
    shown = describe(warehouse, [(f"c{i}", "s", {"card": f"card {i}"}) for i in range(20)])
    assert shown["known"] == []
    assert [str(line).split(":")[0] for line in shown["left_out"]] == ["card"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [HOSTILE, "a\nb", "ł & \"q\" 'x'"])
def test_any_name_is_escaped(warehouse: Connection, name: str) -> None:
    describe(warehouse, customers(name))
    execute(warehouse, "update segments.rfm set recency_score = 1, frequency_score = 1, spend = 1")
    page = build_page(warehouse, AS_OF, ENGLISH)
    assert "<b>a" not in page
    assert "\x07" not in page
    assert not re.search(r"</?b>", page)
