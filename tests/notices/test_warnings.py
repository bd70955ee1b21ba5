import datetime as dt

import polars as pl
import pytest

from segmentation.notices.notice import Notice, Warned, tell_not_started, tell_warnings
from segmentation.notices.warnings import (
    find_contaminated,
    find_drift,
    find_failed_ratios,
    find_old_orders,
    find_rejected,
)
from segmentation.settings import NoticeSettings

USUAL = NoticeSettings()


def test_rejected_rows_over_the_limit() -> None:
    loads = pl.DataFrame(
        {
            "table_name": ["customers", "orders", "costs"],
            "rows_read": [1000, 2000, 0],
            "rows_rejected": [10, 50, 0],
        }
    )
    assert list(find_rejected(loads, USUAL)) == [
        Warned(
            "rejected orders",
            "orders: 50 of 2,000 rows were rejected (2.5%, more than notices.rejected_share = 0.01); "
            "quality.rejects has the reasons.",
        )
    ]
    assert list(find_rejected(loads, NoticeSettings(rejected_share=0.025))) == [], "a limit that is just reached"


def test_a_measure_that_has_drifted() -> None:
    drift = pl.DataFrame(
        {
            "measure": ["segment", "spend", "order_count"],
            "compared_with": [dt.date(2024, 1, 31)] * 3,
            "psi": [0.31, 0.2, None],
            "warns": [True, False, None],
        }
    )
    [warned] = find_drift(drift, USUAL)
    assert warned.key == "drift segment"
    assert "since 2024-01-31 (population stability index 0.31)" in warned.text


def test_a_failed_sample_ratio_is_told_once_a_campaign() -> None:
    ratios = pl.DataFrame(
        {
            "campaign_id": ["c2", "c2", "c1"],
            "name": ["spring", "spring", "c1"],
            "cell": ["all", "A", "B"],
            "treated": [9000, 5000, 100],
            "control": [400, 100, 2],
        }
    )
    spring, other = find_failed_ratios(ratios, USUAL)
    assert spring.key == "sample ratio c2"
    assert spring.text.startswith("campaign spring: 9,000 mailed and 400 held out are not as planned")
    assert other.text.startswith("campaign c1, cell B: 100 mailed and 2 held out")


def test_a_contaminated_hold_out() -> None:
    rows = pl.DataFrame(
        {"campaign_id": ["c1", "c2"], "name": ["spring", "autumn"], "control": [400, 500], "contaminated": [12, 0]}
    )
    [warned] = find_contaminated(rows, USUAL)
    assert warned.key == "contaminated c1"
    assert "campaign spring: 12 of 400 held out were mailed anyway" in warned.text


@pytest.mark.parametrize(("age", "warns"), [(3, False), (4, True)])
def test_orders_that_end_early(age: int, warns: bool) -> None:
    as_of = dt.date(2024, 3, 10)
    newest = pl.DataFrame({"as_of_date": [as_of], "newest_order": [as_of - dt.timedelta(age)], "running": [2]})
    warned = list(find_old_orders(newest, USUAL))
    assert [one.key for one in warned] == ["old orders"] * warns
    assert all("2 campaigns whose window is open are credited too little" in one.text for one in warned)


def test_a_notice_reads_as_a_letter() -> None:
    notice = tell_warnings("night 2024-03-10", [Warned("a", "one."), Warned("b", "two.")], "http://x/runs/flow-run/1")
    assert notice.text == (
        "Mailworth: night 2024-03-10: 2 warnings\n\none.\ntwo.\n\nLook at it: http://x/runs/flow-run/1"
    )
    missing = tell_not_started("2024-03-10 02:30", 60, None)
    assert missing.subject == "Mailworth: the night of 2024-03-10 has not started"
    assert Notice("test", "a", ("b",)).text == "a\n\nb"
