"""E-mail addresses and telephone numbers that can be real, by the libraries that know their rules.

Nobody is asked over the network.
"""

import phonenumbers
import polars as pl
from email_validator import EmailNotValidError, validate_email

# Addresses that email_validator accepts in any case, so that it need not look at millions of them: ASCII names without
# two hyphens (which may begin an IDNA label), and no reserved domain. The rest is left to the library.
PLAIN_EMAIL = (
    r"[A-Za-z0-9_+]([A-Za-z0-9_+-]{0,30})(\.[A-Za-z0-9_+]([A-Za-z0-9_+-]{0,14})){0,2}"
    r"@([A-Za-z0-9]{1,30}(-[A-Za-z0-9]{1,15})?\.){1,4}"
    r"(at|be|biz|ch|com|cz|de|dk|es|eu|fi|fr|ie|info|it|net|nl|no|org|pl|pt|ro|se|sk|uk|us)"
)


def valid_emails(written: pl.Series) -> pl.Series:
    """Those of the texts that are e-mail addresses, by syntax and domain name; the mail server is not asked."""
    return pl.Series(written.name, [text for text in written if _is_email(text)], dtype=pl.String)


def _is_email(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def valid_phones(written: pl.Series, region: str) -> pl.Series:
    """Those of the texts that are telephone numbers of a country's numbering plan.

    Args:
        region: country of numbers that are written without its code, such as PL.
    """
    return pl.Series(written.name, [text for text in written if _is_phone(text, region)], dtype=pl.String)


def _is_phone(text: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False
