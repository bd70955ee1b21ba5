import datetime as dt
import re
from pathlib import Path

import duckdb
import polars as pl
import pytest

from segmentation.contract.published import PUBLISHED_TABLES
from segmentation.warehouse.connection import query_warehouse
from tests.builders import write_source
from tests.flows.conftest import ROOT, SAMPLE, Place


def ask(place: Place, sql: str) -> list[tuple[object, ...]]:
    return query_warehouse(place.warehouse, sql).rows()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select count(*) from crm.customers", (2469,)),
        ("select count(*), sum(amount)::varchar from crm.orders", (155848, "4596039.58")),
        ("select count(*), sum(amount)::varchar from crm.order_lines", (391326, "4596039.58")),
        ("select count(*) from crm.campaigns", (27,)),
        ("select count(*) from crm.contacts", (6589,)),
        ("select count(*) from crm.responses", (2102,)),
        ("select count(distinct customer_id) from crm.contacts", (1559,)),
        ("select count(distinct (campaign_id, customer_id)) from crm.responses", (792,)),
        ("select count(*) from quality.rejects", (0,)),
        ("select mailed, responders from response.campaigns where campaign_id = '18'", (1133, 214)),
        ("select mailed, responders from response.campaigns where campaign_id = '13'", (1077, 196)),
        ("select mailed, responders from response.campaigns where campaign_id = '8'", (1076, 158)),
    ],
)
def test_the_sample_arrives_to_the_row_and_the_cent(
    sample_night: Place, sql: str, expected: tuple[object, ...]
) -> None:
    assert ask(sample_night, sql) == [expected]


def test_every_row_is_accounted_for(sample_night: Place) -> None:
    wrong = "select * from quality.loads where rows_read <> rows_loaded + rows_rejected + rows_unchanged"
    assert ask(sample_night, wrong) == []
    missing = "select table_name from quality.loads where source is null and note is not null order by 1"
    assert ask(sample_night, missing) == [("costs",), ("service_contacts",), ("suppressions",)]


def test_every_published_table_and_column_has_a_comment(sample_night: Place) -> None:
    tables = ask(sample_night, "select schema_name || '.' || table_name from duckdb_tables() where comment is not null")
    assert {name for (name,) in tables} == {table.full_name for table in PUBLISHED_TABLES}
    bare = "select table_name, column_name from duckdb_columns() where not internal and comment is null"
    assert ask(sample_night, bare) == []


def test_segments_agree_with_a_polars_count_of_the_source(sample_night: Place) -> None:
    known = pl.read_parquet(SAMPLE / "orders.parquet").filter(pl.col("ordered_at") < dt.datetime(2018, 1, 1))
    oracle = (
        known.group_by("customer_id")
        .agg(
            (dt.date(2017, 12, 31) - pl.col("ordered_at").max().dt.date()).dt.total_days().alias("days"),
            pl.len().alias("orders"),
            pl.col("amount").sum().alias("spend"),
        )
        .sort("customer_id")
    )
    published = ask(
        sample_night,
        "select customer_id, days_since_last_order, order_count, spend from segments.rfm order by customer_id",
    )
    assert published == oracle.rows()
    assert oracle.height < 2470 <= len(published) + 1


@pytest.mark.parametrize(
    "sql",
    [
        # every segmented customer is clustered and in tonight's history, and profiles add up to them
        "select count(*) from segments.rfm full join segments.clusters using (customer_id) "
        "where segment is null or cluster_id is null",
        "select (select count(*) from segments.rfm) "
        "- (select count(*) from segments.history where segment <> 'never bought')",
        "select (select count(*) from crm.customers) - (select count(*) from segments.history)",
        "select count(*) from segments.rfm anti join segments.rules using (segment)",
        "select (select count(*) from segments.rfm) - (select sum(customers)::bigint from segments.cluster_profiles)",
        "select count(*) from (select measure from segments.rfm_thresholds group by 1 "
        "having sum(customers) <> (select count(*) from segments.rfm))",
        "select count(*) - 1 from segments.cluster_selection where chosen",
        # every customer with an order is valued and in one group of the portfolio
        "select count(*) from segments.rfm full join segments.value using (customer_id) "
        "where segment is null or portfolio is null or expected_orders is null",
        "select (select count(*) from segments.value) - (select sum(customers)::bigint from segments.portfolio)",
        "select (select sum(contact_cost_to_date) from segments.value)::double "
        "- (select sum(contact_cost_to_date) from segments.portfolio)::double",
        "select count(*) from segments.value where expected_margin is null and note is null",
        "select count(*) from segments.service_reasons",
        # everybody is selected, left out, or beyond the budget
        "select (select count(*) from crm.customers) - (select count(*) from targeting.exclusions) "
        "- (select count(*) from targeting.selection) - (select customers_removed from targeting.waterfall "
        "where reason = 'beyond the budget')",
        "select count(*) from targeting.selection semi join targeting.exclusions using (customer_id)",
        "select (select customers_after from targeting.waterfall order by step desc limit 1) "
        "- (select count(*) from targeting.selection where arm = 'treatment')",
        "select count(*) from (select order_id from response.attribution where order_id is not null "
        "group by 1 having count(*) > 1)",
        # every order is credited whole or not at all, and credits add up to what campaigns are shown with
        "select count(*) from response.attribution join crm.orders using (order_id) "
        "where original_order_id is null and attribution.amount <> orders.amount",
        "select ((select sum(amount) from crm.orders where amount >= 0) "
        "- (select sum(amount) from crm.orders anti join response.attribution using (order_id) where amount >= 0) "
        "- (select sum(credited_amount) from response.credits))::double",
        "select ((select sum(amount) from response.attribution where order_id is not null) "
        "- (select sum(net_credited_amount) from response.credits))::double",
        "select count(*) from response.credits where credited_orders <> coalesce(coded_orders, 0) "
        "+ matched_by_customer_orders + coalesce(matched_by_household_orders, 0) "
        "+ coalesce(matched_by_address_orders, 0)",
        "select count(*) from response.attribution join response.campaigns using (campaign_id) "
        "where original_order_id is null and order_id is not null "
        "and ordered_at::date not between starts_on and ends_on",
        "select 27 - count(*) from response.credits",
        "select count(*) from response.credits where note is null",
        # mailing was not randomised here, so nothing may say so
        "select count(*) from response.uplift where method <> 'observational'",
        "select count(*) from response.campaigns where design <> 'observational' or held_out <> 0",
        "select count(*) from response.uplift where uplift is null and note is null",
        "select count(*) from response.uplift where abs(treated_mean - control_mean - uplift) > 1e-9",
        "select count(*) from response.campaigns where provisional <> (ends_on > date '2017-12-31')",
        "select count(*) from response.campaigns where provisional and pays <> 'not proven'",
        "select 27 - count(distinct campaign_id) from response.uplift",
        # every campaign is compared with each earlier one of its type
        "select count(distinct (campaign_id, earlier_campaign_id)) - (select count(*) from crm.campaigns a "
        "join crm.campaigns b on a.campaign_type = b.campaign_type and a.starts_on > b.starts_on) "
        "from response.comparison",
        "select count(*) from response.comparison where mix_effect + rate_effect <> rate_change",
        "select count(*) from response.comparison where verdict <> 'not proven' or design <> 'observational'",
        "select count(*) from response.comparison where note is null and uplift_change is null",
        "select count(*) from response.comparison where note is null and rate_change is null",
        "select count(*) from response.comparison join response.uplift using (campaign_id, metric) "
        "where dimension = 'all' and comparison.rate <> treated_mean",
        "select 27 * 4 - count(*) from response.trend",
        "select count(*) from response.trend where (pooled_uplift is null or slope_per_year is null) and note is null",
        "select (select mailed from targeting.plans) - sum(mailed) from targeting.power where cell <> 'all'",
        "select count(*) from targeting.power, targeting.plans where abs(base_rate - expected_response) > 1e-9 "
        "or abs(smallest_uplift - minimum_detectable_uplift) > 1e-9",
    ],
)
def test_identities(sample_night: Place, sql: str) -> None:
    assert ask(sample_night, sql) == [(0,)]


def test_the_questions_of_the_documentation_are_answered(sample_night: Place) -> None:
    page = (ROOT / "docs" / "queries.md").read_text(encoding="utf-8")
    questions = re.findall(r"^(\d+)\. .*?```sql\n(.*?)```", page, re.DOTALL | re.MULTILINE)
    assert [int(number) for number, _ in questions] == list(range(1, 21))
    rows = {int(number): query_warehouse(sample_night.warehouse, sql).height for number, sql in questions}
    # One night has no movement, the sample no hold-out and no proven reply, and no attribute that stands out.
    assert [number for number, count in rows.items() if count == 0] == [3, 7, 13, 17]
    [opening] = re.findall(r"`import duckdb; (.*?)`", page)
    here = opening.replace("data/warehouse.duckdb", str(sample_night.warehouse))
    assert eval(here, {"duckdb": duckdb}).height == 2469


def test_the_draft_the_report_and_the_run_are_there_and_no_list(sample_night: Place) -> None:
    assert ask(sample_night, "select status, approved_at, exported_at from targeting.plans") == [("draft", None, None)]
    assert not list(sample_night.folder.rglob("*.csv"))
    page = (sample_night.reports / "2017-12-31" / "index.html").read_text(encoding="utf-8")
    assert "2017-12-31" in page
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:)?//", page)
    assert ask(sample_night, "select flow, status, as_of_date, length(input_fingerprint) from ops.runs") == [
        ("night", "completed", dt.date(2017, 12, 31), 64)
    ]
    assert not list(sample_night.folder.rglob("*.building*"))
    assert not list(sample_night.folder.rglob("*.staging*"))


def test_the_same_night_again_changes_no_row(sample_night: Place, place: Place) -> None:
    """On a copy: the tables but for those that tell of runs are the same, and no row is loaded twice."""
    place.warehouse.write_bytes(sample_night.warehouse.read_bytes())
    done = place.night(SAMPLE, "2017-12-31")
    assert done.returncode == 0, done.stderr
    for table in PUBLISHED_TABLES:
        if table.schema in {"crm", "segments", "response"} or table.name in {"selection", "exclusions", "waterfall"}:
            sql = f"from {table.full_name} order by all"
            assert query_warehouse(place.warehouse, sql).equals(query_warehouse(sample_night.warehouse, sql)), table
    assert ask(place, "select count(*) from ops.runs") == [(2,)]
    second = "where run_id = (select run_id from ops.runs order by finished_at desc limit 1)"
    loaded = ask(place, f"select sum(rows_loaded)::bigint, sum(rows_rejected)::bigint from quality.loads {second}")
    assert loaded == [(0, 0)]
    page = Path("reports", "2017-12-31", "index.html")
    assert (place.folder / page).read_bytes() != b""


def test_a_night_that_fails_leaves_the_old_warehouse_and_says_why_in_one_line(sample_night: Place) -> None:
    before = sample_night.warehouse.read_bytes()
    source = write_source(sample_night.folder / "broken", orders="order_id,customer_id,ordered_at\no1,c1,2024-01-05\n")
    done = sample_night.night(source, "2017-12-31")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"mailworth: {source / 'orders.csv'}: column amount is missing; there are: order_id, customer_id, ordered_at. "
        "If it has another name, set source.tables.orders.columns.amount"
    ]
    assert sample_night.warehouse.read_bytes() == before


def test_too_many_broken_rows_stop_the_night_before_publishing(place: Place) -> None:
    source = write_source(
        place.folder / "source",
        orders="order_id,customer_id,ordered_at,amount\no1,c1,2024-01-05,10\no2,c1,soon,10\n",
    )
    done = place.night(source, "2024-01-31")
    assert done.returncode == 1
    assert "1 of 2 rows of orders break the contract" in done.stderr
    assert "most often (1): ordered_at is not a date and time. Nothing is published." in done.stderr
    assert not place.warehouse.exists()


def test_a_tiny_source_in_csv_is_enough(place: Place) -> None:
    """One customer, one order, no campaign: every step has something true to say or nothing."""
    done = place.night(write_source(place.folder / "source"), "2024-01-31")
    assert done.returncode == 0, done.stderr
    assert ask(place, "select customer_id, days_since_last_order, segment from segments.rfm") == [
        ("c1", 26, "need attention")
    ]
    assert ask(place, "select count(*) from segments.clusters") == [(0,)]
    assert ask(place, "select expected_orders, margin_to_date, method, portfolio from segments.value") == [
        (1.0, None, "last year", "keep")
    ]
    assert ask(place, "select mailed + held_out from targeting.plans") == [(1,)]
    assert ask(place, "select count(*) from response.campaigns") == [(0,)]
