"""All figures of a campaign with a hold-out, from customers to rows, and from the warehouse to the warehouse."""

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from segmentation.errors import SettingsError
from segmentation.response.arms import compare_arms, group_customers, summarise
from segmentation.response.question import NOT_ADJUSTED
from segmentation.response.sample_ratio import WARNING
from segmentation.response.sequential import find_bounds, look_after
from segmentation.response.stage import measure_campaigns
from segmentation.response.uplift import estimate_uplift
from segmentation.settings import CampaignSettings, RfmSettings, load_settings
from segmentation.warehouse.connection import Connection
from tests.builders import fill, order
from tests.response.test_uplift import estimated, outcomes, row

AS_OF = dt.date(2024, 6, 30)
GAIN = 3.0


def world(seed: int, *, customers: int = 2000, gain: float = GAIN, households: bool = False) -> pl.DataFrame:
    """An experiment: spend before tells half of spend after, and the mailing adds `gain` a head."""
    random = np.random.default_rng(seed)
    of = np.arange(customers) // 2 if households else np.arange(customers)
    quality = random.gamma(2, 10, customers)[of]
    treated = (random.random(customers) < 0.7)[of]
    revenue = quality + random.gamma(1, 15, customers) + gain * treated
    return pl.DataFrame(
        {
            "customer_id": [f"c{i:05d}" for i in range(customers)],
            "household_id": [f"h{i:05d}" for i in of] if households else [None] * customers,
            "arm": np.where(treated, "treatment", "control"),
            "cell": np.where(treated, np.where(random.random(customers) < 0.5, "red", "blue"), None).tolist(),
            "segment": random.choice(["a", "b", "c", "d"], customers, p=[0.6, 0.3, 0.08, 0.02]),
            "cluster": [None] * customers,
            "attribute age": random.choice(["young", "old"], customers),
            "responded": random.random(customers) < 0.1,
            "converted": revenue > 30,
            "revenue": revenue,
            "margin": revenue / 4,
            "has_unknown_margin": [False] * customers,
            "earlier_spend": quality + random.gamma(1, 5, customers),
        },
        schema_overrides={"household_id": pl.String, "cluster": pl.String},
    )


def test_adjusted_figures_stand_beside_the_raw_ones_and_are_closer() -> None:
    rows = estimated(world(1))
    raw = row(rows, "all", "all", "revenue")
    adjusted = row(rows, "all", "all", "revenue", method="randomised_adjusted")
    assert (adjusted["treated"], adjusted["control"]) == (raw["treated"], raw["control"])
    assert adjusted["ci_low"] < GAIN < adjusted["ci_high"]
    width, wide = (found["ci_high"] - found["ci_low"] for found in (adjusted, raw))
    assert adjusted["variance_reduction"] == pytest.approx(1 - (width / wide) ** 2, abs=1e-3)
    assert 0.2 < adjusted["variance_reduction"] < 0.7
    assert adjusted["cuped_uplift"] == pytest.approx(adjusted["uplift"], abs=0.1)
    assert adjusted["cuped_ci_low"] < GAIN < adjusted["cuped_ci_high"]
    assert raw["interval_method"] == "Welch, corrected for skewness"
    assert adjusted["interval_method"] == "regression, HC2, corrected for skewness"
    assert {row["metric"] for row in rows.filter(method="randomised_adjusted").iter_rows(named=True)} == {
        "revenue",
        "margin",
    }


def test_in_all_rows_the_means_differ_by_the_uplift() -> None:
    rows = estimated(world(2)).filter(pl.col("uplift").is_not_null())
    assert (rows["treated_mean"] - rows["control_mean"] - rows["uplift"]).abs().max() < 1e-9


def test_money_has_a_bootstrap_interval_near_that_of_welch() -> None:
    rows = estimated(world(3))
    for level in "abc":
        found = row(rows, "segment", level, "revenue")
        width = found["ci_high"] - found["ci_low"]
        assert found["bootstrap_ci_low"] == pytest.approx(found["ci_low"], abs=0.1 * width)
        assert found["bootstrap_ci_high"] == pytest.approx(found["ci_high"], abs=0.1 * width)
    assert row(rows, "segment", "d", "revenue")["bootstrap_ci_low"] is None  # fewer than 20 held out who buy
    assert row(rows, "all", "all", "conversion")["bootstrap_ci_low"] is None


def test_small_levels_are_drawn_to_the_mean_of_all_and_the_raw_figure_stays() -> None:
    rows = estimated(world(4))
    levels = rows.filter(dimension="segment", metric="revenue", method="randomised")
    assert levels["shrinkage"].is_between(0, 1).all()
    assert levels.sort("treated")["shrinkage"].is_sorted(descending=True)
    small = levels.filter(level="d").row(0, named=True)
    own = compare_arms(
        summarise(
            group_customers(world(4).filter(segment="d").with_columns(level=pl.lit("d")), by_household=False),
            world(4).filter(segment="d")["revenue"].to_numpy(),
        ),
        "mean",
    )
    assert small["uplift"] == pytest.approx(own.estimate[0])
    assert small["shrunk_ci_high"] - small["shrunk_ci_low"] < own.high[0] - own.low[0]
    assert small["ci_low"] is None  # fewer than 20 held out who buy
    assert row(rows, "cell", "red", "revenue")["shrunk_uplift"] is None  # two levels say too little of their spread
    assert row(rows, "all", "all", "revenue")["shrinkage"] is None


def test_before_the_window_closes_there_are_bounds_for_looking_every_night() -> None:
    rows = estimated(world(5), look=look_after(12, of=60))
    for metric, method in (("revenue", "randomised"), ("revenue", "randomised_adjusted"), ("response", "randomised")):
        found = row(rows, "all", "all", metric, method=method)
        assert found["information"] == 0.2
        widths = found["sequential_ci_high"] - found["sequential_ci_low"], found["ci_high"] - found["ci_low"]
        assert widths[0] / widths[1] == pytest.approx(find_bounds(60)[11] / 1.96, rel=0.05)
    assert row(estimated(world(5)), "all", "all", "revenue")["sequential_ci_low"] is None


def test_an_attribute_is_a_dimension_like_segments() -> None:
    rows = estimated(world(6), attributes=("age",))
    assert rows.filter(dimension="age")["level"].unique().sort().to_list() == ["old", "young"]
    parts = rows.filter(dimension="age", metric="revenue", method="randomised")
    assert parts["treated"].sum() == row(rows, "all", "all", "revenue")["treated"]


def test_a_value_of_few_customers_could_tell_who_they_are() -> None:
    rows = estimated(
        outcomes(
            (30, {"attribute age": "old", "arm": "control"}),
            (30, {"attribute age": "old"}),
            (10, {"attribute age": "104"}),
            (9, {"attribute age": "104", "arm": "control"}),
        ),
        attributes=("age",),
    )
    assert set(rows.filter(dimension="age")["level"]) == {"old"}


def test_where_households_were_drawn_errors_are_wider_and_say_so() -> None:
    frame = world(7, households=True)
    blind = estimated(frame.with_columns(household_id=pl.lit(None, dtype=pl.String)))
    told = estimated(frame)
    for method, name in (
        ("randomised", "Welch, corrected for skewness, by household"),
        ("randomised_adjusted", "regression, CR1, corrected for skewness, by household"),
    ):
        wide, narrow = (row(rows, "all", "all", "revenue", method=method) for rows in (told, blind))
        assert wide["uplift"] == pytest.approx(narrow["uplift"])
        assert wide["interval_method"] == name
    raw, unaware = (row(rows, "all", "all", "revenue") for rows in (told, blind))
    ratio = (raw["ci_high"] - raw["ci_low"]) / (unaware["ci_high"] - unaware["ci_low"])
    assert ratio == pytest.approx(np.sqrt(1 + 200 / 425), rel=0.1)  # quality is shared by two, the rest is not
    width = raw["bootstrap_ci_high"] - raw["bootstrap_ci_low"]
    assert width == pytest.approx(raw["ci_high"] - raw["ci_low"], rel=0.1)
    assert row(told, "all", "all", "response")["interval_method"] == "Newcombe, by household"


def test_without_earlier_spend_nothing_is_adjusted_and_the_reason_is_told() -> None:
    rows = estimated(world(8).with_columns(earlier_spend=pl.lit(0.0)))
    found = row(rows, "all", "all", "revenue", method="randomised_adjusted")
    assert [found[name] for name in ("uplift", "ci_low", "cuped_uplift", "treated_mean")] == [None] * 4
    assert found["note"] == NOT_ADJUSTED


def test_holm_and_benjamini_hochberg_count_each_method_by_itself() -> None:
    rows = estimated(world(9))
    raw = rows.filter(method="randomised")
    alone = estimate_uplift(world(9).with_columns(earlier_spend=pl.lit(0.0)), has_replies=True, seed=1)
    columns = ["dimension", "level", "metric", "p_adjusted"]
    assert raw.select(columns).equals(alone.filter(method="randomised").select(columns), null_equal=True)


def test_the_same_seed_gives_the_same_rows_and_another_moves_nothing_but_the_bootstrap() -> None:
    one, other = (estimate_uplift(world(10), has_replies=True, seed=seed) for seed in (1, 2))
    assert one.equals(estimated(world(10)), null_equal=True)
    drawn = pl.exclude("bootstrap_ci_low", "bootstrap_ci_high")
    assert one.select(drawn).equals(other.select(drawn), null_equal=True)
    assert not one.equals(other, null_equal=True)


def mail(warehouse: Connection, *, customers: int = 200, **campaign: Any) -> None:
    """A campaign in June with every fifth customer held out, all of whom have bought in May."""
    names = [f"c{number:03d}" for number in range(customers)]
    fill(warehouse, "crm.customers", *({"customer_id": name} for name in names))
    fill(
        warehouse,
        "crm.campaigns",
        {"campaign_id": "june", "starts_on": dt.date(2024, 6, 1), "ends_on": dt.date(2024, 6, 14)} | campaign,
    )
    arms = ["control" if number % 5 == 0 else "treatment" for number in range(customers)]
    contacts = ({"campaign_id": "june", "customer_id": n, "arm": arm} for n, arm in zip(names, arms, strict=True))
    fill(warehouse, "crm.contacts", *contacts)
    fill(warehouse, "crm.orders", *(order(n, "2024-05-25", 10 + i % 17) for i, n in enumerate(names)))
    fill(warehouse, "crm.orders", *(order(n, "2024-06-05", 5 + i % 13) for i, n in enumerate(names)))


def measured(warehouse: Connection, **settings: Any) -> pl.DataFrame:
    measure_campaigns(warehouse, AS_OF, CampaignSettings(**settings), RfmSettings(), seed=1)
    return warehouse.sql("from response.uplift order by all").pl()


def test_nothing_of_the_window_or_later_is_in_the_adjustment(warehouse: Connection) -> None:
    mail(warehouse)
    adjusted = {"method": "randomised_adjusted", "dimension": "all", "metric": "revenue"}
    before = measured(warehouse).filter(**adjusted)
    assert before["uplift"][0] is not None
    fill(warehouse, "crm.orders", *(order(f"c{number:03d}", "2024-06-20", 1000) for number in range(0, 200, 3)))
    fill(warehouse, "crm.orders", *(order(f"c{number:03d}", "2024-05-17", 1000) for number in range(0, 200, 3)))
    assert_frame_equal(measured(warehouse).filter(**adjusted), before, rel_tol=1e-12)  # 14 days before, not 15
    fill(warehouse, "crm.orders", *(order(f"c{number:03d}", "2024-05-18", 1000) for number in range(0, 200, 3)))
    assert measured(warehouse).filter(**adjusted)["uplift"][0] != pytest.approx(before["uplift"][0], rel=1e-6)


def test_arms_of_another_size_than_planned_mark_everything(warehouse: Connection) -> None:
    mail(warehouse, control_share=0.5, unit_cost=0.0)
    rows = measured(warehouse, margin_rate=0.5)
    ratios = warehouse.sql("from response.sample_ratio").pl().row(0, named=True)
    assert (ratios["treated"], ratios["control"], ratios["expected_share"], ratios["verdict"]) == (160, 40, 0.5, "fail")
    assert set(rows["sample_ratio"]) == {"fail"}
    assert rows["note"].str.starts_with(WARNING).all()
    campaign = warehouse.sql("from response.campaigns").pl().row(0, named=True)
    assert campaign["pays"] == "not proven"
    assert WARNING in campaign["note"]


def test_the_share_may_stand_in_the_settings(warehouse: Connection) -> None:
    mail(warehouse)
    assert set(measured(warehouse)["sample_ratio"]) == {"not known"}
    assert set(measured(warehouse, control_shares={"june": 0.2})["sample_ratio"]) == {"pass"}
    fill(
        warehouse,
        "targeting.plans",
        {"plan_id": "p", "campaign_id": "june", "status": "exported", "parameters": '{"control_share": 0.4}'},
        {"plan_id": "q", "campaign_id": "june", "status": "draft", "parameters": '{"control_share": 0.2}'},
    )
    assert set(measured(warehouse)["sample_ratio"]) == {"fail"}


def test_an_adjusted_figure_is_not_counted_as_another_campaign(warehouse: Connection) -> None:
    mail(warehouse, unit_cost=1.0)
    measured(warehouse, margin_rate=0.5)
    campaign = warehouse.sql("from response.campaigns").pl()
    assert campaign.height == 1
    raw = "select uplift * treated from response.uplift where dimension = 'all' and metric = 'revenue' and method = "
    assert campaign["incremental_revenue"][0] == pytest.approx(warehouse.sql(raw + "'randomised'").pl().item())


def test_attributes_are_those_known_before_the_mailing(warehouse: Connection) -> None:
    mail(warehouse)
    for table in ("crm", "history"):
        warehouse.execute(f"alter table {table}.customers add column age varchar")
    eve, later = dt.date(2024, 5, 31), dt.date(2024, 6, 10)
    warehouse.execute("update crm.customers set age = if(customer_id < 'c100', 'young', 'old')")
    sizes = "select level, treated + control as customers from response.uplift where dimension = 'age' "
    sizes += "and metric = 'revenue' and method = 'randomised' order by level"
    measured(warehouse, dimensions=("age",))
    assert warehouse.sql(sizes).fetchall() == [("old", 100), ("young", 100)]
    # Some turn old during the window, and of some nothing was known before.
    warehouse.execute(
        "insert into history.customers by name select customer_id, 'young' as age, $eve as known_from, "
        "$later as known_until from crm.customers where customer_id < 'c050'",
        {"eve": eve, "later": later},
    )
    warehouse.execute("update crm.customers set age = 'old', known_from = ? where customer_id < 'c070'", [later])
    measured(warehouse, dimensions=("age",))
    assert warehouse.sql(sizes).fetchall() == [("old", 100), ("young", 80)]


def test_an_attribute_may_be_called_as_any_other_column(warehouse: Connection) -> None:
    mail(warehouse)
    names = ("arm", "earlier_spend", "level", "revenue")
    for name in names:
        for table in ("crm", "history"):
            warehouse.execute(f"alter table {table}.customers add column {name} varchar")
        warehouse.execute(f"update crm.customers set {name} = 'x'")
    rows = measured(warehouse, dimensions=names)
    assert all(rows.filter(dimension=name)["level"].unique().to_list() == ["x"] for name in names)


def test_households_of_the_warehouse_are_found(warehouse: Connection) -> None:
    mail(warehouse)
    # c000 and c005 are both held out, and so on: every arm has households of two.
    household = "'h' || (substr(customer_id, 2)::int % 5) || '-' || (substr(customer_id, 2)::int // 10)"
    warehouse.execute(f"update crm.customers set household_id = {household}")
    assert set(measured(warehouse)["interval_method"].drop_nulls()) >= {"Welch, corrected for skewness, by household"}
    warehouse.execute("update crm.customers set household_id = 'h' || (substr(customer_id, 2)::int // 2)")
    assert "Welch, corrected for skewness" in set(
        measured(warehouse)["interval_method"]
    )  # arms split them, so customers were drawn


def test_an_attribute_that_there_is_not_is_refused(warehouse: Connection) -> None:
    warehouse.execute("alter table crm.customers add column income varchar")
    with pytest.raises(SettingsError, match="customers have no attribute age; there are: income"):
        measured(warehouse, dimensions=("age", "income"))


def test_an_attribute_of_many_values_is_left_out(warehouse: Connection, caplog: pytest.LogCaptureFixture) -> None:
    mail(warehouse)
    for table in ("crm", "history"):
        warehouse.execute(f"alter table {table}.customers add column age varchar")
    warehouse.execute("update crm.customers set age = customer_id")
    assert "age" not in set(measured(warehouse, dimensions=("age",))["dimension"])
    assert "is not told by age, which has more than 20 values" in caplog.text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"dimensions": ("segment",)}, "campaigns.dimensions .* results are always told by segment"),
        ({"dimensions": ("age", "age")}, "campaigns.dimensions .* age is given twice"),
        ({"control_shares": {"may": 1.2}}, "campaigns.control_shares.may = 1.2"),
        ({"cell_shares": {"may": {"red": 0}}}, "campaigns.cell_shares.may.red = 0"),
        ({"cell_shares": {"may": {}}}, "campaigns.cell_shares.may"),
    ],
)
def test_impossible_settings_are_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        load_settings(campaigns=given)
