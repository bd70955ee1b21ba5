"""From orders to scores, thresholds and cells."""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from segmentation.errors import ScoringError, SettingsError
from segmentation.segments.rfm_methods import RFM_METHODS
from segmentation.segments.stage import customers_known, scored_customers
from segmentation.settings import RfmSettings
from segmentation.warehouse.connection import Connection, fetch
from tests.builders import fill, order
from tests.segments.scoring import DAY, SCORES, score, shop, thresholds

EARLIER = dt.date(2024, 3, 31)
CHARLES = Path(__file__).parent.parent.parent / "data" / "charles_book_club" / "charles_book_club.parquet"
SETTINGS = {
    "fixed": {"cut_points": {"recency": [30, 90], "frequency": [2, 4, 6], "monetary": [50.5]}},
    "frozen": {"frozen_at": EARLIER},
}


def random_shop(warehouse: Connection, customers: int = 400, seed: int = 5) -> None:
    """Many ties in days and orders, money with cents, and a customer far above the others."""
    random = np.random.default_rng(seed)
    spend = np.round(np.exp(random.normal(4, 1, customers)), 2)
    spend[0] = 1e12
    shop(
        warehouse,
        random.integers(0, 120, customers).tolist(),
        random.geometric(0.4, customers).tolist(),
        spend.tolist(),
        EARLIER,
    )
    later = np.round(np.exp(random.normal(4, 1, customers // 2)), 2).tolist()
    rows = (
        order(f"c{2 * i:04d}", f"{EARLIER + dt.timedelta(days=int(d))}", amount, order_id=f"late{i}")
        for i, (d, amount) in enumerate(zip(random.integers(1, 91, customers // 2), later, strict=True))
    )
    fill(warehouse, "crm.orders", *rows)


@pytest.mark.parametrize("method", RFM_METHODS)
def test_what_every_method_promises(warehouse: Connection, method: str) -> None:
    """Everybody is scored once, equal values alike, better values never worse; thresholds say just that."""
    random_shop(warehouse)
    score(warehouse, EARLIER)
    scored = score(warehouse, method=method, **SETTINGS.get(method, {}))
    assert scored.height == scored["customer_id"].n_unique() == 400
    within: list[str] = []
    for measure, name, better in zip(
        ("days_since_last_order", "order_count", "spend"), SCORES, (-1, 1, 1), strict=True
    ):
        group = ["as_of_date", *(within if RFM_METHODS[method].is_nested else [])]
        ordered = scored.with_columns(pl.col(measure).cast(pl.Float64) * better).sort(*group, measure)
        for part in ordered.partition_by(group):
            assert part[name].is_sorted()
            assert part.group_by(measure).agg(pl.col(name).n_unique())[name].max() == 1
        within = [*within, name]
        rows = thresholds(warehouse, measure)
        assert rows["customers"].sum() == 400
        assert scored[name].is_between(1, rows["score"].max()).all()
        found = rows.filter(pl.col("customers") > 0)
        assert (found["lower"] >= found["starts_at"]).all()
        nobody = rows.filter(pl.col("customers") == 0)
        assert nobody["note"].null_count() == 0
    assert scored["segment"].null_count() == 0
    assert scored["rfm_cell"].to_list() == [f"{r}{f}{m}" for r, f, m in scored.select(SCORES).rows()]


@pytest.mark.parametrize("method", RFM_METHODS)
def test_a_method_does_not_depend_on_the_order_of_rows(warehouse: Connection, method: str) -> None:
    random_shop(warehouse)
    score(warehouse, EARLIER)
    first = score(warehouse, method=method, **SETTINGS.get(method, {}))
    warehouse.execute("create table shuffled as from crm.orders order by md5(order_id)")
    warehouse.execute("delete from crm.orders")
    warehouse.execute("insert into crm.orders by name from shuffled")
    assert score(warehouse, method=method, **SETTINGS.get(method, {})).equals(first)


@pytest.mark.parametrize("method", RFM_METHODS)
def test_one_customer_has_the_middle_scores_or_those_of_the_ranges(warehouse: Connection, method: str) -> None:
    shop(warehouse, [40], [3], [20.0], EARLIER)
    score(warehouse, EARLIER)
    scored = score(warehouse, EARLIER, method=method, **SETTINGS.get(method, {}))
    expected = (2, 2, 1) if method == "fixed" else (3, 3, 3)
    assert scored.select(SCORES).rows() == [expected]
    assert scored.height == 1


@pytest.mark.parametrize("method", sorted(set(RFM_METHODS) - {"frozen"}))
def test_nobody_with_an_order_is_no_error(warehouse: Connection, method: str) -> None:
    fill(warehouse, "crm.orders", order("only returns", "2024-06-01", -5))
    assert score(warehouse, method=method, **SETTINGS.get(method, {})).is_empty()


def test_ten_different_values_make_five_pairs(warehouse: Connection) -> None:
    values = list(range(1, 11))
    shop(warehouse, values, values, [float(v) for v in values])
    scored = score(warehouse)
    assert scored["frequency_score"].to_list() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert scored["recency_score"].to_list() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert scored["rfm_cell"].to_list()[0] == "511"
    rows = thresholds(warehouse, "days_since_last_order")
    assert rows["starts_at"].to_list() == [9, 7, 5, 3, float("-inf")]
    assert rows.select("lower", "upper", "customers").rows()[0] == (9, 10, 2)


def test_ten_scores_are_written_apart(warehouse: Connection) -> None:
    values = list(range(1, 11))
    shop(warehouse, values, values, [float(v) for v in values])
    scored = score(warehouse, bins=10)
    assert scored["frequency_score"].to_list() == values
    assert scored["rfm_cell"].to_list()[0] == "10-1-1"
    assert scored["rfm_cell"].to_list()[-1] == "1-10-10"


def test_equal_values_take_the_score_of_their_middle(warehouse: Connection) -> None:
    # Six of ten share the value 1: their middle is at 0.3 of the customers, which is the second fifth.
    shop(warehouse, [0] * 10, [1] * 6 + [2, 3, 4, 5], [1.0] * 10)
    scored = score(warehouse)
    assert scored["frequency_score"].to_list() == [2] * 6 + [4, 4, 5, 5]
    assert set(scored["recency_score"]) == {3}
    rows = thresholds(warehouse, "order_count")
    assert rows["customers"].to_list() == [0, 6, 0, 2, 2]
    assert rows["lower"].to_list() == [None, 1, None, 2, 4]
    assert rows["upper"].to_list() == [None, 1, None, 3, 5]
    assert rows["note"].is_not_null().to_list() == [True, False, True, False, False]
    assert rows["note"][0] == "no value has this score: too many customers share a value"
    assert thresholds(warehouse, "spend")["note"][0] == ("no value has this score: 5 scores for 1 different value(s)")


@pytest.mark.parametrize("bins", [2, 3, 5, 10])
def test_quantiles_agree_with_ranks_in_polars(warehouse: Connection, bins: int) -> None:
    random_shop(warehouse)
    scored = score(warehouse, bins=bins)

    def by_rank(measure: str, *, descending: bool = False) -> pl.Series:
        rank = pl.col(measure).rank("average", descending=descending)  # (b + 1 + t) / 2
        place = (bins * (2 * rank - 1) / (2 * pl.len())).floor()
        return scored.select((1 + place).clip(1, bins).cast(pl.Int64)).to_series()

    assert scored["recency_score"].to_list() == by_rank("days_since_last_order", descending=True).to_list()
    assert scored["frequency_score"].to_list() == by_rank("order_count").to_list()
    assert scored["monetary_score"].to_list() == by_rank("spend").to_list()


def test_nested_quantiles_agree_with_ranks_within_groups_in_duckdb(warehouse: Connection) -> None:
    random_shop(warehouse)
    scored = score(warehouse, method="nested", bins=3)
    warehouse.register("scored", scored.to_arrow())
    oracle = warehouse.sql("""
        select customer_id,
            least(3, 1 + 3 * (rank() over f - 1 + count(*) over (partition by recency_score order by order_count))
                // (2 * count(*) over (partition by recency_score))) as frequency_score,
            least(3, 1 + 3 * (rank() over m - 1
                    + count(*) over (partition by recency_score, frequency_score order by spend))
                // (2 * count(*) over (partition by recency_score, frequency_score))) as monetary_score
        from scored
        window f as (partition by recency_score order by order_count),
            m as (partition by recency_score, scored.frequency_score order by spend)
        order by customer_id""").pl()
    for name in SCORES[1:]:
        assert scored[name].to_list() == oracle[name].to_list()
    assert thresholds(warehouse, "spend").select("within_recency", "within_frequency").n_unique() == 9


def test_fixed_cut_points_of_the_r_package_rfm(warehouse: Connection) -> None:
    """The documentation of the R package rfm: ranges [lower, upper) of customers' values, and their cells."""
    customers = [(205, 6, 472), (140, 3, 340), (194, 4, 405), (98, 7, 596), (132, 5, 448)]
    days, orders, spend = (list(column) for column in zip(*customers, strict=True))
    shop(warehouse, days, orders, spend)
    cut_points = {"recency": [115, 181, 297, 482], "frequency": [4, 5, 6, 8], "monetary": [256, 382, 506, 666]}
    scored = score(warehouse, method="fixed", cut_points=cut_points)
    assert scored["rfm_cell"].to_list() == ["343", "412", "323", "544", "433"]


def test_a_value_on_a_cut_point_is_in_the_range_it_begins(warehouse: Connection) -> None:
    shop(warehouse, [29, 30, 89, 90], [1, 2, 3, 4], [50.49, 50.5, 50.51, 0])
    scored = score(warehouse, method="fixed", **SETTINGS["fixed"])
    assert scored.select(SCORES).rows() == [(3, 1, 1), (2, 2, 2), (2, 2, 2), (1, 3, 1)]
    assert thresholds(warehouse, "order_count")["note"].to_list() == [None, None, None, "no customer has this score"]


def test_the_codes_of_charles_book_club(warehouse: Connection) -> None:
    """Codes and response rates of the published data; its recency code 1 is the best, its others' 1 the worst."""
    club = pl.read_parquet(CHARLES)
    shop(warehouse, (30 * club["R"]).to_list(), club["F"].to_list(), club["M"].to_list())
    cut_points = {"recency": [30 * 4, 30 * 8, 30 * 14], "frequency": [2, 3], "monetary": [26, 51, 101, 201]}
    scored = score(warehouse, method="fixed", cut_points=cut_points)
    assert scored["recency_score"].to_list() == (5 - club["Rcode"]).to_list()
    assert scored["frequency_score"].to_list() == club["Fcode"].to_list()
    assert scored["monetary_score"].to_list() == club["Mcode"].to_list()
    response = scored.with_columns(club["Florence"]).group_by("recency_score").agg(pl.mean("Florence").round(4))
    assert dict(response.iter_rows()) == {4: 0.1156, 3: 0.1219, 2: 0.0817, 1: 0.0701}
    assert scored["segment"].null_count() == 0


def test_frozen_thresholds_score_as_on_their_date(warehouse: Connection) -> None:
    random_shop(warehouse)
    score(warehouse, EARLIER)
    starts = {
        measure: thresholds(warehouse, measure, EARLIER).filter(pl.col("starts_at").is_not_null()).sort("starts_at")
        for measure in ("days_since_last_order", "order_count", "spend")
    }
    scored = score(warehouse, method="frozen", frozen_at=EARLIER)
    for measure, name in zip(starts, SCORES, strict=True):
        steps = starts[measure]
        place = np.digitize(scored[measure].cast(pl.Float64).to_numpy(), steps["starts_at"].to_numpy()) - 1
        assert scored[name].to_list() == steps["score"].to_numpy()[place].tolist()
        assert set(thresholds(warehouse, measure)["method"]) == {f"frozen at {EARLIER}"}
    assert thresholds(warehouse, "spend", EARLIER)["method"][0] == "quantile"
    again = score(warehouse, EARLIER, method="frozen", frozen_at=EARLIER)
    assert thresholds(warehouse, "spend", EARLIER)["starts_at"].equals(starts["spend"].sort("score")["starts_at"])
    assert again.height == 400


def test_before_the_frozen_date_scores_are_by_quantile_as_known_then(warehouse: Connection) -> None:
    random_shop(warehouse)
    score(warehouse)
    eve = EARLIER - dt.timedelta(days=30)
    quantile = customers_known(warehouse, eve, RfmSettings())
    frozen = customers_known(warehouse, eve, RfmSettings(method="frozen", frozen_at=DAY))
    assert frozen.equals(quantile)
    later = (customers_known(warehouse, DAY, RfmSettings(method="frozen", frozen_at=day)) for day in (DAY, EARLIER))
    score(warehouse, EARLIER)
    assert next(later).equals(customers_known(warehouse, DAY, RfmSettings()))
    assert not next(later).equals(customers_known(warehouse, DAY, RfmSettings()))


def test_frozen_nested_thresholds_give_the_middle_where_nobody_was(warehouse: Connection) -> None:
    """On the frozen date nobody with recency 1 had more than one order, so nothing is known of how to part them."""
    shop(warehouse, [10, 20, 30, 40], [1, 2, 3, 4], [10.0, 20.0, 30.0, 40.0])
    score(warehouse, method="nested", bins=2)
    later = DAY + dt.timedelta(days=1)
    fill(warehouse, "crm.orders", *(order("new", f"{DAY}", 1000.0, order_id=f"n{i}") for i in range(9)))
    scored = score(warehouse, later, method="frozen", frozen_at=DAY)
    assert scored.filter(pl.col("customer_id") == "new").select(SCORES).rows() == [(2, 2, 2)]
    rows = thresholds(warehouse, "spend", later)
    assert rows["customers"].sum() == 5
    assert rows.height == 2 * 2 * 2


def test_a_frozen_date_that_is_not_there_lists_those_that_are(warehouse: Connection) -> None:
    shop(warehouse, [1], [1], [1.0])
    with pytest.raises(ScoringError, match=r"frozen_at = 2024-03-31: no thresholds .* none yet; run a night"):
        score(warehouse, method="frozen", frozen_at=EARLIER)
    score(warehouse)
    score(warehouse, DAY + dt.timedelta(days=1))
    with pytest.raises(ScoringError, match=r"no thresholds are kept of this date; there are: 2024-06-30, 2024-07-01$"):
        score(warehouse, method="frozen", frozen_at=EARLIER)


def test_a_frozen_date_in_the_future_is_refused(warehouse: Connection) -> None:
    shop(warehouse, [1], [1], [1.0])
    score(warehouse)
    with pytest.raises(ScoringError, match=r"rfm.frozen_at = 2024-06-30 is after the as-of date 2024-03-31"):
        score(warehouse, EARLIER, method="frozen", frozen_at=DAY)


def test_rules_must_fit_the_scores_of_the_frozen_date(warehouse: Connection) -> None:
    shop(warehouse, [1, 2], [1, 2], [1.0, 2.0])
    score(warehouse, bins=3)
    segments = [{"name": "good", "recency": "4-5"}, {"name": "others"}]
    with pytest.raises(SettingsError, match=r"scores of 2024-06-30: segment 'good': recency 4-5 is not within 1-3"):
        score(warehouse, method="frozen", frozen_at=DAY, segments=segments)
    scored = score(warehouse, method="frozen", frozen_at=DAY, segments=[{"name": "all"}])
    assert set(scored["segment"]) == {"all"}


def test_natural_breaks_fall_between_groups(warehouse: Connection) -> None:
    groups = [1.0, 1.1, 1.2, 10, 10.5, 100, 101, 102, 500, 9000]
    shop(warehouse, list(range(10)), [1] * 10, groups)
    scored = score(warehouse, method="natural breaks")
    assert scored["monetary_score"].to_list() == [1, 1, 1, 2, 2, 3, 3, 3, 4, 5]
    assert set(scored["frequency_score"]) == {3}
    assert set(thresholds(warehouse, "order_count")["note"]) == {
        None,
        "no value has this score: 5 scores for 1 different value(s)",
    }


def test_neighbours_are_put_together_beyond_the_most_values(warehouse: Connection) -> None:
    shop(warehouse, [0] * 1000, [1] * 1000, list(range(1000)))
    with scored_customers(warehouse, DAY, RfmSettings()):
        exact = fetch(warehouse, "rfm_values", measure="spend", most=1000)
        rough = fetch(warehouse, "rfm_values", measure="spend", most=100)
    assert exact["value"].to_list() == list(range(1000))
    assert rough["value"].to_list() == list(range(0, 1000, 10))
    assert set(rough["customers"]) == {10}


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
    rows = score(warehouse)
    assert rows.select("customer_id", "days_since_last_order", "order_count", "spend").rows() == [
        ("a", 10, 2, pytest.approx(50)),
        ("b", 0, 1, 0),
    ]


def test_huge_amounts_are_scored_and_what_no_amount_can_be_is_refused(warehouse: Connection) -> None:
    shop(warehouse, [1, 2, 3], [1, 1, 1], [1.0, 9e15, -0.0])
    assert score(warehouse)["monetary_score"].to_list() == [3, 5, 1]
    fill(warehouse, "crm.orders", order("c0001", "2024-06-20", 9e15))
    with pytest.raises(ScoringError, match=r"^customer c0001: the orders add up to 18000000000000000\.00, more than"):
        score(warehouse)


def test_changing_the_currency_changes_no_score(warehouse: Connection) -> None:
    spend = [3.0, 9.0, 9.0, 27.0, 81.0, 1.0]
    shop(warehouse, [0] * 6, [1] * 6, spend)
    one = score(warehouse)["monetary_score"]
    warehouse.execute("update crm.orders set amount = amount * 4")
    assert score(warehouse)["monetary_score"].equals(one)


def test_thresholds_of_every_date_are_kept(warehouse: Connection) -> None:
    random_shop(warehouse)
    for day in (EARLIER, DAY, DAY):
        score(warehouse, day)
    kept = warehouse.sql("select as_of_date, count(*) from segments.rfm_thresholds group by all order by all")
    assert kept.fetchall() == [(EARLIER, 15), (DAY, 15)]
