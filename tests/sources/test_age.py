import datetime as dt

import pytest

from segmentation.errors import StaleDataError
from segmentation.sources.age import refuse_stale

AS_OF = dt.date(2024, 3, 31)


def test_orders_that_are_just_new_enough() -> None:
    refuse_stale(dt.date(2024, 3, 1), AS_OF, 30)
    refuse_stale(dt.date(1999, 1, 1), AS_OF, 0)
    refuse_stale(None, AS_OF, 0)


def test_orders_that_are_too_old_are_told_with_their_newest_day() -> None:
    with pytest.raises(StaleDataError, match=r"orders end on 2024-02-29, 31 days before the night of 2024-03-31"):
        refuse_stale(dt.date(2024, 2, 29), AS_OF, 30)
    with pytest.raises(StaleDataError, match="there are no orders before the night of 2024-03-31"):
        refuse_stale(None, AS_OF, 30)
