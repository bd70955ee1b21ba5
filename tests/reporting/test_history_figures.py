"""What the page says of moves between segments and of drift."""

import datetime as dt
import re
from typing import Any

import polars as pl

from segmentation.reporting.history_figures import describe_history
from segmentation.warehouse.connection import Connection, fetch
from tests.builders import fill
from tests.reporting.languages import ENGLISH
from tests.reporting.site import build_page

MAY, JUNE = dt.date(2024, 5, 31), dt.date(2024, 6, 30)


def flow(from_segment: str, to_segment: str, customers: int) -> dict[str, Any]:
    pair = {"from_date": MAY, "to_date": JUNE}
    return pair | {"from_segment": from_segment, "to_segment": to_segment, "customers": customers}


def test_moves_and_drift(warehouse: Connection) -> None:
    fill(
        warehouse,
        "segments.rules",
        {"position": 1, "segment": "loyal"},
        {"position": 2, "segment": "at <i>risk</i>"},
    )
    fill(
        warehouse,
        "segments.migration",
        flow("loyal", "loyal", 30),
        flow("loyal", "at <i>risk</i>", 10),
        flow("at <i>risk</i>", "loyal", 5),
        flow("not on file", "loyal", 15),
    )
    fill(
        warehouse,
        "segments.drift",
        {"as_of_date": JUNE, "compared_with": MAY, "measure": "order_count", "psi": 0.31, "warns": True},
        {"as_of_date": JUNE, "compared_with": MAY, "measure": "spend", "psi": 0.01, "warns": False},
        {"as_of_date": JUNE, "compared_with": MAY, "measure": "segment", "note": "not known on 2024-05-31"},
    )
    shown = describe_history(
        fetch(warehouse, "report_migration", as_of_date=JUNE),
        fetch(warehouse, "report_drift", as_of_date=JUNE),
        ENGLISH,
    )
    assert shown["since"] == "2024-05-31"
    assert shown["sentences"] == [
        "50.0% of 60 customers are where they were.",
        "Most moved: 15 from not on file to loyal; 10 from loyal to at <i>risk</i>; 5 from at <i>risk</i> to loyal.",
    ]
    texts = re.findall(r">([^<>]+)</text>", shown["map"].svg)
    assert {"75.0%", "25.0%", "100.0%", "30", "10", "5", "15"} <= set(texts)
    assert [(row["measure"], row["psi"], row["warns"]) for row in shown["drift"]] == [
        ("order count", "0.310", True),
        ("spend", "0.010", False),
        ("segment", "\N{EN DASH}", False),
    ]
    page = build_page(warehouse, JUNE, ENGLISH)
    assert "Drifted beyond the limit: order count." in page
    assert "not known on 2024-05-31" in page
    assert "<i>risk" not in page


def test_without_an_earlier_date_the_page_says_so(warehouse: Connection) -> None:
    nothing = describe_history(
        fetch(warehouse, "report_migration", as_of_date=JUNE),
        fetch(warehouse, "report_drift", as_of_date=JUNE),
        ENGLISH,
    )
    assert nothing == {"since": None, "map": None, "sentences": [], "drift": [], "warnings": []}
    assert "There is no earlier date to compare with." in build_page(warehouse, JUNE, ENGLISH)


def test_nobody_moved(warehouse: Connection) -> None:
    fill(warehouse, "segments.migration", flow("loyal", "loyal", 3))
    shown = describe_history(
        fetch(warehouse, "report_migration", as_of_date=JUNE), pl.DataFrame(schema={"warns": pl.Boolean}), ENGLISH
    )
    assert shown["sentences"] == ["100.0% of 3 customers are where they were."]
