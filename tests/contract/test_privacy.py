"""What the copy for analysts may have of each column."""

import pytest

from segmentation.contract.model import Column, Table
from segmentation.contract.privacy import ANALYSTS_TABLES, privacy_of
from segmentation.contract.published import PUBLISHED_TABLES

CONTACT_DATA = {"title", "first_name", "last_name", "address_line", "postcode", "city", "email", "phone"}
IDS = {"customer_id", "household_id", "order_id", "original_order_id", "service_contact_id", "keycode"}
WHO_RAN = {"triggered_by", "created_by", "parameters"}
# Text that stands beside a pseudonym and was thought about: kinds of things, never what somebody wrote of a person.
KINDS = {
    *("channel", "arm", "cell", "offer", "method", "campaign_id", "product_id", "category", "country"),
    *("rfm_cell", "segment", "cluster_name", "plan_id", "reason", "portfolio", "matched_by"),
    *("basis", "last_contact"),  # fixed phrases with categories, segments and days; a channel
    "problem",  # of targeting.address_checks: one of a few fixed sentences with the code of a country
    "basis",  # of targeting.selection: one of a few fixed sentences
    "note",  # of segments.value and response.attribution: one of a few fixed sentences
}

BY_NAME = {table.full_name: table for table in ANALYSTS_TABLES}


def columns(*tables: Table) -> list[Column]:
    return [column for table in tables for column in table.columns]


def test_no_contact_data_is_shown() -> None:
    assert not {column.name for column in columns(*ANALYSTS_TABLES)} & (CONTACT_DATA | WHO_RAN | {"raw", "source"})


def test_every_id_is_a_pseudonym() -> None:
    shown = {column.name: privacy_of(column) for column in columns(*ANALYSTS_TABLES) if column.name in IDS}

    assert shown == dict.fromkeys(IDS, "pseudonym")


@pytest.mark.parametrize(
    "table",
    [t for t in ANALYSTS_TABLES if any(privacy_of(column) == "pseudonym" for column in t.columns)],
    ids=lambda table: table.full_name,
)
def test_text_beside_a_pseudonym_is_of_a_known_kind(table: Table) -> None:
    text = {c.name for c in table.columns if c.type == "VARCHAR" and privacy_of(c) == "open"}

    assert text <= KINDS, "withhold it, or say here why it tells nothing of a person"


def test_tables_that_tell_of_persons_in_words_are_left_out() -> None:
    left_out = {"crm.suppressions", "quality.rejects", "ops.erasures", "ops.erasure_salt"}
    assert set(BY_NAME) == {table.full_name for table in PUBLISHED_TABLES} - left_out


def test_a_column_that_refers_to_another_shows_as_much() -> None:
    refers = Column("buyer", "VARCHAR", "Who bought", references="customers.customer_id")

    assert privacy_of(refers) == "pseudonym"
    assert privacy_of(Column("campaign", "VARCHAR", "Which", references="campaigns.campaign_id")) == "open"


def test_the_request_in_words_is_withheld_but_not_the_reason_to_leave_out() -> None:
    assert "reason" not in BY_NAME["crm.service_contacts"].column_names
    assert "reason" in BY_NAME["targeting.exclusions"].column_names
