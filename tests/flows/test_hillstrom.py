"""Hillstrom's experiment of 2008 through the whole night: its published figures come out of response.uplift.

Figures recomputed from the public data: visits, purchases and revenue by arm, uplift with Newcombe's interval.
"""

import pytest

from segmentation.warehouse.connection import query_warehouse
from tests.flows.conftest import Place

N = {"mens": 21_307, "womens": 21_387}
CONTROL = 21_306


def figures(place: Place, cell: str, metric: str) -> dict[str, float]:
    rows = query_warehouse(
        place.warehouse,
        f"from response.uplift where dimension = 'cell' and level = '{cell}' and metric = '{metric}' "
        "and method = 'randomised'",
    )
    assert rows.height == 1
    return rows.row(0, named=True)


@pytest.mark.parametrize(
    ("cell", "metric", "treated", "control"),
    [
        ("mens", "response", 3894, 2262),
        ("womens", "response", 3238, 2262),
        ("mens", "conversion", 267, 122),
        ("womens", "conversion", 189, 122),
        ("mens", "revenue", 30_311.69, 13_908.33),
        ("womens", "revenue", 23_038.11, 13_908.33),
    ],
)
def test_totals_by_arm(hillstrom_night: Place, cell: str, metric: str, treated: float, control: float) -> None:
    found = figures(hillstrom_night, cell, metric)
    assert (found["treated"], found["control"]) == (N[cell], CONTROL)
    assert found["treated_mean"] * N[cell] == pytest.approx(treated)
    assert found["control_mean"] * CONTROL == pytest.approx(control)
    assert (found["method"], found["provisional"]) == ("randomised", False)


@pytest.mark.parametrize(
    ("cell", "metric", "uplift", "low", "high", "digits"),
    [
        ("mens", "response", 0.07659, 0.06995, 0.08323, 5),
        ("womens", "response", 0.04523, 0.03889, 0.05157, 5),
        ("mens", "conversion", 0.006805, 0.005014, 0.008641, 6),
        ("womens", "conversion", 0.003111, 0.001502, 0.004745, 6),
    ],
)
def test_uplift_of_proportions(
    hillstrom_night: Place, cell: str, metric: str, uplift: float, low: float, high: float, digits: int
) -> None:
    found = figures(hillstrom_night, cell, metric)
    assert [round(found[name], digits) for name in ("uplift", "ci_low", "ci_high")] == [uplift, low, high]


@pytest.mark.parametrize(("cell", "uplift"), [("mens", 0.769827), ("womens", 0.424412)])
def test_uplift_of_revenue_a_head(hillstrom_night: Place, cell: str, uplift: float) -> None:
    found = figures(hillstrom_night, cell, "revenue")
    assert round(found["uplift"], 6) == uplift
    assert found["ci_low"] < uplift < found["ci_high"]


def test_tied_customers_share_their_score(hillstrom_night: Place) -> None:
    tied = query_warehouse(
        hillstrom_night.warehouse,
        "select spend, count(*) as customers, count(distinct monetary_score) as scores from segments.rfm "
        "group by spend having customers > 1 order by customers desc",
    )
    assert tied["scores"].max() == 1
    floor = query_warehouse(
        hillstrom_night.warehouse, "select count(*) from crm.orders where amount = 29.99 and order_id like 'past-%'"
    )
    assert floor.item() == 7947  # the tie that the data is known for


def test_the_planned_shares_are_not_assumed(hillstrom_night: Place) -> None:
    ratios = query_warehouse(hillstrom_night.warehouse, "select cell, verdict, note from response.sample_ratio")
    assert ratios["cell"].to_list() == ["all", "mens", "womens"]
    assert set(ratios["verdict"]) == {"not known"}
    assert ratios["note"].str.contains("control_share").all()


@pytest.mark.parametrize("cell", ["mens", "womens"])
def test_the_bootstrap_is_near_welch(hillstrom_night: Place, cell: str) -> None:
    found = figures(hillstrom_night, cell, "revenue")
    width = found["ci_high"] - found["ci_low"]
    assert found["bootstrap_ci_low"] == pytest.approx(found["ci_low"], abs=0.1 * width)
    assert found["bootstrap_ci_high"] == pytest.approx(found["ci_high"], abs=0.1 * width)
