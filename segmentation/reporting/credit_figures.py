"""What the page shows of credits: by each way, beside what the mailing brought."""

from typing import Any

import polars as pl

from segmentation.reporting.glance import show_estimate
from segmentation.reporting.numbers import Shown, about, count, rounded_money, show

Row = dict[str, Any]

NOBODY = "nobody was mailed"
WAYS = {
    "coded": "no piece has a key code",
    "matched_by_customer": "",  # always known
    "matched_by_household": "no mailed customer has a household",
    "matched_by_address": "no mailed customer has a postal address with a family name",
}
"""Each way of crediting, and why it may have no figure."""


def describe_credits(credits: pl.DataFrame, currency: str) -> dict[str, Any]:
    """The table of credits, the latest campaign first, and the reasons of what is missing.

    Args:
        credits: rows of sql/report_credits.sql.
    """
    rows = [_describe_campaign(row, currency) for row in credits.reverse().iter_rows(named=True)]
    shown = [figure for row in rows for figure in row["figures"].values()]
    return {"rows": rows, "reasons": list(dict.fromkeys(figure.reason for figure in shown if figure.reason))}


def _describe_campaign(row: Row, currency: str) -> Row:
    ways = {
        name: _show_credit(row, name, currency, NOBODY if row["mailed"] == 0 else why) for name, why in WAYS.items()
    }
    others = {
        "returned_amount": _money_of(row["returned_amount"], row["returns"], "return", currency),
        "net_credited_amount": _money_of(row["net_credited_amount"], row["credited_customers"], "customer", currency),
        "incremental_revenue": show_estimate(row, "incremental_revenue", currency, row["revenue_reason"]),
        "incremental_customers": _show_customers(row),
    }
    kept = {name: row[name] for name in ("campaign_id", "name", "starts_on", "ends_on", "design", "provisional")}
    return kept | {"figures": ways | others}


def _show_credit(row: Row, way: str, currency: str, reason: str) -> Shown:
    """The money credited in one way, with its orders in small print."""
    if row[f"{way}_orders"] is None:
        return show(None, count, reason=reason)
    return _money_of(row[f"{way}_amount"], row[f"{way}_orders"], "order", currency)


def _money_of(amount: float, number: int, noun: str, currency: str) -> Shown:
    small_print = f"{count(number)} {noun}{'' if number == 1 else 's'}"
    return Shown(rounded_money(currency, amount)(amount), small_print)


def _show_customers(row: Row) -> Shown:
    low, high = row["incremental_customers_ci_low"], row["incremental_customers_ci_high"]
    return show(row["incremental_customers"], about, low=low, high=high, reason=row["customers_reason"])
