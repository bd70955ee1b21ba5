"""What somebody can choose from: plans, campaigns and segments of the published warehouse, offers of the settings."""

import datetime as dt
from dataclasses import dataclass, replace

import polars as pl

from segmentation.run import last_day_known
from segmentation.settings import Settings
from segmentation.warehouse.connection import Connection, fetch, open_database
from segmentation.warehouse.schema import refuse_incomplete


@dataclass(frozen=True)
class Choice:
    """One of the things to choose from.

    Attributes:
        value: its id or name.
        told: what to know of it, in a few words; may be empty.
    """

    value: str
    told: str = ""


@dataclass(frozen=True)
class Choices:
    """All there is to choose from.

    Attributes:
        plans: drafts that may be approved, the newest first, then approved plans.
        campaigns_ahead: campaigns to plan, the next first.
        campaigns_measured: campaigns that have started, the last first.
        segments: by name.
        offers: those of the settings, in their order.
    """

    plans: tuple[Choice, ...] = ()
    campaigns_ahead: tuple[Choice, ...] = ()
    campaigns_measured: tuple[Choice, ...] = ()
    segments: tuple[Choice, ...] = ()
    offers: tuple[Choice, ...] = ()


def read_choices(settings: Settings) -> Choices:
    """What the settings and the published warehouse offer; of the latter nothing where there is none yet.

    Raises:
        WarehouseError: the file is no warehouse that a night has written, or not readable.
    """
    path, offers = settings.warehouse.path, tuple(Choice(offer.name) for offer in settings.plan.offers)
    if not path.exists():
        return Choices(offers=offers)
    with open_database(path, settings.warehouse, read_only=True) as connection:
        refuse_incomplete(connection, path)
        found = choose_from(connection, last_day_known(settings, None), settings.plan.nights_to_approve)
    return replace(found, offers=offers)


def choose_from(connection: Connection, today: dt.date, nights_to_approve: int) -> Choices:
    """The choices of a warehouse on a day, without offers.

    Args:
        nights_to_approve: nights after which a plan may still be approved.
    """
    waiting = fetch(connection, "plans_waiting", today=today, nights_to_approve=nights_to_approve)
    return Choices(
        plans=tuple(_tell_plan(**plan) for plan in waiting.iter_rows(named=True)),
        campaigns_ahead=_tell_campaigns(fetch(connection, "campaigns_ahead", as_of_date=today)),
        campaigns_measured=_tell_campaigns(fetch(connection, "campaigns_measured")),
        segments=tuple(map(Choice, fetch(connection, "plan_segments")["segment"].drop_nulls())),
    )


def _tell_plan(plan_id: str, status: str, starts_on: dt.date | None, mailed: int, held_out: int, cost: float) -> Choice:
    in_home = f", in home {starts_on}" if starts_on else ""
    return Choice(plan_id, f"{status}, {mailed:,} to mail, {held_out:,} held out, cost {cost:,.2f}{in_home}")


def _tell_campaigns(campaigns: pl.DataFrame) -> tuple[Choice, ...]:
    return tuple(
        Choice(row["campaign_id"], f"{row['name'] or row['campaign_id']}, {row['starts_on']}")
        for row in campaigns.iter_rows(named=True)
    )
