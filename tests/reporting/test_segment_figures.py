"""The map of scores for other numbers of bins and other rules, from a warehouse that was scored so."""

import re
from typing import Any

import pytest

from segmentation.history.stage import keep_history
from segmentation.reporting.segment_figures import describe_segments
from segmentation.warehouse.connection import Connection, fetch
from tests.builders import fill
from tests.reporting.languages import ENGLISH
from tests.reporting.site import build_page
from tests.segments.scoring import DAY, score, shop

OWN = [
    {"name": "<heavy> buyers", "monetary": "3", "description": "much", "advice": "thank"},
    {"name": "others"},
]


def describe(warehouse: Connection, **settings: Any) -> dict[str, Any]:
    values = list(range(1, 41))
    shop(warehouse, values, values, [float(v) for v in values])
    fill(warehouse, "crm.customers", *({"customer_id": f"c{i:04d}"} for i in range(43)))
    fill(warehouse, "crm.suppressions", {"reason": "objection", "customer_id": "c0042"})
    score(warehouse, **settings)
    keep_history(warehouse, DAY, drift_limit=1)
    return describe_segments(
        fetch(warehouse, "report_rfm"),
        fetch(warehouse, "report_rfm_bounds", as_of_date=DAY),
        fetch(warehouse, "report_rules"),
        fetch(warehouse, "report_not_segmented", as_of_date=DAY).row(0, named=True),
        ENGLISH,
    )


@pytest.mark.parametrize("bins", [2, 3, 5, 10])
def test_the_map_has_a_cell_for_every_pair_of_scores(warehouse: Connection, bins: int) -> None:
    shown = describe(warehouse, bins=bins)
    texts = re.findall(r">([^<>]+)</text>", shown["grid"].svg)
    assert texts.count("0") == bins * bins - bins  # frequent buyers are those who bought long ago
    assert f"{bins}: {41 - 40 // bins} to 40" in texts
    assert shown["is_wide"] == (bins > 5)
    assert sum(int(row["customers"]) for row in shown["rows"]) == 40


def test_segments_are_those_of_the_rules_in_their_order(warehouse: Connection) -> None:
    shown = describe(warehouse, bins=3, segments=OWN)
    assert [(row["name"], row["description"], row["advice"]) for row in shown["rows"]] == [
        ("<heavy> buyers", "much", "thank"),
        ("others", "", ""),
    ]
    page = build_page(warehouse, DAY, ENGLISH)
    assert "&lt;heavy&gt; buyers" in page
    assert "<heavy>" not in page


def test_a_cell_with_many_segments_names_the_largest(warehouse: Connection) -> None:
    shop(warehouse, [1] * 20, [1] * 20, [float(v) for v in range(20)])
    rules = [{"name": f"s{m}", "monetary": f"{m}"} for m in range(1, 6)]
    score(warehouse, segments=rules)
    outside = {"never_bought": 0, "objected": 0}
    bounds, rows = fetch(warehouse, "report_rfm_bounds", as_of_date=DAY), fetch(warehouse, "report_rules")
    grid = describe_segments(fetch(warehouse, "report_rfm"), bounds, rows, outside, ENGLISH)["grid"]
    texts = re.findall(r">([^<>]+)</t", grid.svg)
    assert {"s1", "s2", "3 more"} <= set(texts)
    assert "s1, s2, s3, s4, and s5" in grid.alt


def test_nested_scores_have_no_bounds_but_a_note(warehouse: Connection) -> None:
    shown = describe(warehouse, method="nested", bins=2)
    texts = re.findall(r">([^<>]+)</text>", shown["grid"].svg)
    assert {"1", "2"} <= set(texts)
    assert not [text for text in texts if text.startswith("1: ")]
    assert shown["notes"][-1].startswith("order count and spend: scored among customers")


def test_who_is_in_no_segment_is_told(warehouse: Connection) -> None:
    assert describe(warehouse)["outside"] == [
        "Never bought, so without scores: 2.",
        "Objected to marketing, so neither scored nor mailed: 1.",
    ]
