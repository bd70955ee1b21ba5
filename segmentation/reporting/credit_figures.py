"""What the page shows of credits: by each way, beside what the mailing brought."""

from typing import Any

import polars as pl

from segmentation.reporting.catalogue import to_say
from segmentation.reporting.glance import show_estimate
from segmentation.reporting.numbers import Shown
from segmentation.reporting.words import Words

Row = dict[str, Any]

NOBODY = to_say("nobody was mailed")
WAYS = {
    "coded": to_say("no piece has a key code"),
    "matched_by_customer": NOBODY,  # else always known
    "matched_by_household": to_say("no mailed customer has a household"),
    "matched_by_address": to_say("no mailed customer has a postal address with a family name"),
}
"""Each way of crediting, and why it may have no figure."""


def describe_credits(credits: pl.DataFrame, words: Words) -> dict[str, Any]:
    """The table of credits, the latest campaign first, and the reasons of what is missing.

    Args:
        credits: rows of sql/report_credits.sql.
    """
    rows = [_describe_campaign(row, words) for row in credits.reverse().iter_rows(named=True)]
    shown = [figure for row in rows for figure in row["figures"].values()]
    return {"rows": rows, "reasons": list(dict.fromkeys(figure.reason for figure in shown if figure.reason))}


def _describe_campaign(row: Row, words: Words) -> Row:
    ways = {
        name: _show_credit(row, name, words, words(NOBODY) if row["mailed"] == 0 else words(why))
        for name, why in WAYS.items()
    }
    others = {
        "returned_amount": Shown(_money(row["returned_amount"], words), _count_returns(row["returns"], words)),
        "net_credited_amount": Shown(
            _money(row["net_credited_amount"], words), _count_customers(row["credited_customers"], words)
        ),
        "incremental_revenue": show_estimate(row, "incremental_revenue", words, row["revenue_reason"]),
        "incremental_customers": _show_customers(row, words),
    }
    kept = {
        "campaign_id": row["campaign_id"],
        "name": row["name"],
        "window": words.window(row["starts_on"], row["ends_on"]),
        "design": words.stored(row["design"]),
        "provisional": row["provisional"],
    }
    return kept | {"figures": ways | others}


def _show_credit(row: Row, way: str, words: Words, reason: str) -> Shown:
    """The money credited in one way, with its orders in small print."""
    if row[f"{way}_orders"] is None:
        return words.show(None, words.count, reason=reason)
    orders = words.plural("%(number)s order", "%(number)s orders", row[f"{way}_orders"])
    return Shown(_money(row[f"{way}_amount"], words), orders)


def _money(amount: float, words: Words) -> str:
    return words.rounded_money(amount)(amount)


def _count_returns(returns: int, words: Words) -> str:
    return words.plural("%(number)s return", "%(number)s returns", returns)


def _count_customers(customers: int, words: Words) -> str:
    return words.plural("%(number)s customer", "%(number)s customers", customers)


def _show_customers(row: Row, words: Words) -> Shown:
    low, high = row["incremental_customers_ci_low"], row["incremental_customers_ci_high"]
    return words.show(row["incremental_customers"], words.about, low=low, high=high, reason=row["customers_reason"])
