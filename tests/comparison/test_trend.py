import datetime as dt

import numpy as np
import pytest

from segmentation.comparison.pooling import pool
from segmentation.comparison.trend import NO_SLOPE, NOT_POOLED, follow_uplift
from segmentation.response.intervals import NORMAL
from tests.comparison.samples import campaign, campaigns, uplift, uplift_row


def measured(campaign_id: str, value: float, **others: object) -> dict[str, object]:
    return uplift_row(campaign_id, uplift=value, ci_low=value - 2 * NORMAL, ci_high=value + 2 * NORMAL, **others)


def started(campaign_id: str, year: int, **others: object) -> dict[str, object]:
    return campaign(campaign_id, starts_on=dt.date(year, 5, 1), **others)


def test_designs_and_kinds_are_pooled_apart_and_open_windows_not_at_all() -> None:
    of = campaigns(
        started("a", 2020),
        started("b", 2021),
        started("c", 2022),
        started("open", 2023, provisional=True),
        started("guess", 2021, design="observational"),
        started("call", 2021, kind="phone"),
    )
    rows = follow_uplift(
        of,
        uplift(
            measured("a", 1.0),
            measured("b", 9.0),
            measured("c", 17.0),
            measured("open", 500.0),
            measured("guess", 70.0, method="observational", note="not randomised"),
            measured("call", 80.0),
        ),
    )
    by_id = {row["campaign_id"]: row for row in rows.iter_rows(named=True)}
    expected = pool(np.array([1.0, 9.0, 17.0]), np.full(3, 4.0))
    assert expected
    for name in ("a", "b", "c", "open"):
        assert by_id[name]["pooled_campaigns"] == 3
        assert by_id[name]["pooled_uplift"] == pytest.approx(9.0)
        assert by_id[name]["tau2"] == pytest.approx(expected.tau2)
        assert by_id[name]["tau2"] == pytest.approx(64 - 4)  # the variance of the three less that of chance
        assert by_id[name]["slope_per_year"] == pytest.approx(8.0, rel=1e-3)  # 2020 is a leap year
        assert by_id[name]["note"] is None
    assert by_id["open"]["uplift"] == 500
    assert (by_id["guess"]["pooled_uplift"], by_id["guess"]["pooled_campaigns"]) == (None, 1)
    assert by_id["guess"]["note"] == f"not randomised; {NOT_POOLED}"
    assert by_id["call"]["note"] == NOT_POOLED
    assert by_id["a"]["cost_per_incremental_response"] == 9


def test_two_campaigns_have_a_mean_and_no_slope() -> None:
    rows = follow_uplift(
        campaigns(started("a", 2020), started("b", 2021)), uplift(measured("a", 1.0), measured("b", 3.0))
    )
    assert rows["pooled_uplift"].to_list() == [pytest.approx(2.0)] * 2
    assert rows["slope_per_year"].to_list() == [None, None]
    assert rows["note"].to_list() == [NO_SLOPE] * 2


def test_no_campaign_gives_no_row() -> None:
    nobody = uplift(measured("a", 1.0)).clear()
    assert follow_uplift(campaigns().clear(), nobody).is_empty()
