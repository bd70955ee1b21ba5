import datetime as dt
import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from segmentation.reporting.assets import make_assets
from segmentation.reporting.campaign_figures import describe_waterfall, name_certain
from segmentation.reporting.cluster_figures import describe_clusters, explain_choice, explain_fit
from segmentation.reporting.numbers import MISSING
from segmentation.reporting.segment_figures import describe_segments
from segmentation.reporting.site import build_index
from segmentation.reporting.stage import write_report
from segmentation.reporting.words import choose_words
from segmentation.settings import ReportSettings
from segmentation.warehouse.connection import Connection
from tests.builders import empty_warehouse, fill, order
from tests.reporting.languages import DOLLARS, ENGLISH
from tests.reporting.site import build_page, open_night, read_pages

AS_OF = dt.date(2024, 6, 30)
HOSTILE = "<script>alert('x')</script> & \"half\" price"
TOO_FEW = "fewer than 50 mailed or unmailed customers known before the mailing"
VOID = {"meta", "br", "img", "hr", "input", "link"}


OWN = re.compile(r"(\.\./)?(assets/|index\.html$|[\w-]+\.html$)")  # what pages of a date may have links to


class WellFormed(HTMLParser):
    """Fails where a tag is closed that is not open, and collects what is open at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def uplift(campaign_id: str, metric: str, value: float | None, **others: Any) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "dimension": "all",
        "level": "all",
        "metric": metric,
        "method": "randomised",
        "uplift": value,
        "ci_low": None if value is None else value - 1,
        "ci_high": None if value is None else value + 1,
        "p_adjusted": None if value is None else 0.01,
        "provisional": False,
        "note": None,
    } | others


def result(campaign_id: str, **others: Any) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "name": campaign_id,
        "starts_on": dt.date(2024, 4, 1),
        "ends_on": dt.date(2024, 4, 30),
        "design": "randomised",
        "mailed": 800,
        "held_out": 200,
        "provisional": False,
        "pays": "not proven",
    } | others


def fill_everything(warehouse: Connection) -> None:
    """Two customers, two clusters, a plan, and campaigns with and without estimates."""
    fill(warehouse, "crm.customers", {"customer_id": "c1"}, {"customer_id": "c2"})
    fill(warehouse, "crm.orders", order("c1", "2024-06-01", 1250.5), order("c2", "2024-07-01"))
    scores = {
        "as_of_date": AS_OF,
        "monetary_score": 5,
        "rfm_cell": "555",
        "days_since_last_order": 29,
        "order_count": 3,
    }
    fill(
        warehouse,
        "segments.rfm",
        scores | {"customer_id": "c1", "recency_score": 5, "frequency_score": 5, "segment": "champions", "spend": 1250},
        scores | {"customer_id": "c2", "recency_score": 1, "frequency_score": 1, "segment": "lost", "spend": 50},
    )
    profile = {"share": 0.5, "mean_spend": 20.0, "days_since_last_order": 29.0, "order_count": 3.0, "customers": 1}
    fill(
        warehouse,
        "segments.cluster_profiles",
        profile | {"cluster_id": 1, "cluster_name": "Recent"},
        profile | {"cluster_id": 2, "cluster_name": "Lapsed"},
    )
    model = {"as_of_date": AS_OF, "method": "k-means", "feature": "days_since_last_order", "mean": 1.0, "scale": 1.0}
    fill(warehouse, "segments.cluster_model", model | {"cluster_id": 1, "centre": -1.0})
    measures = {"as_of_date": AS_OF, "silhouette": 0.4, "davies_bouldin": 1.0, "smallest_share": 0.5}
    fill(
        warehouse,
        "segments.cluster_selection",
        measures | {"k": 2, "stability": 0.9, "chosen": True, "note": None},
        measures | {"k": 3, "stability": 0.4, "chosen": False, "note": "stability under 0.7"},
    )
    fill(
        warehouse,
        "segments.cluster_fits",
        {"as_of_date": dt.date(2024, 1, 31), "method": "k-means", "outcome": "first", "clusters": 2},
        {
            "as_of_date": AS_OF,
            "method": "k-means",
            "outcome": "kept",
            "clusters": 3,
            "note": "the best of the refit has stability under 0.7",
        },
    )
    left_out = {"as_of_date": AS_OF, "feature": "order_count", "note": HOSTILE}
    fill(warehouse, "segments.cluster_features", left_out)
    fill_value(warehouse)
    fill_plan(warehouse)
    fill(
        warehouse,
        "response.campaigns",
        result(
            "measured", name=HOSTILE, responders=80, response_rate=0.1, cost=440.0, incremental_profit=-123.0, pays="no"
        ),
        result("too small", responders=None, note=TOO_FEW),
    )
    fill(
        warehouse,
        "response.uplift",
        uplift("measured", "revenue", 2.5),
        uplift("measured", "revenue", 3.5, dimension="cell", level="<b>bold</b> cell"),
        uplift("too small", "revenue", None, note=TOO_FEW),
    )
    fill_comparison(warehouse)
    credit = {
        "matched_by_customer_orders": 3,
        "matched_by_customer_amount": 150.0,
        "returns": 0,
        "returned_amount": 0.0,
    }
    total = {"credited_customers": 2, "net_credited_amount": 150.0, "design": "randomised", "provisional": False}
    fill(warehouse, "response.credits", *(credit | total | {"campaign_id": name} for name in ("measured", "too small")))
    load = {"run_id": "night-1", "table_name": "orders", "source": "orders.csv"}
    fill(warehouse, "quality.loads", load | {"rows_read": 9, "rows_loaded": 5, "rows_rejected": 3, "rows_unchanged": 1})
    reject = {
        "run_id": "night-1",
        "table_name": "orders",
        "source": "orders.csv",
        "reason": "amount is not an amount of money",
    }
    fill(
        warehouse,
        "quality.rejects",
        *(
            reject | {"row_number": n, "raw": f"row {n} <i>", "reason": f"{reject['reason']}: secret {n}"}
            for n in (7, 2, 5)
        ),
    )


def fill_value(warehouse: Connection) -> None:
    """Two customers, one to let go, forecasts of orders checked, of margin not, and two requests."""
    scores = {"as_of_date": AS_OF, "method": "bg/nbd", "expected_orders": 1.5, "note": f"no margin; {HOSTILE}"}
    fill(
        warehouse,
        "segments.value",
        scores | {"customer_id": "c1", "portfolio": "keep"},
        scores | {"customer_id": "c2", "portfolio": "let go"},
    )
    group = {"as_of_date": AS_OF, "customers": 1, "share": 0.5, "contact_cost_last_year": 7.5, "note": "no margin"}
    fill(warehouse, "segments.portfolio", group | {"portfolio": "let go"}, group | {"portfolio": "keep"})
    tenth = {"as_of_date": AS_OF, "calibrated_to": dt.date(2024, 1, 1), "measure": "orders", "customers": 2}
    sums = {"expected": 3.0, "actual": 4.0, "last_year": 5.0, "model_rmse": 1.25, "last_year_rmse": None}
    fill(warehouse, "segments.value_check", *(tenth | sums | {"bin": number} for number in (0, 7)))
    asked = {"as_of_date": AS_OF, "requests": 2, "minutes": 9.0, "cost": None, "note": "a request has no cost"}
    reason = asked | {"share": 0.3, "customers": 5, "self_service": True}
    fill(
        warehouse,
        "segments.service_reasons",
        reason | {"reason": HOSTILE},
        reason | {"reason": "what one wrote", "customers": 1, "requests": 1},
        reason | {"reason": "what another wrote", "customers": 2, "requests": 1},
    )
    fill(warehouse, "segments.service_by_segment", asked | {"segment": "lost", "customers": 3, "customers_asking": 1})


def fill_comparison(warehouse: Connection) -> None:
    """A pair whose change is proven, its split, and a trend of two campaigns."""
    pair = {"campaign_id": "measured", "earlier_campaign_id": "too small", "metric": "response", "kind": "mail"}
    parts = {"uplift_change": 0.02, "rate_change": 0.015, "mix_effect": 0.005, "rate_effect": 0.01}
    told = {"sentence": f"{HOSTILE} against too small: better", "note": "windows differ", "verdict": "better"}
    fill(warehouse, "response.comparison", pair | parts | told | {"design": "randomised", "provisional": False})
    row = {"metric": "response", "kind": "mail <b>", "design": "randomised", "provisional": False}
    mean = {"pooled_campaigns": 2, "pooled_uplift": 0.02, "pooled_ci_low": 0.01, "pooled_ci_high": 0.03, "i2": 0.0}
    for campaign_id, day in (("measured", dt.date(2024, 4, 1)), ("too small", dt.date(2024, 2, 1))):
        estimate = {"uplift": 0.02, "ci_low": 0.01, "ci_high": 0.03, "starts_on": day}
        fill(warehouse, "response.trend", row | mean | estimate | {"campaign_id": campaign_id})


def fill_plan(warehouse: Connection) -> None:
    plan = {
        "as_of_date": AS_OF,
        "mailed": 1,
        "held_out": 1,
        "cost": 0.55,
        "note": "campaigns.margin_rate is not set, so the profit cannot be foreseen",
    }
    made = {"created_at": dt.datetime(2024, 7, 1, 2, 30), "campaign_id": "next", "created_by": "me"}
    fill(warehouse, "targeting.plans", plan | made | {"plan_id": "next@2024-06-30", "status": "draft"})
    fill(
        warehouse,
        "targeting.plans",
        plan
        | made
        | {"plan_id": "x", "status": "rejected", "created_at": dt.datetime(2024, 7, 2), "campaign_id": "rejected"},
    )
    power = {"plan_id": "next@2024-06-30", "as_of_date": AS_OF, "mailed": 1, "held_out": 1, "note": "no replies known"}
    fill(warehouse, "targeting.power", power | {"cell": "all"}, power | {"cell": "<b>red</b>"})
    fill(
        warehouse,
        "targeting.selection",
        {"plan_id": "next@2024-06-30", "customer_id": "c1", "arm": "treatment"},
        {"plan_id": "next@2024-06-30", "customer_id": "c2", "arm": "control"},
    )
    step = {"plan_id": "next@2024-06-30", "customers_before": 2}
    fill(
        warehouse,
        "targeting.waterfall",
        step | {"step": 1, "reason": "deceased", "customers_removed": 0, "customers_after": 2},
        step | {"step": 2, "reason": "held out as control", "customers_removed": 1, "customers_after": 1},
    )


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    with empty_warehouse() as warehouse:
        fill_everything(warehouse)
        return read_pages(warehouse, AS_OF, DOLLARS)


@pytest.fixture(scope="module")
def page(pages: dict[str, str]) -> str:
    """All pages of the date."""
    return "\n".join(pages.values())


def row_of(page: str, heading: str) -> str:
    found = re.search(rf'<tr>\s*<th scope="row">(<a [^>]*>)?{heading}.*?</tr>', page, re.DOTALL)
    assert found
    return found.group()


def test_an_empty_warehouse_has_a_page_that_says_so(warehouse: Connection) -> None:
    page = build_page(warehouse, AS_OF, ENGLISH)
    for sentence in (
        "No mailing is planned",
        "No campaign has finished yet",
        "There are no customers with an order",
        "There are no clusters",
        "No customer is valued",
        "there is nothing to say of the contact centre",
        "No campaign has started yet",
        "No campaign has an earlier one of its kind",
        "Nothing has been loaded yet",
    ):
        assert sentence in page
    assert "<svg" not in page


@pytest.mark.parametrize("filled", [True, False])
def test_pages_are_well_formed_and_every_link_in_them_leads_somewhere(warehouse: Connection, filled: bool) -> None:
    if filled:
        fill_everything(warehouse)
    pages = read_pages(warehouse, AS_OF, DOLLARS)
    pages["../index.html"] = build_index(open_night(warehouse, AS_OF, DOLLARS), [])
    anchors = {}
    for name, page in pages.items():
        parser = WellFormed()
        parser.feed(page)
        assert parser.open == []
        anchors[name] = re.findall(r'\bid="([^"]+)"', page)
        assert len(anchors[name]) == len(set(anchors[name]))
    for name, page in pages.items():
        for link in re.findall(r'<a [^>]*href="([^"]+)"', page):
            file, _, anchor = link.removeprefix(f"{AS_OF}/").partition("#")
            assert (file or name) in pages, link
            assert not anchor or anchor in anchors[file or name], link


def test_nothing_is_loaded_from_outside(pages: dict[str, str]) -> None:
    assets = {asset.file for asset in make_assets().values()}
    for page in pages.values():
        assert not re.search(r"<(img|iframe|object|embed)\b|@import|url\(", page)
        loaded = re.findall(r'(?:src|data-charts|<link [^>]*href)="([^"]*)"', page)
        assert {link.removeprefix("../") for link in loaded} == assets
        assert set(re.findall(r"https?://[^\"'\s<]+", page)) <= {
            "http://www.w3.org/2000/svg",
            "http://www.w3.org/1999/xlink",
        }
        assert all(OWN.match(link) for link in re.findall(r'href="([^#"]+)', page))


def test_style_and_script_of_our_own_load_nothing() -> None:
    for name in ("style", "script"):
        assert not re.search(r"@import|url\(|https?:|\bfetch\(|XMLHttpRequest|import\(", make_assets()[name].text)


def test_names_are_escaped_in_text_and_in_pictures(pages: dict[str, str], page: str) -> None:
    scripts = re.findall(r"<script([^>]*)>", page)
    assert [script for script in scripts if "src=" not in script and 'type="application/json"' not in script] == []
    for drawing in re.findall(r'<script type="application/json" class="drawing">(.*?)</script>', page):
        assert "<" not in drawing
        json.loads(drawing)
    assert "<b>bold" not in page
    assert "row 2 <i>" not in page
    assert "&lt;b&gt;bold&lt;/b&gt; cell</text>" in page
    assert "&lt;script&gt;alert" in page


def test_the_same_warehouse_gives_the_same_bytes(warehouse: Connection, tmp_path: Path) -> None:
    fill_everything(warehouse)
    files = [write_report(warehouse, AS_OF, ReportSettings(path=tmp_path / part, currency="$")) for part in ("a", "b")]
    first, second = (read_files(tmp_path / part) for part in ("a", "b"))
    assert first == second
    assert {"index.html.building", "2024-06-30.building/plan.html", "2024-06-30.building/index.html"} <= set(first)
    assert files[0] == tmp_path / "a" / "2024-06-30" / "index.html"


def read_files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_order_of_rows_leaves_segments_as_they_are_to_the_last_digit() -> None:
    rows = [(r, f, f"segment {r}{f}", 3, Decimal(f"{7 ** (r + f)}.{r}{f}")) for r in range(1, 6) for f in range(1, 6)]
    schema = {"recency_score": pl.Int8, "frequency_score": pl.Int8, "segment": pl.String, "customers": pl.Int64}
    rfm = pl.DataFrame(rows, schema | {"spend": pl.Decimal(38, 2)}, orient="row")
    bounds = pl.DataFrame(schema={"measure": pl.String, "score": pl.Int8, "is_nested": pl.Boolean, "note": pl.String})
    rules = pl.DataFrame(
        schema={"position": pl.Int32, "segment": pl.String, "description": pl.String, "advice": pl.String}
    )
    outside = {"never_bought": 0, "objected": 0}
    described = [
        describe_segments(rfm.sample(fraction=1, shuffle=True, seed=seed), bounds, rules, outside, ENGLISH)
        for seed in range(5)
    ]
    assert all(described[0] == other for other in described)


def test_a_missing_figure_is_a_dash_with_its_reason(pages: dict[str, str]) -> None:
    page = pages["campaigns.html"]
    row = row_of(page, "too small")
    assert row.count(f'title="{TOO_FEW}"') == 5
    assert "$0" not in row
    assert "cannot be told" in row
    assert re.search(rf'<li id="reason-\d+">{TOO_FEW}</li>', page)


def test_campaigns_without_an_estimate_are_named_and_not_drawn(page: str) -> None:
    assert f"1: {TOO_FEW}</summary>\n<p>2024-04-01  too small</p>" in page
    assert "too small</text>" not in page


def test_the_plan_shown_is_the_latest_that_is_not_rejected(page: str) -> None:
    assert "Next mailing: next" in page
    assert "pieces of next" in page


def test_orders_after_the_date_are_not_counted(page: str) -> None:
    assert re.search(r"<strong>1\s*</strong> <a[^>]*>order</a>", page)
    assert re.search(r"<strong>\$1,250\s*</strong> <a[^>]*>revenue</a>", page)


def test_loads_add_up_and_rejects_are_counted_by_reason_without_what_customers_wrote(page: str) -> None:
    row = row_of(page, "orders")
    assert re.findall(r">(\d+)</td>", row) == ["9", "5", "3", "1"]
    assert "amount is not an amount of money" in page
    assert "orders.csv, row 2" in page
    assert "orders.csv, row 5" not in page
    assert "secret" not in page
    assert "&lt;i&gt;" not in page


def test_reasons_of_few_customers_are_told_together(page: str) -> None:
    assert "wrote" not in page
    row = row_of(page, "other reasons")
    assert re.findall(r'class="number">([^<]*)</td>', row)[:2] == ["2", "60.0%"]


def test_only_the_last_load_is_shown(warehouse: Connection) -> None:
    load = {"table_name": "orders", "rows_read": 1, "rows_loaded": 1, "rows_rejected": 0, "rows_unchanged": 0}
    fill(
        warehouse,
        "quality.loads",
        load | {"run_id": "z", "source": "old.csv"},
        load | {"run_id": "a", "source": "new.csv"},
    )
    page = build_page(warehouse, AS_OF, ENGLISH)
    assert "new.csv" in page
    assert "old.csv" not in page


def test_the_waterfall_shows_the_figures_of_the_table_and_steps_of_zero() -> None:
    steps = pl.DataFrame(
        {
            "step": [1, 2],
            "reason": ["deceased", "beyond the budget"],
            "customers_before": [1000, 1000],
            "customers_removed": [0, 400],
            "customers_after": [1000, 600],
        }
    )
    picture = describe_waterfall(steps, ENGLISH)
    assert picture
    assert picture.alt == ("all customers: 1,000; deceased: 0; beyond the budget: \N{MINUS SIGN}400; to be mailed: 600")
    texts = re.findall(r">([^<>]+)</text>", picture.svg)
    assert {"1,000", "0", "\N{MINUS SIGN}400", "600"} <= set(texts)


def test_pictures_say_what_they_show_and_have_no_ids(page: str) -> None:
    pictures = re.findall(
        r'<div class="picture[^"]*"[^>]* role="img" aria-label="([^"]*)"><svg(.*?)</svg>', page, re.DOTALL
    )
    assert len(pictures) == page.count("<svg") == 12
    assert all(label and " id=" not in svg for label, svg in pictures)


def test_levels_that_differ_are_named_after_allowing_for_how_many_were_looked_at() -> None:
    levels = pl.DataFrame(
        {"metric": ["revenue"] * 3, "level": ["a", "b", "c"], "p_adjusted": [0.04, 0.06, None], "p_value": [0.01] * 3}
    )
    assert name_certain(levels, "cell", ENGLISH) == (
        "After allowing for looking at every cell, these differ from no effect: a in revenue."
    )
    assert name_certain(levels.tail(2), "cell", ENGLISH).endswith("none differs from no effect.")


def test_the_choice_of_k_is_explained_also_where_none_was_good() -> None:
    tried = pl.DataFrame(
        {"k": [3], "stability": [0.5], "silhouette": [0.2], "chosen": [True], "note": ["stability under 0.7"]}
    )
    assert explain_choice(tried, ENGLISH)[0].startswith(
        "No number from 3 to 3 passed the checks (stability under 0.7); 3, the most"
    )
    good = tried.with_columns(note=pl.lit(None, dtype=pl.String))
    assert explain_choice(good, ENGLISH)[0].startswith(
        "Of the numbers from 3 to 3 whose clusters come out alike in resampled data, 3 tells them apart best: "
    )
    another = good.with_columns(k=4, silhouette=0.21, chosen=False)
    assert (
        "3 is in use and nearly as good as the best: "
        in explain_choice(pl.concat([good, another], how="vertical_relaxed"), ENGLISH)[0]
    )


NOTHING_TRIED = pl.DataFrame(schema={"k": pl.Int32, "chosen": pl.Boolean, "note": pl.String})


def test_a_cluster_that_nobody_is_in_tonight_is_shown_without_means() -> None:
    row = {"cluster_id": 3, "cluster_name": "Rare", "customers": 0, "share": 0.0, "mean_spend": None}
    feature = {"feature": "order_count", "mean": None, "centre": 0.5}
    profiles = pl.DataFrame([row | feature], schema_overrides={"mean_spend": pl.Float64, "mean": pl.Float64})
    shown = describe_clusters(profiles, NOTHING_TRIED, pl.DataFrame(), choose_words("en", "USD"))
    assert shown["rows"] == [{"id": 3, "name": "Rare", "customers": "0", "share": "0.0%", "mean_spend": MISSING}]


FIT: dict[str, Any] = {
    "as_of_date": AS_OF,
    "method": "k-means",
    "outcome": "refitted",
    "clusters": 5,
    "same_clusters": 4,
    "staying_share": 0.93,
    "note": None,
    "in_use_since": dt.date(2024, 1, 31),
    "left_out": None,
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"outcome": "first"}, [f"Found by k-means on {AS_OF}."]),
        (
            {"left_out": ["tenure_days: the same for all customers"]},
            [
                f"Found by k-means, anew on {AS_OF}: 4 of 5 are clusters of before, "
                "and 93.0% of customers are in the one they were in.",
                "Left out: tenure days: the same for all customers.",
            ],
        ),
        (
            {"same_clusters": None},
            [f"Found by k-means, anew on {AS_OF}: nothing is left to compare with those of before."],
        ),
        (
            {"outcome": "kept", "note": "the best has stability under 0.7"},
            [f"Found on 2024-01-31; those of {AS_OF} are not used: the best has stability under 0.7."],
        ),
    ],
)
def test_it_is_said_since_when_clusters_are_there(change: dict[str, Any], said: list[str]) -> None:
    assert explain_fit(FIT | change, ENGLISH) == said
