"""What runs show, from rows to texts."""

import base64
import re
from decimal import Decimal

import polars as pl

from segmentation.digests.erasure import show_erasure
from segmentation.digests.night import show_campaigns, show_loads, show_segments
from segmentation.digests.pieces import Table, Text, embed
from segmentation.digests.stage import _digest_plan
from segmentation.reporting.words import choose_words
from segmentation.targeting.stage import plan_mailing
from segmentation.warehouse.connection import Connection, fetch
from tests.reporting.languages import ENGLISH
from tests.targeting.test_plan import buyers, run


def test_a_plan_is_shown_with_figures_waterfall_and_picture(warehouse: Connection) -> None:
    buyers(warehouse, 40, mail_consent=False)
    warehouse.execute("update crm.customers set mail_consent = true where customer_id < 'c030'")
    plan_id = plan_mailing(warehouse, run(control_share=0))
    pieces = {piece.key: piece for piece in _digest_plan(warehouse, plan_id, choose_words("en", "PLN"))}
    figures, steps, picture = pieces["plan"], pieces["plan-waterfall"], pieces["plan-picture"]
    assert isinstance(figures, Text)
    assert isinstance(steps, Table)
    assert isinstance(picture, Text)
    assert "**10** pieces of mailing-2024-07-14" in figures.markdown
    assert "| Cost | 10.00\N{NO-BREAK SPACE}PLN |" in figures.markdown
    assert "nobody is held out, so nothing can be proven" in figures.markdown
    assert steps.rows == [
        {"Step": "no consent to the channel", "Before": "40", "Leave": "10", "Remain": "30"},
        {"Step": "beyond the budget", "Before": "30", "Leave": "20", "Remain": "10"},
        {"Step": "held out as control", "Before": "10", "Leave": "0", "Remain": "10"},
    ]
    assert picture.markdown.startswith("![all customers: 40; deceased: ")


def test_a_picture_is_whole_and_on_white() -> None:
    found = re.fullmatch(r"!\[a \(b\)\]\(data:image/svg\+xml;base64,(.*)\)", embed("<svg x='1'/>", "a [b]"))
    assert found is not None
    assert base64.b64decode(found[1]) == b"<svg style=\"background:#fff\" x='1'/>"


def test_segments_are_summed_over_scores_and_sorted_by_spend() -> None:
    rows = [("loyal", 2, "30.10"), ("lost", 1, "5.00"), ("loyal", 1, "10.00")]
    rfm = pl.DataFrame(
        [(segment, customers, Decimal(spend)) for segment, customers, spend in rows],
        schema={"segment": pl.String, "customers": pl.Int64, "spend": pl.Decimal(18, 2)},
        orient="row",
    )
    [table] = show_segments(rfm, ENGLISH)
    assert isinstance(table, Table)
    assert table.rows == [
        {"Segment": "loyal", "Customers": "3", "Share": "75.0%", "Spend": "40.10"},
        {"Segment": "lost", "Customers": "1", "Share": "25.0%", "Spend": "5.00"},
    ]
    assert show_segments(rfm.clear(), ENGLISH) == []


def test_loads_of_tables_the_source_has() -> None:
    row = {"source": "x", "note": None}
    counts = {"rows_read": 1200, "rows_loaded": 1000, "rows_rejected": 3, "rows_unchanged": 197}
    loads = pl.DataFrame(
        [row | counts | {"table_name": "orders"}, row | dict.fromkeys(counts, 0) | {"table_name": "costs"}]
    )
    [table] = show_loads(loads, ENGLISH)
    assert isinstance(table, Table)
    assert table.rows == [{"Table": "orders", "Read": "1,200", "New": "1,000", "Known": "197", "Rejected": "3"}]
    assert show_loads(loads.clear(), ENGLISH) == []


def test_without_campaigns_the_verdict_says_so(warehouse: Connection) -> None:
    [text] = show_campaigns(fetch(warehouse, "report_campaigns"), ENGLISH)
    assert isinstance(text, Text)
    assert "No campaign has finished yet." in text.markdown


def test_an_erasure_tells_how_much_and_not_who() -> None:
    removed = pl.DataFrame(
        {"file": ["/d/w.duckdb", "/d/w.duckdb"], "table": ["crm.orders", "crm.customers"], "rows": [7, 1]}
    )
    text, table = show_erasure(removed, 2, is_done=False)
    assert isinstance(text, Text)
    assert isinstance(table, Table)
    assert text.markdown.startswith("**8 rows** in 1 files: this would be removed; nothing is changed.")
    assert "named in 2 places" in text.markdown
    assert table.rows[0] == {"File": "w.duckdb", "Table": "crm.orders", "Rows": "7"}
    [nothing] = show_erasure(removed.clear(), 0, is_done=True)
    assert isinstance(nothing, Text)
    assert nothing.markdown == "**0 rows** in 0 files: this was removed."
