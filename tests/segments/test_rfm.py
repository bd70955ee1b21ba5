import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.segments.rfm import measure_thresholds, score_rfm
from segmentation.warehouse.connection import Connection, fetch
from tests.builders import fill, order

DAY = dt.date(2024, 6, 30)


def rfm_frame(days: list[int], orders: list[int], spend: list[float]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(len(days))],
            "as_of_date": [DAY] * len(days),
            "days_since_last_order": days,
            "order_count": orders,
            "spend": spend,
        }
    )


def test_ten_different_values_make_five_pairs() -> None:
    values = list(range(1, 11))
    scored = score_rfm(rfm_frame(values, values, [float(v) for v in values]))
    assert scored["frequency_score"].to_list() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert scored["recency_score"].to_list() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert scored["rfm_cell"].to_list()[0] == "511"


def test_equal_values_take_the_score_of_their_middle() -> None:
    # Six of ten share the value 1: their middle is at 0.3 of the customers, which is the second fifth.
    scored = score_rfm(rfm_frame([0] * 10, [1] * 6 + [2, 3, 4, 5], [1.0] * 10))
    assert scored["frequency_score"].to_list() == [2] * 6 + [4, 4, 5, 5]
    assert set(scored["recency_score"]) == {3}


def test_thresholds_name_the_scores_that_ties_leave_empty() -> None:
    scored = score_rfm(rfm_frame([0] * 10, [1] * 6 + [2, 3, 4, 5], [1.0] * 10))
    rows = measure_thresholds(scored).filter(pl.col("measure") == "order_count")
    assert rows["customers"].to_list() == [0, 6, 0, 2, 2]
    assert rows["lower"].to_list() == [None, 1, None, 2, 4]
    assert rows["upper"].to_list() == [None, 1, None, 3, 5]
    assert rows["note"].is_not_null().to_list() == [True, False, True, False, False]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_scores_follow_values_not_rows(values: list[int], random: "np.random.Generator") -> None:
    frame = rfm_frame(values, values, [float(v) for v in values])
    scored = score_rfm(frame)
    order_of_rows = list(range(len(values)))
    random.shuffle(order_of_rows)
    shuffled = score_rfm(frame[order_of_rows])
    assert scored.sort("customer_id").equals(shuffled.sort("customer_id"))
    by_value = scored.group_by("order_count").agg(pl.col("frequency_score").n_unique())
    assert by_value["frequency_score"].max() == 1
    ordered = scored.sort("order_count")["frequency_score"]
    assert ordered.is_sorted()
    assert 1 <= ordered.min() <= ordered.max() <= 5
    assert (
        measure_thresholds(scored).group_by("measure").agg(pl.col("customers").sum())["customers"].to_list()
        == [len(values)] * 3
    )


def test_scores_agree_with_duckdb(warehouse: Connection) -> None:
    random = np.random.default_rng(5)
    spend = random.integers(0, 40, 500).astype(float)
    frame = rfm_frame([0] * 500, [1] * 500, spend.tolist())
    warehouse.register("customers", frame.to_arrow())
    oracle = warehouse.sql("""
        select customer_id,
            least(5, 1 + 5 * ((rank() over w - 1) + count(*) over (order by spend)) // (2 * count(*) over ())) as score
        from customers window w as (order by spend) order by customer_id""").pl()
    assert score_rfm(frame).sort("customer_id")["monetary_score"].to_list() == oracle["score"].to_list()


def test_customer_rfm_counts_what_was_known_and_returns_only_as_money(warehouse: Connection) -> None:
    fill(
        warehouse,
        "crm.orders",
        order("a", "2024-06-01", 50),
        order("a", "2024-06-20", 30),
        order("a", "2024-06-25", -30),  # a return: money, not an order
        order("a", "2024-07-01", 99),  # not known yet
        order("b", "2024-06-30", 0),  # free of charge is an order
        order("c", "2024-06-10", -5),  # only a return: no order
        order("d", "2024-07-02", 5),
    )
    rows = fetch(warehouse, "customer_rfm", as_of_date=DAY)
    assert rows.select("customer_id", "days_since_last_order", "order_count", "spend").rows() == [
        ("a", 10, 2, pytest.approx(50)),
        ("b", 0, 1, 0),
    ]


def test_changing_the_currency_changes_no_score() -> None:
    spend = [3.0, 9.0, 9.0, 27.0, 81.0, 1.0]
    one, other = (
        score_rfm(rfm_frame([0] * 6, [1] * 6, values)) for values in (spend, [4.2 * value for value in spend])
    )
    assert one["monetary_score"].equals(other["monetary_score"])
