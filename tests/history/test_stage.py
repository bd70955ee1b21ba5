"""History, migration and drift over several dates, from a warehouse."""

import datetime as dt
import logging
import re
from pathlib import Path

import polars as pl
import pytest

from segmentation.history.stage import keep_history
from segmentation.segments.stage import segment_customers
from segmentation.settings import RfmSettings
from segmentation.warehouse.connection import Connection, fetch
from tests.builders import fill, order

MAY, JUNE, JULY = dt.date(2024, 5, 31), dt.date(2024, 6, 30), dt.date(2024, 7, 31)
DOCS = Path(__file__).parent.parent.parent / "docs" / "segments.md"
RULES = RfmSettings.model_validate(
    {
        "method": "fixed",
        "cut_points": {"recency": [20], "frequency": [2], "monetary": [100]},
        "segments": [{"name": "often", "frequency": "2"}, {"name": "fresh", "recency": "2"}, {"name": "stale"}],
    }
)


def night(warehouse: Connection, as_of: dt.date, *, drift_limit: float = 0.25) -> None:
    segment_customers(warehouse, as_of, RULES)
    keep_history(warehouse, as_of, drift_limit=drift_limit)


def shop(warehouse: Connection) -> None:
    """a buys once in May; b in May and June; c in June only, known since June; d never."""
    fill(
        warehouse,
        "crm.customers",
        *({"customer_id": c} for c in "abd"),
        {"customer_id": "c", "created_on": dt.date(2024, 6, 2)},
    )
    fill(
        warehouse,
        "crm.orders",
        order("a", "2024-05-20"),
        order("b", "2024-05-20"),
        order("b", "2024-06-20"),
        order("c", "2024-06-25"),
    )


def history(warehouse: Connection, as_of: dt.date) -> dict[str, str]:
    rows = warehouse.sql("select customer_id, segment from segments.history where as_of_date = $d", params={"d": as_of})
    return dict(rows.fetchall())


def migration(warehouse: Connection) -> list[tuple[object, ...]]:
    return warehouse.sql("from segments.migration order by all").fetchall()


def test_everybody_on_file_is_in_the_history_once_a_date(warehouse: Connection) -> None:
    shop(warehouse)
    night(warehouse, MAY)
    night(warehouse, JUNE)
    assert history(warehouse, MAY) == {"a": "fresh", "b": "fresh", "d": "never bought"}
    assert history(warehouse, JUNE) == {"a": "stale", "b": "often", "c": "fresh", "d": "never bought"}
    night(warehouse, JUNE)
    assert warehouse.sql("select count(*) from segments.history").fetchall() == [(7,)]


def test_migration_by_hand(warehouse: Connection) -> None:
    shop(warehouse)
    night(warehouse, MAY)
    assert migration(warehouse) == []
    night(warehouse, JUNE)
    assert migration(warehouse) == [
        (MAY, JUNE, "fresh", "often", 1),
        (MAY, JUNE, "fresh", "stale", 1),
        (MAY, JUNE, "never bought", "never bought", 1),
        (MAY, JUNE, "not on file", "fresh", 1),
    ]


def test_migration_is_between_dates_that_follow_each_other(warehouse: Connection) -> None:
    """A night for a date between two others parts their pair; customers add up on both sides."""
    shop(warehouse)
    for day in (MAY, JULY, JUNE, JULY):
        night(warehouse, day)
        pairs = warehouse.sql("select distinct from_date, to_date from segments.migration order by all").fetchall()
    assert pairs == [(MAY, JUNE), (JUNE, JULY)]
    wrong = warehouse.sql(
        """
        select to_date, to_segment, sum(customers) as customers from segments.migration
        where to_segment <> 'not on file' group by all
        except
        select as_of_date, segment, count(*) from segments.history group by all
        """
    )
    assert wrong.fetchall() == []


def test_the_documented_query_gives_any_two_dates(warehouse: Connection) -> None:
    shop(warehouse)
    for day in (MAY, JUNE, JULY):
        night(warehouse, day)
    text = DOCS.read_text(encoding="utf-8")
    query = re.search(r"```sql\n(.*?)```", text, re.DOTALL)
    assert query
    asked = query.group(1).replace("2024-01-31", f"{MAY}").replace("2024-06-30", f"{JULY}")
    expected = fetch(warehouse, "segment_migration", from_date=MAY, to_date=JULY)
    assert warehouse.sql(asked).pl().rows() == expected.drop("from_date", "to_date").rows()


def test_drift_is_unknown_on_the_first_date_and_measured_on_the_next(
    warehouse: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    shop(warehouse)
    night(warehouse, MAY)
    first = warehouse.sql("from segments.drift").pl()
    assert first["psi"].null_count() == first.height == 8
    assert set(first["note"]) == {"there is no earlier date to compare with"}
    assert first["warns"].null_count() == 8
    with caplog.at_level(logging.WARNING):
        night(warehouse, JUNE)
    drift = warehouse.sql("from segments.drift where as_of_date = '2024-06-30'").pl()
    assert set(drift["compared_with"]) == {MAY}
    # Segments: two of three fresh become one of four, and none often or stale one of four; never bought 1/3, 1/4.
    b, a = (0.0001, 2 / 3, 1 / 3, 0.0001), (1 / 4, 1 / 4, 1 / 4, 1 / 4)
    expected = sum((y - x) * pl.select((pl.lit(y) / pl.lit(x)).log()).item() for x, y in zip(b, a, strict=True))
    assert drift.filter(measure="segment")["psi"].item() == pytest.approx(expected)
    assert drift.filter(measure="segment")["warns"].item()
    assert "segment has drifted since 2024-05-31: population stability index" in caplog.text


def test_a_quiet_date_warns_of_nothing(warehouse: Connection, caplog: pytest.LogCaptureFixture) -> None:
    fill(warehouse, "crm.customers", {"customer_id": "a"})
    fill(warehouse, "crm.orders", order("a", "2024-01-01"))
    with caplog.at_level(logging.WARNING):
        night(warehouse, JUNE)
        night(warehouse, JULY)
    drift = warehouse.sql("from segments.drift where as_of_date = '2024-07-31'").pl()
    assert drift.filter(measure="order_count").select("psi", "warns").rows() == [(0, False)]
    assert caplog.text == ""


def test_a_measure_that_was_not_known_then_says_so(warehouse: Connection) -> None:
    shop(warehouse)
    night(warehouse, MAY)
    warehouse.execute("delete from segments.distribution where measure = 'spend'")
    night(warehouse, JUNE)
    spend = warehouse.sql("select psi, note from segments.drift where as_of_date = '2024-06-30' and measure = 'spend'")
    assert spend.fetchall() == [(None, "not known on 2024-05-31")]


def test_values_are_rounded_to_three_digits(warehouse: Connection) -> None:
    warehouse.execute(
        "create temp table customer_features as select * from (values ('a', 1234.5), ('b', 1229.9), ('c', 0.0), "
        "('d', -0.0123456)) t(customer_id, spend)"
    )
    assert fetch(warehouse, "feature_values").rows() == [("spend", -0.0123, 1), ("spend", 0, 1), ("spend", 1230, 2)]


def test_nobody_at_all_is_no_error(warehouse: Connection) -> None:
    night(warehouse, JUNE)
    night(warehouse, JULY)
    assert migration(warehouse) == []
    assert warehouse.sql("select measure, psi from segments.drift").fetchall() == [("segment", None)] * 2
