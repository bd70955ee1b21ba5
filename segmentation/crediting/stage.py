"""Credit orders, returns and replies to campaigns, from the warehouse into the warehouse."""

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from segmentation.contract.credits import ATTRIBUTION, CREDITS
from segmentation.settings import CampaignSettings
from segmentation.warehouse.connection import Connection, execute, kept
from segmentation.warehouse.schema import append_relation, clear

log = logging.getLogger(__name__)


def credit_orders(connection: Connection, as_of: dt.date, settings: CampaignSettings) -> None:
    """Write response.attribution: orders, then the returns that take their credit back, then replies."""
    clear(connection, ATTRIBUTION)
    with _mailings(connection, as_of, settings), kept(connection, "reached_customers"):
        append_relation(connection, ATTRIBUTION, "credited_orders", as_of_date=as_of)
    append_relation(connection, ATTRIBUTION, "credited_returns", as_of_date=as_of, return_days=settings.return_days)
    append_relation(connection, ATTRIBUTION, "credited_replies", as_of_date=as_of)
    rows = execute(connection, f"select count(*) from {ATTRIBUTION.full_name}")[0][0]
    log.info("%s orders, returns and replies credited", f"{rows:,}")


def compare_credits(connection: Connection, as_of: dt.date, settings: CampaignSettings) -> None:
    """Write response.credits: what is credited to each campaign measured, beside what it brought."""
    clear(connection, CREDITS)
    with _mailings(connection, as_of, settings):
        append_relation(connection, CREDITS, "campaign_credits", as_of_date=as_of)


@contextmanager
def _mailings(connection: Connection, as_of: dt.date, settings: CampaignSettings) -> Iterator[None]:
    """Keep the windows of all mailings and the key codes quoted, in DuckDB for a while."""
    window = settings.response_window_days
    with (
        kept(connection, "mailing_windows", as_of_date=as_of, response_window_days=window),
        kept(connection, "quoted_codes"),
    ):
        yield
