"""How names, addresses and postal codes are compared: the one definition, as SQL macros that every connection has.

`plain`: letters and digits alone, in small letters without accents. An umlaut, its base letter and the two letters
that stand for it are alike (Müller, Muller, Mueller), as are ß and ss, and ł and l.
`plain_postcode`: letters and digits alone, without the country before a hyphen (D-10115) and what ZIP+4 adds.
`plain_email`: small letters without blanks around it.
`given_names_fit`: one begins with the other (J. and Jan), or one is not known.
NULL where nothing is left.
"""

OWN_LETTERS = ("łđðħıŀøŧ", "lddhilot")  # those that have no accent to take off
PAIRS = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
UMLAUTS = {"ae": "a", "oe": "o", "ue": "u"}
NOT_IN_WORDS = r"[^\p{L}\p{N}]"
COUNTRY = r"^\s*[A-Za-z]{1,3}\s*-\s*(\d)"
NINE_DIGITS = r"^(\d{5})-\d{4}$"  # ZIP+4


def _plain(text: str) -> str:
    sql = f"translate(strip_accents(lower({text})), '{OWN_LETTERS[0]}', '{OWN_LETTERS[1]}')"
    for written, alike in PAIRS.items():
        sql = f"replace({sql}, '{written}', '{alike}')"
    sql = f"regexp_replace({sql}, '{NOT_IN_WORDS}', '', 'g')"
    for written, alike in UMLAUTS.items():
        sql = f"replace({sql}, '{written}', '{alike}')"
    return f"nullif({sql}, '')"


MACROS = (
    f"create or replace temp macro plain(words) as {_plain('words')}",
    "create or replace temp macro plain_postcode(code) as nullif(lower(regexp_replace(regexp_replace("
    rf"regexp_replace(trim(code), '{COUNTRY}', '\1'), '{NINE_DIGITS}', '\1'), '{NOT_IN_WORDS}', '', 'g')), '')",
    "create or replace temp macro plain_email(address) as nullif(lower(trim(address)), '')",
    "create or replace temp macro given_names_fit(one, other) as "
    "coalesce(starts_with(one, other) or starts_with(other, one), true)",
)
