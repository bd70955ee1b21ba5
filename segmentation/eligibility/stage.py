"""Look at every customer for a planned mailing: from the warehouse and the suppression lists into one frame."""

import datetime as dt
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl

from segmentation.contract.inputs import CUSTOMERS
from segmentation.contract.sql import quote
from segmentation.eligibility.checks import NEEDED, consent_column, kind_of, pressure_limits, tell_unchecked
from segmentation.eligibility.probable import find_probable_pairs
from segmentation.eligibility.reachable import PLAIN_EMAIL, valid_emails, valid_phones
from segmentation.pack.stage import check_addresses
from segmentation.settings import PackSettings, PlanSettings, Settings
from segmentation.sources.suppression_lists import read_suppression_lists
from segmentation.warehouse.connection import Connection, ask, execute, fetch, frames, kept, open_memory
from segmentation.warehouse.schema import stored_columns

log = logging.getLogger(__name__)

MOST_OF_A_KEY = 20  # customers with one e-mail address or number; more, and it is a stand-in


@dataclass(frozen=True)
class Eligibility:
    """What is known of the customers for a mailing.

    Attributes:
        customers: rows of sql/mailing_candidates.sql.
        notes: what to know of a step, by the column of its exclusion.
        lists: rows of targeting.suppression_lists without `plan_id`.
        duplicates: rows of targeting.duplicates without `plan_id`.
    """

    customers: pl.DataFrame
    notes: Mapping[str, str]
    lists: pl.DataFrame
    duplicates: pl.DataFrame


def assess_customers(
    connection: Connection, settings: Settings, *, as_of: dt.date, campaign_id: str, channel: str, starts_on: dt.date
) -> Eligibility:
    """What decides whether each customer may be contacted by `channel` on `starts_on`, as known on `as_of`.

    Raises:
        SourceError: a suppression list cannot be read, or has no column to find people by.
    """
    plan, kind = settings.plan, kind_of(channel)
    has = fetch(connection, "channel_columns").row(0, named=True)
    columns = {name.lower() for name in stored_columns(connection, CUSTOMERS.full_name)}
    consents = consent_column(channel, columns)
    with (
        _suppressed(connection, plan, starts_on, kind) as lists,
        _contacted(connection, settings, as_of, campaign_id, channel, starts_on),
        kept(connection, "channel_consent", _consents(consents)),
        _told_apart(connection, settings, kind),
    ):
        customers = fetch(
            connection,
            "mailing_candidates",
            channel=kind,
            starts_on=starts_on,
            needs_consent=kind in plan.consent_required,
            plain_email=PLAIN_EMAIL,
            one_per_household=kind in plan.one_per_household,
            mail_one=plan.duplicates == "mail one",
            only_segments=list(plan.only_segments),
            **{f"has_{name}": has[f"has_{name}"] for names in NEEDED.values() for name in names},
        )
        duplicates = fetch(connection, "duplicate_customers")
    known = {name.removeprefix("has_"): there for name, there in has.items()}
    notes = tell_unchecked(channel, known, has_consent_column=consents is not None, settings=plan)
    for note in notes.values():
        log.info("by %s: %s", channel, note)
    return Eligibility(customers, notes, lists, duplicates)


@contextmanager
def _contacted(
    connection: Connection, settings: Settings, as_of: dt.date, campaign_id: str, channel: str, starts_on: dt.date
) -> Iterator[None]:
    """Keep `campaign_contacts` and `contact_pressure`: who was contacted, by what and when."""
    window = {"campaign_id": campaign_id, "response_window_days": settings.campaigns.response_window_days}
    limits = pressure_limits(channel, settings.plan)
    with (
        kept(connection, "campaign_contacts", as_of_date=as_of, **window),
        kept(connection, "contact_pressure", starts_on=starts_on, **window, **limits),
    ):
        yield


@contextmanager
def _told_apart(connection: Connection, settings: Settings, kind: str) -> Iterator[None]:
    """Keep who can be reached and who may be one: `usable_contacts`, `bad_addresses`, `households`, `duplicates`."""
    usable = _usable_contacts(connection, kind, settings.plan)
    bad = _bad_addresses(connection, settings.pack, kind)
    with (
        frames(connection, usable_contacts=usable, bad_addresses=bad),
        kept(connection, "households"),
        kept(connection, "person_keys", most=MOST_OF_A_KEY),
    ):
        if settings.plan.duplicates_by == "probable":
            _add_probable(connection, settings.plan.duplicate_probability)
        with kept(connection, "duplicates"):
            yield


@contextmanager
def _suppressed(connection: Connection, plan: PlanSettings, starts_on: dt.date, channel: str) -> Iterator[pl.DataFrame]:
    """Keep `suppressed_by`; gives what each list was good for."""
    with kept(connection, "suppression_rules", on_date=starts_on):
        read = read_suppression_lists(connection, plan.suppression_lists)
        with kept(connection, "suppressed_customers"), kept(connection, "suppressed_by", channel=channel):
            with frames(connection, lists_read=read):
                lists = fetch(connection, "suppression_lists")
            yield lists


def _add_probable(connection: Connection, threshold: float) -> None:
    """Append a key of its own to `person_keys` for every pair that is probably one person."""
    people = fetch(connection, "person_details")
    with open_memory() as database:
        with frames(database, people_read=people):
            execute(database, "create temp table people as from people_read")
        found = find_probable_pairs(database, threshold=threshold)
        pairs = ask(
            database,
            "select customer_id_l as one, customer_id_r as other, round(match_probability, 6) as score "
            f"from {found} order by all",
        )
    with frames(connection, probable_pairs=pairs):
        execute(
            connection,
            "insert into person_keys by name select unnest([one, other]) as customer_id, 'probable' as kind, "
            "-row_number() over (order by one, other) as key_number, score from probable_pairs",
        )


def _consents(column: str | None) -> str:
    """Query of who has said yes or no; what can be read as neither is a no, and so is a no to mail where nothing is."""
    said = "null::boolean"
    if column is not None:
        text = f"{quote(column)}::varchar"
        said = f"coalesce(try_cast({text} as boolean), if(nullif(trim({text}), '') is null, null, false))"
    refused = "if(mail_consent, null, mail_consent)"
    return f"select customer_id, coalesce({said}, {refused}) as has_consented from {CUSTOMERS.full_name}"


def _usable_contacts(connection: Connection, channel: str, plan: PlanSettings) -> pl.DataFrame:
    """E-mail addresses that are valid though not plain, or valid telephone numbers."""
    if channel == "email":
        return valid_emails(fetch(connection, "doubtful_emails", pattern=PLAIN_EMAIL)["written"]).to_frame()
    if channel == "phone":
        return valid_phones(fetch(connection, "phone_numbers")["written"], plan.phone_region).to_frame()
    return pl.DataFrame(schema={"written": pl.String})


def _bad_addresses(connection: Connection, pack: PackSettings, channel: str) -> pl.DataFrame:
    """`customer_id` of those whom pack.bad_addresses leaves out of a mailing by post."""
    if pack.bad_addresses != "leave out" or channel != "mail":
        return pl.DataFrame(schema={"customer_id": pl.String})
    return check_addresses(connection, pack).select("customer_id").unique(maintain_order=True)
