import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.eligibility.reachable import PLAIN_EMAIL, valid_emails, valid_phones


@given(address=st.from_regex(PLAIN_EMAIL, fullmatch=True, alphabet=st.characters(max_codepoint=0x7F)))
def test_what_is_plainly_valid_the_library_accepts(address: str) -> None:
    assert valid_emails(pl.Series("written", [address])).len() == 1


@pytest.mark.parametrize(
    ("address", "valid"),
    [
        *(("anna@łódź.pl", True), ("o'neil@example.org", True), ("jan@shop.museum", True)),
        *(("anna@", False), ("a..b@example.org", False), ("anna@localhost", False), ("a b@example.org", False)),
        *(("anna@example", False), ("anna@-x.pl", False), ("a@b.123", False)),
    ],
)
def test_other_addresses_are_left_to_the_library(address: str, valid: bool) -> None:
    assert not re.fullmatch(PLAIN_EMAIL, address)
    assert valid_emails(pl.Series("written", [address])).to_list() == [address] * valid


@pytest.mark.parametrize(
    ("number", "region", "valid"),
    [
        *(("600 123 456", "PL", True), ("+48 600 123 456", "GB", True), ("0048600123456", "PL", True)),
        *(("07400 123456", "GB", True), ("12", "PL", False), ("999 999 999", "GB", False), ("call me", "PL", False)),
    ],
)
def test_telephone_numbers(number: str, region: str, valid: bool) -> None:
    assert valid_phones(pl.Series("written", [number]), region).to_list() == [number] * valid
